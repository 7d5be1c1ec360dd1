"""The dashboard in a real browser: every page draws, fits, can be read and reached; filters, drill-down, CSV, print."""

from __future__ import annotations

import functools
import http.server
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from pages.write import dashboard
from tests.browser import drawn, look, opened, sheets, stumbles, window
from tests.pages.dashboard import dashboard_world as world

pytestmark = pytest.mark.browser
# Every page with whether a press opens something there; `open` is a code of the sample world.
PAGES = {
    "progress": "T01",
    "trend": "2026-03",
    "actions": "03",
    "departments": "HRSS",
    "districts": "440305",
    "skills": "4-01-24",
    "certificates": "02",
    "quality": "institution0",
    "confidence": None,
}
PLACES = [f"{page}{opened}" for page, code in PAGES.items() for opened in ["", *([f"?open={code}"] if code else [])]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    publication = world.publication(tmp_path_factory.mktemp("board") / "p", world.sample())
    dashboard.write(publication)
    return publication.folder


def index(folder: Path, place: str) -> str:
    """The address of a place. Each is a document of its own, since a change after # alone loads nothing."""
    return f"{(folder / dashboard.FOLDER / 'index.html').as_uri()}?{place}#{place}"


@pytest.fixture(scope="module", params=[1440, 390])
def seen(folder: Path, chromium: Browser, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What there is to see of every page, closed and with something opened, at one width."""
    told = {}
    with window(chromium, request.param) as page:
        for place in PLACES:
            page.goto(index(folder, place))
            told[place] = {
                **look(drawn(page)),
                "drawn": page.locator(".chart svg path").count(),
                "tables": page.locator("table").count(),
                "opened": page.locator("#opened table, #opened dl").count(),
                "current": page.locator("#tabs [aria-current]").text_content(),
                "title": page.locator("h1").text_content(),
            }
    return told


def test_every_page_draws_its_tables_and_charts(seen: dict[str, Any]) -> None:
    for place, told in seen.items():
        assert told["tables"] >= 1, place
        assert told["current"] == told["title"], place
        assert told["drawn"] > 5 or place.startswith(("progress", "districts")), place
        assert told["opened"] >= 1 if "open" in place else told["opened"] == 0, place


def test_every_page_fits_and_can_be_read_and_reached(seen: dict[str, Any]) -> None:
    assert {
        place: wrong
        for place, told in seen.items()
        if (
            wrong := stumbles(
                {what: told[what] for what in ("over", "faint", "unreachable", "scrolled", "nameless", "twice")}
            )
        )
    } == {}
    assert {tuple(told["headings"][:2]) for told in seen.values()} == {(1, 2)}


def test_a_tab_leads_to_its_page_and_keeps_the_filter_and_so_does_the_way_back(folder: Path, chromium: Browser) -> None:
    with opened(chromium, index(folder, "progress?year=2025")) as page:
        titles = page.locator("#tabs a").all_text_contents()
        assert len(titles) == len(PAGES)
        for title in titles[1:]:
            page.get_by_role("link", name=title, exact=True).click()
            expect(page.locator("h1")).to_have_text(title)
            drawn(page)
        for title in titles[-2::-1]:
            page.go_back()
            expect(page.locator("h1")).to_have_text(title)
            expect(page).to_have_url(re.compile(r"year=2025$"))


def test_filters_narrow_and_say_so(folder: Path, chromium: Browser) -> None:
    rows = world.sample()["fct_participation"]
    with opened(chromium, index(folder, "districts")) as page:
        total = page.locator("tr.total td").first
        expect(total).to_have_text(str(len(rows)))
        page.locator("#filters select").first.select_option("2025")
        expect(page.locator("#said")).to_have_text("筛选　年份：2025年")
        expect(total).to_have_text(str(sum(row["event_date"].year == 2025 for row in rows)))


def test_a_press_on_a_tile_opens_its_figures_and_they_download_as_csv(folder: Path, chromium: Browser) -> None:
    with opened(chromium, index(folder, "districts")) as page:
        page.locator(".tiles button").first.click()
        expect(page.locator("#opened h2")).to_have_text(re.compile("：计入人次的构成$"))
        with page.expect_download() as download:
            page.locator("#opened .csv").first.click()
        text = download.value.path().read_bytes().decode()
        lines = text.removeprefix("\ufeff").split("\r\n")
        assert text.startswith("\ufeff") and lines[0] == "部门,计入人次,占比,其中计入总目标" and lines[-1] == ""
        page.get_by_role("button", name="收起").click()
        expect(page.locator("#opened h2")).to_have_count(0)


def test_a_press_on_a_bar_opens_its_figures(folder: Path, chromium: Browser) -> None:
    with opened(chromium, index(folder, "actions")) as page:
        chart = drawn(page).locator(".chart svg").first
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 36 + 13 + 26 * 2)
        expect(page.locator("#opened h2")).to_have_text("（三）数字技术技能人才：计入人次的构成")


def test_long_tables_show_their_first_rows_and_sort(folder: Path, chromium: Browser) -> None:
    with opened(chromium, index(folder, "quality?kind=institution&training=safety")) as page:
        rows = page.locator("table").first.locator("tbody tr")
        expect(rows).to_have_count(40)
        page.get_by_role("button", name=re.compile("^显示全部")).click()
        expect(rows).to_have_count(60)
        page.locator("thead button").nth(1).click()
        expect(page.locator("tbody td").first).to_have_text("0.99")


def test_no_share_is_rounded_up_and_no_cell_is_a_formula(folder: Path, chromium: Browser) -> None:
    with opened(chromium, index(folder, "progress")) as page:
        shares = page.evaluate("[0.999999, 1, 0.0001, 0, null].map(board.percent)")
        assert shares == ["99.9%", "100%", "不到 0.1%", "0%", "—"]
        text = page.evaluate("""board.csv([{ name: "a", title: "甲" }, { name: "b", title: "乙", kind: "number" }],
            [{ a: "=1+1", b: -3 }, { a: '说"好"，', b: null }])""")
        assert text == '\ufeff甲,乙\r\n\'=1+1,-3\r\n"说""好""，",\r\n'


def test_without_the_library_the_tables_stand_and_the_page_says_why(
    folder: Path,
    chromium: Browser,
    tmp_path: Path,
) -> None:
    library = "echarts.min.js"
    shutil.copytree(folder / dashboard.FOLDER, tmp_path / dashboard.FOLDER, ignore=shutil.ignore_patterns(library))
    with opened(chromium, index(tmp_path, "actions"), lacks=library) as page:
        expect(page.get_by_text("图表组件没有安装").first).to_be_visible()
        expect(page.locator("td").first).to_be_visible()
        expect(page.locator("svg")).to_have_count(0)


def test_a_page_prints_with_its_charts(folder: Path, chromium: Browser) -> None:
    with opened(chromium, index(folder, "trend")) as page:
        assert 1 < sheets(drawn(page)) < 6


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    """The publication as a web server would give it."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_address[1]}"
        web.shutdown()


def test_it_draws_the_same_from_a_web_server(folder: Path, chromium: Browser, server: str) -> None:
    texts = []
    for address in (index(folder, "trend"), f"{server}/{dashboard.FOLDER}/index.html#trend"):
        with opened(chromium, address) as page:
            texts.append((drawn(page).locator("body").inner_text(), page.locator(".chart svg path").count()))
    assert texts[0] == texts[1]
