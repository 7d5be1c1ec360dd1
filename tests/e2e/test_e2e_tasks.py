"""Tasks and ranks equal an independent recount of the demo's truth; a month closed and moved afterwards is revised."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from demo.tasks import DOCUMENT
from tests.e2e.harness import AS_OF, Skills
from tests.e2e.recount import PROGRAMS, Truth, has, participations, services
from warehouse.published import publication, publication_diff
from warehouse.vocabulary import reference

DAY = dt.date.fromisoformat(AS_OF)
CUT_OFF, YEAR = pd.Timestamp("2026-01-31"), pd.Timestamp("2026-01-01")
"""January is due on 10 February; the year 2026 holds no opening balance."""
SOURCES = {"T03": {"support_service"}, "T04": {"support_service"}}
COURSES = {"training_record", "training_class"}
COUNTED = ("T03", "T04", "T08", "T09", "T11")
Key = tuple[str, str, str]
"""Target, split, unit."""


def told(skills: Skills) -> pd.DataFrame:
    with publication.open_current(skills.root).connect() as con:
        return con.execute("from rpt_task_progress where period = '2026'").df()


def counted(truth: Truth) -> dict[Key, int]:
    """What each department and each reporting district did in 2026 until the cut-off."""
    took, served = participations(truth), services(truth)
    rows: dict[str, pd.DataFrame] = {
        "T03": served[served["service_type"] == "3"],
        "T04": served[(served["service_type"] == "1") & has(served["person_category"], {"09"})],
    }
    entry = has(took["programs"], {"10"})
    for target, codes in PROGRAMS.items():
        counts = has(took["programs"], codes)
        if target == "T09":
            counts |= took["special_action"] == "06"
        if target == "T11":
            counts &= ~entry
        rows[target] = took[counts]
    done: dict[Key, int] = defaultdict(int)
    for target in COUNTED:
        for unit in rows[target].loc[rows[target]["event"].between(YEAR, CUT_OFF), "unit_code"]:
            department, _, district = unit.partition(".")
            done[target, "department", department] += 1
            if district:
                done[target, "district", district] += 1
    return done


def not_in(skills: Skills) -> list[tuple[str, str]]:
    """Dataset and unit of the reports of January that were due and of which nothing stands."""
    files = pd.read_parquet(skills.root.truth / "files.parquet")
    january = files[(files["period"] == "2026-01") & files["dataset"].notna()]
    stands = january["is_current"] & january["outcome"].isin(["accepted", "partly_accepted"])
    by_place = stands.groupby([january["dataset"], january["unit_code"]]).any()
    return [(str(dataset), str(unit)) for dataset, unit in by_place.index[~by_place.to_numpy()]]


def test_every_task_its_sum_and_its_rank_are_recounted(skills: Skills) -> None:
    truth = Truth(skills.root, DAY)
    tasks = truth.rows("task_allocation")
    tasks = tasks[(tasks["task_window"] == "2026") & (pd.to_datetime(tasks["from_date"]) <= CUT_OFF)]
    done, missing = counted(truth), not_in(skills)
    shown: dict[Key, dict[Any, Any]] = {
        (row["target_id"], row["task_split"], row["task_unit_code"]): row for row in told(skills).to_dict("records")
    }
    shares: dict[tuple[str, str], dict[str, Fraction]] = defaultdict(dict)
    for task in tasks.to_dict("records"):
        key: Key = task["target_id"], task["task_split"], task["task_unit"]
        row = shown[key]
        assert (row["task_quantity"], row["task_document"]) == (task["quantity"], DOCUMENT), key
        sources = SOURCES.get(key[0], COURSES)
        late = sum(
            dataset in sources and unit.partition(".")[0 if key[1] == "department" else 2] == key[2]
            for dataset, unit in missing
        )
        if key[0] in COUNTED:
            assert row["done"] == done[key], key
            assert row["missing_submissions"] == late, key
        if row["missing_submissions"] == 0:
            shares[key[:2]][key[2]] = Fraction(int(row["done"]), int(task["quantity"]))
    assert len(shares) >= 6
    plan = {row["id"]: Decimal(row["threshold"]) for row in reference.table("targets")}
    for (target, split, unit), row in shown.items():
        if pd.isna(row["task_quantity"]):
            continue
        of_split = shares[target, split]
        rank = 1 + sum(share > of_split[unit] for share in of_split.values()) if unit in of_split else None
        assert (None if pd.isna(row["task_rank"]) else row["task_rank"]) == rank, (target, split, unit)
        of_target = tasks[(tasks["target_id"] == target) & (tasks["task_split"] == split)]
        allocated = of_target["quantity"].sum()
        assert row["allocated_quantity"] == allocated
        assert row["is_short_of_plan"] == (target != "T05" and allocated < plan[target])


def test_districts_report_and_hold_two_numbers(skills: Skills) -> None:
    rows = told(skills)
    assert rows.loc[rows["task_split"] == "department", "held_in_district"].isna().all()
    took = participations(Truth(skills.root, DAY))
    care = (has(took["programs"], PROGRAMS["T09"]) | (took["special_action"] == "06")) & took["event"].between(
        YEAR, CUT_OFF
    )
    held = took.loc[care, "venue_district"].value_counts().to_dict()
    districts = rows[(rows["target_id"] == "T09") & (rows["task_split"] == "district")]
    shown = districts.dropna(subset=["held_in_district"]).set_index("task_unit_code")["held_in_district"].to_dict()
    assert shown == {district: count for district, count in held.items() if district in reference.codes("district")}


def test_the_bureau_sees_the_table_and_a_unit_its_own_line_with_what_they_rest_on(skills: Skills) -> None:
    page = (skills.root.reports / "index.html").read_text("utf-8")
    assert "各部门、各区任务进度" in page
    assert f"任务依据：{DOCUMENT}" in page
    assert "分解不足：任务合计 " in page
    assert "区级报送" in page and "在区内举办" in page
    assert "初步数据：2026年1月尚未关账" in page
    of_unit = (skills.root.reports / "HRSS.440306" / "index.html").read_text("utf-8")
    assert "本单位任务进度" in of_unit
    assert DOCUMENT in of_unit
    other = (skills.root.reports / "DRC" / "index.html").read_text("utf-8")
    assert "本单位任务进度" not in other


UNLIKE_THE_CITY = """
select * from (
    select month_date, target_id, reading, period, sum(closed_actual) as closed_actual, sum(actual) as actual
    from rpt_department_closed_month
    group by all having count(*) filter (figure_state = 'withheld') = 0
) as departments inner join rpt_closed_month as city using (month_date, target_id, reading, period)
where departments.closed_actual <> city.closed_actual or departments.actual <> city.actual
"""
"""Figures of which departments do not add up to the city."""


def test_what_moves_a_closed_month_is_marked_and_named(after_run: Skills) -> None:
    """HEA sends its certificates of January again, without the last ones, after January was closed."""
    closed = after_run("close-month", "2026-01", "--by", "甲", "--by", "乙", "--yes")
    assert "未报：" in closed.stdout
    assert "2026-01 closed by 甲 and 乙" in closed.stdout
    before = publication.open_current(after_run.root)
    [file] = (after_run.root.inbox / "HEA").glob("证书明细_2026-01.json")
    text = file.read_text("utf-8")
    start = text.index("[")
    rows = json.loads(text[start : text.rindex("]") + 1])
    file.write_text(text[:start] + json.dumps(rows[:-4], ensure_ascii=False) + text[text.rindex("]") + 1 :], "utf-8")
    after_run("run", "--as-of", AS_OF)
    current = publication.open_current(after_run.root)
    with current.connect() as con:
        states = con.execute(
            "select target_id, figure_state, revision_reason, newest_submission_id, publication_id "
            "from rpt_closed_month where reading = 'main'"
        ).fetchall()
    moved = [state[1:] for state in states if state[1] == "revised"]
    assert {state[1] for state in states} == {"closed", "revised"}
    [(state, reason, submission, closed_with)] = moved
    assert (state, reason, closed_with) == ("revised", "replacement", before.publication_id)
    assert submission.startswith("HEA-certificate-2026-01-")
    with current.connect() as con:
        revised = con.execute(
            "select department_code, target_id, revision_reason, newest_submission_id "
            "from rpt_department_closed_month where reading = 'main' and figure_state = 'revised'"
        ).fetchall()
        unlike = con.execute(UNLIKE_THE_CITY).fetchall()
        [(departments,)] = con.execute(
            "select count(distinct department_code) from rpt_department_closed_month where figure_state = 'closed'"
        ).fetchall()
    assert revised == [("HEA", "T02", "replacement", submission)]
    assert unlike == []
    assert departments > 10
    pages = {unit: (after_run.root.reports / unit / "index.html").read_text("utf-8") for unit in ("HEA", "EDU")}
    assert all("关账月份完成数" in page for page in pages.values())
    assert "整份重报，关账后共 1 份" in pages["HEA"]
    assert "关账后共" not in pages["EDU"]
    figures = publication_diff.compare(before, current).figures
    causes = {cause.submission_id for figure in figures if figure.target_id == "T02" for cause in figure.causes}
    assert submission in causes
    page = (after_run.root.reports / "index.html").read_text("utf-8")
    assert "2026年1月已关账，关账后修订 " in page
    after_run("reopen-month", "2026-01", "--by", "甲", "--by", "乙", "--reason", "HEA补报")
    assert (
        "is not closed"
        in after_run("reopen-month", "2026-01", "--by", "甲", "--by", "乙", "--reason", "x", check=False).stderr
    )
