"""A curve for a target that does not grow evenly, as the year before went: rows for `reference/target_curves.csv`.

An offer to the bureau, which approves it by a document; until then nothing is judged by it. Reads what is published and
ends at rows.
"""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_FLOOR, Decimal

from warehouse.published.publication import Publication
from warehouse.vocabulary import policy, target_rule
from warehouse.vocabulary.errors import OperatorError

COLUMNS = ("target_id", "period", "month_end", "cumulative_share", "document", "from_date")
_PLACES = Decimal("0.0001")
"""As many decimals as a curve may have."""


def offer(publication: Publication, target_id: str) -> list[dict[str, str]]:
    """The twelve rows of the as-of day's year, the document left for the bureau to name; `OperatorError` where the
    year before gives no curve."""
    as_of = dt.date.fromisoformat(publication.manifest["as_of_date"])
    if target_rule.clock(target_id) not in ("days", "curve"):
        raise OperatorError(f"{target_id} is not judged by time and needs no curve.")
    counted, actual = _year(publication, target_id, as_of.year - 1)
    dated = sum(counted.values())
    least = policy.number("dated_curve_share", as_of)
    if not dated or dated < actual * least:
        share = dated * 100 / actual if actual else Decimal(0)
        raise OperatorError(
            f"{target_id} of {as_of.year - 1} gives no curve: {share:.1f} % of it is dated rows, not {least:.0%}."
        )
    rows, so_far = [], Decimal(0)
    for month in range(1, 13):
        so_far += counted.get(month, 0)
        rows.append(
            {
                "target_id": target_id,
                "period": str(as_of.year),
                "month_end": _month_end(as_of.year, month).isoformat(),
                "cumulative_share": f"{(so_far / dated).quantize(_PLACES, ROUND_FLOOR)}",
                "document": "",
                "from_date": dt.date(as_of.year, 1, 1).isoformat(),
            }
        )
    return rows


def _year(publication: Publication, target_id: str, year: int) -> tuple[dict[int, int], Decimal]:
    """What dated rows brought in each month, and the whole figure; `OperatorError` where the year is no period."""
    wanted = {"target": target_id, "year": str(year)}
    with publication.connect() as con:
        figures = con.execute(
            "select actual from rpt_target_progress where target_id = $target and reading = 'main' and period = $year",
            wanted,
        ).fetchall()
        months = con.execute(
            "select month(month_date), counted from rpt_target_month "
            "where target_id = $target and reading = 'main' and period = $year",
            wanted,
        ).fetchall()
    if not figures:
        raise OperatorError(f"{target_id} is not judged by the year, so that no year before gives it a curve.")
    return dict(months), figures[0][0] or Decimal(0)


def _month_end(year: int, month: int) -> dt.date:
    return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
