"""Sample pages in a real browser: they fit their width, their script runs under its policy, everybody can read them
and reach everything, and they print."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import pytest

from expectations.report import site
from expectations.report.acceptance import acceptance_files, accepted
from expectations.report.bureau import bureau_page
from expectations.report.department import department_page
from expectations.report.rule_page import rule_pages
from expectations.report.slices import Slice, slice_page
from expectations.report.submission import Context, submission_page
from expectations.report.trend import shares
from tests.browser import LOOK, answered, browse
from tests.expectations.report import report_samples as samples

pytestmark = pytest.mark.browser
WIDTHS = (1440, 768, 390)
LONG = "A" * 300
RULES = dict(rule_pages())
SEARCH = """<!doctype html><meta charset="utf-8">
<iframe src="rules/index.html" width="1440" height="900"></iframe><p id="told"></p><script>
addEventListener("load", () => {
  const page = document.querySelector("iframe").contentDocument, input = page.querySelector("input"), told = {};
  told.ground = page.defaultView.getComputedStyle(page.querySelector("header.top")).backgroundColor;
  input.value = "结业日期早于开班日期";
  input.dispatchEvent(new Event("input"));
  told.found = page.querySelector("output").textContent;
  document.getElementById("told").textContent = JSON.stringify(told);
});
</script>"""
PART = Slice("institution", "institution-0a1b2c3d4e", "某职业培训学校", 40, frozenset(range(1, 400)))
# Each frame is looked at as it is; then the first is searched and sorted, and its link to a slice is followed.
FRAME = """<!doctype html><meta charset="utf-8">{frames}<p id="told"></p><script>
{look}
addEventListener("load", () => {{
  const frames = [...document.querySelectorAll("iframe")], told = {{}};
  for (const frame of frames) told[frame.id] = look(frame.contentDocument);
  const page = frames[0].contentDocument, table = page.querySelector("table[data-tools]");
  const words = page.querySelector("input"), kind = page.querySelector("select"), say = (one, value) => {{
    one.value = value;
    one.dispatchEvent(new Event(one === words ? "input" : "change"));
    return [...table.tBodies[0].rows].filter(row => !row.hidden).length;
  }};
  told.by_rule = say(words, "tr001");
  told.output = page.querySelector("output").textContent;
  told.by_nothing = say(words, "没有这样的字");
  told.by_kind = (say(words, ""), say(kind, "warning"));
  told.all = say(kind, "");
  const sorted = () => {{
    table.querySelectorAll("thead button")[1].click();
    return [table.querySelectorAll("thead th")[1].getAttribute("aria-sort"),
            [...table.tBodies[0].rows].map(row => Number(row.cells[1].textContent))];
  }};
  told.up = sorted();
  told.down = sorted();
  frames[0].addEventListener("load", () => {{
    told.slice = frames[0].contentDocument.querySelector("h1").textContent;
    document.getElementById("told").textContent = JSON.stringify(told);
  }});
  page.querySelector("section[aria-labelledby=slices] table a").click();
}});
</script>"""
TIMED = """<!doctype html><meta charset="utf-8"><iframe src="CAB/large.html" width="1440" height="900"></iframe>
<p id="told"></p><script>
addEventListener("load", () => {
  const [page] = document.querySelector("iframe").contentWindow.performance.getEntriesByType("navigation");
  document.getElementById("told").textContent = JSON.stringify({spent: page.loadEventStart - page.responseStart});
});
</script>"""


def report() -> str:
    # Every kind of answer, every part of a report.
    found = [row | {"state": "persisting", "opened_at": samples.DELIVERED} for row in samples.findings()]
    found[0] |= {"exception_id": "EX-2026-001"}
    found[1] |= {"explanation": "经核对属实。", "explained_at": samples.DELIVERED}
    context = Context(
        in_site=True, across=samples.across(), kind="supplement", correction="corrections/CAB/x.xlsx",
        slices=[(PART, "corrections/CAB/x/y.xlsx")], exceptions={"EX-2026-001": "系统切换。"},
        fixed=[{"rule": "TR007", "severity": "warning", "message": "成绩低于 60 分。", "count": 2}])
    return submission_page(samples.decision(), found, context)


def pages() -> dict[str, str]:
    """Place in the site → page."""
    decision = samples.decision()
    grid = samples.grid()
    own = [row for row in grid if row["department_code"] == "HRSS"]
    certificate = accepted("HRSS", "2026-01", own, [decision], frozenset(), "2026-03-20-0123456789ab")
    long_names = samples.decision(file_name=LONG, sheet=LONG, headers=((LONG, "id_no"), (LONG + "b", None)))
    submissions = samples.submissions(own)
    return {
        site.report("CAB", decision.submission_id): report(),
        site.slice_report("CAB", decision.submission_id, PART.name): slice_page(
            decision, PART, samples.findings(), "corrections/CAB/x/y.xlsx", {}, {}),
        "CAB/long.html": submission_page(long_names, [samples.finding(
            samples.RULES[0], 1, sheet=LONG, value=LONG, expected=LONG, message=LONG, fix=LONG)]),
        site.department_index("HRSS"): department_page(
            "HRSS", samples.AS_OF, own, submissions, samples.top_rules(), samples.deliveries(), shares(submissions),
            {"open_warnings": 3, "explained": 2, "fixed": 5, "days_to_fix": 2.5},
            [{"exception_id": "EX-2026-001", "rule": "TR001", "rows": 5, "until": "2026-12-31",
              "approved_by": "李**", "reason": LONG, "used": 1}], [certificate]),
        site.BUREAU: bureau_page(samples.AS_OF, samples.targets(), samples.months(), grid, samples.top_rules(),
                                 samples.deliveries(), "2026-11-20-abc", samples.breakdown(), {}, submissions),
        site.acceptance("HRSS", "2026-01"): acceptance_files(certificate)["html"],
        **{place: RULES[place] for place in (site.RULES, *map(site.rule, ("CL901", "SP004", "TC.class_id.required")))},
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("site")
    for name, text in pages().items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(text, "utf-8")
    (made / site.RULE_STYLE).write_text(RULES[site.RULE_STYLE], "utf-8")
    return made


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    """What a browser says of every page at every width, and of the first page's script."""
    frames = [f'<iframe id="{name} {width}" src="{name}" width="{width}" height="900"></iframe>'
              for name in pages() for width in WIDTHS]
    (folder / "frames.html").write_text(FRAME.format(frames="".join(frames), look=LOOK), "utf-8")
    return answered(browse(folder, "--virtual-time-budget=8000", "--dump-dom", (folder / "frames.html").as_uri()))


def looked_at(told: dict[str, Any], name: str) -> dict[str, Any]:
    """One thing that was looked at, of every page where it is not as it should be."""
    return {page: seen[name] for page, seen in told.items() if isinstance(seen, dict) and seen[name] not in ([], 0)}


def test_pages_fit_their_width(told: dict[str, Any]) -> None:
    assert {page: over for page, over in looked_at(told, "over").items() if over > 0} == {}


def test_every_text_stands_out_from_its_ground(told: dict[str, Any]) -> None:
    assert looked_at(told, "faint") == {}


def test_headings_go_down_one_step_at_a_time(told: dict[str, Any]) -> None:
    for page, headings in looked_at(told, "headings").items():
        assert headings[0] == 1 and headings.count(1) == 1, page
        assert all(after - before <= 1 for before, after in itertools.pairwise(headings)), page


@pytest.mark.parametrize("name", ["unreachable", "scrolled", "nameless", "twice"])
def test_everything_can_be_reached_by_keyboard_and_has_a_name(told: dict[str, Any], name: str) -> None:
    assert looked_at(told, name) == {}


def test_the_list_can_be_searched_by_word_and_kind(told: dict[str, Any]) -> None:
    found = samples.findings()
    by_rule = sum(row["rule"] == "TR001" for row in found)
    assert (told["by_rule"], told["output"], told["by_nothing"]) == (by_rule, f"显示 {by_rule} 行", 0)
    assert (told["by_kind"], told["all"]) == (sum(row["severity"] == "warning" for row in found), len(found))


def test_the_list_can_be_sorted_up_and_down(told: dict[str, Any]) -> None:
    rows = sorted(row["row"] for row in samples.findings())
    assert told["up"] == ["ascending", rows]
    assert told["down"] == ["descending", rows[::-1]]


def test_the_link_to_a_slice_leads_to_it(told: dict[str, Any]) -> None:
    assert told["slice"] == PART.title


def test_the_index_of_rules_takes_its_stylesheet_and_can_be_searched(folder: Path) -> None:
    (folder / "search.html").write_text(SEARCH, "utf-8")
    told = answered(browse(folder, "--virtual-time-budget=8000", "--dump-dom", (folder / "search.html").as_uri()))
    assert told == {"ground": "rgb(18, 64, 110)", "found": "显示 1 行"}


def sheets(folder: Path, page: Path) -> int:
    """Pages that the page prints to."""
    browse(folder, "--no-pdf-header-footer", f"--print-to-pdf={folder / 'page.pdf'}", page.as_uri())
    return len(re.findall(rb"/Type\s*/Page\b", (folder / "page.pdf").read_bytes()))


def test_a_report_prints(folder: Path) -> None:
    assert sheets(folder, folder / site.report("CAB", samples.decision().submission_id)) >= 2


@pytest.mark.parametrize("count", [1, 14])
def test_a_certificate_prints_to_one_sheet_however_much_it_says(folder: Path, count: int) -> None:
    datasets = ("aggregate_summary", "attendance", "certificate", "competition", "demand_forecast", "education_fund",
                "enforcement_case", "enterprise_coverage", "institution_directory", "outcome_followup",
                "subsidy_payment", "support_service", "talent_award", "training_class")[:count]
    rows = [{"unit_code": f"HRSS.{district}", "dataset": dataset, "state": "on_time", "outcome": "partly_accepted",
             "submission_id": "x", "held_rows": 7, "is_nothing_to_report": False}
            for dataset in datasets for district in samples.DISTRICTS]
    certificate = accepted("HRSS", "2026-01", rows, [samples.decision()], frozenset(), "2026-03-20-0123456789ab")
    page = folder / "HRSS" / f"acceptance-{count}.html"
    page.write_text(acceptance_files(certificate)["html"], "utf-8")
    assert sheets(folder, page) == 1


def test_5_000_findings_open_in_a_second(folder: Path) -> None:
    page = submission_page(samples.decision(received=9_000, held=4_000), samples.findings(5_000), Context(in_site=True))
    (folder / "CAB" / "large.html").write_text(page, "utf-8")
    (folder / "timed.html").write_text(TIMED, "utf-8")
    spent = [answered(browse(folder, "--dump-dom", (folder / "timed.html").as_uri()))["spent"] for _ in range(3)]
    assert 0 < min(spent) < 1_000  # the least disturbed of three
