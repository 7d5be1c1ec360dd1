"""The stored SQL and catalogue are what Great Expectations compiles now, and find what Great Expectations finds."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pyarrow.parquet as pq
import pytest

from expectations import compiled
from expectations.audit import Disagreement, audit, audit_held
from expectations.compile import compile_all
from expectations.outcome import FILE_CHECKS
from expectations.rule import rules
from expectations.versions import rules_version
from tests.expectations.builder import shaped
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.contract import RowFlaw

PACKAGE = Path(compiled.__file__).parent


def test_what_is_stored_is_what_compiles() -> None:
    fresh = compile_all()
    assert [name for name, text in fresh.items() if (PACKAGE / name).read_text("utf-8") != text] == []


def test_nothing_else_is_stored() -> None:
    stored = {path.name for path in compiled.FOLDER.iterdir()}
    assert stored == {*(f"{name}.sql" for name in (*contract.names(), compiled.ACROSS)), compiled.EXAMPLES}


def test_a_file_reads_back_as_it_was_written() -> None:
    checks = compiled.load("training_class")
    assert compiled.parse(compiled.render(checks)) == checks


def test_the_list_of_departments_stands_in_no_compiled_text() -> None:
    """A department more must compile nothing anew; the codes of the day are put into what people read."""
    departments = reference.codes("department")
    for path in compiled.FOLDER.glob("*.sql"):
        text = path.read_text("utf-8")
        assert not [name for name in departments.values() if name in text], path.name
        assert ", ".join(f"'{code}'" for code in departments) not in text, path.name
    for name, code in (("demand_forecast", "DF.dept.listed"), ("training_class", "TC.competent_dept.listed")):
        check = compiled.of(name)[code]
        assert [department for department in departments if f"'{department}'" not in check.sql] == []
        assert f"{next(iter(departments))} {next(iter(departments.values()))}、" in check.fix


def test_dates_are_stored_with_a_check() -> None:
    check = replace(compiled.load("training_class")[0], since=dt.date(2026, 1, 1), until=dt.date(2026, 12, 31))
    assert compiled.parse(compiled.render([check])) == (check,)
    assert check.dates == "2026-01-01 至 2026-12-31"
    assert replace(check, since=None).dates == "至 2026-12-31"
    assert [check.holds_on(dt.date(year, 6, 30)) for year in (2025, 2026, 2027)] == [False, True, False]


def test_codes_are_unique_in_a_dataset() -> None:
    for name in contract.names():
        codes = [check.code for check in compiled.load(name)]
        assert len(codes) == len(set(codes))


def test_the_version_is_eight_hex_digits() -> None:
    assert len(rules_version()) == 8
    int(rules_version(), 16)


def defective(name: str) -> list[dict[str, Any]]:
    """Every example of every rule of a dataset, the bad ones twice: keys repeat too."""
    rows: list[dict[str, Any]] = []
    for rule in rules():
        if rule.scope == "submission" and name in rule.datasets:
            rows += [dict(row) for row in (*rule.passes, *rule.fails, *rule.fails)]
    rows += [{field.flaw: flaw} for field in contract.dataset(name).fields for flaw in field.flaws]
    rows += [{"row_flaw": flaw} for flaw in get_args(RowFlaw)]
    coded = [field for field in contract.dataset(name).fields if field.kind in ("code", "list", "uscc", "phone")]
    rows += [{field.name: "9999x"} for field in coded]
    return rows


@pytest.mark.parametrize("name", contract.names())
def test_great_expectations_finds_the_same(name: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    pq.write_table(shaped(contract.dataset(name), defective(name)), file)
    audited = audit(contract.dataset(name), [file], tmp_path)
    assert [check for check in audited if check.by_gx != check.by_sql] == []
    assert sum(check.by_sql > 0 for check in audited) > len(audited) / 2
    assert [path.name for path in tmp_path.iterdir()] == ["rows.parquet"]


def test_the_audit_of_what_is_held_tells_a_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(tmp_path / "data").make()
    folder = root.held / "wage_guidance"
    folder.mkdir()
    pq.write_table(shaped(contract.dataset("wage_guidance"), [{"report_year": 2020}]), folder / "x.parquet")
    monkeypatch.setattr(contract, "datasets", lambda: (contract.dataset("wage_guidance"),))
    assert sum(check.by_sql for check in audit_held(root)) > 0
    stale = compiled.render(compiled.load("wage_guidance")).replace("report_year >= 2024.0", "report_year >= 2020.0")
    monkeypatch.setattr(compiled, "load", lambda name: compiled.parse(stale))
    with pytest.raises(Disagreement, match=r"wage_guidance WG\.report_year\.range: 1 by Great Expectations, 0 by SQL"):
        audit_held(root)
    assert not (root.work / "audit").exists()


HALF_WIDTH = re.compile("[\u4e00-\u9fff”》）][,;:?!(]|[,;:?!)][\u4e00-\u9fff“《]")


def test_clerks_read_full_width_punctuation() -> None:
    """Titles of columns and names of codes stand as the contracts and official lists write them."""
    titles = {field.title for dataset in contract.datasets() for field in dataset.fields}
    names = {
        name
        for dataset in contract.datasets()
        for field in dataset.fields
        if field.code_list
        for name in reference.codes(field.code_list).values()
    }
    texts = [
        text
        for name in (*contract.names(), compiled.ACROSS)
        for check in compiled.load(name)
        for text in (check.message, check.why, check.fix, check.basis or "")
    ]
    texts += [text for check in FILE_CHECKS.values() for text in (check.message, check.why, check.fix)]
    quoted = re.compile("|".join(sorted(map(re.escape, titles | names), key=len, reverse=True)))
    assert [text for text in texts if HALF_WIDTH.search(quoted.sub("名", text))] == []


def test_whom_to_ask_decides_nothing_and_a_column_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "competition.odcs.yaml"
    text = (contract.CONTRACTS / path.name).read_text("utf-8")
    monkeypatch.setattr(contract, "CONTRACTS", tmp_path)

    def version(text: str) -> str:
        path.write_text(text, "utf-8")
        competition = contract.dataset.__wrapped__("competition")
        monkeypatch.setattr(contract, "datasets", lambda: (competition,))
        return rules_version.__wrapped__()

    before = version(text)
    assert version(text.replace("经办岗", "经办人")) == before
    assert version(text.replace("businessName: 主办单位", "businessName: 主办方")) != before
