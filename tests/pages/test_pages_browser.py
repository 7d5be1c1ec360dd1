"""Sample pages in a real browser: they fit their width, their script runs under its policy, everybody can read them
and reach everything, and they print."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from pages import site_map
from pages.gather import acceptance
from pages.gather.acceptance import AcceptanceStatement
from pages.gather.acceptance_trend import monthly_acceptance
from pages.gather.bureau import BureauFacts
from pages.gather.deadlines import Deadlines
from pages.gather.department import DepartmentFacts
from pages.gather.findings import listed
from pages.gather.publications import DepartmentPeriod
from pages.gather.rules import rules
from pages.gather.sending import SendingDay
from pages.gather.slices import Slice
from pages.gather.status import StatusFacts
from pages.gather.submission import SubmissionFacts
from pages.render.acceptance import acceptance_texts
from pages.render.bureau import bureau_page
from pages.render.department import department_page
from pages.render.findings import SHOWN_ROWS
from pages.render.rules import rule_files
from pages.render.slices import slice_page
from pages.render.status import status_page
from pages.render.submission import submission_page
from pages.write.files import write_all
from tests.browser import look, opened, sheets, stumbles, window
from tests.pages import report_samples as samples

pytestmark = pytest.mark.browser
WIDTHS = (1440, 768, 390)
LONG = "A" * 300
UNIT = "HRSS.440305"
RULES = rule_files(rules())
JANUARY = DepartmentPeriod("HRSS", "2026-01")
PUBLICATION_ID = "2026-03-20-0123456789ab"
PART = Slice("institution", "institution-0a1b2c3d4e", "某职业培训学校", 40, frozenset(range(1, 400)))


EXCEPTION = samples.EXCEPTION


def report() -> str:
    # Every kind of answer, every part of a report.
    findings = [row | {"state": "persisting", "opened_at": samples.DELIVERED} for row in samples.findings()]
    findings[0] |= {"exception_id": EXCEPTION.exception_id}
    findings[1] |= {"explanation": "经核对属实。", "explained_at": samples.DELIVERED}
    facts = SubmissionFacts(
        samples.decision(),
        [*findings, *samples.across()],
        in_site=True,
        kind="correction",
        has_workbook=True,
        slices=[PART],
        exceptions={EXCEPTION.exception_id: EXCEPTION},
        fixed=[{"rule": "TR007", "severity": "warning", "message": "成绩低于 60 分。", "count": 2}],
        deadlines=Deadlines(samples.AS_OF, True, True, samples.AS_OF, True),
        sending=SendingDay(samples.AS_OF).of_submission("CAB", "training_record", is_awaited=True),
    )
    return submission_page(facts)


def long_report() -> str:
    """Nothing in it can be broken into lines."""
    decision = samples.decision(file_name=LONG, sheet=LONG, headers=((LONG, "id_no"), (LONG + "b", None)))
    finding = samples.finding(samples.RULES[0], 1, sheet=LONG, value=LONG, expected=LONG, message=LONG, fix=LONG)
    return submission_page(SubmissionFacts(decision, [finding]))


def certificate(rows: list[dict[str, Any]]) -> AcceptanceStatement:
    return acceptance.statement(JANUARY, rows, [samples.decision()], frozenset(), PUBLICATION_ID)


def department(rows: list[dict[str, Any]], submissions: list[dict[str, Any]]) -> str:
    facts = DepartmentFacts(
        "HRSS",
        samples.AS_OF,
        grid=rows,
        submissions=submissions,
        rules=samples.top_rules(),
        unrecognised=samples.deliveries(),
        answers={"open_warnings": 3, "explained": 2, "fixed": 5, "days_to_fix": 2.5},
        exceptions=[vars(EXCEPTION) | {"reason": LONG, "used": 1}],
        acceptances=[certificate(rows)],
        monthly_acceptance=monthly_acceptance(submissions),
    )
    return department_page(facts)


def unit(rows: list[dict[str, Any]], submissions: list[dict[str, Any]]) -> str:
    """A district unit's page with everything that it can lead to; what a press opens is open."""
    of_unit = [row for row in rows if row["unit_code"] == UNIT]
    came = [row | {"held_back_answer_date": samples.AS_OF} for row in of_unit if row["submission_id"]]
    named = frozenset(row["submission_id"] for row in of_unit if row["submission_id"])
    facts = DepartmentFacts(
        "HRSS",
        samples.AS_OF,
        district_unit=UNIT,
        grid=[*came, *(row for row in of_unit if not row["submission_id"])],
        submissions=[row for row in submissions if row["unit_code"] == UNIT],
        unrecognised=[samples.deliveries()[0] | {"file_name": f"HRSS/440305/{LONG}.txt"}],
        sending=SendingDay(samples.AS_OF).of_unit(UNIT),
        workbooks=named,
        cut=named,
    )
    return department_page(facts).replace("<details>", "<details open>")


def bureau(rows: list[dict[str, Any]], submissions: list[dict[str, Any]]) -> str:
    facts = BureauFacts(
        samples.AS_OF,
        publication_id="2026-11-20-abc",
        targets=samples.targets(),
        target_breakdown=samples.breakdown(),
        participation_months=samples.months(),
        grid=rows,
        rules=samples.top_rules(),
        unrecognised=samples.deliveries(),
        submissions=submissions,
    )
    return bureau_page(facts)


def pages() -> dict[str, str]:
    """Place in the site → page."""
    submission_id = samples.decision().submission_id
    grid = samples.grid()
    of_department = [row for row in grid if row["department_code"] == "HRSS"]
    submissions = samples.submissions(of_department)
    part = slice_page(
        SubmissionFacts(samples.decision(), samples.findings()), PART, PART.part(listed(samples.findings()))
    )
    rule_places = (site_map.RULES, *map(site_map.rule, ("CL901", "SP004", "TC.class_id.required")))
    return {
        site_map.report("CAB", submission_id): report(),
        site_map.slice_report("CAB", submission_id, PART.name): part,
        "CAB/long.html": long_report(),
        site_map.unit_index("HRSS"): department(of_department, submissions),
        site_map.unit_index(UNIT): unit(of_department, submissions),
        site_map.BUREAU: bureau(grid, submissions),
        site_map.STATUS: status_page(StatusFacts(samples.AS_OF, grid)).replace("<details>", "<details open>"),
        site_map.acceptance("HRSS", "2026-01"): acceptance_texts(certificate(of_department))["html"],
        **{place: RULES[place] for place in rule_places},
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("site")
    write_all(site, pages() | {site_map.RULE_STYLE: RULES[site_map.RULE_STYLE]})
    return site


@pytest.fixture(scope="module")
def seen(folder: Path, chromium: Browser) -> dict[str, dict[str, Any]]:
    """What there is to see of every page at every width."""
    told = {}
    with window(chromium) as page:
        for name in pages():
            page.goto((folder / name).as_uri())
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                told[f"{name} {width}"] = look(page)
    return told


@pytest.mark.parametrize("what", ["over", "faint", "unreachable", "scrolled", "nameless", "twice"])
def test_every_page_fits_and_can_be_read_and_reached_by_keyboard(seen: dict[str, dict[str, Any]], what: str) -> None:
    assert {name: told[what] for name, told in seen.items() if what in stumbles(told)} == {}


def test_headings_go_down_one_step_at_a_time(seen: dict[str, dict[str, Any]]) -> None:
    for name, told in seen.items():
        headings = told["headings"]
        assert headings[0] == 1 and headings.count(1) == 1, name
        assert all(after - before <= 1 for before, after in itertools.pairwise(headings)), name


@pytest.fixture
def shown(folder: Path, chromium: Browser) -> Iterator[Page]:
    """A submission's report."""
    with opened(chromium, (folder / site_map.report("CAB", samples.decision().submission_id)).as_uri()) as page:
        yield page


def test_the_list_can_be_searched_by_word_and_kind(shown: Page) -> None:
    findings = samples.findings()
    rows = shown.locator("table[data-tools] tbody tr").filter(visible=True)
    by_rule = sum(row["rule"] == "TR001" for row in findings)
    shown.locator("input").fill("tr001")
    expect(rows).to_have_count(by_rule)
    expect(shown.locator("output")).to_have_text(f"显示 {by_rule} 行")
    shown.locator("input").fill("没有这样的字")
    expect(rows).to_have_count(0)
    shown.locator("input").fill("")
    shown.locator("select").select_option("warning")
    expect(rows).to_have_count(sum(row["severity"] == "warning" for row in findings))
    shown.locator("select").select_option("")
    expect(rows).to_have_count(len(findings))


def test_the_list_can_be_sorted_up_and_down(shown: Page) -> None:
    rows = sorted(row["row"] for row in samples.findings())
    table = shown.locator("table[data-tools]")
    for order, expected in (("ascending", rows), ("descending", rows[::-1])):
        table.locator("thead button").nth(1).click()
        expect(table.locator("thead th").nth(1)).to_have_attribute("aria-sort", order)
        assert [int(text) for text in table.locator("tbody tr td:nth-child(2)").all_text_contents()] == expected


def test_the_link_to_a_slice_leads_to_it(shown: Page) -> None:
    shown.locator("section[aria-labelledby=slices] table a").first.click()
    expect(shown.locator("h1")).to_have_text(PART.title)


def test_the_index_of_rules_takes_its_stylesheet_and_can_be_searched(folder: Path, chromium: Browser) -> None:
    with opened(chromium, (folder / site_map.RULES).as_uri()) as page:
        expect(page.locator("header.top")).to_have_css("background-color", "rgb(18, 64, 110)")
        page.locator("input").fill("结业日期早于开班日期")
        expect(page.locator("output")).to_have_text("显示 1 行")


def test_a_report_prints(shown: Page) -> None:
    assert sheets(shown) >= 2


@pytest.mark.parametrize("count", [1, 14])
def test_a_certificate_prints_to_one_sheet_however_much_it_says(folder: Path, chromium: Browser, count: int) -> None:
    datasets = (
        "aggregate_summary",
        "attendance",
        "certificate",
        "competition",
        "demand_forecast",
        "education_fund",
        "enforcement_case",
        "enterprise_coverage",
        "institution_directory",
        "outcome_followup",
        "subsidy_payment",
        "support_service",
        "talent_award",
        "training_class",
    )[:count]
    rows = [
        samples.grid_row(
            unit_code=f"HRSS.{district}", dataset=dataset, outcome="partly_accepted", submission_id="x", held_rows=7
        )
        for dataset in datasets
        for district in samples.DISTRICTS
    ]
    written = folder / "HRSS" / f"acceptance-{count}.html"
    written.write_text(acceptance_texts(certificate(rows))["html"], "utf-8")
    with opened(chromium, written.as_uri()) as page:
        assert sheets(page) == 1


def test_of_5_000_findings_the_first_are_shown_and_can_be_searched(folder: Path, chromium: Browser) -> None:
    decision = samples.decision(received=9_000, held=4_000)
    facts = SubmissionFacts(decision, samples.findings(5_000), in_site=True)
    (folder / "CAB" / "large.html").write_text(submission_page(facts), "utf-8")
    with opened(chromium, (folder / "CAB" / "large.html").as_uri()) as page:
        rows = page.locator("table[data-tools] tbody tr")
        expect(rows).to_have_count(SHOWN_ROWS)
        wanted = rows.filter(has_text="TR001").count()
        assert 0 < wanted < SHOWN_ROWS
        page.locator("input").fill("tr001")
        expect(rows.filter(visible=True)).to_have_count(wanted)
