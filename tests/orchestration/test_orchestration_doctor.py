"""What the doctor says: nothing of a house that is well, and one sentence with what to do of each thing that is not."""

from __future__ import annotations

import datetime as dt
import os
import re
import resource
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.limits import limits
from orchestration.defs.cadence import is_cron
from orchestration.pipeline import doctor
from pages.write import dashboard
from tests.orchestration import stored
from tests.warehouse import pg_server
from warehouse.store import house, log
from warehouse.store.data_root import Root

RECEIVER = "{name: pager, kind: webhook, url: 'http://127.0.0.1:9/${PAGER_KEY}'}"
WELL = f"alerts: {{receivers: [{RECEIVER}]}}\n"


@pytest.fixture
def root(laid: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Root]:
    """A house that is well, but for what a test does to it."""
    root = Root(tmp_path / "data")
    shutil.copytree(laid.path, root.path)
    (root.path / "inbox").mkdir(exist_ok=True)
    for variable in [name for name in os.environ if name.startswith("SKILLS_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("SKILLS_HOME", str(root.path))
    monkeypatch.setenv("SKILLS_KEY", stored.KEY.secret.hex())
    monkeypatch.setenv("SKILLS_ALERTS__DISK_FREE_GB", "0")
    monkeypatch.setenv("PAGER_KEY", "k")
    write(tmp_path, monkeypatch, WELL)
    limits.cache_clear()
    yield root
    limits.cache_clear()


def write(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (folder / "skills.yaml").write_text(text, "utf-8")
    monkeypatch.setenv("SKILLS_SETTINGS", str(folder / "skills.yaml"))


def complaints(engine: str = "duckdb") -> list[str]:
    return [
        f"{answer.subject}: {complaint}"
        for answer in doctor.examine(is_cron, engine)
        for complaint in answer.complaints
        if answer.subject != "dashboard"
    ]


def test_of_a_house_that_is_well_nothing_is_said(root: Root) -> None:
    assert complaints() == []
    assert {answer.subject for answer in doctor.examine(is_cron)} >= {"settings", "key", "schedules", "memory"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour: red", "settings: .* colour is no setting"),
        ("alerts: {receivers: []}", "alerts: alerts.receivers is empty"),
        (
            "alerts: {receivers: [{name: a, kind: webhook, url: 'http://x/${NOT_THERE}'}]}",
            "alerts: alerts.receivers, a: The environment variable NOT_THERE is not set",
        ),
        (f"alerts: {{receivers: [{RECEIVER}, {RECEIVER}]}}", "alerts: alerts.receivers has pager more than once"),
        ("alerts: {receivers: [{name: a, kind: webhook, url: nonsense}]}", "alerts: .*url is no web address"),
        (
            "alerts: {receivers: [{name: a, kind: smtp, host: h, sender: s, to: [t@x]}]}",
            "alerts: alerts.receivers, a: s is no mail address",
        ),
        (f"{WELL.rstrip()[:-1]}, departments: {{XXX: [a@b]}}}}", "alerts: alerts.departments names XXX"),
        (f"{WELL.rstrip()[:-1]}, departments: {{HRSS: [ab]}}}}", "alerts: alerts.departments, HRSS: ab is no mail"),
        (f"{WELL}schedules: {{prune: daily at 2}}", "schedules: schedules.prune is daily at 2, which is no cron"),
        (f"{WELL}urls: {{pages: here}}", "urls: urls.pages is no web address"),
        (f"{WELL}memory: {{run_mb: 90000000}}", "memory: A run may take 90,000,000 MB"),
        (f"{WELL}connections: nowhere.yaml", "connections: .*nowhere.yaml cannot be read"),
        (f"{WELL}inbox: gone", "inbox: The inbox .*gone is gone: mount or restore it"),
        (f"{WELL}scanner: {{host: 127.0.0.1, port: 9}}", "scanner: The scanner at 127.0.0.1:9 cannot be reached"),
    ],
)
def test_what_the_settings_say_wrongly_is_one_sentence(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    write(tmp_path, monkeypatch, text)
    (sentence,) = complaints()
    assert re.match(said, sentence), sentence


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with pg_server.server() as running:
        yield pg_server.database(running)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        (lambda there: there, []),
        (lambda there: there.replace("postgresql://", "postgresql+psycopg2://"), []),
        (lambda there: there.replace("postgresql://", "postgresql+psycopg://"), []),
        (lambda there: "postgresql+psycopg2://u:p%40ss@127.0.0.1:9/nowhere", ["OperationalError"]),
        (lambda there: "nowhere", ["ArgumentError"]),
    ],
)
def test_dagsters_postgresql_is_asked_whatever_driver_its_address_names(
    root: Root,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    postgres: str,
    address: Callable[[str], str],
    said: list[str],
) -> None:
    monkeypatch.setenv("DAGSTER_POSTGRES_URL", address(postgres))
    write(tmp_path, monkeypatch, WELL + "dagster_storage: ${DAGSTER_POSTGRES_URL}\n")
    told = [sentence for sentence in complaints() if sentence.startswith("dagster")]
    assert [re.findall(r"\((\w+)\)", sentence) for sentence in told] == [[name] for name in said]
    assert not any("ss@" in sentence for sentence in told)


def test_variables_that_nothing_reads_are_named(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLS_TIMEZONE", "Asia/Shanghai")
    (sentence,) = complaints()
    assert "SKILLS_TIMEZONE is read by nothing" in sentence


def test_the_key_must_be_there_and_the_houses(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKILLS_KEY", "ab" * 32)
    (sentence,) = complaints()
    assert "call skills rekey" in sentence
    monkeypatch.delenv("SKILLS_KEY")
    (sentence,) = complaints()
    assert "set SKILLS_KEY or write 64 hex digits" in sentence
    root.key_file.write_text(stored.KEY.secret.hex(), "ascii")
    root.key_file.chmod(0o644)
    (sentence,) = complaints()
    assert f"{root.key_file} can be read by others" in sentence


def test_what_others_can_read_and_a_full_disk_are_named(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    root.received.chmod(0o755)
    (sentence,) = complaints()
    assert f"chmod -R go-rwx {root.received}" in sentence
    root.received.chmod(0o700)
    monkeypatch.setenv("SKILLS_ALERTS__DISK_FREE_GB", "10000000")
    (sentence,) = complaints()
    assert "less than 1e+07: make room" in sentence


def test_a_root_of_another_program_is_named(root: Root) -> None:
    present = house.of_key(stored.KEY)
    house.write(root, house.House(present.key_id, present.token_algorithm, layout=house.LAYOUT + 1))
    assert all("use a newer version" in sentence for sentence in complaints())
    house.write(root, house.House(present.key_id, present.token_algorithm, layout=house.LAYOUT - 1))
    (sentence,) = complaints()
    assert "make a backup (skills backup), then call skills run" in sentence
    (root.path / "house.json").unlink()
    (sentence,) = complaints()
    assert "has no house.json" in sentence


def test_a_clock_that_goes_back_is_named(root: Root) -> None:
    ahead = dt.datetime(2100, 1, 1, tzinfo=dt.UTC).isoformat()
    log.append(root.publications, [log.Entry(ahead, log.PROGRAM, "pruned", "x", {})])
    (sentence,) = complaints()
    assert "the logs go on to 2100" in sentence


def test_few_open_files_and_a_missing_engine_are_named(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    try:
        (sentence,) = complaints()
        assert "ulimit -n 1024" in sentence
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    (sentence,) = complaints(engine="spark")
    assert sentence.startswith("engine: Spark ")


def test_a_scanner_that_answers_is_well_and_another_service_is_not(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for answer, is_well in ((b"PONG\0", True), (b"HTTP/1.1 400", False)):
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=_answer_once, args=(server, answer))
            thread.start()
            write(tmp_path, monkeypatch, f"{WELL}scanner: {{host: 127.0.0.1, port: {server.getsockname()[1]}}}")
            said = complaints()
            thread.join()
        assert ([] if is_well else ["is no clamd"]) == [part for part in ("is no clamd",) if part in "".join(said)]


def _answer_once(server: socket.socket, answer: bytes) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(16)
        connection.sendall(answer)


def test_a_missing_chart_library_is_named(root: Root, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dashboard, "LIBRARY", tmp_path / "echarts.min.js")
    (answer,) = [answer for answer in doctor.examine(is_cron) if answer.subject == "dashboard"]
    assert "call make setup" in answer.complaints[0]
    dashboard.LIBRARY.touch()
    (answer,) = [answer for answer in doctor.examine(is_cron) if answer.subject == "dashboard"]
    assert answer.complaints == ()
