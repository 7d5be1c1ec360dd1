"""Checking a dataset's rows: suppression, outcomes, conservation of rows, masks, tokens."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations import compiled
from expectations.check import Batch, Checked, check
from expectations.result import as_json
from orchestration.pipeline.working_database import connect
from tests.expectations.builder import KEY, Row, reading, shaped, submission
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import FileFacts, MappedColumn, Reading
from warehouse.vocabulary.tables import FINDING, accepted_schema, shaped_schema

ID = "11010519491231002X"
PERSON: Row = {
    "person_name": "王小明",
    "id_no": ID,
    "sex": "2",
    "birth_date": "1949-12-31",
    "mobile": "13800000000",
    "class_id": "SZ-0001",
    "person_category": "01;07",
    "attended_hours": 40,
    "exam_result": "1",
    "completed": True,
    "completion_date": "2026-06-10",
}
NOTHING: Row = dict.fromkeys(PERSON)
OTHERS = ("440301199003070011", "440301198512120026", "44030119770101003X")


def judge(rows: list[Row], name: str = "training_record", **facts: Any) -> Checked:
    sent = submission(name)
    table = shaped(contract.dataset(name), [{"submission_id": sent.submission_id} | dict(row) for row in rows])
    with connect(None) as con:
        return check(con, Batch(contract.dataset(name), table, [(sent, reading(name, **facts))], KEY))


def codes(checked: Checked, row_index: int | None = 1) -> set[str]:
    return {row["rule"] for row in checked.findings.to_pylist() if row["row_index"] == row_index}


def resident(number: int) -> str:
    """A right resident number, a different one for each number."""
    body = f"4403051990{number // 8 % 12 + 1:02d}{number // 100 % 28 + 1:02d}{number % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(w * int(d) for w, d in zip(weights, body, strict=True)) % 11]


def people(count: int) -> list[Row]:
    return [
        dict(PERSON) | {"id_no": resident(n), "sex": None, "birth_date": None, "mobile": f"139{n:08d}"}
        for n in range(count)
    ]


def test_a_clean_row_is_accepted_without_findings() -> None:
    checked = judge([PERSON])
    decision = checked.decisions[0]
    assert checked.findings.num_rows == 0
    assert (decision.outcome, decision.rows.received, decision.rows.accepted, decision.rows.held) == (
        "accepted",
        1,
        1,
        0,
    )
    assert checked.accepted is not None
    assert checked.accepted.schema == accepted_schema(checked.dataset)
    assert checked.held.schema == shaped_schema(checked.dataset)
    row = checked.accepted.to_pylist()[0]
    assert row["person_key"] == KEY.token(f"01|{ID}")
    assert (row["sex"], row["birth_year"], row["home_province"]) == ("2", 1949, "11")
    assert decision.checks_run > 60
    assert [skipped.rule for skipped in decision.checks_not_run] == ["R06", "R07", "R08", "R09"]


def test_of_a_voucher_only_goes_on_whether_there_is_one() -> None:
    people_of_class = people(3)
    people_of_class[1]["voucher_no"] = "PXQ20260001"
    checked = judge(people_of_class)
    assert checked.accepted is not None
    assert checked.accepted.column("voucher_used").to_pylist() == [False, True, False]
    assert "PXQ20260001" not in str(checked.accepted.to_pylist())


STUDIO: Row = {
    "host_uscc": "91350100M000100Y43",
    "name": "深圳市某某技能大师工作室",
    "entity_type": "10",
    "valid_from": "2024-01-01",
    "district": "440305",
    "status": "1",
    "level": "3",
}


def test_of_an_offices_telephone_only_goes_on_what_is_nobodys_mobile() -> None:
    phones = ("0755-22345678", "13800000000", "12333", "013800000000", None, "8613800000000", "22345678", "13800")
    studios = [STUDIO | {"carrier_no": f"SZ-DS-{place}", "contact_phone": phone} for place, phone in enumerate(phones)]
    checked = judge(studios, "institution_directory")
    assert checked.accepted is not None
    told = checked.accepted.column("office_phone").to_pylist()
    assert told == ["0755-22345678", None, "12333", None, None, None, "22345678", "13800"]
    told_of = {row["row_index"]: row["rule"] for row in checked.findings.to_pylist()}
    assert told_of == {2: "IN021", 4: "IN021", 6: "IN021"}
    assert "13800000000" not in f"{checked.accepted.to_pylist()} {checked.findings.to_pylist()}"


def test_a_telephone_of_nobody_is_no_offices_either() -> None:
    phones = ("138000000001", "0755", "1380013", "01380000000", "+85291234567")
    studios = [STUDIO | {"carrier_no": f"SZ-DS-{place}", "contact_phone": phone} for place, phone in enumerate(phones)]
    checked = judge(studios, "institution_directory")
    assert checked.accepted is not None
    assert set(checked.accepted.column("office_phone").to_pylist()) == {None}
    assert [row["rule"] for row in checked.findings.to_pylist()] == ["IN.contact_phone.format"] * len(phones)


def test_of_an_employer_goes_on_whether_it_is_named_and_of_a_sole_trader_a_token() -> None:
    trader = "92350100M000100Y40"
    employees = people(4)
    employees[0] |= {"employer_name": "某某饮食店", "employer_uscc": trader}
    employees[1] |= {"employer_name": "某某饮食店", "employer_uscc": trader}
    employees[2] |= {"employer_name": "某公司", "employer_uscc": "91350100M000100Y43"}
    checked = judge(employees)
    assert checked.accepted is not None
    token = f"92{KEY.token(f'USCC|{trader}')}"
    assert checked.accepted["employer_uscc"].to_pylist() == [token, token, "91350100M000100Y43", None]
    assert checked.accepted["employer_named"].to_pylist() == [True, True, True, False]
    for plain in (trader, "某某饮食店", "某公司"):
        assert plain not in str(checked.accepted.to_pylist())


def test_rules_see_the_plain_code_and_name_and_a_finding_masks_the_code() -> None:
    [employee] = people(1)
    wrong = dict(employee) | {"person_category": "07", "employer_uscc": "92350100M000100Y41", "employer_name": "某店"}
    checked = judge([wrong])
    [finding] = checked.findings.to_pylist()
    assert (finding["rule"], finding["value"]) == ("TR.employer_uscc.checksum", "92**************41")
    assert checked.accepted is not None
    assert checked.accepted["employer_uscc"].to_pylist() == [None]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id_no": None}, {"TR.id_no.required"}),
        ({"id_no": "110105194912310021"}, {"PN003"}),
        ({"id_no": "4.40301199001011E+17"}, {"PN001"}),
        ({"sex": "1", "birth_date": "1949-12-30"}, {"PN012", "PN013"}),
        (
            {"completion_date": None, "completion_date__sent": "六月", "completion_date__flaw": "type"},
            {"TR.completion_date.type"},
        ),
        (
            {"attended_hours": None, "attended_hours__sent": "很多", "attended_hours__flaw": "type"},
            {"TR.attended_hours.type"},
        ),
        ({"exam_result": None, "exam_result__sent": "同上", "exam_result__flaw": "ditto"}, {"TR.exam_result.ditto"}),
        ({"class_id": None, "class_id__sent": "#REF!", "class_id__flaw": "error"}, {"TR.class_id.error"}),
        ({"birth_date": None, "birth_date__sent": "1949年12月", "birth_date__flaw": "month"}, {"TR.birth_date.month"}),
        (
            {"birth_date": None, "birth_date__sent": "-631152000000", "birth_date__flaw": "timestamp"},
            {"TR.birth_date.timestamp"},
        ),
        ({"id_no": None, "id_no__sent": "110105********002X", "id_no__flaw": "masked"}, {"TR.id_no.masked"}),
        (
            {"employer_name": None, "employer_name__sent": "锟斤拷", "employer_name__flaw": "garbled"},
            {"TR.employer_name.garbled"},
        ),
        ({"row_flaw": "shifted", **NOTHING}, {"TR.row.shifted"}),
        ({"row_flaw": "shifted", "id_no": "110105194912310021", "sex": "9x"}, {"TR.row.shifted"}),
        ({"row_flaw": "surplus"}, {"TR.row.surplus"}),
        ({"row_flaw": "surplus", "sex": "9x"}, {"TR.row.surplus", "TR.sex.listed"}),
        ({"row_flaw": "surplus", "person_name": None}, {"TR.row.surplus", "TR.person_name.required"}),
        (
            {"theory_score": None, "theory_score__sent": "优秀", "theory_score__flaw": "grade"},
            {"TR.theory_score.grade"},
        ),
        ({"cert_no": "S00004400000126500001"}, {"TR030"}),
        ({"sex": "9x"}, {"TR.sex.listed"}),
        ({"person_category": "01;77"}, {"TR.person_category.listed"}),
        ({"completion_date": "2019-01-01"}, {"TR.completion_date.range"}),
        ({"person_name": "测试1"}, {"PN015"}),
    ],
)
def test_one_cause_gives_one_finding(change: Row, expected: set[str]) -> None:
    assert codes(judge([dict(PERSON) | dict(change)])) == expected


def test_a_doubted_optional_value_is_emptied_and_the_row_goes_on() -> None:
    checked = judge([dict(PERSON) | {"education": "本硕", "mobile": "12345"}])
    assert checked.accepted is not None
    row = checked.accepted.to_pylist()[0]
    assert row["education"] is None
    assert row["mobile_key"] is None
    assert codes(checked) == {"TR.education.listed", "TR.mobile.format"}
    assert checked.decisions[0].outcome == "accepted"


def test_a_row_under_other_headers_is_held_alone_and_shows_no_cell() -> None:
    """What stands in it may be anybody's name under any header."""
    checked = judge([*people(9), dict(PERSON) | {"row_flaw": "shifted", "person_name__sent": "甲乙"}])
    assert [(row["row"], row["value"]) for row in checked.findings.to_pylist()] == [(11, None)]
    assert (checked.decisions[0].outcome, checked.held.num_rows) == ("partly_accepted", 1)


def test_a_row_with_cells_beyond_the_header_goes_on() -> None:
    checked = judge([dict(PERSON) | {"row_flaw": "surplus"}])
    assert checked.accepted is not None
    assert (checked.decisions[0].outcome, checked.accepted.num_rows) == ("accepted", 1)
    assert checked.accepted["person_key"].to_pylist() == [KEY.token(f"01|{ID}")]


def test_held_rows_stay_as_they_are() -> None:
    checked = judge([*people(9), dict(PERSON) | {"id_no": "110105194912310021"}])
    assert checked.decisions[0].outcome == "partly_accepted"
    assert checked.held.to_pylist()[0]["id_no"] == "110105194912310021"
    assert checked.accepted is not None
    assert checked.accepted.num_rows == 9


@pytest.mark.parametrize(("bad", "outcome"), [(0, "accepted"), (18, "partly_accepted"), (19, "rejected")])
def test_more_than_thirty_percent_goes_back(bad: int, outcome: str) -> None:
    rows = [dict(row) | {"class_id": None} if n < bad else row for n, row in enumerate(people(60))]
    checked = judge(rows)
    decision = checked.decisions[0]
    assert decision.outcome == outcome
    assert checked.held.num_rows == decision.rows.held
    assert decision.rows.accepted == (0 if outcome == "rejected" else 60 - bad)
    assert ("FL010" in codes(checked, None)) == (outcome == "rejected")


WRONG_NUMBER: Row = {"id_no": "110105194912310021"}
NO_CLASS: Row = {"class_id": None}
NO_NAME: Row = {"person_name": None}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ([WRONG_NUMBER, WRONG_NUMBER], "partly_accepted"),
        ([WRONG_NUMBER, {"id_no": "1101051949123100"}], "partly_accepted"),  # two rules about one field
        ([WRONG_NUMBER, NO_CLASS], "partly_accepted"),
        ([WRONG_NUMBER, dict(NO_CLASS) | NO_NAME], "rejected"),
        ([NO_NAME, NO_CLASS, WRONG_NUMBER], "rejected"),
        ([NO_CLASS] * 4, "partly_accepted"),
        ([NO_CLASS] * 5, "rejected"),
    ],
)
def test_of_a_small_file_causes_are_counted(changes: list[Row], outcome: str) -> None:
    rows = [dict(row) | (changes[at] if at < len(changes) else {}) for at, row in enumerate(people(5))]
    checked = judge(rows)
    assert checked.decisions[0].outcome == outcome
    assert checked.held.num_rows == (5 if outcome == "rejected" else len(changes))


def test_the_same_row_twice_and_a_contradiction() -> None:
    other = people(2)[1]
    rows = [PERSON, PERSON, other, dict(other) | {"attended_hours": 41}, *people(12)[2:]]
    checked = judge(rows)
    assert codes(checked, 1) == set()
    assert codes(checked, 2) == {"TR.key.duplicate"}
    assert codes(checked, 3) == codes(checked, 4) == {"TR.key.conflict"}


def test_a_missing_column_is_told_once_and_rejects() -> None:
    checked = judge([dict(row) | {"class_id": None} for row in people(3)], missing=("class_id",))
    assert [row["rule"] for row in checked.findings.to_pylist()] == ["FL008"]
    assert checked.decisions[0].outcome == "rejected"
    assert checked.held.num_rows == 3


def test_what_did_not_run_is_said() -> None:
    sent = submission("training_record")
    without = Reading(
        FileFacts("a.csv", "0", 1, "csv"),
        1,
        tuple(
            MappedColumn(None, field.title, field.name, "A")
            for field in contract.dataset("training_record").fields
            if field.name not in ("sex", "employer_uscc")
        ),
    )
    table = shaped(
        contract.dataset("training_record"), [dict(PERSON) | {"submission_id": sent.submission_id, "sex": None}]
    )
    with connect(None) as con:
        decision = check(con, Batch(contract.dataset("training_record"), table, [(sent, without)], key=None)).decisions[
            0
        ]
    assert {skipped.rule for skipped in decision.checks_not_run} == {
        "TR.sex.error",
        "TR.sex.ditto",
        "TR.sex.garbled",
        "TR.sex.listed",
        "PN012",
        "TR.employer_uscc.error",
        "TR.employer_uscc.ditto",
        "TR.employer_uscc.garbled",
        "TR.employer_uscc.checksum",
        "TR015",
        "TR029",
        "R06",
        "R07",
        "R08",
        "R09",
    }
    assert decision.checks_run + 11 == len(compiled.load("training_record"))
    assert decision.checks_not_run[0].reason == "文件没有“性别”这一列。"


@pytest.mark.parametrize(("since", "is_judged"), [("2026-06-30", True), ("2026-07-01", False)])
def test_a_check_of_other_periods_does_not_run(monkeypatch: pytest.MonkeyPatch, since: str, is_judged: bool) -> None:
    checks = {check.code: check for check in compiled.load("training_record")}
    unfinished = checks["TR009"]
    dated = replace(
        unfinished, since=dt.date.fromisoformat(since), sql=f"{unfinished.sql} and period_end_date >= date '{since}'"
    )
    monkeypatch.setattr(compiled, "load", lambda name: (dated,))
    checked = judge([dict(PERSON) | {"completed": False}])
    assert [row["rule"] for row in checked.findings.to_pylist()] == (["TR009"] if is_judged else [])
    said = [skipped.reason for skipped in checked.decisions[0].checks_not_run if skipped.rule == "TR009"]
    assert said == ([] if is_judged else ["这项检查适用于报告期截止日在以下期间的报送：2026-07-01 起。"])
    assert checked.decisions[0].checks_run == is_judged


@pytest.mark.parametrize(
    ("problem", "outcome", "code"),
    [("damaged", "unreadable", "FL002"), ("wrong_dataset", "rejected", "FL007"), ("empty", "unreadable", "FL004")],
)
def test_a_file_without_rows(problem: str, outcome: str, code: str) -> None:
    checked = judge([], problem=problem)
    decision = checked.decisions[0]
    assert (decision.outcome, decision.rows.received) == (outcome, 0)
    assert codes(checked, None) == {code}


def test_a_header_without_rows_is_accepted() -> None:
    assert judge([]).decisions[0].outcome == "accepted"


def test_a_finding_says_where_and_what() -> None:
    late = dict(PERSON) | {"completion_date": "2026-07-02", "completion_date__sent": "2026.7.2"}
    checked = judge([late, *people(9)])
    assert checked.findings.schema == FINDING
    finding = checked.findings.to_pylist()[0]
    letters = {column.field: column.letter for column in checked.decisions[0].reading.columns}
    assert finding["cell"] == f"{letters['completion_date']}2"
    assert finding["value"] == "2026.7.2"
    assert finding["expected"] == f"不晚于 {dt.date(2026, 6, 30)}"
    assert (finding["sheet"], finding["row"], finding["severity"]) == ("Sheet1", 2, "critical")


def test_masks_never_show_an_identifier() -> None:
    bad = {
        "id_no": "110105194912310021",
        "person_name": "欧阳娜娜7",
        "mobile": "138123456789",
        "birth_date": "2026-05-05",
        "cert_no": "T110105194912310021",
        "completed": False,
    }
    checked = judge([dict(PERSON) | bad, dict(PERSON) | {"remark": ID, "class_id": f"{ID}班" * 4}])
    text = str(checked.findings.to_pylist()) + str(as_json(checked.decisions[0], checked.findings))
    for secret in (ID, ID[:17], "110105194912310021", "欧阳娜娜", "138123456789", "2026-05-05", "T1101051949"):
        assert secret not in text
    assert "11**************21" in text


def test_the_json_has_exactly_the_keys() -> None:
    checked = judge([dict(PERSON) | {"education": "x"}])
    told = as_json(checked.decisions[0], checked.findings)
    assert list(told) == [
        "outcome",
        "dataset",
        "department",
        "period",
        "file",
        "rows",
        "columns",
        "findings",
        "checks",
        "versions",
    ]
    assert list(told["file"]) == ["name", "sha256", "bytes", "kind", "encoding", "sheets"]
    assert list(told["findings"][0]) == [
        "rule",
        "severity",
        "field",
        "sheet",
        "row",
        "cell",
        "value",
        "expected",
        "message",
        "fix",
    ]
    assert list(told["versions"]) == ["rules", "reference", "program"]


def test_submissions_are_judged_apart() -> None:
    good, bad = submission("training_record", "a"), submission("training_record", "b")
    rows = [
        {"submission_id": good.submission_id} | dict(PERSON),
        {"submission_id": bad.submission_id, "row_index": 1} | dict(PERSON) | {"class_id": None},
    ]
    table = shaped(contract.dataset("training_record"), rows)
    facts = reading("training_record")
    with connect(None) as con:
        checked = check(con, Batch(contract.dataset("training_record"), table, [(good, facts), (bad, facts)], KEY))
    assert [decision.outcome for decision in checked.decisions] == ["accepted", "rejected"]
    assert pa.compute.unique(checked.held["submission_id"]).to_pylist() == [bad.submission_id]


@settings(max_examples=8)
@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id_no": st.sampled_from([*OTHERS, ID, None, "123", "4.4E+17"]),
                "class_id": st.sampled_from(["SZ-0001", "x", None]),
                "sex": st.sampled_from(["1", "2", "z", None]),
                "completed": st.sampled_from([True, False, None]),
                "attended_hours": st.sampled_from([0, 40, 9999, None]),
                "mobile": st.sampled_from([None, "13800000000", "1"]),
            }
        ),
        max_size=12,
    )
)
def test_received_is_accepted_and_held(rows: list[Row]) -> None:
    checked = judge([dict(PERSON) | dict(row) for row in rows])
    decision = checked.decisions[0]
    assert checked.accepted is not None
    assert decision.rows.received == len(rows) == decision.rows.accepted + decision.rows.held
    assert (checked.accepted.num_rows, checked.held.num_rows) == (decision.rows.accepted, decision.rows.held)
    indexes = checked.accepted["row_index"].to_pylist() + checked.held["row_index"].to_pylist()
    assert sorted(indexes) == list(range(1, len(rows) + 1))


def test_blocks_give_what_one_table_gives() -> None:
    """Duplicates, a mobile shared by many and a repeated finding reach over the blocks; one file goes back whole."""
    good, bad = submission("training_record", "a"), submission("training_record", "b")
    rows = [*people(11), dict(PERSON) | {"mobile": "12345"}, dict(PERSON) | {"mobile": "12345"}]
    rows += [dict(row) | {"mobile": "13900000000", "education": "本硕"} for row in people(18)[11:]]
    sent = [{"submission_id": good.submission_id} | dict(row) for row in rows]
    sent += [{"submission_id": bad.submission_id, "row_index": at} | PERSON | {"class_id": None} for at in (1, 2, 3)]
    table = shaped(contract.dataset("training_record"), sent)
    facts = reading("training_record")
    readings = [(good, facts), (bad, facts)]
    with connect(None) as con:
        whole = check(con, Batch(contract.dataset("training_record"), table, readings, KEY))
        blocks = [table.slice(at, 4) for at in range(0, table.num_rows, 4)]
        by_block = check(con, Batch(contract.dataset("training_record"), blocks, readings, KEY))
    assert {"TR.key.duplicate", "PN023", "TR.education.listed"} <= set(whole.findings["rule"].to_pylist())
    assert [decision.outcome for decision in whole.decisions] == ["partly_accepted", "rejected"]
    assert by_block.decisions == whole.decisions
    assert by_block.findings.equals(whole.findings)
    assert by_block.held.equals(whole.held)
    assert by_block.accepted is not None
    assert by_block.accepted.equals(whole.accepted)


def test_a_code_is_judged_by_its_distinct_values_and_an_empty_one_is_not() -> None:
    """The check of a credit code looks at each value once; blank cells are no bad codes."""
    codes_sent = ["91350100M000100Y43", "91350100M000100Y44", None, "91350100M000100Y44", "x"]
    rows = [
        dict(row) | {"employer_uscc": code, "employer_name": "某某公司"}
        for row, code in zip(people(5), codes_sent, strict=True)
    ]
    findings = [row for row in judge(rows).findings.to_pylist() if row["rule"] == "TR.employer_uscc.checksum"]
    assert [row["row_index"] for row in findings] == [2, 4, 5]


def findings_of(rule: str, rows: list[Row], name: str) -> list[tuple[int, str | None]]:
    """Row and likely value of each finding of a rule."""
    return [
        (row["row_index"], row["expected"]) for row in judge(rows, name).findings.to_pylist() if row["rule"] == rule
    ]


COMPETITION: Row = {
    "comp_id": "1",
    "comp_name": "甲",
    "project_name": "电工",
    "comp_level": "5",
    "status": "2",
    "host_unit": "某局",
    "start_date": "2026-06-01",
    "end_date": "2026-06-02",
    "participants": 120,
}
WAGE: Row = {"report_year": 2026, "occupation_code": "4-10-01-05", "occupation_name": "养老护理员", "sample_size": 30}


@pytest.mark.parametrize(
    ("rule", "dataset", "row", "likely"),
    [
        ("CP013", "competition", dict(COMPETITION) | {"budget": 5000}, "500000.00"),  # 50 for 50 万元
        ("CP013", "competition", dict(COMPETITION) | {"budget": 60000000000000, "participants": None}, "60000000.00"),
        ("CP011", "competition", dict(COMPETITION) | {"budget": 500000000000}, "500000.00"),
        ("WG005", "wage_guidance", dict(WAGE) | {"p50": 960}, "96000.00"),  # 9.6 万元
        ("WG005", "wage_guidance", dict(WAGE) | {"p50": 96000000000}, "96000.00"),
        ("WG005", "wage_guidance", dict(WAGE) | {"p50": 800000}, "96000.00"),  # of a month
        ("WG005", "wage_guidance", dict(WAGE) | {"p50": 100}, "10000.00"),
        ("WG005", "wage_guidance", dict(WAGE) | {"p50": 10**15}, None),
        ("WG008", "wage_guidance", dict(WAGE) | {"p50": 9600000, "p90": 1500}, "90分位数 150000.00"),
        ("WG008", "wage_guidance", dict(WAGE) | {"p50": 9600000, "p10": 700}, "10分位数 70000.00"),
    ],
)
def test_an_amount_in_another_unit_is_told_with_the_likely_value(
    rule: str, dataset: str, row: Row, likely: str | None
) -> None:
    assert findings_of(rule, [row], dataset) == [(1, likely)]
