"""An opened file → the dataset's columns as text, every row with its place.

Finding header and rows is `layout` and `rows`; typing is `shape`. Ends at text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest import (
    copied_sheets,
    correction_answer,
    correction_mark,
    garbled,
    report_returned,
    second_tables,
    sender,
)
from ingest.correction_answer import Answer, Aside
from ingest.correction_mark import Claim
from ingest.feed import Feed
from ingest.head_values import HeadValue, head_values
from ingest.headers import HeaderIndex, of_contract, unit_of
from ingest.layout import HEADER_HEIGHT, HEADER_ROWS, Column, Layout, fields_of, find_layouts, likelier_dataset
from ingest.readers.sheet import Opened, Sheet, Unreadable
from ingest.row_alignment import beyond_header, row_flaws
from ingest.row_words import says_nothing
from ingest.rows import take
from ingest.said_period import other_period
from warehouse.vocabulary import contract, period
from warehouse.vocabulary.contract import Dataset, Field
from warehouse.vocabulary.correction_columns import SubmissionName, submission_in
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.reference import normalise
from warehouse.vocabulary.submission import FileProblem, MappedColumn, Remark, SheetReading
from warehouse.vocabulary.tables import read_schema

_PLAIN_NUMBER = re.compile(r"\s*[¥￥]?\s*[-+]?\d[\d,，]*(\.\d+)?\s*")
_PREAMBLE_UNIT = re.compile(r"单位\s*[:：]\s*(千元|万元|百万元|亿元)")
_SERIAL_DAY = re.compile(r"\s*(\d{4,5})(?:\.\d+)?\s*")
_EPOCH_1904 = dt.date(1904, 1, 1)
LIST_SEPARATORS = re.compile(r"[;；,，、|\n]")
_BESIDE_DATA = re.compile("说明|须知|代码|码表|字典|示例|样例|模板|目录|封面|怎么改")
"""Names of sheets that no one expects to be read."""
_SHOWS_HOW = re.compile("说明|须知|示例|样例|范例")
"""Names of sheets whose rows only show how to fill in."""
_SHOWN_ROWS = 10
_TABLE_ROWS, _TABLE_COLUMNS = 3, 3
"""A sheet without a header is mentioned when so many of its first rows have so many cells."""


@dataclass
class Extract:
    """The rows of a file as text (`tables.read_schema`) and how they were found."""

    table: pa.Table
    sheets: list[SheetReading] = field(default_factory=list)
    columns: list[MappedColumn] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    claimed_twice: tuple[tuple[str, tuple[str, ...]], ...] = ()
    remarks: list[Remark] = field(default_factory=list)
    problem: FileProblem | None = None
    detail: str | None = None
    answer: Answer | None = None  # what a correction workbook says of each row
    is_nothing: bool = False  # the sender says that there is nothing to report


def header_index(dataset: Dataset, feed: Feed | None) -> HeaderIndex:
    """The headers of the contract, and before them the feed's own."""
    return HeaderIndex(dataset, feed.headers) if feed and feed.headers else of_contract(dataset.name)


def extract(opened: Opened, dataset: Dataset, feed: Feed | None, submission_id: str, name: str) -> Extract:
    """Finds the table in every sheet and takes its data rows; `Unreadable` when there is none.

    What is another unit's, and a correction workbook whose rows cannot be told, has a `problem` and leaves no row.

    Args:
        submission_id: empty where the file is nobody's yet.
        name: the file's own; it may say that it is a correction workbook.
    """
    index = header_index(dataset, feed)
    result = Extract(empty(dataset), remarks=list(opened.remarks))
    if returned := report_returned.said(opened, name):
        return _refused(dataset, "report_returned", returned)
    layouts, examples = tables_of(opened, index)
    claim, submission = correction_mark.claim(opened, name, layouts), submission_in(submission_id)
    if not claim and _is_empty_list(opened):
        return _without_rows(result, opened)  # an empty list of records has no header to judge
    if not claim:
        opened = second_tables.aligned(opened, index)
        layouts, examples = tables_of(opened, index)
    result.remarks += [Remark("sheet_of_examples", {"sheet": layout.sheet.name or ""}) for layout in examples]
    layouts, asides = _split(layouts, claim)
    answers = correction_answer.answered_submission(claim, submission_id, list(zip(layouts, asides, strict=True)))
    if submission and (strayed := _strayed(opened, layouts, answers, submission, feed)):
        return _refused(dataset, *strayed, answers)
    other = likelier_dataset(opened.sheets, dataset.name, fields_of(layouts))
    if other:
        layouts = _as_other(opened.sheets, other, index)
        title = contract.dataset(other).title
        result.problem = "wrong_dataset"
        result.detail = f"文件内容像是《{title}》，不是《{dataset.title}》。"
        if claim:
            return _refused(dataset, result.problem, result.detail, answers)
    if not claim and not layouts and _says_nothing(opened):
        return _without_rows(result, opened)
    if not layouts:
        if how := garbled.told(
            cell for sheet in opened.sheets for row in sheet.head(HEADER_ROWS) for cell in row if cell
        ):
            raise Unreadable("garbled", how, opened.kind)
        raise Unreadable("no_table", f"前20行里找不到《{dataset.title}》的表头，请使用规定的表头。", opened.kind)
    if submission and not claim:
        result.remarks += _of_another_period(layouts, submission)
    values = [head_values(layout, opened.notes, dataset, index) for layout in layouts]
    bare = layouts
    if claim:
        bare = [correction_answer.without_words(*table) for table in zip(layouts, asides, strict=True)]
    places = [_places(layout, dataset, result) for layout in bare]
    if not claim:
        layouts, values, places = _without_copies(layouts, values, places, result)
    tables = [
        _take(layout, layout_values, rows, dataset, feed, result)
        for layout, layout_values, rows in zip(layouts, values, places, strict=True)
    ]
    result.table = numbered(pa.concat_tables(tables).combine_chunks(), submission_id)
    if claim:
        answer = correction_answer.gather_answer(
            answers, list(zip(layouts, asides, places, strict=True)), opened.properties
        )
        if isinstance(answer, str):
            return _refused(dataset, "rows_unidentified", answer, answers)
        result.answer = answer
    fields_by_layout = [
        layout.fields.union((value.field for value in layout_values), feed.constants if feed else ())
        for layout, layout_values in zip(layouts, values, strict=True)
    ]
    result.missing = tuple(
        wanted.name
        for wanted in dataset.fields
        if wanted.required and not all(wanted.name in fields for fields in fields_by_layout)
    )
    result.claimed_twice = tuple(_claimed_twice(layouts))
    result.remarks += [*_near_misses(layouts, fields_by_layout, index), *_beside(opened.sheets, layouts)]
    if opened.kind in ("csv", "tsv"):
        result.remarks += [remark for table in zip(layouts, places, strict=True) for remark in _surplus(*table)]
    return result if result.table.num_rows or result.problem else _without_rows(result, opened)


def _of_another_period(layouts: Sequence[Layout], submission: SubmissionName) -> Iterator[Remark]:
    sent_for = period.parse(submission.period)
    if sent_for and (said := other_period(layouts, sent_for)):
        yield Remark("other_period", {"said": said.title, "period": sent_for.title})


def _is_empty_list(opened: Opened) -> bool:
    return bool(opened.sheets) and all(
        sheet.is_records and sheet.height == 1 and not sheet.columns for sheet in opened.sheets
    )


def _split(layouts: Sequence[Layout], claim: Claim | None) -> tuple[list[Layout], list[Aside]]:
    """The tables without what a correction workbook adds, and that beside; a file that is none has nothing beside."""
    if claim is None:
        return list(layouts), [Aside(None, {})] * len(layouts)
    pairs = [correction_answer.split_columns(layout) for layout in layouts]
    return [layout for layout, _ in pairs], [aside for _, aside in pairs]


def _strayed(
    opened: Opened,
    layouts: Sequence[Layout],
    answers: SubmissionName | None,
    submission: SubmissionName,
    feed: Feed | None,
) -> tuple[FileProblem, str] | None:
    """The problem of a file that is another unit's, or of a workbook that answers another key."""
    if answers:
        return correction_answer.strayed(answers, submission)
    said = sender.misplaced(submission.unit, feed, sender.said_by(opened, layouts))
    return ("wrong_unit", said) if said else None


def _refused(dataset: Dataset, problem: FileProblem, detail: str, answers: SubmissionName | None = None) -> Extract:
    return Extract(empty(dataset), problem=problem, detail=detail, answer=correction_answer.nothing_of(answers))


def _without_rows(result: Extract, opened: Opened) -> Extract:
    """No rows are either the sender's word that there is nothing to report, or an export that failed."""
    if not _says_nothing(opened):
        result.remarks.append(Remark("no_rows"))
        return result
    # Without rows it does not matter which columns there would be.
    return replace(
        result,
        is_nothing=True,
        missing=(),
        claimed_twice=(),
        remarks=[remark for remark in result.remarks if remark.kind != "near_miss"],
    )


def _surplus(layout: Layout, places: pa.Int64Array) -> Iterator[Remark]:
    """Most rows of a text with more cells than the header has: a column without a header."""
    is_longer = pa.array(beyond_header(layout, places.to_numpy()))
    numbers = layout.sheet.numbers.take(places).filter(is_longer).to_pylist()
    if len(numbers) * 2 > len(places):  # in few rows it is a matter of each of them: `row_alignment`
        shown = "、".join(map(str, numbers[:_SHOWN_ROWS])) + ("等" if len(numbers) > _SHOWN_ROWS else "")
        yield Remark("surplus_cells", {"rows": shown, "count": str(len(numbers))})


def _says_nothing(opened: Opened) -> bool:
    texts = (cell for sheet in opened.sheets for row in sheet.head(HEADER_ROWS + HEADER_HEIGHT) for cell in row if cell)
    return any(says_nothing(text) for text in (*opened.notes, *texts))


def tables_of(opened: Opened, index: HeaderIndex) -> tuple[list[Layout], list[Layout]]:
    """The tables to read, and those on sheets that only show how to fill in."""
    layouts = find_layouts(opened.sheets, index)
    real = [layout for layout in layouts if not _SHOWS_HOW.search(layout.sheet.name or "")] or layouts
    return real, [layout for layout in layouts if layout not in real]


def _as_other(sheets: Sequence[Sheet], other: str, index: HeaderIndex) -> list[Layout]:
    """The tables of another dataset with the columns that this dataset's index knows: rows to count, none to take."""

    def known_here(columns: Iterable[Column]) -> tuple[Column, ...]:
        return tuple(replace(column, fields=index.fields(column.header)) for column in columns)

    layouts = find_layouts(sheets, of_contract(other))
    return [replace(layout, columns=known_here(layout.columns)) for layout in layouts]


def empty(dataset: Dataset) -> pa.Table:
    """No rows."""
    return read_schema(dataset).empty_table()


def numbered(table: pa.Table, submission_id: str | None = None) -> pa.Table:
    """Rows counted from 1 in their order; of this submission, else of the one that they are of already."""
    rows = table.num_rows
    if submission_id is not None:
        table = table.set_column(0, table.schema.field(0), pa.repeat(submission_id, rows))
    return table.set_column(1, table.schema.field(1), pa.array(np.arange(1, rows + 1)))


def _claimed_twice(layouts: Iterable[Layout]) -> list[tuple[str, tuple[str, ...]]]:
    claimed_twice: dict[str, tuple[str, ...]] = {}
    for layout in layouts:
        claims: dict[str, list[str]] = {}
        for column in layout.columns:
            for name in column.fields:
                claims.setdefault(name, []).append(redact(column.header))
        claimed_twice |= {name: tuple(headers) for name, headers in claims.items() if len(headers) > 1}
    return sorted(claimed_twice.items())


def _near_misses(
    layouts: Sequence[Layout], fields_by_layout: Sequence[Iterable[str]], index: HeaderIndex
) -> Iterator[Remark]:
    """Headers that no field claims but that are nearly like one of a field without a column."""
    near = {
        (redact(column.header), name)
        for layout, fields in zip(layouts, fields_by_layout, strict=True)
        for column in layout.columns
        if not column.fields and (name := index.nearest(column.header)) and name not in fields
    }
    return (Remark("near_miss", {"header": header}, name) for header, name in sorted(near))


def _beside(sheets: Iterable[Sheet], layouts: Sequence[Layout]) -> Iterator[Remark]:
    """Hidden parts that were read, and sheets with rows that were not."""
    read = {id(layout.sheet.numbers) for layout in layouts}  # the same though columns of it were emptied
    for sheet in sheets:
        named = _named(sheet)
        if id(sheet.numbers) not in read:
            rows = sum(len(list(filter(None, row))) >= _TABLE_COLUMNS for row in sheet.head(20))
            if rows >= _TABLE_ROWS and not _BESIDE_DATA.search(sheet.name or ""):
                yield Remark("sheet_without_table", named)
            continue
        for below in sheet.below:
            yield Remark("table_below", named | {"row": str(below.header_row)})
        if sheet.is_hidden:
            yield Remark("hidden_sheet", named)
        if sheet.hidden_rows:
            yield Remark("hidden_rows", named | {"count": str(len(sheet.hidden_rows))})
        if sheet.hidden_columns:
            yield Remark("hidden_columns", named | {"count": str(sheet.hidden_columns)})


def _named(sheet: Sheet) -> dict[str, str]:
    """What remarks call the sheet: by its name, and as the beginning of a sentence."""
    return {"sheet": sheet.name or "", "place": f"工作表“{sheet.name}”" if sheet.name else "文件"}


def _places(layout: Layout, dataset: Dataset, result: Extract) -> pa.Int64Array:
    """The data rows' places in one sheet; notes on its rows go into `result`."""
    sheet = layout.sheet
    taken = take(layout, dataset)
    result.sheets.append(
        SheetReading(
            sheet.name,
            None if sheet.is_records else sheet.numbers[layout.header_at].as_py(),
            len(taken.places),
            taken.left_out,
        )
    )
    where = _named(sheet)
    result.remarks += [Remark(remark.kind, where | remark.values, remark.field) for remark in taken.remarks]
    return pa.array(taken.places)


def _without_copies(
    layouts: Sequence[Layout], values: Sequence[list[HeadValue]], places: Sequence[pa.Int64Array], result: Extract
) -> tuple[list[Layout], list[list[HeadValue]], list[pa.Int64Array]]:
    """The tables without copies of others; that there are some goes into `result`."""
    tables = [copied_sheets.Taken(*table) for table in zip(layouts, places, values, strict=True)]
    copies = copied_sheets.copies(tables)
    for at, original in sorted(copies.items()):
        result.remarks.append(copied_sheets.remark(tables[at], tables[original]))
        sheet = result.sheets[at]
        result.sheets[at] = replace(sheet, rows=0, left_out=sheet.left_out | {"copy": sheet.rows})
    kept = [at for at in range(len(tables)) if at not in copies]
    return [layouts[at] for at in kept], [values[at] for at in kept], [places[at] for at in kept]


def _take(
    layout: Layout,
    values: Sequence[HeadValue],
    places: pa.Int64Array,
    dataset: Dataset,
    feed: Feed | None,
    result: Extract,
) -> pa.Table:
    """The data rows of one sheet; notes on its columns go into `result`."""
    sheet = layout.sheet
    count = len(places)
    result.columns += _mapped(layout)
    result.columns += [MappedColumn(sheet.name, redact(value.header), value.field, None) for value in values]
    nothing = pa.nulls(count, pa.string())
    first = {name: column for column in reversed(layout.columns) for name in column.fields}
    above = {value.field: value.text for value in values}
    preamble_unit = _preamble_unit(layout)
    arrays = [
        nothing,
        pa.nulls(count, pa.int64()),
        nothing if sheet.name is None else pa.repeat(sheet.name, count),
        _at(sheet.numbers, places),
        row_flaws(layout, places.to_numpy(), dataset),
    ]
    for wanted in dataset.fields:
        column = first.get(wanted.name)
        if column:
            sent = _at(sheet.columns[column.at], places)
        elif wanted.name in above:
            sent = pa.repeat(above[wanted.name], count)
        else:
            sent = nothing
        unit = (unit_of(column.header) or preamble_unit) if column else None
        arrays += [sent, _said(wanted, feed, unit, sheet.is_1904, sent)]
    return pa.table(arrays, schema=read_schema(dataset))


def _mapped(layout: Layout) -> Iterator[MappedColumn]:
    """The columns of the table, and of those that stand below it in the sheet."""
    sheet = layout.sheet
    for column in layout.columns:
        for name in column.fields or (None,):
            if all(column.at < below.new_from for below in sheet.below):
                letter = None if sheet.is_records else column_letter(column.at)
                yield MappedColumn(sheet.name, redact(column.header), name, letter)
            for below in sheet.below:
                at, header = below.columns.get(column.at, (column.at, column.header))
                if (at, header) != (column.at, column.header):
                    yield MappedColumn(sheet.name, redact(header), name, column_letter(at), below.header_row)


def _at(cells: pa.Array, places: pa.Int64Array) -> pa.Array:
    """The cells at ordered places; without a copy where the places lie side by side, as in most sheets."""
    if len(places) and places[-1].as_py() - places[0].as_py() + 1 == len(places):
        return cells.slice(places[0].as_py(), len(places))
    return cells.take(places)


def _preamble_unit(layout: Layout) -> str | None:
    for text in layout.preamble:
        match = _PREAMBLE_UNIT.search(text)
        if match:
            return match[1]
    return None


def _said(wanted: Field, feed: Feed | None, unit: str | None, is_1904: bool, sent: pa.StringArray) -> pa.StringArray:
    """What dialect, unit, epoch and constant make of the cells; null where the cell speaks for itself."""
    spellings = feed.values.get(wanted.name) if feed else None
    constant = feed.constants.get(wanted.name) if feed else None
    if spellings:
        known = {normalise(text): code for text, code in spellings.items()}
        said = _distinct(sent, lambda cell: _spelled(cell, known, wanted))
    elif unit and wanted.kind in ("money", "percent"):
        said = _distinct(sent, lambda cell: _with_unit(cell, unit, wanted))
    elif is_1904 and wanted.kind == "date":
        said = _distinct(sent, _from_1904)
    else:
        said = pa.nulls(len(sent), pa.string())
    if constant is None:
        return said
    return pc.if_else(pc.equal(pc.utf8_trim_whitespace(pc.fill_null(sent, "")), ""), pa.scalar(constant), said)


def _distinct(sent: pa.StringArray, say: Callable[[str], str | None]) -> pa.StringArray:
    encoded = sent.dictionary_encode()
    return pa.array([say(cell) for cell in encoded.dictionary.to_pylist()], pa.string()).take(encoded.indices)


def _from_1904(cell: str) -> str | None:
    match = _SERIAL_DAY.fullmatch(cell)
    return (_EPOCH_1904 + dt.timedelta(days=int(match[1]))).isoformat() if match else None


def _spelled(cell: str, known: dict[str, str], wanted: Field) -> str | None:
    whole = known.get(normalise(cell))
    if whole is not None or wanted.kind != "list":
        return whole
    parts = LIST_SEPARATORS.split(cell)
    if not any(normalise(part) in known for part in parts):
        return None
    return ";".join(known.get(normalise(part), part) for part in parts)


def _with_unit(cell: str, unit: str, wanted: Field) -> str | None:
    if not _PLAIN_NUMBER.fullmatch(cell) or (unit == "%") != (wanted.kind == "percent"):
        return None
    # A plain 0.95 under 出勤率(%) is a fraction all the same: nobody attends less than one per cent.
    if unit == "%" and float(re.sub("[,，¥￥]", "", cell)) <= 1:
        return None
    return f"{cell.strip()}{unit}"


def column_letter(at: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
