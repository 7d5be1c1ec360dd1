"""What is odd about the time that a sender's file bears; it decides nothing, and the sender is told.

Ends at one sentence.
"""

from __future__ import annotations

import datetime as dt

from warehouse.vocabulary import clock, policy

_DECIDES = "是否按时以市局收到的时间为准。"


def remark(modified_at: dt.datetime, received_at: dt.datetime) -> str | None:
    """Null where the file was changed before it came, and not long before."""
    day = clock.day_of(received_at)
    ahead = dt.timedelta(minutes=int(policy.value("sender_clock_ahead_minutes", day)))
    since = dt.date.fromisoformat(policy.value("sender_file_since", day))
    oldest = day - dt.timedelta(days=int(policy.value("sender_file_days", day)))
    shown = f"{clock.in_zone(modified_at):%Y-%m-%d %H:%M}"
    if modified_at > received_at + ahead:
        return f"文件的修改时间（{shown}）晚于收到的时间，请核对报送电脑的时钟；{_DECIDES}"
    if clock.day_of(modified_at) < max(since, oldest):
        return f"文件的修改时间（{shown}）早于 {max(since, oldest)}，请核对是否误报了旧文件；{_DECIDES}"
    return None
