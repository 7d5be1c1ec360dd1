"""A correction workbook and the submission that it answers → its rows corrected, withdrawn or added.

A workbook is a patch: a row in it counts as corrected where it differs from the row it was written from, so that
several workbooks on one submission (one per training institution) each bring their own part. Which files belong
together is asked of the data root by `correction_chain`. Ends at rows as text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest import correction_answer
from ingest.correction_answer import Answer
from ingest.table_extract import Extract, empty, numbered
from warehouse.store.standing import Tips
from warehouse.vocabulary import contract, correction_columns
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.correction_columns import Action
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import Explanation, MappedColumn, Reading, Remark, Supplement

UNKNOWN = "本单位这一期没有收到过它更正的报送 {answers}，请核对文件和报告期。"
_NOT_MERGED = "它更正的那一份本身没有并入"
REPLACED = "它更正的报送 {answers} 已被后来的 {newest} 替换，请用新报告附的更正工作簿更正。"


def line_for(submission_id: str, answers: str, tips: Tips, delivered: Collection[str]) -> tuple[str, ...] | str:
    """The submissions to merge, the whole file first and this correction last; or one sentence why it answers nothing.

    Args:
        answers: the submission that the workbook was written for.
        tips: what stood, waited and had been returned when it came.
        delivered: every submission of the key that came before it.
    """
    line = tips.line_of(answers)
    if line:
        return (*line, submission_id)
    newest = next((line[-1] for line in tips.lines if line), None)
    if answers not in delivered or newest is None:
        return UNKNOWN.format(answers=answers)
    return REPLACED.format(answers=answers, newest=newest)


def alone(extract: Extract, reading: Reading) -> tuple[pa.Table, Reading]:
    """The rows of one file by itself: of a correction workbook, those that are not withdrawn."""
    if extract.answer is None:
        return extract.table, reading
    actions = _actions(extract.answer)
    kept = pa.array([at for at, action in enumerate(actions) if action != "withdraw"], pa.int64())
    said = Supplement(extract.answer.answers, withdrawn=len(actions) - len(kept))
    return numbered(extract.table.take(kept)), replace(
        reading,
        rows=len(kept),
        withdrawn=said.withdrawn,
        supplement=said,
        remarks=(*reading.remarks, *_unknown_actions(extract.answer)),
    )


@dataclass(frozen=True)
class State:
    """A submission as it stands after a file of its line: rows by the places of the first file."""

    table: pa.Table
    reading: Reading

    @classmethod
    def of_whole(cls, extract: Extract, reading: Reading) -> State:
        return cls(extract.table, reading)

    @property
    def places(self) -> list[str]:
        return [
            correction_columns.place(sheet, number)
            for sheet, number in zip(self.table["sheet"].to_pylist(), self.table["row_number"].to_pylist(), strict=True)
        ]


def merged(
    dataset: Dataset, head: State, basis: State, line: tuple[str, ...], extract: Extract, reading: Reading
) -> State | str:
    """`head` with what a workbook changed against `basis`, the submission that it was written from; `line` are the
    submissions merged with it. One sentence where its rows are not those of `basis`."""
    answer = extract.answer
    if answer is None:
        raise ValueError("Only a correction workbook is merged.")
    rows, actions = _Rows(dataset, head, basis, extract.table, answer), _actions(answer)
    if refusal := rows.unidentified():
        return refusal
    table, said = rows.applied(actions)
    return State(
        table,
        replace(
            reading,
            rows=table.num_rows,
            columns=_columns(head.reading, reading),
            sheets=head.reading.sheets,
            missing=tuple(name for name in head.reading.missing if name in reading.missing),
            remarks=(*reading.remarks, *_unknown_actions(answer)),
            withdrawn=head.reading.withdrawn + said.withdrawn - rows.reinstated,
            supplement=replace(said, line=line),
        ),
    )


class _Rows:
    """The rows of a workbook beside those of the submission that it changes."""

    def __init__(self, dataset: Dataset, head: State, basis: State, book: pa.Table, answer: Answer) -> None:
        self._head, self._book, self._answer = head, book, answer
        at_basis = {place: at for at, place in enumerate(basis.places)}
        self._at_head = {place: at for at, place in enumerate(head.places)}
        self._own = _first_of_each(answer, at_basis)
        from_basis = basis.table.take(
            pa.array([None if place is None else at_basis[place] for place in self._own], pa.int64())
        )
        self._differs = _differs(dataset, from_basis, book)
        self._basis = basis
        self._at_basis = at_basis
        self.reinstated = 0

    def unidentified(self) -> str | None:
        """The sentence that refuses the workbook where many rows bear a number that is no row's, or another's."""
        said = sum(bool(place) for place in self._answer.rows["place"].to_pylist())
        return correction_answer.unidentified(said - sum(place is not None for place in self._own), said)

    def applied(self, actions: Sequence[Action | None]) -> tuple[pa.Table, Supplement]:
        """The rows in the order of the first file, new ones last; and what was done to them."""
        head_rows = self._head.table.num_rows
        replaced: dict[str, int] = {}
        withdrawn: set[str] = set()
        explained: dict[str, str] = {}
        added: list[int] = []
        unused = 0
        for at, (place, action) in enumerate(zip(self._own, actions, strict=True)):
            if place is None:
                if action == "withdraw":
                    unused += 1
                else:
                    added.append(at)
                continue
            if action == "withdraw":
                if place in self._at_head:
                    withdrawn.add(place)
                continue
            if self._differs[at]:
                replaced[place] = at
            reason = self._answer.rows["reason"][at].as_py()
            if action == "explain" and reason and reason.strip():
                explained[place] = redact(reason.strip())
        back = [place for place in replaced if place not in self._at_head]
        self.reinstated = len(back)
        kept = [place for place in self._at_head if place not in withdrawn]
        order = [head_rows + replaced[place] if place in replaced else self._at_head[place] for place in kept]
        order += [head_rows + replaced[place] for place in back] + [head_rows + at for at in added]
        table = pa.concat_tables([self._head.table, self._book]).take(pa.array(order, pa.int64()))
        table = self._placed(table, kept, back, len(added))
        index = {place: number for number, place in enumerate([*kept, *back], 1)}
        return numbered(table), Supplement(
            self._answer.answers,
            corrected=len(replaced),
            added=len(added),
            withdrawn=len(withdrawn) + unused,
            explained=tuple(
                sorted(
                    (Explanation(index[place], reason) for place, reason in explained.items() if place in index),
                    key=lambda explanation: explanation.row_index,
                )
            ),
        )

    def _placed(self, table: pa.Table, kept: Sequence[str], back: Sequence[str], added: int) -> pa.Table:
        """Rows keep the place that they had in the first file; a new one gets the next number of its first sheet."""
        old = pa.concat_tables(
            [
                self._head.table.take(pa.array([self._at_head[place] for place in kept], pa.int64())),
                self._basis.table.take(pa.array([self._at_basis[place] for place in back], pa.int64())),
            ]
        )
        sheets = self._head.reading.sheets
        sheet = sheets[0].name if sheets else None
        used = [
            number
            for name, number in zip(
                self._head.table["sheet"].to_pylist(), self._head.table["row_number"].to_pylist(), strict=True
            )
            if name == sheet
        ]
        next_number = max(used, default=0) + 1
        for name, new in (
            ("sheet", pa.array([sheet] * added, pa.string())),
            ("row_number", pa.array(np.arange(next_number, next_number + added))),
        ):
            at = table.schema.get_field_index(name)
            table = table.set_column(at, table.schema.field(at), pa.chunked_array([*old[name].chunks, new]))
        return table


def _first_of_each(answer: Answer, known: Mapping[str, int]) -> list[str | None]:
    """The place of each row in the answered submission; null for a new row, and for a second one of the same place
    (a row that was copied)."""
    seen: set[str] = set()
    places: list[str | None] = []
    for place in answer.rows["place"].to_pylist():
        is_known = place in known and place not in seen
        places.append(place if is_known else None)
        if is_known:
            seen.add(place)
    return places


def _differs(dataset: Dataset, basis: pa.Table, book: pa.Table) -> list[bool]:
    """Where a row says something else than the one it was written from; blanks around a text say nothing."""
    unlike = pa.chunked_array([pa.repeat(False, book.num_rows)])
    for field in dataset.fields:
        before, after = (pc.fill_null(pc.utf8_trim_whitespace(table[field.sent]), "") for table in (basis, book))
        unlike = pc.or_(unlike, pc.not_equal(before, after))
    differs: list[bool] = unlike.to_pylist()
    return differs


def _columns(head: Reading, workbook: Reading) -> tuple[MappedColumn, ...]:
    """The first file's columns, whose letters findings show; then fields that the workbook added."""
    mapped = {column.field for column in head.columns}
    return (
        *head.columns,
        *(replace(column, letter=None) for column in workbook.columns if column.field and column.field not in mapped),
    )


def _actions(answer: Answer) -> list[Action | None]:
    return [
        correction_columns.ACTIONS.get(text.strip()) if text else None for text in answer.rows["action"].to_pylist()
    ]


def _unknown_actions(answer: Answer) -> list[Remark]:
    """Each word in 处理方式 that means nothing here, with the number of rows."""
    counted: dict[str, int] = {}
    for text in answer.rows["action"].to_pylist():
        if text and text.strip() and text.strip() not in correction_columns.ACTIONS:
            counted[redact(text.strip())] = counted.get(redact(text.strip()), 0) + 1
    return [Remark("unknown_action", {"text": text, "count": str(count)}) for text, count in sorted(counted.items())]


def merged_chain(dataset: str, files: Sequence[tuple[str, Extract, Reading]]) -> State:
    """A whole file and its supplements, oldest first and each with its submission's id, as the last one leaves them.

    A supplement that cannot be merged is refused where it comes last, and passed over where it comes before.
    """
    wanted = contract.dataset(dataset)
    states: dict[str, State] = {}
    name, extract, reading = files[0]
    head = states[name] = State.of_whole(extract, reading)
    for name, extract, reading in files[1:]:
        answer = extract.answer
        if answer is None:
            raise ValueError(f"{name} is no correction.")
        basis = states.get(answer.answers)
        state = merged(wanted, head, basis, (*states, name), extract, reading) if basis else _NOT_MERGED
        if not isinstance(state, str):
            head = states[name] = state
        elif name == files[-1][0]:
            return _refused(wanted, reading, answer, f"{state}。")
    return head


def _refused(dataset: Dataset, reading: Reading, answer: Answer, detail: str) -> State:
    """Nothing of a workbook whose rows are not those that it was written from; what stood before it stands."""
    return State(
        empty(dataset),
        replace(reading, rows=0, problem="rows_unidentified", detail=detail, supplement=Supplement(answer.answers)),
    )
