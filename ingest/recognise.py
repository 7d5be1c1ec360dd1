"""Which feed, unit and period a file belongs to: by its folder and name, else by its content.

A file that fits no feed is told the first true reason of: locked, damaged, of no kind that is read, sent back to us,
another unit's, of no period owed, without a known header, named wrongly. What feeds there are is `feed`. Ends at names.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from ingest import confirmation_sheet, correction_mark, report_returned, sender
from ingest.feed import Feed
from ingest.headers import of_contract
from ingest.layout import Layout, coverage, fields_of, find_layouts
from ingest.readers import Opened, Unreadable
from ingest.table_extract import header_index
from warehouse.vocabulary import back_file, contract, period
from warehouse.vocabulary.confirmation_sheet import TITLE
from warehouse.vocabulary.correction_columns import SubmissionName, submission_in
from warehouse.vocabulary.period import Period
from warehouse.vocabulary.reference import normalise
from warehouse.vocabulary.submission import Remark, Submission

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


def recognise(
    department: str,
    district: str | None,
    name: str,
    feeds: Mapping[str, Feed],
    look: Callable[[], Opened | Unreadable],
    misfiled: str | None = None,
) -> Recognised | str:
    """A correction workbook is placed by the submission that it answers, before any name; what gives no rows by its
    name alone, if that says enough. Gives one Chinese sentence when no feed fits, or when the file is another unit's.

    Args:
        feeds: the department's, by dataset.
        look: opens the file; called once, and not where name and folder say enough.
        misfiled: what is wrong with the folder, where no feed is served by it.
    """
    stem = PurePosixPath(name).stem
    by_name = _ByName(f"{department}.{district}" if district else department, stem, feeds)
    if misfiled is None and by_name.says_enough and isinstance(place := by_name.place(), Recognised):
        return place
    opened = look()
    if isinstance(opened, Unreadable):
        place = misfiled or by_name.place()
        return place if isinstance(place, Recognised) else opened.detail
    if returned := report_returned.said(opened, name):
        return returned
    answered = _answered(opened, name, by_name.unit, feeds)
    if misfiled is not None:
        return answered if isinstance(answered, str) else misfiled
    return answered or _by_content(by_name, opened)


@dataclass(frozen=True)
class _ByName:
    """What folder and name say of a file; `stem` is its name without ending."""

    unit: str
    stem: str
    feeds: Mapping[str, Feed]

    @functools.cached_property
    def dataset(self) -> str | None:
        return _dataset_in(self.stem, self.feeds)

    @functools.cached_property
    def foreign(self) -> str | None:
        """A dataset that the department does not report."""
        return None if self.dataset else _dataset_in(self.stem, contract.names())

    @functools.cached_property
    def period(self) -> Period | None:
        return period.find(self.stem)

    @functools.cached_property
    def sender(self) -> list[sender.Named]:
        return [*filter(None, [sender.leading(self.stem)])]

    @property
    def says_enough(self) -> bool:
        """Are dataset and period named, no other submission is, and no district may be meant that is not?"""
        is_plain = submission_in(self.stem) is None and TITLE not in self.stem
        serves_districts = "." not in self.unit and self.dataset is not None and self.feeds[self.dataset].districts
        return is_plain and not serves_districts

    def place(self) -> Recognised | str | None:
        """Null where the name does not say dataset and period."""
        if self.dataset is None or self.period is None:
            return None
        feed = self.feeds[self.dataset]
        refusal = sender.misplaced(self.unit, feed, self.sender)
        return refusal or owed(feed, sender.unit_of(self.unit, feed, self.sender), self.period)


def _by_content(by_name: _ByName, opened: Opened) -> Recognised | str:
    """What the name leaves open, by the content; whose the file is comes first."""
    unit, feeds = by_name.unit, by_name.feeds
    department, _, _ = unit.partition(".")
    meant = _dataset_of(opened, feeds)
    dataset = by_name.dataset or (None if by_name.foreign else meant)
    feed = feeds[dataset] if dataset else None
    if feed:
        layouts = _layouts(opened, feed)
    else:
        layouts = find_layouts(opened.sheets, of_contract(by_name.foreign)) if by_name.foreign else []
    named = [*by_name.sender, *sender.said_by(opened, layouts)]
    if refusal := sender.misplaced(unit, feed, named):
        return refusal
    if feed:
        within = _period_of(opened, feed)
        wanted = by_name.period or within
        if wanted is None:
            return f"看不出报告期：文件名和标题里都没有年月；{_NAME_IT}"
        place = owed(feed, sender.unit_of(unit, feed, named), wanted)
        if isinstance(place, str) and within and within != wanted and feed.takes(within):
            return f"{place}文件里写的是{within.title}。"
        return place
    if by_name.foreign is None:
        return f"看不出是哪一种数据：文件名里没有数据集名称，内容也不像应报的任何一种；{_NAME_IT}"
    title = contract.dataset(by_name.foreign).title
    refused = f"{sender.title(department)}不报送《{title}》，"
    if meant:
        return f"{refused}文件内容像《{contract.dataset(meant).title}》；请把文件名里的数据名称改正后重新报送。"
    return f"{refused}请核对文件名或联系市人力资源和社会保障局。"


def _answered(opened: Opened, name: str, unit: str, feeds: Mapping[str, Feed]) -> Recognised | str | None:
    """Where a sheet of confirmation or a correction workbook belongs; null for any other file."""
    asked = confirmation_sheet.asked(opened)
    if asked:
        return _confirming(unit, asked, feeds)
    answers = correction_mark.named(opened, name)
    return _answering(unit, answers[0], feeds) if answers else None


def _answering(unit: str, answers: SubmissionName, feeds: Mapping[str, Feed]) -> Recognised | str:
    """Where a correction workbook belongs: to its own unit, which a department's folder may serve for its districts."""
    if not f"{answers.unit}.".startswith(f"{unit}."):
        return f"这是更正 {answers.submission_id} 的工作簿，{sender.belongs_to(answers.unit)}"
    wanted = period.parse(answers.period)
    if answers.dataset not in feeds or wanted is None:
        return f"这是更正 {answers.submission_id} 的工作簿，但{sender.title(unit)}没有这样的报送，请核对。"
    return owed(feeds[answers.dataset], answers.unit, wanted)


def _confirming(unit: str, asked: SubmissionName, feeds: Mapping[str, Feed]) -> Recognised | str:
    """Where a sheet of confirmation belongs: to the unit that was asked, as a correction workbook does."""
    if not f"{asked.unit}.".startswith(f"{unit}."):
        return f"这是 {asked.submission_id} 的确认单，{sender.belongs_to(asked.unit)}"
    wanted = period.parse(asked.period)
    if asked.dataset not in feeds or wanted is None:
        return f"这是 {asked.submission_id} 的确认单，但{sender.title(unit)}没有这样的报送，请核对。"
    place = owed(feeds[asked.dataset], asked.unit, wanted)
    return place if isinstance(place, str) else replace(place, answers=asked.submission_id)


def owed(feed: Feed, unit: str, wanted: Period) -> Recognised | str:
    """The place, where the feed has such a unit and reports or may fill back such a period."""
    dataset = contract.dataset(feed.dataset).title
    if unit not in feed.units:
        _, _, district = unit.partition(".")
        return f"{sender.title(feed.department)}的《{dataset}》没有区级报送单位 {district}，请放到该部门的文件夹。"
    if feed.takes(wanted):
        return Recognised(feed, unit, wanted)
    if wanted.cadence == feed.cadence and wanted.end < feed.first.start:
        taken = "" if feed.dataset == back_file.TOTALS else f"回补只收{back_file.title()}的数据，"
        return (
            f"{sender.title(feed.department)}的《{dataset}》从 {feed.first.title}起报送，{taken}"
            f"{wanted.title}的不接收，请核对文件名中的报告期。"
        )
    return (
        f"{sender.title(feed.department)}的《{dataset}》不报 {wanted.title}："
        f"应报 {feed.first.title} 至 {feed.last.title}，{_CADENCE[feed.cadence]}一次，请核对文件名中的报告期。"
    )


def is_for_answers(folder: str) -> bool:
    """A folder in which a department keeps what it sends again: 更正, 补报, 1月更正."""
    return "更正" in folder or "补报" in folder


def placed_remarks(submission: Submission, name: str) -> tuple[Remark, ...]:
    """What to say of a district's file that lay in its department's folder; `name` is its path on the channel."""
    folders = [folder for folder in PurePosixPath(name).parts[:-1] if not is_for_answers(folder)]
    if submission.unit == submission.department or folders != [submission.department]:
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
    """The first period that the feed takes in a title, a JSON member, a sheet name or a report-period cell."""
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
    return next((wanted for wanted in periods if feed.takes(wanted)), periods[0] if periods else None)
