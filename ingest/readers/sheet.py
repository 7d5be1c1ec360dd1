"""What every reader gives: sheets of cell texts with the row numbers that the sender sees, or why there are none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import pyarrow as pa

from warehouse.vocabulary.submission import FileProblem, Remark

Row = list[str | None]


@dataclass(frozen=True)
class Merge:
    """A merged range by places in the sheet's cells, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class TableBelow:
    """A second table of a sheet, moved under the first one's columns: the row number of its header, and by column of
    the sheet the place and the header that it had there. Columns from `new_from` on are none of the first table's."""

    header_row: int
    columns: dict[int, tuple[int, str]]
    new_from: int


@dataclass(frozen=True)
class Sheet:
    """Cell texts as sent, column by column and all of one length (null: an empty cell; merged ranges are filled).

    `numbers` are the rows' numbers as the sender sees them. Records (JSON) have their keys as row 0 with the number 0
    and no column letters. `widths` count the cells of each row of a text, empty ones too; null for all else.
    `hidden_rows` are numbers of rows hidden or filtered away; they are read as all others.
    """

    name: str | None
    columns: tuple[pa.StringArray, ...]
    numbers: pa.Int64Array
    is_records: bool = False
    is_1904: bool = False
    is_hidden: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: int = 0
    merged: tuple[Merge, ...] = ()
    widths: pa.Int32Array | None = None
    below: tuple[TableBelow, ...] = ()

    @property
    def height(self) -> int:
        return len(self.numbers)

    def row(self, at: int) -> Row:
        return [column[at].as_py() for column in self.columns]

    def emptied(self, places: Collection[int]) -> Sheet:
        """The same with nothing in these columns."""
        nothing = pa.nulls(self.height, pa.string())
        return replace(
            self, columns=tuple(nothing if at in places else column for at, column in enumerate(self.columns))
        )

    def head(self, count: int) -> list[Row]:
        """The first rows; fewer when the sheet is shorter."""
        if not self.columns:
            return [[] for _ in range(min(count, self.height))]
        heads = [column[:count].to_pylist() for column in self.columns]
        return list(map(list, zip(*heads, strict=True)))


def columns_of(rows: Iterable[Sequence[str | None]]) -> tuple[pa.StringArray, ...]:
    """Rows of cell texts, long or short, as columns of one length."""
    return tuple(pa.array(cells, pa.string()) for cells in zip_longest(*rows))


@dataclass(frozen=True)
class Opened:
    """A file as read: `kind` is what its bytes say; `notes` are texts beside the sheets (JSON members), `properties`
    the texts that a workbook keeps under names: custom document properties and defined names of a text."""

    kind: str
    encoding: str | None
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()


LOCKED = "工作簿设有打开密码，请取消密码后重新报送；没有设过密码的，是设了只读或保护，请取消后另存为 xlsx。"
"""Excel locks a read-only workbook with a password of its own, of which its user knows nothing."""


class Unreadable(Exception):
    """The file gives no rows. `detail` is Chinese, says what it is or what to do, and quotes no value."""

    def __init__(self, problem: FileProblem, detail: str, kind: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.detail = detail
        self.kind = kind
