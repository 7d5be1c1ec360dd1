"""Where a submission stands, in words: does it count, what counts in its place, what its sender is asked.

States are `warehouse.store.standing`. Ends at sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN

from pages import words
from warehouse.store.records import Comparison
from warehouse.store.standing import Refusal, SubmissionStatus

_REFUSALS: dict[Refusal, str] = {
    "outcome": "这一份没有通过校验，未采用。",
    "replaced": "这是对已被替换的报送的更正，未采用。",
    "declined": "已答复不替换，这一份未采用。",
    "lapsed": "逾期未确认，这一份作放弃处理，未采用。",
}


@dataclass(frozen=True)
class Said:
    """A title, a sentence, and whether what counts in its place is named behind it."""

    title: str
    sentence: str
    names_what_stands: bool = True


def question(comparison: Comparison) -> str:
    """What the sender is asked of a submission that loses much of what stands."""
    share = int((comparison.share * 100).to_integral_value(ROUND_DOWN))
    lost = f"减少 {words.number(comparison.keys_lost)} 条（{share}%）"
    if comparison.stood is None:
        return f"前几期都有数据（上一期 {words.number(comparison.keys_standing)} 条），本期是否确无数据？"
    return (
        f"本次 {words.number(comparison.keys_sent)} 条，现有 {words.number(comparison.keys_standing)} 条，{lost}。"
        "现有数据继续有效。是否整份替换？"
    )


def said(status: SubmissionStatus | None, stands: str | None) -> Said | None:
    """What the head of a report says of where the submission stands; nothing where it counts or alone is shown."""
    if status is None or status.stands:
        return None
    if status.standing == "superseded":
        return Said("这一份已被后来的报送替换。", "以现行有效的报送为准：")
    if status.standing == "merged":
        return Said("这一份已并入后来的更正。", "以现行有效的报送为准：")
    if status.standing == "held_back":
        until_then = "现有数据继续有效：" if stands else ""
        return Said("暂缓入库，市局处理中。", f"本单位不必重新报送。{until_then}", bool(stands))
    if status.standing == "awaiting_confirmation" and status.comparison:
        return Said("待本单位确认。", question(status.comparison), bool(stands))
    if status.refusal is None or (status.refusal == "outcome" and not stands):
        return None
    return Said(_REFUSALS[status.refusal], "此前的报送继续有效：" if stands else "", bool(stands))
