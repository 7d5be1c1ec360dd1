"""SQL for what a spreadsheet shows of a number like 2026-1 or 3-2 that it took for a date. Ends at a pattern."""

from __future__ import annotations

_MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_YEAR = "(19|20)[0-9]{2}"

DATE_FORM = "|".join(
    (
        f"{_YEAR}[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}( [0-9:]+)?",
        f"{_YEAR}年[0-9]{{1,2}}月([0-9]{{1,2}}日)?",
        "[0-9]{1,2}月[0-9]{1,2}日",
        f"[0-9]{{1,2}}-{_MONTH}",
        f"{_MONTH}-[0-9]{{2}}",
    )
)
