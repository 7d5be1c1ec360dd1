"""What pages with figures of the plan say of the month: preliminary until it is closed. Pages that count the rows of
files (status, submissions, their slices, certificates) show no such figure and say nothing. Ends at one sentence."""

from __future__ import annotations

from pages.gather.month_state import MonthState


def sentence(state: MonthState | None) -> str:
    """Empty while no month is due."""
    if state is None:
        return ""
    if not state.is_closed:
        return f"初步数据：{state.month.title}尚未关账，数字可能变动。"
    if state.revised:
        return f"{state.month.title}已关账，关账后修订 {state.revised} 个数，见“修订”标注。"
    return f"{state.month.title}已关账。"
