"""What a department had done in months that the bureau closed, beside what that is now.

Reads its own rows of `rpt_department_closed_month`; whether a figure moved, and why, is the mart's to say. Ends at
rows.
"""

from __future__ import annotations

from collections.abc import Sequence

from pages.gather.sources import Sources
from pages.target_words import Row
from warehouse.vocabulary import reference

_MART = "rpt_department_closed_month"
_SHOWN = f"""
select * from published.{_MART}
where reading = 'main' and (
    figure_state = 'revised' or month_date = (select max(month_date) from published.{_MART})
)
"""


def closed_figures(sources: Sources, department: str) -> Sequence[Row]:
    """All of the newest closed month and what was revised of earlier ones, newest month first and then in the plan's
    order; none of a publication from before departments were told apart."""
    if sources.current is None or _MART not in sources.current.manifest["tables"]:
        return ()
    order = list(reference.codes("target"))
    rows = [row for row in sources.shared_rows(_SHOWN) if row["department_code"] == department]
    return sorted(rows, key=lambda row: (-row["month_date"].toordinal(), order.index(row["target_id"]), row["period"]))
