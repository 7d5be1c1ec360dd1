"""What a rule must say before it is taken, and what a whole file's reading means."""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import great_expectations.expectations as gxe
import pytest

from expectations import compiled, outcome
from expectations import rule as registry
from expectations.compile import one_line
from expectations.gx_duckdb import Expectation, rows, rows_where, within
from expectations.outcome import Counts
from expectations.rule import REMOVES_ROWS, RULES, native_rule, rule
from tests.expectations.builder import reading
from warehouse.vocabulary import contract
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PROJECT

GOOD: Mapping[str, Any] = {
    "code": "TC777",
    "dataset": "training_class",
    "severity": "warning",
    "fields": ("class_id",),
    "message": "有误。",
    "why": "要数得准。",
    "fix": "请改。",
    "basis": "常识",
    "passes": [{}],
    "fails": [{}],
    "bad_rows_where": "class_id is null",
}


def declare(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Call `rule` as its file would."""
    monkeypatch.setattr(registry, "_registry", {"TC001": object()})
    call = compile("rule(**facts)", str(RULES / "training_class" / "TC777_never.py"), "exec")
    exec(call, {"rule": rule, "facts": dict(GOOD) | changes})


def declare_native(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Decorate a function as its file would."""

    def build() -> Expectation:
        return gxe.ExpectColumnValuesToNotBeNull(column="class_id")

    monkeypatch.setattr(registry, "_registry", {"TC001": object()})
    build.__code__ = build.__code__.replace(co_filename=str(RULES / "training_class" / "TC777_never.py"))
    facts = {name: fact for name, fact in GOOD.items() if name != "bad_rows_where"}
    native_rule(**(facts | changes))(build)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"code": "TC001"}, "the code is taken"),
        ({"code": "TC778"}, "its name must begin with the code"),
        ({"code": "class"}, "two capital letters"),
        ({"fix": ""}, "message, why, fix and basis"),
        ({"why": ""}, "message, why, fix and basis"),
        ({"fails": []}, "an example"),
        ({"fields": ("class",)}, "training_class has no field class"),
        ({"fields": ()}, "name the fields"),
        ({"dataset": "classes"}, "there is no dataset classes"),
        ({"since": dt.date(2026, 1, 2), "until": dt.date(2026, 1, 1)}, "ends before it begins"),
        ({"scope": "across", "severity": "critical"}, "never holds a row"),
        ({"pair": ("class_id",)}, "only a query"),
        ({"bad_rows_where": None}, "give either bad_rows_where"),
        ({"bad_rows": "select submission_id, row_index from {batch}"}, "give either bad_rows_where"),
        ({"bad_rows_where": None, "bad_rows": "select submission_id, row_index from t"}, "must read {batch}"),
    ],
)
def test_an_incomplete_rule_is_refused(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(OperatorError, match=complaint):
        declare(monkeypatch, **changes)


def test_a_whole_rule_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch)
    assert registry._registry["TC777"].bad_rows_where == "class_id is null"


def test_a_decorated_function_is_a_native_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    declare_native(monkeypatch)
    native = registry._registry["TC777"].native
    assert native is not None
    assert isinstance(native(), gxe.ExpectColumnValuesToNotBeNull)
    with pytest.raises(OperatorError, match="its name must begin with the code"):
        declare_native(monkeypatch, code="TC778")


def test_registering_a_rule_imports_no_great_expectations() -> None:
    module = "expectations.rules.training_class.TC003_start_date_before_period"
    code = f"import importlib, sys; importlib.import_module('{module}'); print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_block_of_sql_is_compiled_to_one_line_and_what_is_quoted_stays() -> None:
    block = """
        a in (
            select  b
            from c
        )
        and d = '( x  y )' or e = 'it''s  so'
    """
    assert one_line(block) == "a in (select b from c) and d = '( x  y )' or e = 'it''s  so'"


def test_braces_in_a_condition_stay_braces() -> None:
    query = str(rows_where("regexp_full_match(a, '[0-9]{2}')").unexpected_rows_query)
    assert query.format(batch="t").endswith("from t where regexp_full_match(a, '[0-9]{2}')")


DATED = [
    (dt.date(2026, 1, 1), None, "period_end_date >= date '2026-01-01'"),
    (None, dt.date(2026, 12, 31), "period_end_date <= date '2026-12-31'"),
    (
        dt.date(2026, 1, 1),
        dt.date(2026, 12, 31),
        "period_end_date >= date '2026-01-01' and period_end_date <= date '2026-12-31'",
    ),
]


@pytest.mark.parametrize(("since", "until", "bounds"), DATED)
def test_a_dated_condition_stays_a_condition(since: dt.date | None, until: dt.date | None, bounds: str) -> None:
    query = str(within(rows_where("a or b"), since, until).unexpected_rows_query)  # type: ignore[attr-defined]
    assert query.format(batch="t") == f"select submission_id, row_index from t where (a or b) and {bounds}"


def test_a_dated_query_reads_dated_rows_alone() -> None:
    query = within(rows("select a from {batch} as one semi join {batch} using (a)"), dt.date(2026, 1, 1), None)
    dated = "(select * from t where period_end_date >= date '2026-01-01')"
    assert str(query.unexpected_rows_query).format(batch="t") == (  # type: ignore[attr-defined]
        f"select a from {dated} as one semi join {dated} using (a)"
    )


def test_an_undated_expectation_is_left_alone_and_others_cannot_be_dated() -> None:
    expectation = gxe.ExpectColumnValuesToNotBeNull(column="a")
    assert within(expectation, None, None) is expectation
    with pytest.raises(OperatorError, match="ExpectColumnValuesToNotBeNull cannot be dated"):
        within(expectation, dt.date(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("facts", "counts", "codes", "expected"),
    [
        ({}, (0, 0, 0), [], "accepted"),
        ({}, (100, 0, 0), [], "accepted"),
        ({}, (100, 30, 9), [], "partly_accepted"),
        ({}, (100, 31, 1), ["FL010"], "rejected"),
        ({}, (51, 16, 1), ["FL010"], "rejected"),
        ({}, (50, 16, 2), [], "partly_accepted"),
        ({}, (50, 49, 1), [], "partly_accepted"),
        ({}, (50, 16, 3), ["FL010"], "rejected"),
        ({}, (50, 15, 9), [], "partly_accepted"),
        ({}, (5, 2, 1), [], "partly_accepted"),
        ({}, (3, 2, 2), [], "partly_accepted"),
        ({}, (2, 2, 1), ["FL010"], "rejected"),
        ({"missing": ("class_id", "class_name")}, (10, 0, 0), ["FL008", "FL008"], "rejected"),
        ({"claimed_twice": (("class_id", ("班号", "班级编号")),)}, (10, 0, 0), ["FL009"], "rejected"),
        ({"problem": "wrong_dataset"}, (0, 0, 0), ["FL007"], "rejected"),
        ({"problem": "encrypted"}, (0, 0, 0), ["FL003"], "unreadable"),
        ({"problem": "too_large"}, (0, 0, 0), ["FL006"], "unreadable"),
    ],
)
def test_outcomes(facts: dict[str, Any], counts: tuple[int, int, int], codes: list[str], expected: str) -> None:
    """Of up to 50 rows causes are counted, of more rows alone; and what leaves no row goes back whole."""
    read = reading("training_class", **facts)
    findings = list(outcome.file_findings("training_class", read, Counts(*counts), outcome.tolerance("2026-01")))
    assert [finding.rule for finding in findings] == codes
    assert outcome.outcome(read, findings, counts[1]) == expected
    assert not any("{" in finding.message + finding.fix + finding.workbook_fix for finding in findings)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((1000, 999, 1), "999 行有须更正的问题，占全部 1000 行的 99.9%，超过 30%，整份退回。"),
        ((10, 4, 3), "4 行有须更正的问题，占全部 10 行的 40%，超过 30%，出在 3 项内容上，整份退回。"),
        ((3, 3, 1), "3 行有须更正的问题，占全部 3 行的 100%，超过 30%，整份退回。"),
    ],
)
def test_a_file_that_goes_back_is_told_why(counts: tuple[int, int, int], message: str) -> None:
    """A share is never rounded up; the contents that are wrong are counted where they decided it."""
    [finding] = outcome.file_findings(
        "training_class", reading("training_class"), Counts(*counts), outcome.tolerance("2026-01")
    )
    assert finding.message == message


def test_another_share_is_another_limit() -> None:
    tolerance = dataclasses.replace(outcome.tolerance("2026-01"), share=0.5)
    facts = reading("training_class")
    assert list(outcome.file_findings("training_class", facts, Counts(100, 40, 9), tolerance)) == []


def every_check() -> Iterator[tuple[str, str, str]]:
    """Code, what to do in the whole file, what to do in the workbook."""
    for name in (*contract.names(), compiled.ACROSS):
        for check in compiled.load(name):
            yield check.code, check.fix, check.workbook_fix or check.fix
    for file_check in outcome.FILE_CHECKS.values():
        yield file_check.code, file_check.fix, file_check.workbook_fix or file_check.fix


def test_no_fix_for_a_workbook_tells_to_take_rows_out() -> None:
    """A row that is taken out of the workbook stays as it was sent: who does as told would do so for ever."""
    assert [code for code, _, in_workbook in every_check() if REMOVES_ROWS.search(in_workbook)] == []
    of_whole_files = {code for code, fix, _ in every_check() if REMOVES_ROWS.search(fix)}
    assert {"TR.key.duplicate", "TC.key.conflict", "PN015", "SS008", "CP901", "FL012", "FL014"} <= of_whole_files
    withdrawn = {code for code, fix, in_workbook in every_check() if fix != in_workbook and "作废" in in_workbook}
    assert len(withdrawn) > 30


@pytest.mark.parametrize("fix", ["请删除重复的行。", "请核对，只保留正确的一行。", "请合并为一行。"])
def test_a_rule_that_tells_to_take_rows_out_says_what_to_do_in_a_workbook(
    monkeypatch: pytest.MonkeyPatch, fix: str
) -> None:
    with pytest.raises(OperatorError, match="workbook_fix must say"):
        declare(monkeypatch, fix=fix)
    with pytest.raises(OperatorError, match="workbook_fix must say"):
        declare(monkeypatch, workbook_fix=fix)
    declare(monkeypatch, fix=fix, workbook_fix="多余的一行“处理方式”填“作废”。")
