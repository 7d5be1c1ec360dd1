"""The process that stays: `skills check` asks it, arrivals are taken by it, and without it all goes on as before."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from ingest.limits import limits
from orchestration.pipeline import resident, service
from tests.e2e.harness import SKILLS, Skills
from tests.ingest.files import HEADERS, ROW, delimited, xlsx
from warehouse.store import keys, register
from warehouse.store.data_root import Root

WORDS = ("--dataset", "training_record", "--department", "CAB", "--period", "2026-01")
BAD = ("李四", "110105194912310021", "SZ-CAB-0001", "02", "40", "1", "1")
ENGINES = {"duckdb", "pyarrow", "numpy"}


@pytest.fixture
def skills(tmp_path: Path) -> Skills:
    root = Root(tmp_path / "data").make()
    keys.make_key(root)
    return Skills(root)


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    path = tmp_path / "一月培训.xlsx"
    path.write_bytes(xlsx([HEADERS, ROW, BAD]))
    return path


@contextmanager
def served(skills: Skills, *words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The real process, from the moment it answers."""
    process = subprocess.Popen(
        [SKILLS, "serve", *words],
        env=skills.environment | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        bufsize=1,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline().startswith("Serving ")
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def is_light(skills: Skills, *words: str) -> tuple[bool, str]:
    """Whether a command did its work without the engines, so that somebody else did; and what it printed."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", SKILLS, *words],
        env=skills.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    return not imported & ENGINES, done.stdout


def until(holds: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_check_is_answered_by_the_process_that_stays(skills: Skills, workbook: Path, tmp_path: Path) -> None:
    outs = {name: tmp_path / name for name in ("alone", "served")}
    asked = {
        name: ("check", str(workbook), *WORDS, "--json", str(out / "out.json"), "--report", str(out))
        for name, out in outs.items()
    }
    for out in outs.values():
        out.mkdir()
    alone = is_light(skills, *asked["alone"])
    with served(skills, "--check-only") as process:
        place = skills.root.path / resident.SOCKET
        assert place.stat().st_mode & 0o777 == 0o600
        by_server = is_light(skills, *asked["served"])
        assert is_light(skills, "check", str(workbook), *WORDS) == (True, alone[1])
        with ThreadPoolExecutor(3) as callers:
            results = list(callers.map(lambda _: skills("check", str(workbook), *WORDS, check=False).stdout, range(3)))
        assert set(results) == {alone[1]}
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert not place.exists()
    assert (alone[0], by_server[0], alone[1]) == (False, True, by_server[1])
    told = [{path.name: path.read_bytes() for path in out.iterdir()} for out in outs.values()]
    assert told[0] == told[1] and len(told[0]) > 1
    assert is_light(skills, "check", str(workbook), *WORDS) == (False, alone[1])


def test_a_killed_process_leaves_nothing_in_the_way(skills: Skills, workbook: Path) -> None:
    with served(skills, "--check-only") as process:
        second = skills("serve", "--check-only", check=False)
        assert second.returncode == 3 and "serves" in second.stderr
        process.kill()
        process.wait()
    assert (skills.root.path / resident.SOCKET).exists()
    assert not is_light(skills, "check", str(workbook), *WORDS)[0]
    with served(skills, "--check-only"):
        assert is_light(skills, "check", str(workbook), *WORDS)[0]


def test_another_program_or_another_setting_is_not_asked(skills: Skills, workbook: Path, tmp_path: Path) -> None:
    limits = tmp_path / "limits.yaml"
    shutil.copy(Path(resident.PROJECT) / "ingest" / "limits.yaml", limits)
    with served(skills, "--check-only", SKILLS_LIMITS=str(limits)):
        assert not is_light(skills, "check", str(workbook), *WORDS)[0]


def test_whoever_says_nothing_or_nonsense_harms_nobody(skills: Skills, workbook: Path) -> None:
    with served(skills, "--check-only") as process, resident.address(skills.root.path) as place:
        silent = socket.socket(socket.AF_UNIX)
        silent.connect(place)
        for nonsense in (b"\n", b"[]\n", b'{"do": "x"}\n', b"x" * 2**17, b"\xff\n"):
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(place)
                caller.sendall(nonsense)
                answer = json.loads(b"".join(iter(lambda: caller.recv(2**16), b"")))
            assert "refused" in answer
        missing = {"do": "check", "file": "/nowhere", "dataset": "x", "department": "y", "period": "z"}
        assert resident.ask(skills.root.path, missing | {"with_json": False, "with_pages": False}) is None
        assert is_light(skills, "check", str(workbook), *WORDS)[0]
        assert process.poll() is None
        silent.close()


def test_what_is_under_way_is_answered_before_the_end(skills: Skills, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(delimited([HEADERS, *([ROW, BAD] * 20_000)]))
    with served(skills, "--check-only") as process:
        caller = skills_check(skills, large)
        until(lambda: cpu_seconds(process.pid) > 0.2 or caller.poll() is not None)
        process.send_signal(signal.SIGTERM)
        out, _ = caller.communicate()
        assert process.wait(60) == 0
        assert "40000 rows received" in out


def skills_check(skills: Skills, file: Path) -> subprocess.Popen[str]:
    words = [SKILLS, "check", str(file), *WORDS]
    return subprocess.Popen(words, env=skills.environment, stdout=subprocess.PIPE, text=True)


def cpu_seconds(process: int) -> float:
    """Of the reading processes below it."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    ticks = [sum(map(int, Path(f"/proc/{child}/stat").read_text().split()[13:15])) for child in children]
    return sum(ticks) / os.sysconf("SC_CLK_TCK")


def test_arrivals_are_decided_and_reported_at_once(skills: Skills) -> None:
    folder = skills.root.inbox / "CAB"
    with served(skills) as process:
        folder.mkdir()
        (folder / "training_record_2026-01.xlsx").write_bytes(xlsx([HEADERS, ROW, BAD]))
        (folder / "training_record_2026-01.xlsx.done").touch()
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("1 deliveries received, 1 submissions decided"), said
        assert len(register.decisions(skills.root)) == 1
        assert any(skills.root.reports.rglob("*.html"))
        assert "Nothing has been published yet" in process.stdout.readline()
        (folder / "training_record_2026-01.xlsx").write_bytes(xlsx([HEADERS, ROW, ROW]))
        (folder / "training_record_2026-01.xlsx.done").unlink()
        (folder / "training_record_2026-01.xlsx.done").touch()
        assert process.stdout.readline().startswith("1 deliveries received, 1 submissions decided")
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert len(register.decisions(skills.root)) == 2


def test_where_nothing_comes_nothing_is_looked_through(skills: Skills) -> None:
    """A file that is no delivery lies there, as one does for ever, and all has been taken."""
    folder = skills.root.inbox / "CAB"
    folder.mkdir()
    (folder / "training_record_2026-01.xlsx").write_bytes(xlsx([HEADERS, ROW, BAD]))
    (folder / "training_record_2026-01.xlsx.done").touch()
    (skills.root.inbox / "读我.txt").write_text("…", "utf-8")
    long_ago = time.time() - 3600
    with served(skills) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("1 deliveries received")
        assert "Nothing has been published yet" in process.stdout.readline()
        looks = skills.root.inbox
        os.utime(looks, (long_ago, long_ago))
        time.sleep(2 * service.LOOK_SECONDS + limits().quiet_seconds)
        os.utime(looks, (long_ago, long_ago))
        time.sleep(8 * service.LOOK_SECONDS)
        assert looks.stat().st_mtime == pytest.approx(long_ago), "each look through it touches the inbox"
