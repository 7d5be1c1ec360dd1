"""The pages of a run: they fit a desktop and a phone and can be read and reached there, every link leads somewhere,
certificates fill one sheet, and all of it is written again byte by byte from what is stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import shutil
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser

from orchestration.pipeline.run import Run, report
from pages.write import seals
from tests.browser import look, opened, sheets, stumbles, window
from tests.e2e.harness import AS_OF, Skills
from tests.pages.report_html import Page


def pages(skills: Skills) -> list[Path]:
    reports = skills.root.reports
    worst = max(reports.glob("*/*-*-20*.html"), key=lambda path: path.stat().st_size)
    part = max(reports.glob("*/*/*.html"), key=lambda path: path.stat().st_size)
    return [
        reports / "index.html",
        reports / "HRSS" / "index.html",
        reports / "CAB" / "index.html",
        worst,
        part,
        reports / "HRSS" / "acceptance-2025-12.html",
    ]


@pytest.mark.browser
@pytest.mark.parametrize("width", [1440, 390])
def test_pages_fit_and_can_be_read_and_reached(skills: Skills, chromium: Browser, width: int) -> None:
    with window(chromium, width) as page:
        for path in pages(skills):
            page.goto(path.as_uri())
            assert stumbles(look(page)) == {}, path


def test_no_page_reaches_outside(skills: Skills) -> None:
    for page in skills.root.reports.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", text), page
        assert "@import" not in text


def test_pages_with_figures_of_the_plan_say_whether_the_month_is_closed(skills: Skills) -> None:
    """The bureau's and every unit's page and the dashboard. Figures are preliminary until a month is closed; a
    submission, its slices, the state of feeds and certificates count rows of files, which closing a month does not
    touch: they say nothing of it and show no such figure."""
    reports, said = skills.root.reports, "初步数据：2026年1月尚未关账"
    with_figures = {reports / "index.html", *reports.glob("*/index.html")} - {reports / "rules" / "index.html"}
    without = {path for path in reports.rglob("*.html") if path.parent.name != "rules"} - with_figures
    assert reports / "status.html" in without and len(without) > 500
    assert [path for path in with_figures if said not in path.read_text("utf-8")] == []
    assert said in (skills.root.current / "dashboard" / "data.js").read_text("utf-8")
    of_the_plan = re.compile(f"{said}|完成数|完成率|序时进度")
    assert [path for path in without if of_the_plan.search(path.read_text("utf-8"))] == []


def test_every_link_leads_to_a_page_and_a_place_in_it(skills: Skills) -> None:
    reports = skills.root.reports
    ids: dict[Path, set[str | None]] = {}
    for path in reports.rglob("*.html"):
        read = Page(path.read_text("utf-8"))
        ids[path] = {attributes.get("id") for _, attributes in read.elements}
    for path in ids:
        if path.parent.name == "rules":
            continue
        for address in set(Page(path.read_text("utf-8")).addresses()):
            name, _, place = address.partition("#")
            target = (path.parent / unquote(name)).resolve() if name else path
            assert target.is_file(), f"{path} leads to {address}"
            assert not place or place in ids[target], f"{path} leads to {address}"


@pytest.mark.browser
def test_certificates_state_what_their_checksum_is_over_and_print_to_one_sheet(
    skills: Skills,
    chromium: Browser,
) -> None:
    certificates = sorted(skills.root.reports.glob("*/acceptance-*.html"))
    assert len(certificates) > 40
    for path in certificates:
        digest = hashlib.sha256(path.with_suffix(".json").read_bytes()).hexdigest()
        assert digest in path.read_text("utf-8")
    longest = max(certificates, key=lambda path: path.stat().st_size)
    with opened(chromium, longest.as_uri()) as page:
        assert sheets(page) == 1


def test_everything_is_written_again_byte_by_byte_from_what_is_stored(after_run: Skills) -> None:
    root = after_run.root

    def content() -> dict[Path, bytes]:
        return {
            path: path.read_bytes()
            for folder in (root.reports, root.corrections)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != seals.BOOK  # which also tells when a file was written
        }

    def write() -> int:
        run = Run(root, dt.date.fromisoformat(AS_OF), dt.datetime.now(dt.UTC))
        try:
            return sum(changed for _, changed in report(run))
        finally:
            run.close()

    before = content()
    assert write() == 0
    for folder in (root.reports, root.corrections):
        shutil.rmtree(folder)
    assert write() > 1_000
    after = content()
    assert after.keys() == before.keys()
    assert [path for path, written in before.items() if after[path] != written] == []
