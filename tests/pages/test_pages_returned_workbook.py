"""A correction workbook as clerks send it back: saved by other programs, renamed, copied, with parts deleted.

What is left of it either says which row is which, or the file is refused; it is never a whole file.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import openpyxl
import pytest

from ingest.read import CorrectionChain, Job
from pages.gather import correction_workbook as gathered
from pages.gather.slices import Slice
from pages.render.correction_workbook import workbook
from tests.ingest.corpus import write
from tests.ingest.corpus.case import RECORD, resident
from tests.ingest.files import delimited, xls
from tests.pages import report_samples as samples
from warehouse.vocabulary.correction_columns import ACTION, HOW, LIVE, MARK, OPINION, PLACE, REASON, is_place
from warehouse.vocabulary.submission import Decision, Rows, Submission

ROWS = 12
NAME = "培训人次实名制明细_2026年1月"
SENT, ANSWER = (Submission(RECORD.dataset, RECORD.department, RECORD.department, RECORD.period, c * 64) for c in "01")
Grid = list[list[str | None]]


@dataclass(frozen=True)
class Returned:
    """The file as it came back. `grid`: the sheet of data; `has_how`: the sheet 怎么改 is still there; `has_mark`: the
    document property too."""

    grid: Grid
    name: str = f"{SENT.submission_id}.xlsx"
    has_how: bool = True
    has_mark: bool = True

    def changed(self, change: Callable[[Grid], Grid], **more: object) -> Returned:
        return replace(self, grid=change([list(row) for row in self.grid]), **more)  # type: ignore[arg-type]


def place_column(grid: Grid) -> int:
    return next(at for at, header in enumerate(grid[0]) if is_place(header or ""))


def headed(header: str | None) -> Callable[[Grid], Grid]:
    """原行号 under another header."""

    def change(grid: Grid) -> Grid:
        grid[0][place_column(grid)] = header
        return grid

    return change


def without(*headers: str) -> Callable[[Grid], Grid]:
    """Columns deleted; 原行号 by its beginning."""

    def change(grid: Grid) -> Grid:
        gone = [at for at, header in enumerate(grid[0]) if (header or "").startswith(headers)]
        return [[cell for at, cell in enumerate(row) if at not in gone] for row in grid]

    return change


def numbered(number: Callable[[int, str], str | None]) -> Callable[[Grid], Grid]:
    """Other cells in 原行号, by the row's place in the sheet and what stood there."""

    def change(grid: Grid) -> Grid:
        at = place_column(grid)
        for line, row in enumerate(grid[1:], 1):
            row[at] = number(line, str(row[at]))
        return grid

    return change


def older_layout(grid: Grid) -> Grid:
    """Our columns behind the sender's, as workbooks had them that are still out there."""
    ours = [grid[0].index(header) for header in (OPINION, ACTION, REASON)]
    sender = [at for at in range(len(grid[0])) if at not in (*ours, grid[0].index(LIVE), place_column(grid))]
    return [[row[at] for at in (*sender, place_column(grid), *ours)] for row in grid]


def answered(line: int, action: str, reason: str = "") -> Callable[[Grid], Grid]:
    def change(grid: Grid) -> Grid:
        grid[line][grid[0].index(ACTION)] = action
        grid[line][grid[0].index(REASON)] = reason
        return grid

    return change


def filled(grid: Grid) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in grid]


def as_xlsx(returned: Returned) -> bytes:
    """A new workbook; with the property and the sheet 怎么改 where they are left."""
    book = openpyxl.Workbook()
    book.active.title = "Sheet1"
    for row in returned.grid:
        book.active.append(row)
    if returned.has_how:
        book.create_sheet(HOW).append(["说明"])
    if returned.has_mark:
        prop = openpyxl.packaging.custom.StringProperty(name=MARK, value=SENT.submission_id)
        book.custom_doc_props.append(prop)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def as_xls(returned: Returned) -> bytes:
    return xls(filled(returned.grid))


def as_ods(returned: Returned) -> bytes:
    return write.ods(filled(returned.grid))


def as_csv(returned: Returned) -> bytes:
    return delimited(filled(returned.grid), "gb18030")


def as_html(returned: Returned) -> bytes:
    return write.html(filled(returned.grid))


SAVED = [as_xlsx, as_xls, as_ods, as_csv, as_html]


def job(folder: Path, submission: Submission, name: str, content: bytes) -> Job:
    path = folder / submission.sha256[:12]
    path.write_bytes(content)
    return Job(submission.submission_id, path, name, submission.dataset, submission.department)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Job:
    """The whole file: twelve rows."""
    return job(tmp_path_factory.mktemp("sent"), SENT, f"{NAME}.xlsx", write.xlsx(RECORD.table(ROWS)))


@pytest.fixture(scope="module")
def rendered(first: Job) -> bytes:
    _, reading = first.work()
    decision = Decision(SENT, "partly_accepted", Rows(ROWS, 0, ROWS), reading, 1, (), "r", "f", "p")
    return workbook(decision, [], gathered.tables(decision, [first]))


@pytest.fixture(scope="module")
def returned(rendered: bytes) -> Returned:
    """The workbook with one cell put right: 实际课时 of the third row."""
    sheet = openpyxl.load_workbook(io.BytesIO(rendered))["Sheet1"]
    grid: Grid = [[None if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    grid[3][grid[0].index("实际课时")] = "38"
    return Returned(grid)


def merged(first: Job, folder: Path, returned: Returned, save: Callable[[Returned], bytes]) -> tuple[list[str], str]:
    """The hours of all rows after the file was merged, and why it was not."""
    answer = job(folder, ANSWER, returned.name, save(returned))
    _, reading = answer.work()
    assert reading.supplement is not None
    assert reading.supplement.answers == SENT.submission_id
    rows, reading = CorrectionChain((first, answer)).work()
    return rows["attended_hours__sent"].to_pylist(), reading.detail or ""


USABLE: dict[str, Callable[[Returned], Returned]] = {
    "as it is": lambda book: book,
    "the older layout": lambda book: book.changed(older_layout),
    "the older layout, without what says more": lambda book: book.changed(older_layout).changed(
        without(OPINION, ACTION, REASON)
    ),
    "our first columns deleted": lambda book: book.changed(without(OPINION, LIVE)),
    "a reason that reads like a note": lambda book: book.changed(answered(3, "说明", "备注：合计无误")),
    "an opinion that reads like a total": lambda book: book.changed(
        lambda grid: [grid[0], ["合计", *grid[1][1:]], *grid[2:]]
    ),
    "header shortened": lambda book: book.changed(headed(PLACE)),
    "header spaced": lambda book: book.changed(headed(" 原 行号\n")),
    "header renamed": lambda book: book.changed(headed("行号")),
    "header taken for the sender's": lambda book: book.changed(headed("序号")),
    "header emptied": lambda book: book.changed(headed(None)),
    "our other columns deleted": lambda book: book.changed(without(OPINION, ACTION, REASON)),
    "file renamed": lambda book: replace(book, name=f"{NAME}.xlsx"),
    "sheet copied": lambda book: replace(book, name="新建.xlsx", has_how=False, has_mark=False),
    "all at once": lambda book: replace(
        book.changed(headed("行号")).changed(without(OPINION, ACTION, REASON)),
        name=f"{NAME}.xlsx",
        has_how=False,
        has_mark=False,
    ),
    "a row of the old form": lambda book: book.changed(numbered(lambda _, cell: cell.partition("#")[0])),
    "the old form, shortened": lambda book: book.changed(numbered(lambda _, cell: cell.partition("#")[0])).changed(
        headed(PLACE)
    ),
    "without the sheet's name": lambda book: book.changed(numbered(lambda _, cell: cell.rpartition("!")[2])),
    "a bare number": lambda book: book.changed(numbered(lambda line, _: str(line + 1))),
    "sorted with all columns": lambda book: book.changed(lambda grid: [grid[0], *reversed(grid[1:])]),
    "a copied row": lambda book: book.changed(lambda grid: [*grid, grid[1]]),
}


@pytest.mark.parametrize("change", USABLE.values(), ids=USABLE)
@pytest.mark.parametrize("save", SAVED)
def test_what_says_which_row_is_which_is_merged(
    first: Job,
    returned: Returned,
    tmp_path: Path,
    change: Callable[[Returned], Returned],
    save: Callable[[Returned], bytes],
) -> None:
    hours, refusal = merged(first, tmp_path, change(returned), save)
    assert not refusal
    assert hours[:ROWS] == ["40", "40", "38", *["40"] * (ROWS - 3)]
    assert len(hours) == ROWS + (len(change(returned).grid) - ROWS - 1)


LAYOUTS: dict[str, Callable[[Grid], Grid]] = {"as it is": lambda grid: grid, "older": older_layout}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("save", SAVED)
def test_what_was_done_is_read_in_either_layout(
    first: Job,
    returned: Returned,
    tmp_path: Path,
    layout: Callable[[Grid], Grid],
    save: Callable[[Returned], bytes],
) -> None:
    book = returned.changed(answered(5, "作废")).changed(answered(6, "说明", "经核实无误")).changed(layout)
    answer = job(tmp_path, ANSWER, book.name, save(book))
    rows, reading = CorrectionChain((first, answer)).work()
    assert reading.supplement is not None
    assert (rows.num_rows, reading.supplement.withdrawn, reading.supplement.corrected) == (ROWS - 1, 1, 1)
    assert [explanation.reason for explanation in reading.supplement.explained] == ["经核实无误"]


NO_COLUMN = "没有“原行号”一列"
REFUSED: dict[str, tuple[Callable[[Returned], Returned], str]] = {
    "column deleted": (lambda book: book.changed(without(PLACE)), NO_COLUMN),
    "column deleted, copied and renamed": (
        lambda book: book.changed(without(PLACE), name=f"{NAME}.xlsx", has_how=False, has_mark=False),
        NO_COLUMN,
    ),
    "opinion alone left": (
        lambda book: book.changed(without(PLACE, ACTION, REASON), name=f"{NAME}.xlsx", has_how=False, has_mark=False),
        NO_COLUMN,
    ),
    "action and reason left": (
        lambda book: book.changed(without(PLACE, OPINION), name=f"{NAME}.xlsx", has_how=False, has_mark=False),
        NO_COLUMN,
    ),
    "only the name left": (
        lambda book: book.changed(
            without(PLACE, OPINION, ACTION, REASON),
            name=f"更正 {SENT.submission_id}(1).xlsx",
            has_how=False,
            has_mark=False,
        ),
        NO_COLUMN,
    ),
    "identities emptied": (lambda book: book.changed(numbered(lambda *_: None)), "全是空的"),
    "identities filled down": (lambda book: book.changed(numbered(lambda *_: "2")), "重复"),
    "identities counted on": (
        lambda book: book.changed(
            numbered(lambda line, cell: cell if line < 9 else f"Sheet1!9#{SENT.sha256[:9]}{line:03d}")
        ),
        "有 4 行像是拖动填充出来的",
    ),
    "identities counted on past their end": (
        lambda book: book.changed(numbered(lambda line, cell: cell if line < 11 else f"Sheet1!9#{'0' * 12}{line}")),
        "有 2 行像是拖动填充出来的",
    ),
    "identities counted on from the first": (
        lambda book: book.changed(numbered(lambda line, _: f"Sheet1!2#{line - 1:012d}")),
        "像是拖动填充出来的",
    ),
    "identities of another submission": (
        lambda book: book.changed(
            numbered(lambda line, cell: cell if line > 3 else cell.partition("#")[0] + "#ffffffffffff")
        ),
        "3 行是另一份报送的",
    ),
    "no rows left": (lambda book: book.changed(lambda grid: grid[:1]), "没有数据行"),
    "本期无数据 in it": (
        lambda book: book.changed(lambda grid: [grid[0], ["本期无数据", *[None] * (len(grid[0]) - 1)]]),
        "没有数据行",
    ),
}


@pytest.mark.parametrize(("change", "said"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("save", SAVED)
def test_what_does_not_is_refused_and_leaves_no_row(
    returned: Returned,
    tmp_path: Path,
    change: Callable[[Returned], Returned],
    said: str,
    save: Callable[[Returned], bytes],
) -> None:
    file = change(returned)
    rows, reading = job(tmp_path, ANSWER, file.name, save(file)).work()
    assert (reading.problem, rows.num_rows, reading.rows) == ("rows_unidentified", 0, 0)
    assert said in (reading.detail or "")
    if reading.supplement:
        assert f"corrections/CAB/{SENT.submission_id}.xlsx" in (reading.detail or "")


@pytest.mark.parametrize("part", ["has_how", "has_mark"])
def test_a_property_or_the_sheet_of_advice_is_enough(returned: Returned, tmp_path: Path, part: str) -> None:
    """All four columns deleted and the file renamed: a whole file in all but this."""
    alike = returned.changed(
        without(PLACE, OPINION, ACTION, REASON), name=f"{NAME}.xlsx", has_how=False, has_mark=False
    )
    _, whole = job(tmp_path, ANSWER, alike.name, as_xlsx(alike)).work()
    assert (whole.problem, whole.rows) == (None, ROWS)
    kept = replace(alike, **{part: True})  # type: ignore[arg-type]
    rows, reading = job(tmp_path, ANSWER, kept.name, as_xlsx(kept)).work()
    assert (reading.problem, rows.num_rows) == ("rows_unidentified", 0)


def test_the_mark_is_kept_by_a_program_that_saves_again(first: Job, rendered: bytes, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(rendered))
    assert [(prop.name, prop.value) for prop in book.custom_doc_props.props] == [(MARK, SENT.submission_id)]
    assert book["Sheet1"].defined_names[MARK].value == f'"{SENT.submission_id}"'
    sheet = book["Sheet1"]
    sheet.delete_cols(place_column([[str(cell.value) for cell in sheet[1]]]) + 1)
    sheet.delete_cols(1, 4)
    del book[HOW]
    book.custom_doc_props.props.clear()  # the sheet was moved into another workbook: its own name goes with it
    path = tmp_path / "saved.xlsx"
    book.save(path)
    rows, reading = job(tmp_path, ANSWER, f"{NAME}.xlsx", path.read_bytes()).work()
    assert (reading.problem, rows.num_rows) == ("rows_unidentified", 0)
    assert SENT.submission_id in (reading.detail or "")


def test_unknown_rows_in_bulk_are_refused_where_the_first_file_is_known(
    first: Job, returned: Returned, tmp_path: Path
) -> None:
    """Four of twelve rows bear a number that no row had: only beside the first file is that seen."""
    digest = SENT.sha256[:12]
    wrong = returned.changed(numbered(lambda line, cell: cell if line > 4 else f"Sheet1!{900 + line}#{digest}"))
    hours, refusal = merged(first, tmp_path, wrong, as_xlsx)
    assert not hours
    assert "4 行重复或不是原来的行号" in refusal
    few = returned.changed(numbered(lambda line, cell: cell if line > 1 else f"Sheet1!901#{digest}"))
    hours, refusal = merged(first, tmp_path, few, as_xlsx)
    assert (len(hours), refusal) == (ROWS + 1, "")


def moved_up(grid: Grid) -> Grid:
    """The fourth cell of 原行号 was deleted, the others moved up."""
    at = place_column(grid)
    cells = [row[at] for row in grid[1:]]
    return numbered(lambda line, _: [*cells[:3], *cells[4:], None][line - 1])(grid)


def own_columns_sorted(grid: Grid) -> Grid:
    at = place_column(grid)
    number = grid[0].index("证件号码")
    ordered = sorted((row[:at] for row in grid[1:]), key=lambda row: str(row[number]), reverse=True)
    return [grid[0], *(new + row[at:] for new, row in zip(ordered, grid[1:], strict=True))]


def swapped(grid: Grid) -> Grid:
    """Two cells of 原行号 changed places."""
    at = place_column(grid)
    grid[5][at], grid[9][at] = grid[9][at], grid[5][at]
    return grid


SHIFTED: dict[str, tuple[Callable[[Grid], Grid], str]] = {
    "moved up": (moved_up, "工作簿第 5 行写的是原第 6 行，内容却是原第 5 行的"),
    "two swapped": (swapped, "有 2 行与内容对不上"),
    "sorted without it": (own_columns_sorted, "部分列排了序"),
    "bare numbers counted on": (numbered(lambda line, cell: cell if line < 4 else str(line + 2)), "与内容对不上"),
    "one key over two rows": (
        numbered(lambda line, cell: f"Sheet1!6#{SENT.sha256[:12]}" if line in (6, 7) else cell),
        "工作簿第 7 行写的是原第 6 行，内容却是原第 7 行的",
    ),
}


@pytest.mark.parametrize(("change", "said"), SHIFTED.values(), ids=SHIFTED)
def test_keys_that_contradict_their_rows_are_refused(
    first: Job, returned: Returned, tmp_path: Path, change: Callable[[Grid], Grid], said: str
) -> None:
    hours, refusal = merged(first, tmp_path, returned.changed(change), as_csv)
    assert not hours
    assert said in refusal


CORRECTED: dict[str, Callable[[Grid], Grid]] = {
    "the key of one row is another's": lambda grid: cell_of(grid, 5, "证件号码", str(grid[9][1])),
    "the key of two rows is new": lambda grid: cell_of(
        cell_of(grid, 5, "证件号码", "440305199001011234"), 6, "证件号码", "440305199001011242"
    ),
    "a person is another": lambda grid: cell_of(cell_of(grid, 5, "证件号码", "1"), 5, "姓名", "李四"),
}


def cell_of(grid: Grid, line: int, header: str, text: str) -> Grid:
    grid[line][grid[0].index(header)] = text
    return grid


@pytest.mark.parametrize("change", CORRECTED.values(), ids=CORRECTED)
def test_a_corrected_key_contradicts_nothing(
    first: Job, returned: Returned, tmp_path: Path, change: Callable[[Grid], Grid]
) -> None:
    hours, refusal = merged(first, tmp_path, returned.changed(change), as_csv)
    assert (len(hours), refusal) == (ROWS, "")


def test_a_workbook_knows_with_which_rows_it_was_written(first: Job, tmp_path: Path) -> None:
    """Of a part of five rows two were deleted: only the names in the workbook say so."""
    _, reading = first.work()
    decision = Decision(SENT, "partly_accepted", Rows(ROWS, 0, ROWS), reading, 1, (), "r", "f", "p")
    findings = [samples.finding(samples.RULES[0], row - 1, sheet="Sheet1", row=row) for row in (3, 5, 7, 9, 11)]
    part = Slice("district", "district-1", "南山区", 5, frozenset(finding["row_index"] for finding in findings))
    tables = gathered.tables(decision, [first])
    book = openpyxl.load_workbook(io.BytesIO(workbook(decision, findings, tables, part)))
    sheet = book["Sheet1"]
    assert sheet.max_row == 6
    sheet.delete_rows(4, 2)
    path = tmp_path / "part.xlsx"
    book.save(path)
    _, reading = CorrectionChain((first, job(tmp_path, ANSWER, "更正.xlsx", path.read_bytes()))).work()
    told = {remark.kind: remark.values for remark in reading.remarks}
    assert told == {"rows_deleted": {"count": "2", "rows": "第 7、9 行"}}


def test_a_refused_workbook_in_a_line_is_passed_over(first: Job, returned: Returned, tmp_path: Path) -> None:
    digest = SENT.sha256[:12]
    wrong = returned.changed(numbered(lambda line, _: f"Sheet1!{900 + line}#{digest}"))
    between = replace(ANSWER, sha256="2" * 64)
    line = (
        first,
        job(tmp_path, between, "更正.xlsx", as_xlsx(wrong)),
        job(tmp_path, ANSWER, returned.name, as_xlsx(returned)),
    )
    rows, reading = CorrectionChain(line).work()
    assert reading.problem is None
    assert rows["attended_hours__sent"].to_pylist() == ["40", "40", "38", *["40"] * (ROWS - 3)]


def test_a_sheet_without_its_column_is_named(returned: Returned, tmp_path: Path) -> None:
    """Two tables, one of which lost the column: its rows are no new ones."""
    other = returned.changed(without(PLACE, OPINION, ACTION, REASON)).grid
    content = write.xlsx({"市区": filled(returned.grid), "区县": filled(other)})
    rows, reading = job(tmp_path, ANSWER, f"{NAME}.xlsx", content).work()
    assert (reading.problem, rows.num_rows) == ("rows_unidentified", 0)
    assert "工作表“区县”" in (reading.detail or "")


@pytest.mark.parametrize("names", [("市区", "区县"), ("Sheet1", "Sheet2")])
def test_of_two_sheets_a_bare_number_is_of_its_own(tmp_path: Path, names: tuple[str, str]) -> None:
    """The number stands in both sheets of the first file: the workbook's sheet says which is meant."""
    tables = {}
    for at, name in enumerate(names):
        persons = {(row, "证件号码"): resident(100 * at + row) for row in range(1, ROWS + 1)}
        tables[name] = RECORD.table(ROWS, persons)
    first = job(tmp_path, SENT, f"{NAME}.xlsx", write.xlsx(tables))
    _, reading = first.work()
    decision = Decision(SENT, "partly_accepted", Rows(2 * ROWS, 0, 2 * ROWS), reading, 1, (), "r", "f", "p")
    book = openpyxl.load_workbook(io.BytesIO(workbook(decision, [], gathered.tables(decision, [first]))))
    for name in names:
        sheet = book[name]
        place = next(cell.column for cell in sheet[1] if is_place(str(cell.value)))
        for line in range(2, ROWS + 2):
            sheet.cell(line, place).value = str(sheet.cell(line, place).value).rpartition("!")[2]
    changed_sheet = book[names[1]]
    hours = next(cell.column for cell in changed_sheet[1] if cell.value == "实际课时")
    changed_sheet.cell(4, hours).value = "38"
    path = tmp_path / "book.xlsx"
    book.save(path)
    rows, reading = CorrectionChain((first, job(tmp_path, ANSWER, "更正.xlsx", path.read_bytes()))).work()
    changed = [row for row in rows.to_pylist() if row["attended_hours__sent"] == "38"]
    assert [(row["sheet"], row["row_number"]) for row in changed] == [(names[1], 4)]
    assert {remark.kind: remark.values for remark in reading.remarks} == {"places_without_sheet": {"count": "24"}}


def test_a_workbook_of_another_key_says_whose_it_is(returned: Returned, tmp_path: Path) -> None:
    path = tmp_path / "book"
    path.write_bytes(as_csv(returned))

    def read(unit: str, period: str) -> tuple[str | None, int, str]:
        submission_id = f"{unit}-{SENT.dataset}-{period}-{'1' * 12}"
        rows, reading = Job(submission_id, path, "明细.csv", SENT.dataset, unit.partition(".")[0]).work()
        return reading.problem, rows.num_rows, reading.detail or ""

    assert read("CAB", "2026-01")[:2] == (None, ROWS)
    problem, rows, said = read("TRA", "2026-01")
    assert (problem, rows) == ("wrong_unit", 0)
    assert "深圳市民政局" in said and "文件夹 CAB" in said
    problem, rows, said = read("CAB", "2026-02")
    assert (problem, rows) == ("answers_nothing", 0)
    assert SENT.submission_id in said
