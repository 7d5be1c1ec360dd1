"""What a demo's root gives out says that it is a demo's, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pages import words
from pages.gather.bureau import BureauFacts
from pages.gather.department import DepartmentFacts
from pages.gather.slices import Slice
from pages.gather.submission import SubmissionFacts
from pages.render.bureau import bureau_page
from pages.render.department import department_page
from pages.render.slices import slice_page
from pages.render.submission import submission_page
from pages.write import dashboard
from tests.pages import report_samples as samples
from tests.pages.dashboard import dashboard_world
from warehouse.published.publication import Publication

PART = Slice("institution", "institution-0123456789ab", "甲", 2, frozenset({1}))


def report(is_demo: bool) -> SubmissionFacts:
    return SubmissionFacts(samples.decision(), samples.findings(), is_demo=is_demo)


@pytest.mark.parametrize(
    "page",
    [
        lambda is_demo: bureau_page(BureauFacts(samples.AS_OF, grid=samples.grid(), is_demo=is_demo)),
        lambda is_demo: department_page(DepartmentFacts("CAB", samples.AS_OF, is_demo=is_demo)),
        lambda is_demo: submission_page(report(is_demo)),
        lambda is_demo: slice_page(report(is_demo), PART, []),
    ],
    ids=["bureau", "department", "submission", "slice"],
)
def test_every_page_of_a_demo_says_so(page: Callable[[bool], str]) -> None:
    assert words.DEMO.startswith("演示数据")
    assert page(True).count(words.DEMO) == 1
    assert words.DEMO not in page(False)


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_dashboard_of_a_demo_says_so(tmp_path: Path, is_demo: bool) -> None:
    publication = dashboard_world.publication(tmp_path / "p", {})
    dashboard.write(Publication(publication.folder, publication.manifest | {"is_demo": is_demo}))
    written = (publication.folder / dashboard.FOLDER / "data.js").read_text("utf-8")
    told = json.loads(written.removeprefix("window.BOARD=").rstrip(";\n"))
    assert told["facts"]["demo"] == (words.DEMO if is_demo else "")


def test_an_odd_time_of_the_sender_stands_on_the_report() -> None:
    remark = "文件的修改时间（2031-05-06 08:00）晚于收到的时间。"
    assert remark in submission_page(SubmissionFacts(samples.decision(), remark=remark))
    told = [samples.deliveries()[0] | {"remark": remark}]
    assert remark in bureau_page(BureauFacts(samples.AS_OF, unrecognised=told))
    assert remark in department_page(DepartmentFacts("CAB", samples.AS_OF, unrecognised=told))
