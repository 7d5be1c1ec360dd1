"""A small spreadsheet: computes the formulas that workbooks carry, as the standard of Office Open XML defines their
functions, from nothing but their text. A function or a form that is not here raises, so that none comes in unseen."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

EPOCH = dt.date(1899, 12, 30)
TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"]|"")*")|(?P<number>\d+(?:\.\d+)?)'
    r"|(?P<ref>(?:'(?:[^']|'')+'|[^\W\d]\w*)!\$[A-Z]+\$?\d+(?::\$[A-Z]+\$\d+)?|\$[A-Z]+\d+(?![\w(]))"
    r"|(?P<name>[^\W\d]\w*)|(?P<op><>|<=|>=|[-+*/&=<>(),]))"
)
REF = re.compile(r"(?:(?P<sheet>.+)!)?\$(?P<column>[A-Z]+)(?P<fixed>\$?)(?P<row>\d+)(?::\$[A-Z]+\$(?P<last>\d+))?")


class SheetError(Exception):
    """#VALUE!, #N/A and their like."""


@dataclass(frozen=True)
class Area:
    """Cells of one column, from above to below."""

    row: int
    values: list[Any]


@dataclass
class Spreadsheet:
    """`cells`: sheet → cell (A1) → value; `names`: sheet → name → formula, relative to the first row."""

    cells: Mapping[str, Mapping[str, Any]]
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def value(self, sheet: str, formula: str, row: int) -> Any:
        """Of a formula in a row; a name's references move with the row."""
        tokens = [match.groupdict() for match in TOKEN.finditer(formula.removeprefix("="))]
        read = "".join(match[0] for match in TOKEN.finditer(formula.removeprefix("=")))
        if read.strip() != formula.removeprefix("=").strip():
            raise NotImplementedError(formula)
        return _Reader(self, sheet, row, [next((kind, text) for kind, text in t.items() if text) for t in tokens]).all()

    def cell(self, sheet: str, column: str, row: int) -> Any:
        return self.cells.get(sheet, {}).get(f"{column}{row}")


class _Reader:
    """Reads an expression and computes it lazily: IF and IFERROR take only what they need."""

    def __init__(self, book: Spreadsheet, sheet: str, row: int, tokens: list[tuple[str, str]]) -> None:
        self._book, self._sheet, self._row, self._tokens, self._at = book, sheet, row, tokens, 0

    def all(self) -> Any:
        compute = self._comparison()
        if self._at != len(self._tokens):
            raise NotImplementedError(str(self._tokens[self._at :]))
        return _scalar(compute())

    def _peek(self) -> str | None:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("", "")
        return text if kind == "op" else None

    def _take(self) -> tuple[str, str]:
        self._at += 1
        return self._tokens[self._at - 1]

    def _chain(self, operators: tuple[str, ...], operand: Callable[[], Callable[[], Any]]) -> Callable[[], Any]:
        left = operand()
        while self._peek() in operators:
            _, sign = self._take()
            left = _operation(sign, left, operand())
        return left

    def _comparison(self) -> Callable[[], Any]:
        return self._chain(("=", "<>", "<", "<=", ">", ">="), self._joined)

    def _joined(self) -> Callable[[], Any]:
        return self._chain(("&",), self._sum)

    def _sum(self) -> Callable[[], Any]:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Callable[[], Any]:
        return self._chain(("*", "/"), self._unary)

    def _unary(self) -> Callable[[], Any]:
        if self._peek() == "-":
            self._take()
            operand = self._unary()
            return lambda: -_number(_scalar(operand()))
        return self._atom()

    def _atom(self) -> Callable[[], Any]:
        kind, text = self._take()
        if kind == "text":
            return lambda: text[1:-1].replace('""', '"')
        if kind == "number":
            return lambda: float(text)
        if kind == "ref":
            return lambda: self._reference(text)
        if kind == "name":
            return self._named(text)
        if text == "(":
            inside = self._comparison()
            self._take()
            return inside
        raise NotImplementedError(text)

    def _named(self, text: str) -> Callable[[], Any]:
        if text in ("TRUE", "FALSE"):
            return lambda: text == "TRUE"
        if self._peek() != "(":
            return lambda: self._book.value(self._sheet, self._book.names[self._sheet][text], self._row)
        self._take()
        arguments = []
        while self._peek() != ")":
            arguments.append(self._comparison())
            if self._peek() == ",":
                self._take()
        self._take()
        function = FUNCTIONS[text]
        return lambda: function(*arguments)

    def _reference(self, text: str) -> Any:
        match = REF.fullmatch(text)
        assert match, text
        sheet = (match["sheet"] or self._sheet).removeprefix("'").removesuffix("'").replace("''", "'")
        column, row = match["column"], int(match["row"])
        if match["last"]:
            values = [self._book.cell(sheet, column, at) for at in range(row, int(match["last"]) + 1)]
            return Area(row, values)
        if not match["fixed"]:
            row += self._row - 1
        return Area(row, [self._book.cell(sheet, column, row)])


def _scalar(value: Any) -> Any:
    if isinstance(value, Area):
        if len(value.values) != 1:
            raise NotImplementedError("an area where one value is wanted")
        return value.values[0]
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool | int | float):
        return float(value)
    if value is None:
        return 0.0
    try:
        return float(value.strip()) if re.fullmatch(r"\s*[-+]?[\d.]+(E[-+]?\d+)?\s*", value) else float(_day(value))
    except ValueError:
        raise SheetError("#VALUE!") from None


def _day(text: str) -> int:
    match = re.fullmatch(r"\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?: \d{1,2}:\d\d(?::\d\d)?)?\s*", text)
    if not match:
        raise SheetError("#VALUE!")
    try:
        return (dt.date(int(match[1]), int(match[2]), int(match[3])) - EPOCH).days
    except ValueError:
        raise SheetError("#VALUE!") from None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)


def _equal(left: Any, right: Any) -> bool:
    if left is None or right is None:
        other = right if left is None else left
        return other in (None, "", 0)
    if isinstance(left, str) != isinstance(right, str):
        return False
    return bool(left.upper() == right.upper() if isinstance(left, str) else left == right)


def _less(left: Any, right: Any) -> bool:
    """Numbers come before texts, whatever they say."""
    if isinstance(left, str) != isinstance(right, str):
        return isinstance(right, str)
    return bool((left or 0) < (right or 0)) if not isinstance(left, str) else left.upper() < right.upper()


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": _equal,
    "<>": lambda left, right: not _equal(left, right),
    "<": _less,
    ">": lambda left, right: _less(right, left),
    "<=": lambda left, right: not _less(right, left),
    ">=": lambda left, right: not _less(left, right),
    "&": lambda left, right: _text(left) + _text(right),
    "+": lambda left, right: _number(left) + _number(right),
    "-": lambda left, right: _number(left) - _number(right),
    "*": lambda left, right: _number(left) * _number(right),
    "/": lambda left, right: _number(left) / _number(right),
}


def _operation(sign: str, left: Callable[[], Any], right: Callable[[], Any]) -> Callable[[], Any]:
    """Cell by cell where an operand has several."""

    def compute() -> Any:
        operands = [left(), right()]
        size = max(len(operand.values) if isinstance(operand, Area) else 1 for operand in operands)
        if size == 1:
            return OPERATIONS[sign](*map(_scalar, operands))
        columns = [
            operand.values if isinstance(operand, Area) and len(operand.values) > 1 else [_scalar(operand)] * size
            for operand in operands
        ]
        return Area(1, [OPERATIONS[sign](*pair) for pair in zip(*columns, strict=True)])

    return compute


def _if_error(value: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    try:
        return _scalar(value())
    except SheetError:
        return _scalar(otherwise())


def _is_error(value: Callable[[], Any]) -> bool:
    try:
        _scalar(value())
    except SheetError:
        return True
    return False


def _is_number(value: Callable[[], Any]) -> bool:
    try:
        scalar = _scalar(value())
    except SheetError:
        return False
    return isinstance(scalar, int | float) and not isinstance(scalar, bool)


def _find(wanted: str, text: str) -> int:
    if wanted not in text:
        raise SheetError("#VALUE!")
    return text.index(wanted) + 1


def _match(value: Callable[[], Any], area: Callable[[], Any], kind: Callable[[], Any]) -> int:
    """Exact; a text is compared with texts alone, whatever its case."""
    assert _scalar(kind()) == 0
    wanted = _scalar(value())
    cells = area().values
    at = next((at for at, cell in enumerate(cells) if cell is not None and _equal(cell, wanted)), None)
    if wanted is None or at is None:
        raise SheetError("#N/A")
    return at + 1


def _as_text(value: Any, form: str) -> str:
    assert form == "0000-00-00", form
    digits = f"{int(_number(value)):08d}"
    return f"{digits[:-4]}-{digits[-4:-2]}-{digits[-2:]}"


def _plain(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *arguments: function(*(_scalar(argument()) for argument in arguments))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "IF": lambda test, then, otherwise: _scalar(then()) if _scalar(test()) else _scalar(otherwise()),
    "IFERROR": _if_error,
    "ISERROR": _is_error,
    "ISNUMBER": _is_number,
    "AND": _plain(lambda *tests: all(tests)),
    "OR": _plain(lambda *tests: any(tests)),
    "NOT": _plain(lambda test: not test),
    "LEN": _plain(lambda text: len(_text(text))),
    "LEFT": _plain(lambda text, count: _text(text)[: int(count)]),
    "RIGHT": _plain(lambda text, count: _text(text)[-int(count) :]),
    "MID": _plain(lambda text, start, count: _text(text)[int(start) - 1 : int(start) - 1 + int(count)]),
    "UPPER": _plain(lambda text: _text(text).upper()),
    "TRIM": _plain(lambda text: " ".join(_text(text).split())),
    "SUBSTITUTE": _plain(lambda text, old, new: _text(text).replace(old, new)),
    "FIND": _plain(lambda wanted, text: _find(_text(wanted), _text(text))),
    "MOD": _plain(lambda number, divisor: _number(number) % _number(divisor)),
    "TEXT": _plain(_as_text),
    "DATEVALUE": _plain(lambda text: _day(_text(text)) if isinstance(text, str) else _raise()),
    "MATCH": _match,
    "INDEX": lambda area, at: area().values[int(_scalar(at())) - 1],
    "ROW": lambda reference: reference().row,
    "SUMPRODUCT": lambda area: sum(_number(value) for value in area().values) if isinstance(area(), Area) else area(),
}


def _raise() -> Any:
    raise SheetError("#VALUE!")
