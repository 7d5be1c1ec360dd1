"""The workbook in which a unit corrects its rows: held rows first, wrong cells coloured, everything else as sent.

It holds identifiers and goes to the unit alone. What is said of a finding is `correction_words`, which rows stand side
by side `row_groups`, the sheet 怎么改 `correction_advice`. Ends at the workbook's bytes; reading the file is for
`gather`.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

import xlsxwriter

from expectations import compiled
from expectations.live_checks import RESULT, Place
from ingest.feed import live
from pages.gather.findings import Finding, Findings, is_answered, listed
from pages.gather.slices import Slice
from pages.render.code_lists import CodeLists, offered, write_code_lists
from pages.render.column_width import width
from pages.render.correction_advice import Advice, write_advice
from pages.render.correction_words import CHOOSE_ONE, Words, opinion
from pages.render.live_column import write_live_checks
from pages.render.row_groups import RowPlace, groups, ordered, partners
from pages.render.row_sheet import Cell, RowSheet, formula, number_of, texts
from warehouse.vocabulary import contract, period
from warehouse.vocabulary.contract import Field
from warehouse.vocabulary.correction_columns import (
    ACTION,
    ACTIONS,
    BESIDE,
    HOW,
    LIVE,
    MARK,
    OPINION,
    REASON,
    WITHDRAW,
    place,
    place_header,
    row_identity,
    row_names,
)
from warehouse.vocabulary.submission import Decision, SentTable

_FILL = {"critical": "#F8CBAD", "warning": "#FFE699", "info": "#DDEBF7"}
_GROUP_FILL = "#E4DFEC"
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\!]")
"""What no sheet's name may hold, and the mark that in a formula ends it."""
_LONGEST_NAME = 31
_LONGEST_SOURCE = 255
_CREATED = dt.datetime(2025, 1, 1)
"""The same findings give the same bytes, whenever they are written."""
_NOTES = 20_000
"""Cells with a comment; a workbook with more opens slowly, and 校验意见 says the same beside every row."""
_UNTOUCHED = 500
"""So many rows without a problem stand below the others, for comparison; more would only hide what has to be done (and
of 545,000 rows of the demo's workbooks 97 in 100 have none: 80 s of writing)."""
_OURS = ((OPINION, 40), (ACTION, 11), (REASON, 22), (LIVE, 24))
"""Our columns before the sender's, with their widths; the first three stay in sight."""
_OPINION, _ACTION, _REASON, _LIVE = range(len(_OURS))
_FROZEN = 3
_PLACE_WIDTH = 18
_ADDED = 200
"""Rows below the last that have drop-downs and colours too: for what was forgotten."""
_NOT_COMPUTED = "见“校验意见”"
"""Stands in 即时核对 of a held row until a program computes it; some do only when something changes."""


def workbook(decision: Decision, findings: Findings, tables: Sequence[SentTable], piece: Slice | None = None) -> bytes:
    """An xlsx workbook that can be sent back as it is once it is corrected.

    Args:
        findings: rows of `tables.HISTORY` of the submission.
        tables: the tables of its file as sent, with `rows_shown` at least. Rows without a problem stand in the workbook
            too unless they are many; what is not in it stays as it was sent.
        piece: leaves all but the rows of the slice that have to be corrected or looked at.
    """
    shown = listed(findings)
    if piece is not None:
        shown = piece.part(shown)
    members = groups(shown)
    wanted = rows_shown(decision, shown) if piece is None else _to_correct(shown)
    left_out = 0 if wanted is None else _received(decision) - len(wanted)
    if wanted is not None:
        tables = _cut(tables, wanted)
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties(
            {"title": f"更正工作簿 {decision.submission_id}", "author": "", "comments": "", "created": _CREATED}
        )
        book.set_custom_property(MARK, decision.submission_id)
        written = [place(table.sheet, number) for table in tables for number in table.numbers]
        for name, text in row_names(written).items():
            quoted = text.replace('"', '""')
            book.define_name(name, f'="{quoted}"')
        writer = _Writer(book, decision, shown, members)
        writer.write(tables, piece, left_out)
    return sink.getvalue()


def rows_shown(decision: Decision, findings: Findings) -> Set[RowPlace] | None:
    """The rows of the file that stand in the workbook of the whole submission; null: all of them."""
    shown = listed(findings)
    wanted, members = _to_correct(shown), groups(shown)
    # A partner is looked at beside the row that has to be corrected; in a slice it may be somebody else's.
    wanted |= {member for place in wanted for member in members.get(place, ())}
    is_whole = decision.reading.missing or _received(decision) - len(wanted) <= _UNTOUCHED
    return None if is_whole else wanted


def _to_correct(findings: Sequence[Finding]) -> set[RowPlace]:
    """Rows that have to be corrected or looked at."""
    return {
        (finding["sheet"], finding["row"])
        for finding in findings
        if finding["severity"] != "info" and finding["row"] is not None
    }


def _received(decision: Decision) -> int:
    """Rows of the file as corrections leave it."""
    return decision.rows.accepted + decision.rows.held


def _cut(tables: Sequence[SentTable], places: Set[tuple[str | None, int]]) -> list[SentTable]:
    """The tables with the rows at these places alone; a table without any is left out."""
    cut = []
    for table in tables:
        here = {number for sheet, number in places if sheet == table.sheet}
        kept = [at for at, number in enumerate(table.numbers) if number in here]
        if kept:
            cut.append(replace(table, numbers=[table.numbers[at] for at in kept], rows=[table.rows[at] for at in kept]))
    return cut


@dataclass(frozen=True)
class _Table:
    """A table with its sheet. `columns`: field → column in the sheet; `top`: the header's row, from 0."""

    sent: SentTable
    sheet: RowSheet
    columns: Mapping[str, int]
    words: Words

    @property
    def top(self) -> int:
        return len(self.sent.above)

    @property
    def last(self) -> int:
        return self.top + len(self.sent.rows)

    @property
    def place_column(self) -> int:
        return len(_OURS) + len(self.sent.headers)


class _Writer:
    """Writes one workbook; knows the findings of each row and where each row stands."""

    def __init__(
        self,
        book: Any,
        decision: Decision,
        findings: Sequence[Finding],
        members: Mapping[RowPlace, Sequence[RowPlace]],
    ) -> None:
        self._book, self._decision, self._findings, self._members = book, decision, findings, members
        self._dataset = contract.dataset(decision.submission.dataset)
        self._checks = compiled.of(self._dataset.name)
        self._of_row: dict[RowPlace, list[Finding]] = defaultdict(list)
        for finding in findings:
            if finding["row"] is not None:
                self._of_row[finding["sheet"], finding["row"]].append(finding)
        self._targets: dict[RowPlace, tuple[str, int]] = {}
        self._names = set(BESIDE)
        self._notes = self._prefilled = 0
        head = {"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1, "num_format": "@"}
        text = {"num_format": "@", "valign": "top"}
        self._text = book.add_format(text)
        self._live = book.add_format({"font_color": "#C00000", "text_wrap": True, "valign": "top"})
        self._withdrawn = book.add_format({"font_color": "#7F7F7F", "font_strikeout": True})

        def number(facts: Mapping[str, Any]) -> int:
            return number_of(book.add_format(facts))

        self._text_number, self._live_number = number_of(self._text), number_of(self._live)
        self._wrapped = number(text | {"text_wrap": True})
        self._group = number(text | {"text_wrap": True, "bg_color": _GROUP_FILL})
        self._sent_head = number(head | {"bg_color": "#DDEBF7"})
        self._our_head = number(head | {"bg_color": "#E2EFDA"})
        self._marked = {severity: number(text | {"bg_color": color}) for severity, color in _FILL.items()}
        self._differing = {
            severity: number(text | {"bg_color": color, "bold": True, "border": 2, "border_color": "#C00000"})
            for severity, color in _FILL.items()
        }

    def write(self, tables: Sequence[SentTable], piece: Slice | None, left_out: int) -> None:
        """The sheets of rows, then 怎么改, then the code lists."""
        laid = [self._laid(table) for table in tables]
        advice = self._book.add_worksheet(HOW)
        lists = self._code_lists(laid)
        for table in laid:
            self._table(table, lists)
        words = laid[0].words if laid else Words(self._dataset, self._checks, {})
        told = Advice(self._decision, self._findings, words, piece, left_out, self._targets, self._prefilled)
        write_advice(self._book, advice, told)

    def _laid(self, table: SentTable) -> _Table:
        sheet = self._book.add_worksheet(self._name(table.sheet), worksheet_class=RowSheet)
        columns = {field: at for at, field in reversed(list(enumerate(table.fields, len(_OURS)))) if field}
        headers = {field: table.headers[at - len(_OURS)] for field, at in columns.items()}
        return _Table(table, sheet, columns, Words(self._dataset, self._checks, headers))

    def _name(self, sheet: str | None) -> str:
        """The sheet's name as far as a workbook allows it, each once."""
        base = _NOT_IN_A_NAME.sub("_", sheet or "数据")[:_LONGEST_NAME].strip("'") or "数据"
        name, number = base, 2
        while name.lower() in self._names:
            name = f"{base[: _LONGEST_NAME - 4]}({number})"
            number += 1
        self._names.add(name.lower())
        return name

    def _code_lists(self, tables: Sequence[_Table]) -> CodeLists:
        """Of all columns together, each under the first header that it has."""
        headed: dict[str, str] = {}
        for table in tables:
            headed = {**table.words.headers, **headed}
        submission = self._decision.submission
        columns = [(headed[field.name], field) for field in self._dataset.fields if field.name in headed]
        return write_code_lists(self._book, columns, live(submission.department, submission.dataset))

    def _table(self, table: _Table, lists: CodeLists) -> None:
        """One sheet: what stood above the header, the header with our columns before it, the rows, worst first and
        partners side by side."""
        sheet, sent = table.sheet, table.sent
        self._book.define_name(f"{sheet.get_name()}!{MARK}", f'="{self._decision.submission_id}"')
        for at, line in enumerate(sent.above):
            cells = [(column, str(cell), self._text_number) for column, cell in enumerate(line, len(_OURS))]
            sheet.lay_row(at, texts(at, cells), len(_OURS) + max(len(line) - 1, 0))
        self._head(table)
        places = [(sent.sheet, number) for number in sent.numbers]
        ranks = {place: _rank(self._of_row.get(place, ())) for place in places}
        order = ordered(places, ranks, self._members)
        is_checked = self._live_checks(table, lists)
        for at, row in enumerate(order, table.top + 1):
            self._targets[places[row]] = (sheet.get_name(), at + 1)
            self._row(table, at, row, is_checked)
        self._lists(table, lists)
        if sent.rows:
            sheet.autofilter(table.top, 0, table.last, table.place_column)
        sheet.freeze_panes(table.top + 1, _FROZEN)

    def _head(self, table: _Table) -> None:
        sheet, sent = table.sheet, table.sent
        fields = {field.name: field for field in self._dataset.fields}
        heads: list[Cell] = []
        for column, (header, size) in enumerate(_OURS):
            heads.append((column, header, self._our_head))
            sheet.set_column(column, column, size, self._live if column == _LIVE else self._text)
        for column, header in enumerate(sent.headers, len(_OURS)):
            heads.append((column, header, self._sent_head))
            name = sent.fields[column - len(_OURS)]
            sheet.set_column(column, column, width(fields.get(name) if name else None, header), self._text)
        heads.append((table.place_column, place_header(self._decision.submission_id), self._our_head))
        sheet.set_column(table.place_column, table.place_column, _PLACE_WIDTH, self._text)
        sheet.lay_row(table.top, texts(table.top, heads), table.place_column)

    def _row(self, table: _Table, at: int, row: int, is_checked: bool) -> None:
        """`is_checked`: what is wrong with it is told beside it while it is corrected."""
        sent, sheet = table.sent, table.sheet
        place = (sent.sheet, sent.numbers[row])
        findings = self._of_row.get(place, ())
        cells = texts(at, self._answer(sheet, at, place, findings))
        if is_checked:
            shown = _NOT_COMPUTED if _rank(findings) == 0 else ""
            cells += formula(at, _LIVE, RESULT, self._live_number, shown)
        forms = self._forms(table, findings) if findings else {}
        plain = self._text_number
        theirs: list[Cell] = [
            (column, cell, forms.get(column, plain))
            for column, cell in enumerate(sent.rows[row], len(_OURS))
            if cell is not None or column in forms
        ]
        identity = row_identity(self._decision.submission_id, sent.sheet, sent.numbers[row])
        theirs.append((table.place_column, identity, plain))
        sheet.lay_row(at, cells + texts(at, theirs), table.place_column)
        for column, note in self._comments(table, findings).items():
            self._comment(sheet, at, column, note)

    def _answer(self, sheet: RowSheet, at: int, place: RowPlace, findings: Sequence[Finding]) -> list[Cell]:
        """What we say of a row, and what to do with it where that is known."""
        is_grouped = len(self._members.get(place, ())) > 1
        cells: list[Cell] = []
        if findings:
            cells.append((_OPINION, opinion(findings), self._group if is_grouped else self._wrapped))
        elif is_grouped:
            cells.append((_OPINION, "与相邻的行重复或矛盾，见相邻行的意见；本行没有问题。", self._group))
        if any(finding["rule"] == self._duplicate and not is_answered(finding) for finding in findings):
            self._prefilled += 1
            cells.append((_ACTION, WITHDRAW, self._group if is_grouped else self._text_number))
        elif is_grouped:
            cells.append((_ACTION, None, self._group))
            if any(finding["rule"] == self._conflict for finding in findings):
                self._comment(sheet, at, _ACTION, CHOOSE_ONE)
        return cells

    @property
    def _duplicate(self) -> str:
        """The check of rows that are the same as an earlier one."""
        return f"{self._dataset.prefix}.key.duplicate"

    @property
    def _conflict(self) -> str:
        """The check of rows that contradict each other."""
        return f"{self._dataset.prefix}.key.conflict"

    def _forms(self, table: _Table, findings: Sequence[Finding]) -> dict[int, int]:
        """Column → format of the cells that a finding is about: the worst counts, and before it where partners
        differ."""
        forms: dict[int, int] = {}
        for finding in reversed(findings):  # listed worst first; what is about no column stands in the first
            columns = [table.columns[name] for name in self._coloured(table, finding)] or [len(_OURS)]
            forms |= dict.fromkeys(columns, self._marked[_weight(finding)])
        for finding in reversed(findings):
            columns = [table.columns[name] for name in _differing(finding) if name in table.columns]
            forms |= dict.fromkeys(columns, self._differing[_weight(finding)])
        return forms

    def _coloured(self, table: _Table, finding: Finding) -> list[str]:
        """The fields to look at: of rows that contradict each other those that differ, not the key that they share."""
        differing = [name for name in _differing(finding) if name in table.columns]
        return differing or table.words.fields(finding)

    def _comments(self, table: _Table, findings: Sequence[Finding]) -> dict[int, str]:
        """Column → comment: in full at the finding's first column, in short at the others that are judged with it."""
        notes: dict[int, list[str]] = defaultdict(list)
        for finding in findings:
            names = self._coloured(table, finding)
            notes[table.columns[names[0]] if names else len(_OURS)].append(table.words.note(finding))
        for finding in findings:
            for name in self._coloured(table, finding)[1:]:
                notes[table.columns[name]].append(table.words.beside(finding))
        return {column: "\n".join(dict.fromkeys(told)) for column, told in notes.items()}

    def _comment(self, sheet: RowSheet, row: int, column: int, note: str) -> None:
        self._notes += 1
        if self._notes <= _NOTES:
            sheet.write_comment(row, column, note, {"x_scale": 2.5, "y_scale": 1.5, "author": ""})

    def _live_checks(self, table: _Table, lists: CodeLists) -> bool:
        """What the workbook checks while it is corrected, if anything; a row that is 作废 is shown struck out."""
        if not table.sent.rows:
            return False
        last_coloured = table.last + _ADDED
        struck = {"type": "formula", "criteria": f'=$B{table.top + 2}="{WITHDRAW}"', "format": self._withdrawn}
        table.sheet.conditional_format(table.top + 1, 0, last_coloured, table.place_column - 1, struck)
        reported = period.parse(self._decision.submission.period)
        place = Place(
            sheet=table.sheet.get_name(),
            columns=table.columns,
            first=table.top + 2,
            last=last_coloured + 1,
            spellings=lists.spellings,
            action=_ACTION,
            period_end=reported.end if reported else None,
        )
        return write_live_checks(self._book, table.sheet, self._dataset, place, last_coloured + 1)

    def _lists(self, table: _Table, lists: CodeLists) -> None:
        """Drop-downs, in words; they suggest, and forbid nothing."""
        if not table.sent.rows:
            return
        first, last = table.top + 1, table.last + _ADDED
        actions = {"validate": "list", "source": [*ACTIONS], "show_error": False}
        table.sheet.data_validation(first, _ACTION, last, _ACTION, actions)
        for field in self._dataset.fields:
            source = _source(field, lists)
            if field.name in table.columns and source:
                column = table.columns[field.name]
                rule = {"validate": "list", "source": source, "show_error": False}
                table.sheet.data_validation(first, column, last, column, rule)


def _source(field: Field, lists: CodeLists) -> list[str] | str | None:
    """What may be chosen: in the cell's rule where it is short, else by its place on the sheet of code lists."""
    if field.kind not in ("code", "bool"):
        return None
    choices = offered(field)
    if choices and len(",".join(choices)) <= _LONGEST_SOURCE:
        return choices
    return lists.choices.get(field.name)


def _differing(finding: Finding) -> list[str]:
    """The fields in which the row differs from any of its partners."""
    return list(dict.fromkeys(name for partner in partners(finding) for name in partner["fields"] or ()))


def _weight(finding: Finding) -> str:
    """The severity, but what was explained or let pass by an exception asks for nothing more."""
    return "info" if is_answered(finding) else str(finding["severity"])


def _rank(findings: Sequence[Finding]) -> int:
    """Held rows first, then rows to be looked at, then the others."""
    weights = {_weight(finding) for finding in findings}
    return 0 if "critical" in weights else 1 if "warning" in weights else 2
