"""Begins with the longest tests; says loudly what a machine without a browser leaves out, which CI installs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.channels.programs import CLAMD

if TYPE_CHECKING:
    from playwright.sync_api import Browser

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

LONGEST = ("test_e2e_kill.py", "e2e", "dbt_project")

# A busy machine is slow, not wrong: no property fails for the time that an example or its making took.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs a Chromium on the machine")
    config.addinivalue_line("markers", "clamd: needs Debian's clamav-daemon on the machine")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=_length)
    for marker, is_there in (("browser", BROWSER is not None), ("clamd", bool(CLAMD))):
        left_out = [item for item in items if not is_there and item.get_closest_marker(marker)]
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not CLAMD and "not channels" not in config.option.markexpr:
        terminalreporter.section("LEFT OUT: tests of the virus scanner", red=True, bold=True)
        terminalreporter.line(
            "No clamd on this machine: the scanner was tested with a server of ours alone. Install the package "
            "clamav-daemon and run again.",
            red=True,
        )
    if BROWSER is None:
        terminalreporter.section("LEFT OUT: page tests", red=True, bold=True)
        terminalreporter.line(
            "No Chromium on this machine: the pages were not opened. Install the package chromium and run again.",
            red=True,
        )
