"""Which feed, unit and period a file belongs to: by its folder and name, else by its content.

What feeds there are is `feed`. Ends at names; a file that fits no feed is told why.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO

from ingest import confirmation_sheet, correction_mark, sender
from ingest.feed import Feed
from ingest.layout import Layout, coverage, fields_of, find_layouts
from ingest.limits import MB, limits
from ingest.pool import Pool
from ingest.readers import Opened, Unreadable, open_file
from ingest.table_extract import header_index
from warehouse.vocabulary import contract, period
from warehouse.vocabulary.confirmation_sheet import TITLE
from warehouse.vocabulary.correction_columns import SubmissionName, submission_in
from warehouse.vocabulary.period import Period
from warehouse.vocabulary.reference import normalise
from warehouse.vocabulary.submission import Remark, Submission

NOTHING = Opened("", None, ())
PERIOD_FIELDS = frozenset({"report_period"})
"""Fields whose cells say the period of a submission."""

_CADENCE = {"monthly": "每月", "quarterly": "每季度", "half-yearly": "每半年", "yearly": "每年"}
_NAME_IT = "请在文件名中写明，如“培训人次实名制明细_2026年1月”。"


@dataclass(frozen=True)
class Recognised:
    """Where a file belongs. `answers`: the submission that it answers, where it is a sheet of confirmation."""

    feed: Feed
    unit: str
    period: Period
    answers: str | None = None


@dataclass(frozen=True)
class Placing:
    """`recognise` with a look into the file, in a worker: `open` gives its bytes and can be pickled. What cannot be
    read has no sheets."""

    department: str
    district: str | None
    name: str
    feeds: Mapping[str, Feed]
    open: Callable[[], AbstractContextManager[BinaryIO]]

    def work(self) -> Recognised | str:
        return self.by(self._look)

    def by(self, look: Callable[[], Opened]) -> Recognised | str:
        return recognise(self.department, self.district, self.name, self.feeds, look)

    def _look(self) -> Opened:
        try:
            with self.open() as stream:
                return open_file(stream.read(limits().file_mb * MB + 1))
        except (OSError, Unreadable, MemoryError):
            return NOTHING


def place(placing: Placing, pool: Pool | None = None) -> Recognised | str:
    """By the name where it says enough, else by the content, which never comes into this process; raises what `open`
    does."""
    try:
        return placing.by(_unread)
    except _UnreadError:
        with placing.open(), nullcontext(pool) if pool else Pool(workers=1) as workers:
            result = next(result for _, result in workers.run([placing]))
    return placing.by(lambda: NOTHING) if isinstance(result, str) else result.value


class _UnreadError(Exception):
    """The name does not say enough."""


def _unread() -> Opened:
    raise _UnreadError


def recognise(
    department: str,
    district: str | None,
    name: str,
    feeds: Mapping[str, Feed],
    look: Callable[[], Opened],
) -> Recognised | str:
    """`feeds` are the department's, by dataset; `look` opens the file, only where the name does not say enough.

    A correction workbook is placed by the submission that it answers, before any name. Gives one Chinese sentence when
    no feed fits, or when the file is another unit's.
    """
    look = functools.cache(look)
    stem = PurePosixPath(name).stem
    dataset, wanted = _dataset_in(stem, feeds), period.find(stem)
    unit = f"{department}.{district}" if district else department
    says_enough = dataset is not None and wanted is not None and submission_in(stem) is None and TITLE not in stem
    serves_districts = district is None and dataset is not None and bool(feeds[dataset].districts)
    is_opened = serves_districts or not says_enough
    if is_opened:
        asked = confirmation_sheet.asked(look())
        if asked:
            return _confirming(unit, asked, feeds)
        claim = correction_mark.claim(look(), name)
        if claim and claim.answers:
            return _answering(unit, claim.answers[0], feeds)
    if dataset is None:
        foreign = _dataset_in(stem, contract.names())
        if foreign:
            return (
                f"{sender.title(department)}不报送《{contract.dataset(foreign).title}》，"
                "请核对文件名或联系市人力资源和社会保障局。"
            )
        dataset = _dataset_of(look(), feeds)
    if dataset is None:
        return f"看不出是哪一种数据：文件名里没有数据集名称，内容也不像应报的任何一种；{_NAME_IT}"
    feed = feeds[dataset]
    wanted = wanted or _period_of(look(), feed)
    if wanted is None:
        return f"看不出报告期：文件名和标题里都没有年月；{_NAME_IT}"
    named = [*filter(None, [sender.leading(stem)])]
    if is_opened:
        named += sender.said_by(look(), _layouts(look(), feed))
    if refusal := sender.misplaced(unit, feed, named):
        return refusal
    return _owed(feed, sender.unit_of(unit, feed, named), wanted)


def _answering(unit: str, answers: SubmissionName, feeds: Mapping[str, Feed]) -> Recognised | str:
    """Where a correction workbook belongs: to its own unit, which a department's folder may serve for its districts."""
    if not f"{answers.unit}.".startswith(f"{unit}."):
        return f"这是更正 {answers.submission_id} 的工作簿，{sender.belongs_to(answers.unit)}"
    wanted = period.parse(answers.period)
    if answers.dataset not in feeds or wanted is None:
        return f"这是更正 {answers.submission_id} 的工作簿，但{sender.title(unit)}没有这样的报送，请核对。"
    return _owed(feeds[answers.dataset], answers.unit, wanted)


def _confirming(unit: str, asked: SubmissionName, feeds: Mapping[str, Feed]) -> Recognised | str:
    """Where a sheet of confirmation belongs: to the unit that was asked, as a correction workbook does."""
    if not f"{asked.unit}.".startswith(f"{unit}."):
        return f"这是 {asked.submission_id} 的确认单，{sender.belongs_to(asked.unit)}"
    wanted = period.parse(asked.period)
    if asked.dataset not in feeds or wanted is None:
        return f"这是 {asked.submission_id} 的确认单，但{sender.title(unit)}没有这样的报送，请核对。"
    place = _owed(feeds[asked.dataset], asked.unit, wanted)
    return place if isinstance(place, str) else replace(place, answers=asked.submission_id)


def _owed(feed: Feed, unit: str, wanted: Period) -> Recognised | str:
    """The place, where the feed has such a unit and such a period."""
    dataset = contract.dataset(feed.dataset).title
    if unit not in feed.units:
        _, _, district = unit.partition(".")
        return f"{sender.title(feed.department)}的《{dataset}》没有区级报送单位 {district}，请放到该部门的文件夹。"
    if wanted.cadence == feed.cadence and wanted.end < feed.first.start:
        return (
            f"{sender.title(feed.department)}的《{dataset}》从 {feed.first.title}起报送，{wanted.title}属于回补；"
            "回补目前不接收，开始时间另行通知。"
        )
    if not feed.owes(wanted):
        return (
            f"{sender.title(feed.department)}的《{dataset}》不报 {wanted.title}："
            f"应报 {feed.first.title} 至 {feed.last.title}，{_CADENCE[feed.cadence]}一次，请核对文件名中的报告期。"
        )
    return Recognised(feed, unit, wanted)


def placed_remarks(submission: Submission, name: str) -> tuple[Remark, ...]:
    """What to say of a district's file that lay in its department's folder; `name` is its path on the channel."""
    if submission.unit == submission.department or PurePosixPath(name).parts[:-1] != (submission.department,):
        return ()
    folder = submission.unit.replace(".", "/")
    return (Remark("in_departments_folder", {"unit": sender.title(submission.unit), "folder": folder}),)


def _dataset_in(text: str, datasets: Mapping[str, Feed] | Sequence[str]) -> str | None:
    """The dataset whose code, title or synonym stands in the text; the longest name wins."""
    text = normalise(text)
    suited = [
        (len(key), name)
        for name in datasets
        for spelling in contract.dataset(name).names
        if (key := normalise(spelling)) in text
    ]
    return max(suited)[1] if suited else None


def _layouts(opened: Opened, feed: Feed) -> list[Layout]:
    return find_layouts(opened.sheets, header_index(contract.dataset(feed.dataset), feed))


def _dataset_of(opened: Opened, feeds: Mapping[str, Feed]) -> str | None:
    """By a title in the file, else the dataset with the most of its required columns and then of all columns."""
    for text in _texts(opened):
        named = _dataset_in(text, feeds)
        if named:
            return named
    scores = []
    for name, feed in feeds.items():
        fields = fields_of(_layouts(opened, feed))
        constants = frozenset(feed.constants)
        scores.append((coverage(fields | constants, contract.dataset(name)), len(fields), name))
    best = max((score for score in scores if score[1]), default=None)
    return best[2] if best and best[0] >= 0.5 else None


def _texts(opened: Opened) -> list[str]:
    """Sheet names, JSON members and what stands in the first three rows."""
    texts = [*opened.notes, *(sheet.name for sheet in opened.sheets if sheet.name)]
    for sheet in opened.sheets:
        if not sheet.is_records:
            texts += [cell for row in sheet.head(3) for cell in row if cell and len(row) - row.count(None) <= 6]
    return texts


def _period_of(opened: Opened, feed: Feed) -> Period | None:
    """The first period that the feed owes in a title, a JSON member, a sheet name or a report-period cell."""
    layouts = _layouts(opened, feed)
    texts = [*opened.notes]
    for layout in layouts:
        texts += layout.preamble
    texts += [sheet.name for sheet in opened.sheets if sheet.name]
    for layout in layouts:
        for column in layout.columns:
            if PERIOD_FIELDS.intersection(column.fields) and layout.sheet.height > layout.data_at:
                texts += [cell for cell in [layout.sheet.columns[column.at][layout.data_at].as_py()] if cell]
    periods = [wanted for text in texts if (wanted := period.find(text))]
    return next((wanted for wanted in periods if feed.owes(wanted)), periods[0] if periods else None)
