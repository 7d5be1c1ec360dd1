"""A year of twenty departments over all channels, with servers that go away and lines that are cut: at its end what is
published is what a house without faults publishes, and every alert was told once.

The days are driven by the one clock: a run as of each. Faults are drawn by a seed; whether an alert is due follows from
them alone, and not from what the house noticed.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import make_url

from demo.serving import Kept
from ingest.connections import load
from tests.channels.faulty_line import Line, line
from tests.e2e.harness import Skills
from tests.orchestration.alert_house import webhook_of
from tests.orchestration.receivers import Webhook, free_port, webhook
from warehouse.published import publication
from warehouse.store import lock, log, pull_log
from warehouse.store.data_root import Root

pytestmark = pytest.mark.soak
FIRST, LAST = "2025-11", "2026-10"
SCALE, SEED = "0.01", 15
DAYS = [
    dt.date(year, month, day)
    for year, month in ((2025, 12), *((2026, month) for month in range(1, 12)))
    for day in (11, 24)
]
"""After the due days, and late in the month; the last of them, with all lines whole, sees everything."""
MOST_BYTES = 3000
PATIENCE = 900
NOT_OF_THE_DATA = {"fct_pull"}
"""When a house looked, and in vain, is its own history."""


@dataclass
class Weather:
    """The lines to the servers, by connection. `away`: those that were down when the last run looked."""

    lines: Mapping[str, Line]
    dice: random.Random
    away: set[str] = field(default_factory=set)
    raised: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)

    def turn(self, *, is_fair: bool = False) -> None:
        """Down for all of a run, or cut twice, which a run must live through; else fair."""
        down = set()
        for name, wire in self.lines.items():
            dice = 1.0 if is_fair else self.dice.random()
            cuts = [self.dice.randrange(1, MOST_BYTES) for _ in range(2)] if 0.25 <= dice < 0.5 else []
            wire.turn(is_down=dice < 0.25, cuts=cuts)
            if dice < 0.25:
                down.add(name)
        self.raised.update(down - self.away)
        self.ended.update(self.away - down)
        self.away = down


@contextmanager
def weather(root: Root, folder: Path) -> Iterator[tuple[Weather, Path]]:
    """Lines to all servers of the demo, and the connections that lead over them."""
    told = yaml.safe_load(Kept(root).connections.read_text("utf-8"))
    with ExitStack() as stack:
        lines = {}
        for name, entry in told["connections"].items():
            target = _target(entry)
            lines[name] = wire = stack.enter_context(line(target))
            told["connections"][name] = _over(entry, target, wire.port)
        path = folder / "connections.yaml"
        path.write_text(yaml.safe_dump(told, allow_unicode=True, sort_keys=False), "utf-8")
        yield Weather(lines, random.Random(SEED)), path


def _target(entry: Mapping[str, Any]) -> int | Path:
    """Where a server of the demo listens: a port, or PostgreSQL's socket."""
    if "port" in entry:
        return int(entry["port"])
    url = make_url(next(str(value) for value in entry.values() if "://" in str(value)))
    return url.port or Path(str(url.query["host"])) / ".s.PGSQL.5432"


def _over(entry: Mapping[str, Any], target: int | Path, port: int) -> dict[str, Any]:
    """The same connection to another port."""
    if isinstance(target, Path):
        url = make_url(entry["url"]).set(host="127.0.0.1", port=port, query={})
        return {**entry, "url": url.render_as_string(), "tls": "off"}
    return {key: _other_port(value, target, port) for key, value in entry.items()}


def _other_port(value: Any, port: int, other: int) -> Any:
    if isinstance(value, str):
        return value.replace(f"127.0.0.1:{port}", f"127.0.0.1:{other}")
    return other if value == port else value


def tables(root: Root) -> dict[str, str]:
    """Table → checksum over its ordered rows."""
    ordered = "select md5(string_agg(t::varchar, chr(10) order by t::varchar)) from {} as t"
    with publication.open_current(root).connect() as con:
        names = [name for (name,) in con.execute("show tables").fetchall() if name not in NOT_OF_THE_DATA]
        return {name: str(con.execute(ordered.format(name)).fetchall()[0][0]) for name in names}


def told(hook: Webhook, phase: str) -> Counter[str]:
    """Source → how often it was told of."""
    return Counter(
        alert["subject"]
        for body in hook.bodies
        for alert in body["alerts"]
        if (alert["kind"], alert["phase"]) == ("feed_unreachable", phase)
    )


def expected(connections: Path, by_connection: Counter[str]) -> Counter[str]:
    """The same, as the faults make it due: a connection that is away takes all its sources with it."""
    counts: Counter[str] = Counter()
    for source in load(connections).sources:
        counts[source.name] += by_connection[source.connection]
    return +counts


@pytest.fixture
def folder() -> Iterator[Path]:
    """Open to PostgreSQL's own user, as pytest's folders are not."""
    with tempfile.TemporaryDirectory(prefix="skills-year-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_year_over_all_channels(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    skills = Skills(Root(folder / "data"))
    skills("demo", "--months", f"{FIRST}:{LAST}", "--scale", SCALE, "--channels")
    try:
        with weather(skills.root, folder) as (faults, connections), webhook() as hook:
            assert len(faults.lines) >= 4, "servers of all channels but the folder"
            environment = lived_through(skills, faults, connections, hook, folder)
            under_the_daemon(skills, faults, environment, monkeypatch)
            as_of = str(publication.open_current(skills.root).manifest["as_of_date"])
            skills("run", "--as-of", as_of, "--quiet", **environment)
            assert told(hook, "raised") == expected(connections, faults.raised)
            assert told(hook, "ended") == expected(connections, faults.ended)
            assert set(Counter(every(hook)).values()) == {1}, "of whatever kind, nobody is told twice"
            assert pull_log.unreachable(skills.root) == []
        fair = fair_house(skills, folder)
        fair("run", "--as-of", as_of, SKILLS_CONNECTIONS=str(Kept(skills.root).connections))
        assert tables(skills.root) == tables(fair.root)
        for kind in ("deliveries", "decisions"):
            assert subjects(skills.root, kind) == subjects(fair.root, kind), "nothing is lost, nothing taken twice"
    finally:
        skills("demo", "--stop-channels")


def every(hook: Webhook) -> list[tuple[str, ...]]:
    """All that was told, each by what, of whom, since when and whether it came or went."""
    alerts = [alert for body in hook.bodies for alert in body["alerts"]]
    return [(alert["kind"], alert["subject"], alert["since"], alert["phase"]) for alert in alerts]


def fair_house(skills: Skills, folder: Path) -> Skills:
    """A house with the same key and the same servers, to which nothing has come yet."""
    house = Root(folder / "fair" / "data").make()
    for name in ("inbox", "truth", "demo.json"):
        source, target = skills.root.path / name, house.path / name
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)
    house.key_file.write_bytes(skills.root.key_file.read_bytes())
    return Skills(house)


def lived_through(skills: Skills, faults: Weather, connections: Path, hook: Webhook, folder: Path) -> dict[str, str]:
    """A run on each day, in the weather of that day; the environment in which they ran."""
    settings = folder / "skills.yaml"
    receivers = [webhook_of("operators", hook.address)]
    settings.write_text(yaml.safe_dump({"alerts": {"receivers": receivers, "disk_free_gb": 0.000001}}), "utf-8")
    environment = {"SKILLS_CONNECTIONS": str(connections), "SKILLS_SETTINGS": str(settings)}
    for day in DAYS:
        faults.turn(is_fair=day == DAYS[-1])
        skills("run", "--as-of", day.isoformat(), "--quiet", **environment)
    return environment


def under_the_daemon(
    skills: Skills, faults: Weather, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three more days, on each of which a department sends one file again: Dagster's own daemon takes it. Then all
    files are as they were, as the house without faults has them."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    faults.turn(is_fair=True)
    before = len(log.read(skills.root.deliveries))
    ui = skills.start("ui", "--port", str(free_port()))
    try:
        for number in range(1, 4):
            path = skills.root.inbox / "CAB" / f"{number}.txt"
            path.write_text("x" * number, "utf-8")
            ends = time.monotonic() + PATIENCE
            while len(log.read(skills.root.deliveries)) < before + number:
                assert time.monotonic() < ends, "the daemon takes what came"
                time.sleep(2)
    finally:
        ui.terminate()
        ui.wait(60)
    ends = time.monotonic() + PATIENCE
    while any(lock.holder(skills.root, rhythm) for rhythm in lock.RHYTHMS):
        assert time.monotonic() < ends, "what the daemon began has ended"
        time.sleep(1)


def subjects(root: Root, kind: str) -> Counter[str]:
    """What a log tells of submissions, each as often as it does."""
    entries = log.read(root.received / f"{kind}.jsonl")
    return Counter(entry.subject for entry in entries if entry.subject.count("-") >= 3)
