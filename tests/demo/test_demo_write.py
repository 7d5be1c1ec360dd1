"""The demo as a whole: same seed, same bytes; the truth tells of every row; labels are what they say."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from demo import Summary, write
from demo.dialects import DIALECTS
from demo.file_faults import FILE_RULES
from ingest.feed import feeds
from ingest.read import read
from warehouse.store import demo_mark
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.period import Period, between, find, parse

whole = importlib.import_module("demo.write")
"""The module; the package has a function of its name."""


def period(text: str) -> Period:
    parsed = parse(text)
    assert parsed is not None
    return parsed


def written(folder: Path, seed: int = 7) -> tuple[Root, Summary]:
    root = Root(folder)
    return root, write(root, period("2025-11"), period("2025-12"), scale=0.05, seed=seed)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Root, Summary]:
    return written(tmp_path_factory.mktemp("demo"))


def fingerprints(root: Root) -> dict[str, tuple[str, float]]:
    return {
        str(path.relative_to(root.path)): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime)
        for path in sorted(root.inbox.rglob("*"))
        if path.is_file()
    }


def truth(root: Root, query: str) -> list[tuple[object, ...]]:
    return duckdb.sql(query.replace("@", f"{root.truth}/")).fetchall()


def test_same_seed_same_bytes(demo: tuple[Root, Summary], tmp_path: Path) -> None:
    again, _ = written(tmp_path / "again")
    other, _ = written(tmp_path / "other", seed=8)
    assert fingerprints(again) == fingerprints(demo[0])
    assert fingerprints(other) != fingerprints(demo[0])
    for name in ("rows_training_record", "defects", "files", "identifiers"):
        first = pq.read_table(demo[0].truth / f"{name}.parquet")
        assert first.equals(pq.read_table(again.truth / f"{name}.parquet"))


def test_a_second_demo_replaces_the_first_and_nothing_else(tmp_path: Path) -> None:
    root, _ = written(tmp_path / "twice", seed=1)
    foreign_file = root.inbox / "CAB" / "own.xlsx"
    foreign_file.write_bytes(b"mine")
    written(tmp_path / "twice", seed=2)
    assert foreign_file.read_bytes() == b"mine"
    foreign_file.unlink()
    alone, _ = written(tmp_path / "alone", seed=2)
    assert fingerprints(root) == fingerprints(alone)


def test_what_a_worker_cannot_write_ends_the_demo_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "HRSS").write_bytes(b"a file where a folder must be")
    with pytest.raises(OSError, match="HRSS"):
        written(tmp_path)


def test_every_feed_delivers_and_every_dialect_is_a_departments(demo: tuple[Root, Summary]) -> None:
    root, summary = demo
    assert set(DIALECTS) <= set(reference.codes("department"))
    sent = {(unit, name) for unit, name in truth(root, "select unit_code, dataset from '@files.parquet'")}
    assert {(unit, feed.dataset) for feed in feeds() for unit in feed.units} <= sent
    assert len(fingerprints(root)) == summary.files


def test_the_truth_tells_of_every_row_that_can_be_read(demo: tuple[Root, Summary]) -> None:
    root, _ = demo
    by_feed = {(feed.department, feed.dataset): feed for feed in feeds()}
    rows = {
        name: Counter(pq.read_table(root.truth / f"rows_{name}.parquet", columns=["file"])["file"].to_pylist())
        for name in contract.names()
    }
    for path, name, size, outcome in truth(
        root, "select file, dataset, rows, outcome from '@files.parquet' where dataset is not null and file is not null"
    ):
        assert isinstance(path, str)
        assert isinstance(name, str)
        department = path.split("/")[0]
        table, reading = read((root.inbox / path).read_bytes(), path, name, by_feed[department, name])
        if outcome == "unreadable":
            assert reading.problem is not None, path
        else:
            assert table.num_rows == size, path
        if reading.problem is None:
            assert rows[name][path] == size, path
            assert not size or table["row_number"].to_pylist() == sorted(truth_rows(root, name, path)), path


def truth_rows(root: Root, name: str, path: str) -> list[int]:
    table = pq.read_table(root.truth / f"rows_{name}.parquet", columns=["file", "row_number"])
    return [row["row_number"] for row in table.to_pylist() if row["file"] == path]


def test_file_names_carry_their_period(demo: tuple[Root, Summary]) -> None:
    for path, text in truth(
        demo[0], "select file, period from '@files.parquet' where file is not null and period is not null"
    ):
        assert str(find(Path(str(path)).stem)) == text


def test_at_least_forty_kinds_in_every_dataset_and_few_rows_in_all(demo: tuple[Root, Summary]) -> None:
    root, _ = demo
    kinds = truth(root, "select distinct dataset, kind from '@defects.parquet' where len(rules) > 0")
    assert len({kind for _, kind in kinds}) >= 40
    assert {str(name) for name, _ in kinds} >= set(contract.names()) - {"outcome_followup"}
    whole = {kind for (kind,) in truth(root, "select kind from '@defects.parquet' where row_number is null")}
    assert whole == {f"file_{fate}" for fate in FILE_RULES}


def test_rows_with_a_holding_defect_are_held_and_others_are_not(demo: tuple[Root, Summary]) -> None:
    root, _ = demo
    for name in contract.names():
        wrong = truth(
            root,
            f"""
            select r.file, r.row_number, r.effect, d.kind from '@rows_{name}.parquet' as r
            left join (select * from '@defects.parquet' where row_number is not null and dataset = '{name}') as d
                using (file, row_number)
            join (select file, outcome from '@files.parquet') using (file)
            where (coalesce(d.effect, 'none') = 'hold') <> (r.effect = 'hold') and outcome <> 'rejected'""",
        )
        assert wrong == []


def test_no_file_is_rejected_by_accident(demo: tuple[Root, Summary]) -> None:
    root, _ = demo
    for name in contract.names():
        shares = truth(
            root,
            f"""
            select file, avg((effect = 'hold')::int) as share from '@rows_{name}.parquet'
            join '@files.parquet' as f using (file) where f.outcome <> 'rejected' group by file having share > 0.3""",
        )
        assert shares == []


def test_totals_are_the_counts_of_what_is_rightly_accepted(demo: tuple[Root, Summary]) -> None:
    wrong = truth(
        demo[0],
        """
        with counted as (
            select unit_code, period, count(*) as n from '@rows_training_record.parquet' as r
            join (select distinct on (class_id) class_id, programs from '@rows_training_class.parquet'
                  where effect = 'accept') using (class_id)
            where r.effect = 'accept' and not r.is_superseded_file and completed and contains(programs, '10')
            group by all)
        select unit_code, period, value_period, n from '@rows_aggregate_summary.parquet' as a
        left join counted using (unit_code, period)
        left join (select file, row_number, kind from '@defects.parquet' where dataset = 'aggregate_summary') as d
            using (file, row_number)
        where metric_id = 'T12' and period <> '2025-10' and value_period <> coalesce(n, 0)
            and coalesce(kind, '') <> 'total_against_rows'""",
    )
    assert wrong == []


def test_a_voucher_is_one_persons_in_one_class(demo: tuple[Root, Summary]) -> None:
    shared = truth(
        demo[0],
        """
        select distinct coalesce(kind, '') from '@rows_training_record.parquet' as r
        join (select voucher_no from '@rows_training_record.parquet' group by all
              having count(distinct (id_no, class_id)) > 1) using (voucher_no)
        left join (select file, row_number, kind from '@defects.parquet' where dataset = 'training_record') as d
            using (file, row_number)""",
    )
    assert {kind for (kind,) in shared} >= {"voucher_of_two_persons"}
    paid = truth(
        demo[0],
        """
        select distinct funding_source from '@rows_training_record.parquet'
        join '@rows_training_class.parquet' using (class_id) where voucher_no is not null""",
    )
    assert {fund for (fund,) in paid} == {"01", "03"}


def test_ten_craftsmen_exactly(demo: tuple[Root, Summary]) -> None:
    count = truth(
        demo[0],
        "select count(distinct id_no) from '@rows_talent_award.parquet' where award_name = '1' and effect = 'accept'",
    )
    assert count == [(10,)]


def test_identifiers_hold_what_was_written(demo: tuple[Root, Summary]) -> None:
    missing = truth(
        demo[0],
        """
        select id_no from '@rows_training_record.parquet'
        where id_no is not null and id_no not in (select value from '@identifiers.parquet' where kind = 'id_no')""",
    )
    assert missing == []
    assert {kind for (kind,) in truth(demo[0], "select distinct kind from '@identifiers.parquet'")} == {
        "name",
        "id_no",
        "mobile",
        "bank_account",
        "voucher_no",
        "cert_no_with_id",
        "sole_trader",
    }


def test_every_file_comes_when_the_truth_says_and_nothing_long_after_the_world(demo: tuple[Root, Summary]) -> None:
    root, _ = demo
    arrivals = demo_mark.arrivals(root)
    told = truth(root, "select file, epoch(delivered_at) from '@files.parquet' where file is not null")
    assert arrivals
    assert {name: moment.timestamp() for name, moment in arrivals.items()} == dict(told)
    assert {name: (root.inbox / name).stat().st_mtime for name in arrivals} == dict(told)
    assert max(arrivals.values()).date() <= dt.date(2026, 1, 31)


def test_a_root_with_real_deliveries_gets_no_demo(tmp_path: Path) -> None:
    root = Root(tmp_path).make()
    root.deliveries.write_bytes(b"{}\n")
    with pytest.raises(OperatorError, match="no demo"):
        written(tmp_path)
    assert not list(root.inbox.iterdir())
    assert not root.truth.exists()


@pytest.mark.parametrize(
    ("months", "scale"),
    [
        ("2026-02:2026-02", 0.001),  # not a single certificate
        ("2026-01:2026-01", 0.001),
        ("2019-05:2019-06", 0.01),
        ("2024-11:2025-02", 0.002),
        ("2027-11:2028-02", 0.002),
        ("2030-06:2030-06", 0.001),
    ],
)
@pytest.mark.parametrize("seed", [7, 8])
def test_any_months_and_scale_make_a_world(months: str, scale: float, seed: int) -> None:
    """Before the plan, after it, across its years, a single month, next to nobody."""
    first, last = map(period, months.split(":"))
    span = list(between(first, last))
    built, _, planned, _ = whole._rows_and_files(first, last, span, scale, seed)
    assert {plan.period for plan in planned} >= set(span)
    assert all(len(rows.unit) == len(rows.period) for rows in built.values())
