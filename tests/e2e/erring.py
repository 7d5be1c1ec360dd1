"""A clerk who errs: the ways in which correction workbooks come back, and what the clerk must read next.

Each way takes the workbook as it was written and gives the files that are sent, each with its name. Ends at `WAYS`; the
files that they answer, and how they are sent, are the test's.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.ingest.corpus import write
from tests.ingest.corpus.case import RECORD, resident
from tests.ingest.files import delimited, xls
from warehouse.vocabulary.correction_columns import ACTION, BESIDE, OPINION, PLACE, REASON, identified, is_place

ROWS = 20
SHEET = "明细"
WRONG = {4: ("人员类别", "77", "02"), 7: ("证件号码", "", ""), 12: ("考核结果", "甲", "合格")}
"""Row of the first file → header, what was sent and what is right; of row 7 the number is computed."""
DOUBTED = 15
"""A row that is warned about and right: 不合格 and 是."""
Files = list[tuple[str, bytes]]


def whole(period: str, first: int, sheet: str = SHEET) -> bytes:
    """Twenty rows of different persons: three wrong, one doubtful. `first`: persons from this number on."""
    table = RECORD.table(ROWS)
    headers = table[0]
    for number, row in enumerate(table[1:], 2):
        row[headers.index("证件号码")] = resident(first + number)
        row[headers.index("结业时间")] = f"{period}-20"
        row[headers.index("姓名")] = "王" + chr(0x6000 + 37 * number)
        if number in WRONG:
            header, sent, _ = WRONG[number]
            row[headers.index(header)] = sent or wrong_id(first + number)
    table[DOUBTED - 1][headers.index("考核结果")] = "不合格"
    return write.xlsx({sheet: table})


def wrong_id(person: int) -> str:
    """With another check digit."""
    last = resident(person)[-1]
    return resident(person)[:-1] + ("1" if last != "1" else "2")


@dataclass
class Book:
    """A workbook in the clerk's hands. `name`: its file's; `first`: as in `whole`."""

    name: str
    content: bytes
    first: int
    workbook: Workbook = field(init=False)

    def __post_init__(self) -> None:
        self.workbook = openpyxl.load_workbook(io.BytesIO(self.content))

    @property
    def sheet(self) -> Worksheet:
        return next(sheet for sheet in self.workbook if sheet.title not in BESIDE)

    def column(self, header: str) -> int:
        """By its beginning."""
        return next(
            cell.column
            for cell in self.sheet[1]
            if str(cell.value).startswith(header) or (header == PLACE and is_place(str(cell.value)))
        )

    def line(self, number: int) -> int:
        """Where the row stands that was this one in the first file."""
        at = self.column(PLACE)
        for line in range(2, self.sheet.max_row + 1):
            place = identified(str(self.sheet.cell(line, at).value))[0]
            if place.rpartition("!")[2] == str(number):
                return line
        raise LookupError(number)

    def has(self, number: int) -> bool:
        """Has nobody withdrawn the row?"""
        at = self.column(PLACE)
        places = (identified(str(self.sheet.cell(line, at).value))[0] for line in range(2, self.sheet.max_row + 1))
        return str(number) in {place.rpartition("!")[2] for place in places}

    def put(self, number: int, header: str, text: str | None) -> Book:
        self.sheet.cell(self.line(number), self.column(header)).value = text
        return self

    def correct(self, *numbers: int) -> Book:
        """Puts right what is marked; all of it without numbers."""
        for number in numbers or WRONG:
            header, _, right = WRONG[number]
            self.put(number, header, right or resident(self.first + number))
        return self

    def delete(self, *numbers: int) -> Book:
        for number in numbers:
            self.sheet.delete_rows(self.line(number))
        return self

    def grid(self) -> list[list[str]]:
        rows = self.sheet.iter_rows(values_only=True)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]

    def again(self) -> Book:
        """Another clerk's copy of the same workbook."""
        return Book(self.name, self.content, self.first)

    def file(self, name: str | None = None) -> tuple[str, bytes]:
        sink = io.BytesIO()
        self.workbook.save(sink)
        return name or self.name, sink.getvalue()

    def saved(self, save: Callable[[Sequence[Sequence[object]]], bytes], ending: str) -> tuple[str, bytes]:
        """Saved in another format, as the only sheet."""
        return f"{self.name.removesuffix('.xlsx')}{ending}", save(self.grid())


@dataclass(frozen=True)
class Way:
    """`files`: what is sent, one after the other. `reads`: patterns that the last report must show, `never` those that
    it must not; `accepted`: rows that stand in the end."""

    name: str
    files: Callable[[Book], Files]
    reads: tuple[str, ...]
    accepted: int
    never: tuple[str, ...] = ()


def sorted_by_name(book: Book) -> Book:
    """All columns sorted together, as it should be done."""
    header, *rows = book.grid()
    rows.sort(key=lambda row: row[0], reverse=True)
    return _filled(book, [header, *rows])


def sorted_in_part(book: Book) -> Book:
    """The sender's own columns were sorted, 原行号 was not."""
    header, *rows = book.grid()
    width = len(RECORD.fields)
    ordered = sorted((row[:width] for row in rows), reverse=True)
    return _filled(book, [header, *(new + row[width:] for new, row in zip(ordered, rows, strict=True))])


def _filled(book: Book, grid: list[list[str]]) -> Book:
    for line, row in enumerate(grid, 1):
        for column, text in enumerate(row, 1):
            book.sheet.cell(line, column).value = text or None
    return book


def place_cells(book: Book, change: Callable[[int, str], str | None]) -> Book:
    """原行号 rewritten, by the line and what stood there."""
    at = book.column(PLACE)
    for line in range(2, book.sheet.max_row + 1):
        book.sheet.cell(line, at).value = change(line, str(book.sheet.cell(line, at).value))
    return book


def shifted(book: Book) -> Book:
    """A cell of 原行号 was deleted and those below moved up."""
    at, last = book.column(PLACE), book.sheet.max_row
    cells = [book.sheet.cell(line, at).value for line in range(2, last + 1)]
    moved = [*cells[:3], *cells[4:], None]
    return place_cells(book, lambda line, _: moved[line - 2])


def dragged_alike(book: Book) -> Book:
    """The fill handle copied one key over four rows."""
    return place_cells(book, lambda line, cell: cell if not 5 < line < 10 else "明细!9#" + cell.rpartition("#")[2])


def dragged_on(book: Book) -> Book:
    """The fill handle counted on at the end of the key."""
    return place_cells(book, lambda line, cell: cell if line == 2 else f"明细!2#{'a' * 9}{line:03d}")


def hidden_by_filter(book: Book) -> Book:
    """Only the marked rows are shown; the others are hidden, not deleted."""
    for line in range(5, book.sheet.max_row + 1):
        book.sheet.row_dimensions[line].hidden = True
    return book


def headed(book: Book, header: str, text: str | None) -> Book:
    book.sheet.cell(1, book.column(header)).value = text
    return book


def without_column(book: Book, header: str) -> Book:
    book.sheet.delete_cols(book.column(header))
    return book


def explained(book: Book, number: int, reason: str | None, word: str | None = "说明") -> Book:
    return book.put(number, ACTION, word).put(number, REASON, reason)


def _spelled(word: str) -> Callable[[Book], Files]:
    return lambda book: [book.correct(4, 7).put(12, ACTION, word).file()]


def _two_clerks(book: Book) -> Files:
    """Each puts right a part, and both touch one cell."""
    first = book.again().correct(4).put(9, "实际课时", "36")
    second = book.again().correct(7, 12).put(9, "实际课时", "38")
    return [first.file("张.xlsx"), second.file("李.xlsx")]


NOT_MERGED = "不能并入原来的报送"
WAYS: tuple[Way, ...] = (
    Way("all put right", lambda book: [book.correct().file()], ("校验通过", "改动 3 行", "已标注"), 20),
    Way(
        "wrong rows deleted",
        lambda book: [book.correct(4).delete(7, 12).file()],
        (r"少了 2 行（原第 7、12 行）", "删除不等于作废", "填“作废”", "这一行被删除"),
        18,
    ),
    Way(
        "right rows deleted",
        lambda book: [book.correct().delete(2, 3).file()],
        (r"少了 2 行（原第 2、3 行）", "误删的不必处理"),
        20,
    ),
    *(
        Way(
            f"withdrawn by {word}",
            _spelled(word),
            ("校验通过", "作废 1 行", "作废.{0,4}第 12 行"),
            19,
            ("已按“更正”处理",),
        )
        for word in ("删除", "不要", "撤销", "取消", "重复", "作废。")
    ),
    *(
        Way(
            f"corrected by {word}",
            lambda book, word=word: [book.correct().put(4, ACTION, word).file()],
            ("校验通过",),
            20,
            ("已按“更正”处理",),
        )  # type: ignore[misc]
        for word in ("已修改", "已改", "改了")
    ),
    Way("sorted", lambda book: [sorted_by_name(book.correct()).file()], ("校验通过", "改动 3 行"), 20),
    Way(
        "sorted in part",
        lambda book: [sorted_in_part(book.correct()).file()],
        (NOT_MERGED, "与内容对不上", "部分列排了序", "此前的报送不变"),
        17,
    ),
    Way("filtered", lambda book: [hidden_by_filter(book.correct()).file()], ("校验通过", "改动 3 行"), 20),
    Way("unchanged", lambda book: [book.file()], ("没有任何更正", "这一行没有改动"), 17),
    Way("saved as xls", lambda book: [book.correct().saved(xls, ".xls")], ("校验通过", "改动 3 行"), 20),
    Way(
        "saved as csv",
        lambda book: [book.correct().saved(lambda grid: delimited(grid, "gb18030"), ".csv")],
        ("校验通过",),
        20,
    ),
    Way(
        "saved as csv with rows deleted",
        lambda book: [book.correct(4, 7).delete(12).saved(delimited, ".csv")],
        (r"少了 1 行（原第 12 行）",),
        19,
    ),
    Way(
        "two clerks",
        _two_clerks,
        (
            "校验通过",
            "张.xlsx",
            "已先并入，改动 2 格：其中 1 格照旧保留",
            r"有 1 格（第 9 行）在另一份更正里也改过",
            "36.*38",
            "以本次为准",
        ),
        20,
    ),
    Way(
        "an error explained",
        lambda book: [explained(book.correct(4, 12), 7, "已核对证件").file()],
        ("须更正的问题不能以说明代替更正",),
        19,
    ),
    Way(
        "explained without a reason",
        lambda book: [explained(book.correct(), DOUBTED, None).file()],
        (r"有 1 行（第 15 行）“处理方式”填了“说明”，“情况说明”却是空的",),
        20,
    ),
    Way(
        "a reason without 说明",
        lambda book: [explained(book.correct(), DOUBTED, "已核实", None).file()],
        (r"有 1 行（第 15 行）写了“情况说明”，但“处理方式”没有填“说明”",),
        20,
    ),
    Way(
        "explained",
        lambda book: [explained(book.correct(), DOUBTED, "补考前先结业").file()],
        ("校验通过", "补考前先结业"),
        20,
    ),
    Way(
        "called corrected, not changed",
        lambda book: [book.correct(4, 7).put(12, ACTION, "更正").file()],
        (r"有 1 行（第 12 行）“处理方式”填了“更正”，这一行却没有一格改动", "填了“更正”，但这一行没有一格改动"),
        19,
    ),
    Way(
        "the wrong cell changed",
        lambda book: [book.correct(4, 12).put(7, "姓名", "王新").file()],
        ("改动的是“姓名”，有问题的“证件号码”没有改动", r"王\*.{0,40}王\*"),
        19,
    ),
    Way(
        "changed and still wrong",
        lambda book: [book.correct(4, 12).put(7, "证件号码", wrong_id(book.first + 60)).file()],
        (r"“证件号码”由 44\*+\d. 改为 44\*+\d.", "仍有同样的问题|新出现这个问题"),
        19,
    ),
    Way(
        "a key changed unasked",
        lambda book: [book.correct().put(9, "证件号码", resident(book.first + 70)).file()],
        (
            r"有 1 格没有标注问题，本次却作了改动：第 9 行，“证件号码”",
            r"第 9 行 证件号码 44\*+.. 44\*+.. (遮盖的部分有改动 )?未标注",
        ),
        20,
    ),
    Way(
        "keys shifted",
        lambda book: [shifted(book.correct()).file()],
        (NOT_MERGED, "与内容对不上", "移位", "此前的报送不变"),
        17,
    ),
    Way("keys dragged alike", lambda book: [dragged_alike(book.correct()).file()], (NOT_MERGED, "拖动填充|被填充"), 17),
    Way(
        "keys dragged on",
        lambda book: [dragged_on(book.correct()).file()],
        (NOT_MERGED, "拖动填充出来的", "逐行加 1"),
        17,
    ),
    Way(
        "keys without the sheet's name",
        lambda book: [place_cells(book.correct(), lambda _, cell: cell.rpartition("!")[2]).file()],
        ("校验通过", r"有 20 行没有写工作表名，已按原文件中相应的行认定"),
        20,
    ),
    Way(
        "key header shortened",
        lambda book: [headed(book.correct(), PLACE, PLACE).file()],
        ("校验通过", "改动 3 行"),
        20,
    ),
    Way(
        "a header shortened",
        lambda book: [headed(book.correct(), "班级编号", "编").file()],
        ("校验通过", r"找不到 “班级编号” 列，按没有改动处理"),
        20,
    ),
    Way(
        "a column deleted",
        lambda book: [without_column(book.correct(), "姓名").file()],
        ("校验通过", r"找不到 “姓名” 列，按没有改动处理"),
        20,
    ),
    Way("renamed", lambda book: [book.correct().file("1月培训名单(最终版) (2).xlsx")], ("校验通过", "改动 3 行"), 20),
    Way(
        "sent twice",
        lambda book: [book.correct().file(), book.again().put(2, "人员类别", " 02").correct().file("再报.xlsx")],
        ("校验通过", "此前都已并入，本次没有新的改动"),
        20,
    ),
    Way(
        "opinion column deleted",
        lambda book: [without_column(book.correct(), OPINION).file()],
        ("校验通过", "已标注"),
        20,
    ),
)


def plain(html: str) -> str:
    """The page's text on one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", " ", html, flags=re.S)))
