"""What departments are reminded of: what falls due and by when, what is overdue, what waits for their correction.

One digest for a department and day, when something new is to be said: so many days before a due day as the settings
say, on the working day after a due day was missed, then once a week while it is. In their words, without any value of a
row. Who sends it is `delivery`. Ends at messages.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestration.pipeline.alerts.links import Links
from orchestration.pipeline.alerts.message import HOUSE, Message
from pages import site_map, words
from pages.gather import deadlines, grid
from pages.gather.grid import Row
from pages.gather.sending import SendingDay
from pages.gather.tasks import tasks
from warehouse.store import log
from warehouse.store.log import Entry
from warehouse.vocabulary import period

REMINDED, BEGUN = "reminded", "reminders"
"""Kinds of lines: a department was sent its digest; on this day digests are sent."""
_SHOWN = 30
"""Lines of a part; the others are counted, and stand on the department's page."""
_AHEAD = ("due", "not_due")


@dataclass(frozen=True)
class Digest:
    """`marks`: what makes it worth a mail; each is said once, as `2026-03-10-5`, five days before that due day."""

    department: str
    marks: tuple[str, ...]
    message: Message


@dataclass(frozen=True)
class Day:
    """On which day digests are written, so many days ahead, and of which submissions an answer is awaited."""

    as_of: dt.date
    reminder_days: tuple[int, ...]
    asked: Collection[str]
    links: Links

    @functools.cached_property
    def sending(self) -> SendingDay:
        """Where units send, and whom they ask."""
        return SendingDay(self.as_of)


def is_begun(entries: Iterable[Entry], day: dt.date) -> bool:
    return any(entry.kind == BEGUN and entry.subject == day.isoformat() for entry in entries)


def begin(day: dt.date, at: str) -> Entry:
    return Entry(at, log.PROGRAM, BEGUN, day.isoformat(), {})


def reminded(digest: Digest, day: dt.date, at: str) -> Entry:
    facts = {"day": day.isoformat(), "marks": list(digest.marks)}
    return Entry(at, log.PROGRAM, REMINDED, digest.department, facts)


def due(entries: Iterable[Entry], rows: Mapping[str, Sequence[Row]], day: Day) -> list[Digest]:
    """The digests that are to be sent on a day. `rows`: of the departments that have addresses, by department; as of
    the day. None on a day on which nobody works, and none to who had one that day."""
    if not period.is_workday(day.as_of):
        return []
    told: dict[str, set[str]] = defaultdict(set)
    had_one = set()
    for entry in entries:
        if entry.kind == REMINDED:
            told[entry.subject].update(entry.facts["marks"])
            if entry.facts["day"] == day.as_of.isoformat():
                had_one.add(entry.subject)
    digests = []
    for department, owed in rows.items():
        marks = _marks(owed, day)
        if department not in had_one and marks - told[department]:
            digests.append(Digest(department, tuple(sorted(marks)), _message(department, owed, day)))
    return digests


def _marks(rows: Iterable[Row], day: Day) -> set[str]:
    marks = set()
    for row in rows:
        left = (row["due_date"] - day.as_of).days
        if row["state"] == "missing":
            year, week, _ = day.as_of.isocalendar()
            marks |= {f"{row['due_date']}+", f"{year}-W{week:02}"}
        elif _is_ahead(row, day):
            nearest = min(days for days in day.reminder_days if left <= days)
            marks.add(f"{row['due_date']}-{nearest}")
    return marks


def _is_ahead(row: Row, day: Day) -> bool:
    left = (row["due_date"] - day.as_of).days
    return row["submission_id"] is None and 0 <= left <= max(day.reminder_days, default=-1)


def _message(department: str, rows: Sequence[Row], day: Day) -> Message:
    to_do = tasks(rows, day.asked)
    ahead = [row for row in rows if grid.state_of(row) in _AHEAD and _is_ahead(row, day)]
    missed = [row for task in to_do if task.kind == "missing" for row in task.rows]
    waiting = [
        (task.kind, row) for task in to_do if task.kind in ("returned", "correct", "confirm") for row in task.rows
    ]
    parts = [
        ("即将截止", _by_due_day(ahead, lambda due: _left((due - day.as_of).days))),
        ("逾期未报", _by_due_day(missed, lambda due: f"逾期 {(day.as_of - due).days} 天")),
        ("待更正、待确认", [_waiting(kind, row) for kind, row in waiting]),
    ]
    said = [(title, lines) for title, lines in parts if lines]
    blocks = [_part(numeral, *part) for numeral, part in zip(words.CLAUSE_NUMERALS, said, strict=False)]
    counts = [f"{len(ahead)} 份即将截止"] if ahead else []
    counts += [f"{len(missed)} 份逾期未报"] if missed else []
    counts += [f"{len(waiting)} 项待更正、待确认"] if waiting else []
    head = f"{words.department(department)}：\n截至{words.day(day.as_of)}，贵单位的数据报送事项如下。"
    text = "\n\n".join([head, *blocks, _closing(department, day)])
    return Message(f"报送提醒：{'，'.join(counts)}", text, {})


def _left(days: int) -> str:
    return f"还有 {days} 天" if days else "今天截止"


def _by_due_day(rows: Iterable[Row], note: Callable[[dt.date], str]) -> list[str]:
    """A line for each due day, dataset and period, with the units that owe it."""
    units: dict[tuple[dt.date, str, str], list[str]] = defaultdict(list)
    for row in rows:
        units[row["due_date"], row["dataset"], row["period"]].append(row["unit_code"])
    lines = []
    for (due_date, dataset, owed_period), codes in sorted(units.items()):
        who = "、".join(words.district(code) for code in sorted(codes))
        title = f"{words.dataset(dataset)}（{words.period_title(owed_period)}，{who}）"
        lines.append(f"{words.day(due_date)}截止（{note(due_date)}）：{title}")
    return lines


def _waiting(kind: str, row: Row) -> str:
    title = (
        f"{words.dataset(row['dataset'])}（{words.period_title(row['period'])}，{words.district(row['unit_code'])}）"
    )
    if kind == "confirm":
        return f"{title}：请填写确认单，最迟{words.day(row['latest_answer_until_date'])}答复"
    until = f"最迟{words.day(deadlines.correct_by(row))}更正"
    overdue = "，已逾期" if deadlines.is_correction_overdue(row) else ""
    waits = f"{words.number(row['held_rows'])} 条记录待更正" if kind == "correct" else words.OUTCOMES[row["outcome"]]
    return f"{title}：{waits}，{until}{overdue}"


def _part(numeral: str, title: str, lines: Sequence[str]) -> str:
    more = [f"· 另有 {len(lines) - _SHOWN} 项，见贵单位页面。"] if len(lines) > _SHOWN else []
    return "\n".join([f"{numeral}、{title}", *(f"· {line}" for line in lines[:_SHOWN]), *more])


def _titles(datasets: Sequence[str]) -> str:
    return "".join(f"《{words.dataset(dataset)}》" for dataset in datasets)


def _closing(department: str, day: Day) -> str:
    sending = day.sending.of_unit(department)
    page = day.links.address(site_map.unit_index(department))
    return "\n".join(
        [
            *(
                f"{_titles(datasets)}由系统从贵单位的{words.CHANNELS[channel]}读取，请在截止日前备妥。"
                for channel, datasets in sending.fetched
            ),
            f"报送方式：将文件放入 {sending.folder} ；确无数据的，按“本期无数据”报送。",
            *([f"详情、更正工作簿和模板见贵单位页面：{page}"] if page else []),
            f"如有疑问，请联系{sending.contact}。本邮件由{HOUSE}自动发送，每日最多一封，不含个人信息。",
        ]
    )
