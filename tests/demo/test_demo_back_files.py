"""The demo's back-files: what they cover of declared balances, that they move nothing else, and who signs for them."""

from __future__ import annotations

import importlib
from pathlib import Path

import duckdb
import numpy as np
import pytest

from demo import back_files, decisions, write
from demo.back_files import COMPLETE, EXCEEDING, PARTLY
from demo.rows import CLEAN, Rows
from demo.tasks import DOCUMENT
from ingest.feed import find
from warehouse.store import log, records
from warehouse.store.data_root import Root
from warehouse.vocabulary import back_file
from warehouse.vocabulary.period import Period, between, parse

whole = importlib.import_module("demo.write")
"""The module; the package has a function of its name."""
SCALE = 0.2


def month(text: str) -> Period:
    parsed = parse(text)
    assert parsed is not None
    return parsed


FIRST, LAST = month("2025-11"), month("2025-12")
MONTHS = {str(past) for past in between(*back_file.months())}


def world() -> dict[str, Rows]:
    built, _, _, _ = whole._rows_and_files(FIRST, LAST, list(between(FIRST, LAST)), SCALE, 7)
    return dict(built)


@pytest.fixture(scope="module")
def built() -> dict[str, Rows]:
    return world()


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    """Written twice."""
    root = Root(tmp_path_factory.mktemp("demo"))
    for _ in range(2):
        write(root, FIRST, LAST, SCALE)
    return root


def of_back_files(name: str, rows: Rows) -> np.ndarray:
    return np.isin(rows.period, list(MONTHS)) & (name != back_file.TOTALS)


def test_no_other_row_moves(built: dict[str, Rows], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(back_files, "begin", lambda first: None)
    for name, rows in world().items():
        others = built[name].take(~of_back_files(name, built[name]))
        assert others.unit.tolist() == rows.unit.tolist()
        assert others.period.tolist() == rows.period.tolist()
        for field, values in rows.columns.items():
            np.testing.assert_array_equal(others[field], values)


def test_nothing_is_wrong_with_them(built: dict[str, Rows]) -> None:
    sent = {name: rows.take(of_back_files(name, rows)) for name, rows in built.items()}
    units = {name: set(rows.unit.tolist()) for name, rows in sent.items() if len(rows)}
    assert units == {
        "training_class": {"CAB", "COM", "CTS"},
        "training_record": {"CAB", "COM", "CTS"},
        "certificate": {"CAB", "CTS"},
        "institution_directory": {"HRSS"},
    }
    for rows in sent.values():
        assert set(rows.label.tolist()) <= {CLEAN}
    for name in ("training_class", "certificate"):
        key = "class_id" if name == "training_class" else "cert_no"
        others = built[name].take(~of_back_files(name, built[name]))
        assert not set(sent[name][key].tolist()) & set(others[key].tolist())


COVERED = """
with declared as (
    select unit_code, value_cum from '@rows_aggregate_summary.parquet'
    where period = '2025-10' and metric_id = 'T01' and unit_code in ('CAB', 'COM', 'CTS')
),
covered as (
    select r.unit_code, count(distinct r.class_id || '|' || r.id_no) as n
    from '@rows_training_record.parquet' as r
    join '@rows_training_class.parquet' as c using (unit_code, class_id)
    where r.completed and year(r.completion_date) = 2025 and month(r.completion_date) <= 10
        and (c.funding_source in ('01', '02', '03', '04', '05', '06', '07')
            or c.is_public_welfare and c.funding_source not in ('08', '09', '10'))
    group by all
)
select unit_code, n / value_cum from declared left join covered using (unit_code)
"""


def test_one_covers_a_part_one_nearly_all_one_more(root: Root) -> None:
    shares = dict(duckdb.sql(COVERED.replace("@", f"{root.truth}/")).fetchall())
    assert 0.2 < shares[PARTLY.unit] <= PARTLY.share
    assert 0.2 < shares[COMPLETE.unit] <= COMPLETE.share
    assert shares[EXCEEDING.unit] > 1


def test_schools_of_the_past_ran_some_classes(built: dict[str, Rows]) -> None:
    directory = built["institution_directory"]
    past = directory.take(of_back_files("institution_directory", directory))
    assert not np.isnat(past["valid_to"]).any()
    others = directory.take(~np.isin(directory.period, past.period))
    assert not set(past["uscc"].tolist()) & set(others["uscc"].tolist())
    classes = built["training_class"]
    theirs = classes.take(np.isin(classes["org_uscc"], past["uscc"]))
    assert len(theirs)
    assert (theirs["end_date"] <= past["valid_to"].min()).all()


def test_they_come_soon_after_the_first_month_and_are_taken(root: Root) -> None:
    came = duckdb.sql(
        f"select split_part(unit_code, '.', 1), dataset, period, epoch(delivered_at), outcome, rows "
        f"from '{root.truth}/files.parquet' where period in {tuple(sorted(MONTHS))} and dataset <> 'aggregate_summary'"
    ).fetchall()
    begin = back_files.begin(FIRST)
    assert begin is not None
    for department, dataset, period, at, outcome, rows in came:
        assert find(department, dataset).takes(month(period))
        assert 0 <= at - begin.timestamp() < 5 * 86_400
        assert outcome == "accepted"
        assert rows > 0


@pytest.mark.parametrize("first", ["2024-11", "2025-10"])
def test_none_comes_before_the_months_are_over(first: str, tmp_path: Path) -> None:
    assert back_files.begin(month(first)) is None
    decisions.record(Root(tmp_path), {}, month(first))
    assert records.read(Root(tmp_path), records.BackFilesSigned) == []


def test_what_is_signed_and_recognised_stands_once_and_says_that_it_is_the_demos(root: Root) -> None:
    signed = records.read(root, records.BackFilesSigned)
    assert sorted((signing.unit, signing.dataset) for signing in signed) == [
        (COMPLETE.unit, name) for name in sorted(decisions.SIGNED)
    ]
    assert all(signing.is_complete and signing.preparer != signing.reviewer for signing in signed)
    [recognised] = records.read(root, records.BalanceRecognised)
    assert (recognised.unit, recognised.target_id) == ("JUS", "T01")
    assert DOCUMENT in recognised.document
    entries = [entry for path in root.received.glob("*.jsonl") for entry in log.read(path)]
    assert {entry.actor.proof for entry in entries} == {DOCUMENT}
