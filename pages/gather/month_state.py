"""Whether the newest month that is due stands closed: every page with figures says so. Ends at the state; the words are
`render`'s."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pages.gather.sources import Sources
from warehouse.published.publication import Publication
from warehouse.vocabulary.period import Period, parse

_MART = "rpt_closed_month"
_DUE = """
select period from {marts}rpt_submission_grid
where length(period) = 7 and period[6] between '0' and '9'
group by period having max(due_date) < any_value(as_of_date)
order by period desc limit 1
"""
_CLOSED = """
select count(*) as figures, count(*) filter (figure_state = 'revised') as revised
from {marts}rpt_closed_month where month_date = '{day}'
"""
Ask = Callable[[str], Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class MonthState:
    """The newest month of which all reports are due, whether the bureau closed it, and how many of its figures moved
    since."""

    month: Period
    is_closed: bool
    revised: int


def month_state(sources: Sources) -> MonthState | None:
    """None while no month is due."""
    if sources.current is None:
        return None
    return asked(sources.shared_rows, sources.current, "published.")


def asked(ask: Ask, publication: Publication, marts: str = "") -> MonthState | None:
    """`ask`: gives the rows of a query; `marts`: what stands before the name of a mart."""
    due = ask(_DUE.format(marts=marts))
    month = parse(due[0]["period"]) if due else None
    if month is None:
        return None
    counted: Mapping[str, Any] = {"figures": 0, "revised": 0}
    if _MART in publication.manifest["tables"]:
        [counted] = ask(_CLOSED.format(marts=marts, day=month.start))
    return MonthState(month, counted["figures"] > 0, counted["revised"])
