"""Which reporting period the lines above a table name, where it is not the one that the file was sent for.

Days (填报日期：2026-02-05) and spans of months name no period. Which period a file is taken for is `recognise`. Ends at
a period.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.layout import Layout
from warehouse.vocabulary import period
from warehouse.vocabulary.period import Period

_DAY = re.compile(r"20\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}|日期|时间")
_SPAN = re.compile(r"\d{1,2}\s*月?\s*[-–—~～至到]\s*(?:20\d\d\s*年\s*)?\d{1,2}\s*月|累计")


def other_period(layouts: Iterable[Layout], sent_for: Period) -> Period | None:
    """Of the same length as `sent_for`; null where the lines name that too, or none."""
    texts = [text for layout in layouts for text in layout.preamble if not _DAY.search(text) and not _SPAN.search(text)]
    named = [said for text in texts if (said := period.find(text)) and said.months == sent_for.months]
    return named[0] if named and sent_for not in named else None
