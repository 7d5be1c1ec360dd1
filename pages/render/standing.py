"""Where a submission stands, in words: does it count, what counts in its place, what its sender is asked; the three
axes of what is owed; and what to do about what was not taken.

States are `warehouse.store.standing` and `pages.gather.grid`. Ends at words and sentences.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_DOWN

from pages import words
from pages.gather import grid
from pages.gather.grid import Refused, Row
from pages.gather.not_taken import NotTaken
from warehouse.store.records import Comparison
from warehouse.store.standing import Refusal, SubmissionStatus

_REFUSALS: dict[Refusal, str] = {
    "outcome": "这一份没有通过校验，未采用。",
    "replaced": "这是对已被替换的报送的更正，未采用。",
    "declined": "已答复不替换，这一份未采用。",
    "lapsed": "逾期未确认，这一份作放弃处理，未采用。",
}


_REMEDIES: dict[Refused, str] = {
    "unreadable": "请按报告处理文件后，按同一报告期重新报送；误报的不必处理。",
    "rejected": "请按报告改正后，按同一报告期重新报送；误报的不必处理。",
    "replaced": "请用现行有效报送的更正工作簿更正后报送。",
    "declined": "无须处理；确需替换的，重新报送整份文件。",
    "lapsed": "仍需替换的，重新报送整份文件，并在期限内答复。",
}


@dataclass(frozen=True)
class Axes:
    """What is owed, on three axes that are never one word, and beside them whether it came in time and what else came.
    Null where there is nothing to say."""

    effective: str
    latest: str | None
    signing: str | None
    punctuality: str | None
    events: str | None

    @property
    def text(self) -> str:
        """All in one line, with what each is of where it is not the state itself."""
        parts = (
            self.effective,
            self.latest and f"最近来件{self.latest}",
            self.signing if self.signing == words.SIGNING_STATES["changed"] else None,
            self.punctuality if self.punctuality == words.PUNCTUALITY["late"] else None,
            self.events,
        )
        return "；".join(part for part in parts if part)


def axes(row: Row) -> Axes:
    """Of a row of `rpt_submission_grid`."""
    states = grid.states_of(row)
    effective = words.GRID_STATES[states.effective]
    if states.effective == "partly":
        effective += f"，{words.number(row['held_rows'])} 条待更正"
    return Axes(
        effective,
        latest(states),
        words.SIGNING_STATES[states.signing] if states.signing else None,
        words.PUNCTUALITY[states.punctuality] if states.punctuality else None,
        not_taken_count(states.refused),
    )


def latest(states: grid.RowStates) -> str | None:
    """最近来件."""
    if states.latest is None:
        return None
    return words.LATEST_STATES[states.latest] + (f"：{words.REFUSALS[states.refusal]}" if states.refusal else "")


def place(row: Row) -> str:
    """有效状态 of a row of `told/submission.parquet`."""
    title = words.STANDINGS[row["standing"]]
    if row["standing"] != "refused":
        return title
    return f"{title}：{words.REFUSALS[grid.refusal_of(row['refusal'], row['outcome'])]}"


def signed(row: Row) -> str | None:
    """审签 of a row of `told/submission.parquet`; null where it neither stands nor was signed."""
    if row["confirmed_at"] is None and row["standing"] != "standing":
        return None
    return words.SIGNING_STATES[grid.signing(row["confirmed_at"] is not None, row["has_confirmed_other"])]


def not_taken_count(count: int) -> str | None:
    return f"有 {words.number(count)} 份来件未采用" if count else None


def why_not(event: NotTaken) -> str:
    """Why a delivery was not taken."""
    if event.refusal:
        return words.REFUSALS[event.refusal]
    return words.prose(event.problem) + (event.remark or "")


def remedy(event: NotTaken) -> str:
    """What becomes of what stands, and what its sender can do."""
    if event.refusal is None:
        return "不影响已有数据。请按原因改正后重新报送。"
    if event.is_returned:
        return f"本期尚无有效报送：请按报告更正后，按同一报告期重新报送（更正期限 {words.day(event.correct_by)}）。"
    return ("现有数据继续有效。" if event.stands else "") + _REMEDIES[event.refusal]


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


def growth(comparison: Comparison) -> str:
    """What the sender of a submission that holds many more rows than the one before should look at."""
    more = comparison.keys_sent - comparison.keys_standing
    return (
        f"本次 {words.number(comparison.keys_sent)} 条，原有 {words.number(comparison.keys_standing)} 条，"
        f"增加 {words.number(more)} 条（{more * 100 // comparison.keys_standing}%）。属实的不必处理。"
    )


def said(status: SubmissionStatus | None, stands: str | None, *, is_counted: bool = True) -> Said | None:
    """What the head of a report says of where the submission stands; nothing where it counts or alone is shown."""
    if status is None:
        return None
    if status.stands:
        return _said_of_what_stands(status.growth, is_counted)
    if status.standing == "superseded":
        return Said("这一份已被后来的报送替换。", "以现行有效的报送为准：")
    if status.standing == "merged":
        is_correction = status.decision.reading.supplement is not None
        merged = "这一份更正已并入。" if is_correction else "这一份已并入后来的更正。"
        return Said(merged, "以现行有效的报送为准：")
    if status.standing == "held_back":
        until_then = "现有数据继续有效：" if stands else ""
        return Said("暂缓入库，市局处理中。", f"本单位不必重新报送。{until_then}", bool(stands))
    if status.standing == "awaiting_confirmation" and status.comparison:
        return Said("待本单位确认。", question(status.comparison), bool(stands))
    if status.refusal is None or (status.refusal == "outcome" and not stands):
        return None
    return Said(_REFUSALS[status.refusal], "此前的报送继续有效：" if stands else "", bool(stands))


def _said_of_what_stands(grown: Comparison | None, is_counted: bool) -> Said | None:
    look_again = growth(grown) if grown else ""
    if not is_counted:
        return Said("已校验，将于下次汇总时计入。", look_again, False)
    return Said("条数增加较多，请核对。", look_again, False) if grown else None
