"""Participations by month: their sums, and the bars that are drawn of them."""

from __future__ import annotations

import datetime as dt

from pages.gather.participation_months import participation_months
from pages.render import participation_months as drawing
from tests.pages import report_samples as samples


def test_months_are_stacked_without_a_rest() -> None:
    drawn = drawing.month_chart(participation_months(samples.months(), samples.AS_OF))
    assert [str(bar.sums.month) for bar in drawn.bars][:2] == ["2025-11", "2025-12"]
    assert sum(bar.sums.total for bar in drawn.bars) == sum(row["participations"] for row in samples.months())
    for bar in drawn.bars:
        assert bar.segments[-1][1] >= drawing.TOP
        heights = sum(height for _, _, height in bar.segments)
        assert abs(heights - (drawing.TOP + drawing.PLOT - bar.segments[-1][1])) < 0.3


def test_a_month_without_participations_stands_empty_and_stray_dates_do_not_stretch_the_axis() -> None:
    row = samples.months()[0]
    dates = (dt.date(2026, 1, 1), dt.date(2026, 4, 1), dt.date(1999, 1, 1), dt.date(2026, 12, 1))
    rows = [row | {"month_date": day, "participations": 5, "counted": 4, "headline": 3} for day in dates]
    gathered = participation_months(rows, samples.AS_OF)
    assert [month.total for month in gathered.months] == [5, 0, 0, 5]
    assert gathered.outside == 10


def test_a_chart_of_nothing_can_be_drawn() -> None:
    assert drawing.month_chart(participation_months([], samples.AS_OF)).bars == ()
