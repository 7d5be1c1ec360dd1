"""Which interfaces cannot be reached, and since when: a department must know that what it lays there does not arrive.

From the ledger of looks, as it stands; a place that is reached and shows nothing new is none. Ends at plain facts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pages.gather.sources import Sources

_AWAY = """
with newest as (
    select *, max(looked_at) over (partition by source_name, department_code, dataset) as newest_at from pull
),
reached as (
    select source_name, department_code, dataset, max(looked_at) as reached_at from pull where is_reached group by all
)
select
    n.department_code as department, n.channel, n.source_name as source, min(p.looked_at) as since,
    list(distinct n.dataset order by n.dataset) as datasets
from newest as n
inner join pull as p using (source_name, department_code, dataset)
left join reached as r using (source_name, department_code, dataset)
where n.looked_at = n.newest_at and not n.is_reached and (r.reached_at is null or p.looked_at > r.reached_at)
group by all order by since, source
"""


@dataclass(frozen=True)
class Unreachable:
    """`since`: UTC, of the first look in a row that did not reach it; `datasets`: those that come from there."""

    department: str
    channel: str
    source: str
    since: dt.datetime
    datasets: tuple[str, ...]


def unreachable(sources: Sources, code: str | None = None) -> list[Unreachable]:
    """Those longest away first; of one department or of all."""
    return [
        Unreachable(**{**row, "datasets": tuple(row["datasets"])})
        for row in sources.shared_rows(_AWAY)
        if code in (None, row["department"])
    ]
