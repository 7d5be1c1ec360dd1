"""Which feed, unit and period a file belongs to: by its folder and name, else by its content.

What feeds there are is `feed`. Ends at names; a file that fits no feed is told why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ingest.feed import Feed
from ingest.layout import HEADER_ROWS, Layout, coverage, fields_of, find_layouts
from ingest.readers import Opened
from ingest.table_extract import header_index
from warehouse.vocabulary import contract, correction_columns, period, reference
from warehouse.vocabulary.period import Period
from warehouse.vocabulary.reference import normalise

PERIOD_FIELDS = frozenset({"report_period"})
"""Fields whose cells say the period of a submission."""

_CADENCE = {"monthly": "每月", "quarterly": "每季度", "half-yearly": "每半年", "yearly": "每年"}
_NAME_IT = "请在文件名中写明，如“培训人次实名制明细_2026年1月”。"


@dataclass(frozen=True)
class Recognised:
    """Where a file belongs."""

    feed: Feed
    unit: str
    period: Period


def recognise(
    department: str,
    district: str | None,
    name: str,
    feeds: Mapping[str, Feed],
    look: Callable[[], Opened],
) -> Recognised | str:
    """`feeds` are the department's, by dataset; `look` opens the file, only where the name does not say enough.

    Gives one Chinese sentence when no feed fits.
    """
    title = reference.codes("department")[department]
    stem = PurePosixPath(name).stem
    dataset, wanted = _named(stem, feeds)
    if dataset is None:
        foreign = _dataset_in(stem, contract.names())
        if foreign:
            return f"{title}不报送《{contract.dataset(foreign).title}》，请核对文件名或联系市人力资源和社会保障局。"
    if dataset is None or wanted is None:
        opened = look()
        answers = _answered(opened)
        if answers and answers[0] in feeds:
            dataset, wanted = answers
        if dataset is None:
            dataset = _dataset_of(opened, feeds)
        if dataset is None:
            return f"看不出是哪一种数据：文件名里没有数据集名称，内容也不像应报的任何一种；{_NAME_IT}"
        if wanted is None:
            wanted = _period_of(opened, feeds[dataset])
        if wanted is None:
            return f"看不出报告期：文件名和标题里都没有年月；{_NAME_IT}"
    feed = feeds[dataset]
    unit = f"{department}.{district}" if district else department
    if unit not in feed.units:
        return f"{title}的《{contract.dataset(dataset).title}》没有区级报送单位 {district}，请放到该部门的文件夹。"
    if not feed.owes(wanted):
        return (
            f"{title}的《{contract.dataset(dataset).title}》不报 {wanted.title}："
            f"应报 {feed.first.title} 至 {feed.last.title}，{_CADENCE[feed.cadence]}一次，请核对文件名中的报告期。"
        )
    return Recognised(feed, unit, wanted)


def _named(stem: str, feeds: Mapping[str, Feed]) -> tuple[str | None, Period | None]:
    """What a file's name says; the name of a correction workbook is its submission's id."""
    answers = correction_columns.key_in(stem)
    if answers and answers[0] in feeds:
        return answers[0], period.parse(answers[1])
    return _dataset_in(stem, feeds), period.find(stem)


def _answered(opened: Opened) -> tuple[str, Period | None] | None:
    """Dataset and period of the submission that a correction workbook answers."""
    for sheet in opened.sheets:
        for cell in (cell for row in sheet.head(HEADER_ROWS) for cell in row if cell):
            answers = correction_columns.key_in(correction_columns.answered(cell) or "")
            if answers:
                return answers[0], period.parse(answers[1])
    return None


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
