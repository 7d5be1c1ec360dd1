"""What one run leaves undone the next one does, and what is said of it is so; people go back and forth."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Iterator

import pytest

from orchestration import definitions
from orchestration.defs import execute
from orchestration.pipeline import outstanding
from orchestration.pipeline import run as steps
from tests.e2e.harness import AS_OF, Skills
from warehouse.published import publication
from warehouse.store import log
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

LATER = dt.date.fromisoformat(AS_OF) + dt.timedelta(days=1)


def broken(run: steps.Run) -> Iterator[tuple[str, int]]:
    raise OSError(errno.ENOSPC, "No space left on device", "/data/reports/x.html")
    yield


def unattended_need(run: steps.Run) -> outstanding.Need | None:
    return outstanding.unattended_need(run, outstanding.waiting(run))


def test_what_is_left_undone_is_told_and_done(after_run: Skills, monkeypatch: pytest.MonkeyPatch) -> None:
    root = after_run.root
    first = publication.open_current(root).publication_id

    with monkeypatch.context() as patched:
        patched.setenv("SKILLS_HOME", str(root.path))
        patched.setattr(steps, "report", broken)
        with pytest.raises(OperatorError) as error:
            execute.run(definitions.defs(), steps.Run(root, LATER, clock.now()), lambda _: None)
    second = publication.open_current(root).publication_id
    assert second.startswith(LATER.isoformat())
    assert f"Publication {second} is shown already" in str(error.value)
    assert "The disk is full, so /data/reports/x.html could not be written" in str(error.value)
    assert outstanding.need(steps.Run(root, LATER, clock.now())) == "reports"

    workbook = next(root.corrections.glob("*/*.xlsx"))
    page = next(root.reports.glob("CAB/CAB-*.html"))
    harmed = [page, root.reports / "rules" / "style.css"]
    before = {path: path.read_bytes() for path in harmed}
    page.write_text("?", "utf-8")
    for path in (workbook, *harmed[1:]):
        path.unlink()
    said = after_run("run", "--as-of", LATER.isoformat()).stdout
    assert "the reports were completed" in said
    assert {path: path.read_bytes() for path in harmed} == before
    assert workbook.is_file()
    assert "Nothing new since" in after_run("run", "--as-of", LATER.isoformat()).stdout
    quiet = clock.now() + outstanding.QUIET
    assert unattended_need(steps.Run(root, LATER + dt.timedelta(days=1), quiet)) == "build"

    said = after_run("use", "previous", "--by", "李四", "--reason", "数字有误").stdout
    assert f"{second} → {first}, chosen by 李四" in said
    assert publication.open_current(root).publication_id == first
    assert first in (root.reports / "index.html").read_text("utf-8")
    last = log.read(root.publications)[-1]
    assert (last.actor.kind, last.actor.id, last.facts["reason"]) == ("person", "李四", "数字有误")
    assert unattended_need(steps.Run(root, LATER, clock.now())) is None, "nobody undoes it unasked"
    assert outstanding.need(steps.Run(root, LATER, clock.now())) == "build", "who asks is shown it"
    assert (
        "is the current publication already"
        in after_run("use", first, "--by", "x", "--reason", "y", check=False).stderr
    )
