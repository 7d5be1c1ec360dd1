"""By what a report and its list of problems are known when they are sent back in place of data.

For who writes them (`pages`, `expectations.result`) and who is sent them (`ingest.report_returned`). Ends at texts.
"""

from __future__ import annotations

MARK = "skills_report"
"""The name of the element `meta` in every page's head; browsers keep it when they save a page."""
LIST_TITLES = frozenset({"规则", "级别", "报送值", "问题", "怎么改"})
"""Titles that stand together in the header of a list of problems, and in no table of data."""
RECORD_KEYS = frozenset({"outcome", "dataset", "department", "period"})
"""Members of the JSON that says the same as a list."""
