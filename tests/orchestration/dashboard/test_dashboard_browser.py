"""The dashboard in a real browser: every page draws, fits, can be read and reached; filters, drill-down, CSV, print."""

from __future__ import annotations

import functools
import html
import http.server
import json
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.dashboard import pages
from tests.browser import LOOK, answered, browse
from tests.orchestration.dashboard import dashboard_world as world

pytestmark = pytest.mark.browser
# Every page with whether a press opens something there; `open` is a code of the sample world.
PAGES = {"progress": "T01", "trend": "2026-03", "actions": "03", "departments": "HRSS", "districts": "440305",
         "skills": "4-01-24", "certificates": "02", "quality": "department0", "confidence": None}
FRAME = """<!doctype html><meta charset="utf-8">{frames}<p id="told"></p><script>
{look}{waiting}
addEventListener("load", async () => {{
  const told = {{}}, frames = [...document.querySelectorAll("iframe")];
  await until(() => frames.every(frame => [...frame.contentDocument.querySelectorAll(".chart")]
    .every(one => one.querySelector("svg"))));
  for (const frame of frames) {{
    const page = frame.contentDocument;
    told[frame.id] = {{ ...look(page), drawn: page.querySelectorAll(".chart svg path").length,
      tables: page.querySelectorAll("table").length, opened: page.querySelectorAll("#opened table, #opened dl").length,
      current: page.querySelector("#tabs [aria-current]").textContent, title: page.querySelector("h1").textContent }};
  }}
  tell(told);
}});
</script>"""
# Pages draw in the next frame of the browser, which is not always soon: what is asked is waited for.
WAITING = """
const tell = told => document.getElementById("told").textContent = JSON.stringify(told);
const until = async test => { while (!test()) await new Promise(done => setTimeout(done, 50)); };
addEventListener("unhandledrejection", event => tell({ failed: String(event.reason) }));
"""
USED = """<!doctype html><meta charset="utf-8">
<iframe src="dashboard/index.html#districts" width="1440" height="900"></iframe><p id="told"></p><script>
{waiting}
addEventListener("load", async () => {
  const inner = document.querySelector("iframe").contentWindow, page = inner.document, told = { errors: [] };
  inner.addEventListener("error", event => told.errors.push(event.message));
  page.addEventListener("securitypolicyviolation", event => told.errors.push(event.violatedDirective));
  inner.Blob = function (parts) { told.csv = parts.join(""); };
  inner.URL.createObjectURL = () => "#";
  inner.HTMLAnchorElement.prototype.click = () => {};
  const total = () => page.querySelector("tr.total td").textContent, opened = () => page.querySelector("#opened h2");
  told.all = total();
  const year = page.querySelector("#filters select");
  year.value = "2025";
  year.dispatchEvent(new Event("change"));
  await until(() => page.getElementById("said").textContent);
  told.year = total();
  told.said = page.getElementById("said").textContent;
  page.querySelector(".tiles button").click();
  await until(opened);
  told.opened = opened().textContent;
  page.querySelector("#opened .csv").click();
  page.querySelector("#opened .head button").click();
  await until(() => !opened());
  inner.location.hash = "#actions";
  await until(() => page.querySelector(".chart svg text"));
  const chart = page.querySelector(".chart svg"), box = chart.getBoundingClientRect();
  for (const type of ["mousedown", "mouseup", "click"]) chart.parentElement.dispatchEvent(new inner.MouseEvent(type, {
    bubbles: true, clientX: box.left + box.width / 2, clientY: box.top + 36 + 13 + 26 * 2 }));
  await until(opened);
  told.pressed = opened().textContent;
  inner.location.hash = "#quality?kind=institution";
  await until(() => page.querySelector("h1").textContent === "培训质效");
  told.first = page.querySelectorAll("tbody tr").length;
  [...page.querySelectorAll("button")].find(one => one.textContent.startsWith("显示全部")).click();
  told.shown = page.querySelectorAll("tbody tr").length;
  const head = page.querySelectorAll("thead button")[1];
  head.click();
  told.highest = page.querySelector("tbody td").textContent;
  told.guarded = inner.board.csv([{ name: "a", title: "甲" }, { name: "b", title: "乙", kind: "number" }],
    [{ a: "=1+1", b: -3 }, { a: '说"好"，', b: null }]);
  told.numbers = [0.999999, 1, 0.0001, 0, null].map(inner.board.percent);
  tell(told);
});
</script>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    one = world.publication(tmp_path_factory.mktemp("board") / "p", world.sample())
    pages.write(one)
    return one.folder


def framed(folder: Path, text: str, name: str) -> dict[str, Any]:
    (folder / name).write_text(text, "utf-8")
    return answered(browse(folder, "--virtual-time-budget=20000", "--dump-dom", (folder / name).as_uri()))


@pytest.fixture(scope="module", params=[1440, 390])
def seen(folder: Path, request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a browser says of every page, closed and with something opened, at one width."""
    frames = [
        f'<iframe id="{page}{opened}" src="dashboard/index.html#{page}{opened}" width="{request.param}" height="900">'
        "</iframe>" for page, code in PAGES.items() for opened in ["", *([f"?open={code}"] if code else [])]]
    return framed(folder, FRAME.format(frames="".join(frames), look=LOOK, waiting=WAITING), f"{request.param}.html")


@pytest.fixture(scope="module")
def used(folder: Path) -> dict[str, Any]:
    return framed(folder, USED.replace("{waiting}", WAITING), "used.html")


def test_every_page_draws_its_tables_and_charts(seen: dict[str, Any]) -> None:
    assert len(seen) == 2 * len(PAGES) - 1
    for name, told in seen.items():
        assert told["tables"] >= 1, name
        assert told["current"] == told["title"], name
        assert told["drawn"] > 5 or name.startswith(("progress", "districts")), name
        assert told["opened"] >= 1 if "open" in name else told["opened"] == 0, name


def test_every_page_fits_and_can_be_read_and_reached(seen: dict[str, Any]) -> None:
    wrong = {f"{name} {what}": told[what] for name, told in seen.items()
             for what in ("faint", "unreachable", "scrolled", "nameless", "twice") if told[what] not in ([], 0)}
    assert wrong == {}
    assert {name: told["over"] for name, told in seen.items() if told["over"] > 0} == {}
    assert {tuple(told["headings"][:2]) for told in seen.values()} == {(1, 2)}


def test_filters_narrow_and_say_so(used: dict[str, Any]) -> None:
    rows = world.sample()["fct_participation"]
    assert used["all"] == str(len(rows))
    assert used["year"] == str(sum(row["event_date"].year == 2025 for row in rows))
    assert used["said"] == "筛选　年份：2025年"


def test_a_press_on_a_tile_and_on_a_bar_opens_its_figures(used: dict[str, Any]) -> None:
    assert used["opened"].endswith("：计入人次的构成")
    assert used["pressed"] == "（三）数字技术技能人才：计入人次的构成"


def test_what_is_opened_downloads_as_csv(used: dict[str, Any]) -> None:
    lines = used["csv"].removeprefix("\ufeff").split("\r\n")
    assert used["csv"].startswith("\ufeff") and lines[0] == "部门,计入人次,占比,其中计入总目标" and lines[-1] == ""
    assert used["guarded"] == '\ufeff甲,乙\r\n\'=1+1,-3\r\n"说""好""，",\r\n'


def test_long_tables_show_their_first_rows_and_sort(used: dict[str, Any]) -> None:
    assert (used["first"], used["shown"]) == (40, 60)
    assert used["highest"] == "1.14"


def test_no_share_is_rounded_up(used: dict[str, Any]) -> None:
    assert used["numbers"] == ["99.9%", "100%", "不到 0.1%", "0%", "—"]


def test_nothing_fails_and_the_policy_holds(used: dict[str, Any]) -> None:
    assert used["errors"] == []


def test_without_the_library_the_tables_stand_and_the_page_says_why(folder: Path, tmp_path: Path) -> None:
    bare = tmp_path / "dashboard"
    shutil.copytree(folder / pages.FOLDER, bare, ignore=shutil.ignore_patterns("echarts.min.js"))
    dumped = browse(tmp_path, "--virtual-time-budget=3000", "--dump-dom", (bare / "index.html").as_uri() + "#actions")
    assert "图表组件没有安装" in dumped and "<td" in dumped and "<svg" not in dumped


def test_a_page_prints_with_its_charts(folder: Path) -> None:
    browse(folder, "--virtual-time-budget=4000", "--no-pdf-header-footer", f"--print-to-pdf={folder / 'page.pdf'}",
           (folder / pages.FOLDER / "index.html").as_uri() + "#trend")
    assert 1 < len(re.findall(rb"/Type\s*/Page\b", (folder / "page.pdf").read_bytes())) < 6


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    """The publication as a web server would give it."""
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as one:
        threading.Thread(target=one.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{one.server_address[1]}"
        one.shutdown()


def test_it_opens_within_a_second_from_a_folder_and_from_a_server(folder: Path, server: str) -> None:
    for place in (folder.as_uri(), server):
        spent = min(opened(folder, f"{place}/{pages.FOLDER}/index.html#trend") for _ in range(2))
        assert 0 < spent < 1000, place


def opened(folder: Path, address: str) -> int:
    """Milliseconds from the start of the page to its last chart."""
    dumped = browse(folder, "--timeout=4000", "--dump-dom", address)
    found = re.search(r'data-drawn="(\d+)"', dumped)
    assert found, html.escape(dumped[-300:])
    return int(json.loads(found[1]))
