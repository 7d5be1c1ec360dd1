"""The demo shows each state of an opening balance, in its mart and on the pages of who it is about."""

from __future__ import annotations

from tests.e2e.harness import Skills
from tests.pages.report_html import Page
from warehouse.published import publication

EXCEEDED = """
select count(*) from rpt_opening_balance where unit_code = 'COM' and reading = 'main' and is_exceeded
"""


def page(skills: Skills, *path: str) -> str:
    """Its text without the spaces between."""
    return "".join(Page(skills.root.reports.joinpath(*path).read_text("utf-8")).text.split())


def exceeded(skills: Skills) -> int:
    with publication.open_current(skills.root).connect() as con:
        [(count,)] = con.execute(EXCEEDED).fetchall()
    assert isinstance(count, int)
    return count


def test_the_mart_has_each_state(skills: Skills) -> None:
    with publication.open_current(skills.root).connect() as con:
        told = con.execute(
            "select unit_code, state, remaining > 0, written_off > 0, excess > 0, document is not null "
            "from rpt_opening_balance "
            "where target_id = 'T01' and reading = 'main' and unit_code in ('CAB', 'COM', 'CTS', 'JUS', 'RRC') "
            "order by all"
        ).fetchall()
    assert told == [
        ("CAB", "partly_verified", True, False, False, False),
        ("COM", "back_filled", False, False, True, False),
        ("CTS", "back_filled", False, True, False, False),
        ("JUS", "recognised", True, False, False, True),
        ("RRC", "unverified", True, False, False, False),
    ]


def test_each_unit_reads_its_state(skills: Skills) -> None:
    assert "部分核实" in page(skills, "CAB", "index.html")
    complete = page(skills, "CTS", "index.html")
    assert "已回补" in complete
    assert "已办理证书明细、开班备案、培训人次实名制明细" in complete
    assert f"明细多于申报基数的有{exceeded(skills)}项，请向市局说明原因" in page(skills, "COM", "index.html")
    recognised = page(skills, "JUS", "index.html")
    assert "经认定深人社函〔2025〕0号（演示数据，非文件规定）" in recognised


def test_the_bureau_reads_all_of_them(skills: Skills) -> None:
    told = page(skills, "index.html")
    for word in ("未核实", "部分核实", "已回补", "经认定深人社函〔2025〕0号", f"明细多于基数{exceeded(skills)}项"):
        assert word in told
