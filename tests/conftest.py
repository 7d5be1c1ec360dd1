"""Begins with the longest tests; says loudly what a machine without a browser leaves out, which CI installs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from demo import mariadb
from tests.channels.programs import CLAMD, SSHD
from warehouse.vocabulary import collector

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass(frozen=True)
class Program:
    """What some tests need of the machine: without it those that bear its marker are left out, and that is said."""

    marker: str
    is_there: bool
    package: str
    what_is_left_out: str


PROGRAMS = (
    Program("browser", BROWSER is not None, "chromium", "page tests: no page was opened"),
    Program("clamd", bool(CLAMD), "clamav-daemon", "the virus scanner itself: a server of ours stood in its place"),
    Program("mariadb", mariadb.is_installed(), "mariadb-server", "MariaDB: databases were tried with PostgreSQL alone"),
    Program("openssh", bool(SSHD), "openssh-server", "OpenSSH: SFTP was tried with asyncssh's server alone"),
)
LONGEST = ("test_e2e_kill.py", "e2e", "dbt_project")

# A busy machine is slow, not wrong: no property fails for the time that an example or its making took.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    collector.settle()  # to look again and again through 8,000 tests while they are collected took 5 of 18 s
    for program in PROGRAMS:
        config.addinivalue_line("markers", f"{program.marker}: needs {program.package} on the machine")


def pytest_collection_finish() -> None:
    collector.settle()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_length)
    for program in PROGRAMS:
        left_out = [item for item in items if not program.is_there and item.get_closest_marker(program.marker)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _length(item: pytest.Item) -> int:
    """The files of runs first, so that no worker ends with five minutes of them while the other waits; the killed runs
    before all, since they share no run with the others."""
    return next((place for place, name in enumerate(LONGEST) if name in item.path.parts), len(LONGEST))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Closed with the module: while it runs, nothing else of the process can run a loop of asyncio."""
    from tests.browser import launched  # imports BROWSER from here

    with launched() as browser:
        yield browser


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for program in PROGRAMS:
        if not program.is_there:
            terminalreporter.section(f"LEFT OUT: {program.what_is_left_out}", red=True, bold=True)
            terminalreporter.line(
                f"It is not on this machine. Install the package {program.package} and run again.", red=True
            )
