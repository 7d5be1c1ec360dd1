"""The year before is offered as a curve where nearly all of it is dated, and else refused with the reason."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.pipeline import curve_offer
from tests.warehouse.published import publish
from warehouse.published.publication import Publication
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

COUNTED = {3: 9, 6: 45, 12: 36}
"""What T13 and T09 brought in months of 2025."""


def published(folder: Path, whole: int, target: str = "T13") -> Publication:
    """`whole`: the figure of 2025, of which dated rows are 90."""
    months = ", ".join(f"('{target}', 'main', '2025', date '2025-{month:02}-01', {n})" for month, n in COUNTED.items())
    return publish(
        Root(folder / "data").make(),
        [],
        {},
        extra=f"""
            create table marts.rpt_target_month (target_id varchar, reading varchar, period varchar, month_date date,
                counted bigint);
            insert into marts.rpt_target_month values {months};
            insert into marts.rpt_target_progress values
                ('{target}', 'main', '2025', '项', {whole}, '>=', 100, 'done'),
                ('T01', 'main', '2025-2027', '人次', 5, '>=', 100, 'behind');
        """,
    )


def test_the_months_of_the_year_before_become_a_curve_that_ends_at_one(tmp_path: Path) -> None:
    rows = curve_offer.offer(published(tmp_path, 100), "T13")
    shares = ["0.0000"] * 2 + ["0.1000"] * 3 + ["0.6000"] * 6 + ["1.0000"]
    assert [row["cumulative_share"] for row in rows] == shares
    assert [row["month_end"] for row in rows][1::10] == ["2026-02-28", "2026-12-31"]
    assert {(row["target_id"], row["period"], row["document"], row["from_date"]) for row in rows} == {
        ("T13", "2026", "", "2026-01-01")
    }
    assert all(tuple(row) == curve_offer.COLUMNS for row in rows)


@pytest.mark.parametrize(("whole", "share"), [(101, "89.1"), (900, "10.0"), (9000, "1.0")])
def test_a_year_that_is_mostly_a_balance_gives_none(tmp_path: Path, whole: int, share: str) -> None:
    with pytest.raises(OperatorError, match=rf"T13 of 2025 gives no curve: {share} % of it is dated rows, not 90%"):
        curve_offer.offer(published(tmp_path, whole), "T13")


@pytest.mark.parametrize(("target", "reason"), [("T01", "is not judged by the year"), ("T16", "needs no curve")])
def test_a_target_without_a_year_before_or_without_a_clock_gets_none(tmp_path: Path, target: str, reason: str) -> None:
    with pytest.raises(OperatorError, match=reason):
        curve_offer.offer(published(tmp_path, 100), target)


def test_shares_are_cut_and_never_more_than_was_done(tmp_path: Path) -> None:
    [march] = [row for row in curve_offer.offer(published(tmp_path, 90, "T09"), "T09") if row["month_end"][5:7] == "03"]
    assert Decimal(march["cumulative_share"]) <= Decimal(9) / 90
