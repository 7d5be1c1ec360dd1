"""The demo over its five channels: servers that start and end, and the publication that the folder gives too."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psutil
import pytest
import yaml

from demo import mariadb, servers, serving
from demo.provisions import provisions
from demo.serving import Kept
from warehouse.store import pull_log
from warehouse.store.data_root import Root
from warehouse.vocabulary.project import PROJECT

pytestmark = pytest.mark.channels

SECRETS = ("password", "token", "secret_key")
MONTHS, SCALE, AS_OF = "2026-01:2026-02", "0.01", "2026-03-20"


@dataclass(frozen=True)
class House:
    root: Root

    def skills(self, *words: str) -> str:
        """What a command says; it must end well."""
        variables = {name: value for name, value in os.environ.items() if not name.startswith("SKILLS_")}
        house = {"SKILLS_HOME": str(self.root.path), "PYTHONPATH": str(PROJECT), "SKILLS_KEY": "5a" * 32}
        if (connections := Kept(self.root).connections).is_file():
            house["SKILLS_CONNECTIONS"] = str(connections)
        command = [Path(sys.executable).with_name("skills"), *words]
        ended = subprocess.run(command, cwd=PROJECT, env=variables | house, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return ended.stdout + ended.stderr

    def demo(self, *words: str, months: str = MONTHS) -> str:
        return self.skills("demo", "--months", months, "--scale", SCALE, *words)


@contextmanager
def kept_house() -> Iterator[House]:
    """In a folder of its own: every pytest that begins shuts the folder of all others' temporary files, and as root
    PostgreSQL is another user, who must reach its files."""
    with tempfile.TemporaryDirectory(prefix="skills-channels-", ignore_cleanup_errors=True) as folder:
        root = Root(Path(folder) / "data")
        try:
            yield House(root)
        finally:
            serving.stop(root)


@pytest.fixture
def house() -> Iterator[House]:
    with kept_house() as house:
        yield house


def test_servers_hold_what_their_channels_bring_and_end_when_they_are_told(house: House) -> None:
    told = house.demo("--channels", months="2026-01:2026-01")
    kept = Kept(house.root)
    note = kept.note()
    assert note and note.is_ready and kept.is_kept()
    assert f"export SKILLS_CONNECTIONS={kept.connections}" in told
    assert {*note.feeds, *note.missing} == set(servers.names())
    for reason in note.missing.values():
        assert reason in told
    content = yaml.safe_load(kept.connections.read_text("utf-8"))
    served = {
        f"{provision.department}/{provision.dataset}" for provision in provisions() if provision.server in note.feeds
    }
    assert content["feeds"].keys() == served
    assert stat.S_IMODE(kept.connections.stat().st_mode) == 0o600
    secrets = [
        path.read_text("utf-8") for path in kept.folder.glob("*/*") if path.name in ("password", "token", "secret_key")
    ]
    assert len(secrets) >= 2
    assert not any(secret in kept.connections.read_text("utf-8") for secret in secrets)
    lines = house.skills("connections", "test").splitlines()
    assert len(lines) == 1 + len(served)
    processes = [psutil.Process(note.pid), *psutil.Process(note.pid).children(recursive=True)]
    assert house.skills("demo", "--stop-channels") == "The servers have ended.\n"
    psutil.wait_procs(processes, timeout=10)
    assert not any(process.is_running() for process in processes)
    assert house.skills("demo", "--stop-channels") == "No servers run on this data root.\n"


def test_servers_end_by_themselves_when_the_root_is_gone(house: House) -> None:
    house.demo("--channels", months="2026-01:2026-01")
    note = Kept(house.root).note()
    assert note
    processes = [psutil.Process(note.pid), *psutil.Process(note.pid).children(recursive=True)]
    while house.root.path.exists():  # databases take files away and make new ones meanwhile
        shutil.rmtree(house.root.path, ignore_errors=True)
    gone, alive = psutil.wait_procs(processes, timeout=60)
    assert gone and not alive


@pytest.fixture(scope="module")
def published() -> Iterator[tuple[Root, Root]]:
    """The same world, published from the inbox and over channels."""
    with kept_house() as folder, kept_house() as channels:
        for house, words in ((folder, []), (channels, ["--channels"])):
            house.demo(*words)
            house.skills("run", "--as-of", AS_OF)
            serving.stop(house.root)
        yield folder.root, channels.root


NAMES_A_SOURCE = {"source_name", "channel"}
NAMES_A_FILE = {"submission_id", "latest_submission_id", "file_kind", "file_bytes"}
"""Other bytes than the file's come from a database and from an interface of records."""
NAMES_A_ROW = {"row_number", "row_index", "cell"}
ADDS_UP = ("persons", "persons_of_year", "has_open_warning")
"""Of two rows of a person on one day either is the first, and of two that are alike either is warned of: which, the
file's name decides, or the order of its rows, which a database has not."""
NAMED_BY_FILE_AND_ROW = {
    "bridge_participation_category": "participation_key",
    "fct_budget": "budget_key",
    "fct_certificate": "certificate_row_key",
    "fct_demand": "demand_key",
    "fct_enforcement_case": "case_key",
    "fct_enterprise_coverage": "coverage_key",
    "fct_enterprise_register": "register_key",
    "fct_finding": "finding_key",
    "fct_participation": "participation_key",
    "fct_reported_total": "reported_total_key",
}
"""Mart → its key, of submission and row."""
COLUMNS = """
    select columns.schema_name || '.' || table_name, column_name
    from duckdb_columns() as columns
    join duckdb_tables() using (table_oid, database_oid, table_name)
    where columns.database_name = 'folder'
    order by column_index
"""
"""Of tables alone: views are made of them."""


def test_the_publication_is_that_of_the_folder_mart_by_mart(published: tuple[Root, Root]) -> None:
    """Every column of every mart, but for what names files, their rows, and sources."""
    with duckdb.connect() as con:
        for name, root in zip(("folder", "channels"), published, strict=True):
            con.execute(f"attach '{root.current / 'warehouse.duckdb'}' as {name} (read_only)")
        columns: dict[str, list[str]] = {}
        for table, column in con.execute(COLUMNS).fetchall():
            columns.setdefault(table, []).append(column)
        assert len(columns) > 60
        differing = {table: count for table, named in columns.items() if (count := _differing(con, table, named))}
    assert differing == {}


def _differing(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> int:
    mart = table.partition(".")[2].partition("__")[0]
    left_out = {*NAMES_A_SOURCE, *NAMES_A_FILE, *NAMES_A_ROW, *ADDS_UP, NAMED_BY_FILE_AND_ROW.get(mart)}
    compared = ", ".join(f'"{column}"' for column in columns if column not in left_out)
    sums = ", ".join(f"sum(cast({column} as integer))" for column in ADDS_UP if column in columns)
    return sum(
        _rows_of_one_alone(con, *(f"select {told} from {database}.{table}" for database in ("folder", "channels")))
        for told in (compared, sums)
        if told
    )


def _rows_of_one_alone(con: duckdb.DuckDBPyConnection, folder: str, channels: str) -> int:
    both_ways = f"(({folder}) except all ({channels})) union all (({channels}) except all ({folder}))"
    (count,) = con.execute(f"select count(*) from ({both_ways})").fetchone() or (0,)
    return int(count)


def test_every_look_reached_its_source_and_each_channel_brought_something(published: tuple[Root, Root]) -> None:
    looks = pull_log.pulls(published[1])
    assert {look.state for look in looks} == {"reached"}
    came = {look.channel for look in looks if look.new}
    served = {provision.channel for provision in provisions()}
    assert came == served if mariadb.is_installed() else came >= served - {"database"}
