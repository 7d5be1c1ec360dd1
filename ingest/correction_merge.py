"""A correction workbook and the submission that it answers → its rows corrected, withdrawn or added.

A workbook is a patch: a row in it counts as corrected where it differs from the row it was written from, so that
several workbooks on one submission (one per training institution) each bring their own part. Which files belong
together is asked of the data root by `correction_chain`. Ends at rows as text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from ingest import correction_places
from ingest.correction_answer import Answer
from ingest.correction_cells import KEPT_CHANGES, Cells
from ingest.table_extract import Extract, empty, numbered
from warehouse.store.standing import Tips
from warehouse.vocabulary import contract, correction_columns
from warehouse.vocabulary.contract import Dataset, Field
from warehouse.vocabulary.correction_columns import Action
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import (
    CellChange,
    Explanation,
    MappedColumn,
    Reading,
    Remark,
    RemarkKind,
    RowGroup,
    Supplement,
)

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
    actions = [correction_columns.action(text) for text in extract.answer.rows["action"].to_pylist()]
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

    @cached_property
    def places(self) -> list[str]:
        return [
            correction_columns.place(sheet, number)
            for sheet, number in zip(self.table["sheet"].to_pylist(), self.table["row_number"].to_pylist(), strict=True)
        ]

    @cached_property
    def at(self) -> Mapping[str, int]:
        """Place → row."""
        return {place: at for at, place in enumerate(self.places)}


@dataclass(frozen=True)
class Line:
    """What a workbook is merged on to: the submissions of its line so far with what each left, oldest first, and what
    stands by now. `basis`: the one that the workbook was written from."""

    states: Mapping[str, State]
    head: State
    basis_id: str

    @property
    def basis(self) -> State:
        return self.states[self.basis_id]

    @property
    def since(self) -> list[str]:
        """The corrections that were merged after the workbook was written."""
        names = list(self.states)
        return names[names.index(self.basis_id) + 1 :]


def merged(dataset: Dataset, line: Line, name: str, extract: Extract, reading: Reading) -> State | str:
    """What stands with what a workbook, the submission `name`, changed against its basis. One sentence where its rows
    are not those of the basis."""
    answer, head = extract.answer, line.head
    if answer is None:
        raise ValueError("Only a correction workbook is merged.")
    places = correction_places.settle(dataset, answer, extract.table, line.basis.table, line.basis.at)
    if isinstance(places, str):
        return places
    patch = _Patch(dataset, line, extract.table, answer, places.of_rows, _gone(dataset, extract.table, reading))
    table, said = patch.applied()
    return State(
        table,
        replace(
            reading,
            rows=table.num_rows,
            columns=_columns(head.reading, reading),
            sheets=head.reading.sheets,
            missing=tuple(field for field in head.reading.missing if field in reading.missing),
            remarks=(*reading.remarks, *patch.remarks(said, places.completed)),
            withdrawn=head.reading.withdrawn + said.withdrawn - len(patch.reinstated),
            supplement=replace(said, line=(*line.states, name)),
        ),
    )


def _gone(dataset: Dataset, book: pa.Table, reading: Reading) -> tuple[str, ...]:
    """Fields for which the workbook has no column, by whatever header."""
    mapped = {column.field for column in reading.columns}
    return tuple(
        field.name
        for field in dataset.fields
        if field.name not in mapped and book[field.sent].null_count == book.num_rows
    )


class _Patch:
    """The rows of a workbook beside those of the submission that it changes."""

    def __init__(
        self,
        dataset: Dataset,
        line: Line,
        book: pa.Table,
        answer: Answer,
        places: Sequence[str | None],
        gone: Sequence[str],
    ) -> None:
        self._dataset, self._line, self._head, self._book = dataset, line, line.head, book
        self._answer, self._places = answer, places
        self._at_basis = line.basis.at
        self._at_head = line.head.at
        at_basis = pa.array([None if place is None else self._at_basis[place] for place in places], pa.int64())
        is_new = np.array([place is None for place in places], dtype=bool)
        self._cells = Cells(dataset, line.basis.table.take(at_basis), book, is_new, gone)
        self._gone = gone
        self._groups: dict[RowGroup, list[str]] = defaultdict(list)
        self._is_withdrawn_again = False

    @property
    def reinstated(self) -> Sequence[str]:
        """Rows that were withdrawn since the workbook was written, and that it changes."""
        return self._groups["reinstated"]

    def applied(self) -> tuple[pa.Table, Supplement]:
        """The rows in the order of the first file, new ones last; and what was done to them."""
        replaced: dict[str, int] = {}
        reasons: dict[str, str] = {}
        added: list[int] = []
        unused = 0
        for at, (place, text) in enumerate(zip(self._places, self._answer.rows["action"].to_pylist(), strict=True)):
            asked = correction_columns.action(text)
            if place is None:
                unused += asked == "withdraw"
                added += [at] if asked != "withdraw" else []
                continue
            self._groups["sent"].append(place)
            if asked == "withdraw":
                self._groups["withdrawn"] += [place] if place in self._at_head else []
                self._is_withdrawn_again |= place not in self._at_head
                continue
            if self._cells.has_changed[at]:
                replaced[place] = at
            if reason := self._reason(at, place, asked, place in replaced):
                reasons[place] = redact(reason)
        withdrawn = set(self._groups["withdrawn"])
        back = [place for place in replaced if place not in self._at_head]
        kept = [place for place in self._at_head if place not in withdrawn]
        table, changes = self._rows(kept, back, replaced, added)
        index = {place: number for number, place in enumerate([*kept, *back], 1)}
        self._groups["reinstated"] = back
        self._groups["corrected"] = list(replaced)
        self._groups["deleted"] = self._deleted()
        self._groups["withdrawn_over"] = [place for place in self._groups["withdrawn"] if self._is_changed_since(place)]
        self._groups["added"] = [
            correction_columns.place(sheet, number)
            for sheet, number in zip(
                table["sheet"][len(index) :].to_pylist(), table["row_number"][len(index) :].to_pylist(), strict=True
            )
        ]
        return numbered(table), Supplement(
            self._answer.answers,
            corrected=len({(change.sheet, change.row) for change in changes}),
            added=len(added),
            withdrawn=len(withdrawn) + unused,
            explained=tuple(
                sorted(
                    (Explanation(index[place], reason) for place, reason in reasons.items() if place in index),
                    key=lambda explanation: explanation.row_index,
                )
            ),
            changes=tuple(changes[:KEPT_CHANGES]),
            changed_cells=len(changes),
            opinions=self._opinions(replaced, changes[:KEPT_CHANGES]),
            rows={group: correction_columns.packed(places) for group, places in self._groups.items() if places},
        )

    def _opinions(self, replaced: Mapping[str, int], changes: Sequence[CellChange]) -> dict[str, str]:
        """What the workbook said of the changed rows."""
        places = dict.fromkeys(correction_columns.place(change.sheet, change.row) for change in changes)
        said = {place: self._answer.rows["opinion"][replaced[place]].as_py() for place in places}
        return {place: redact(text.strip()) for place, text in said.items() if text and text.strip()}

    def _reason(self, at: int, place: str, asked: Action | None, is_changed: bool) -> str | None:
        """What its sender says why the row is right; notes what was said in vain."""
        reason = (self._answer.rows["reason"][at].as_py() or "").strip()
        if asked == "explain":
            self._groups["explained" if reason else "explained_without_reason"].append(place)
            return reason or None
        if asked == "correct" and not is_changed:
            self._groups["corrected_without_change"].append(place)
        elif reason and not is_changed:
            self._groups["reason_without_action"].append(place)
        return None

    def _deleted(self) -> list[str]:
        """Rows that the workbook was written with and has no longer. One that does not say was written with all rows
        if it holds most of them: parts of a submission hold few."""
        sent = set(self._groups["sent"])
        written = self._answer.written or (self._at_basis if len(sent) * 2 >= len(self._at_basis) else ())
        return [place for place in written if place in self._at_basis and place not in sent and place in self._at_head]

    def _rows(
        self, kept: Sequence[str], back: Sequence[str], replaced: Mapping[str, int], added: Sequence[int]
    ) -> tuple[pa.Table, list[CellChange]]:
        """The rows in their order, and what is changed of them."""
        kept_at = pa.array([self._at_head[place] for place in kept], pa.int64())
        back_at = pa.array([self._at_basis[place] for place in back], pa.int64())
        stands = pa.concat_tables([self._head.table.take(kept_at), self._line.basis.table.take(back_at)])
        at_stands = {place: at for at, place in enumerate([*kept, *back])}
        places = sorted((place for place in replaced if place in at_stands), key=at_stands.__getitem__)
        rows = [replaced[place] for place in places]
        before = stands.take(pa.array([at_stands[place] for place in places], pa.int64()))
        changes = self._cells.changes(rows, before, lambda row, field: self._over(places[row], field))
        order = list(range(stands.num_rows))
        for at, place in enumerate(places, stands.num_rows):
            order[at_stands[place]] = at
        order += range(stands.num_rows + len(places), stands.num_rows + len(places) + len(added))
        new = self._book.take(pa.array(added, pa.int64()))
        patched = pa.concat_tables([stands, self._cells.written_over(rows, before), new])
        return self._placed(patched.take(pa.array(order, pa.int64())), stands, len(added)), changes

    def _is_changed_since(self, place: str) -> bool:
        """Did another correction change the row since the workbook was written?"""
        return any(self._over(place, field) for field in self._dataset.fields)

    def _over(self, place: str, field: Field) -> str | None:
        """The last correction since the workbook was written that had changed the cell."""
        changed_by = None
        if not self._line.since:
            return changed_by
        text = self._sent(self._line.basis, place, field)
        for name in self._line.since:
            later = self._sent(self._line.states[name], place, field)
            if later != text:
                changed_by, text = name, later
        return changed_by

    def _sent(self, state: State, place: str, field: Field) -> str | None:
        at = state.at.get(place)
        return None if at is None else (state.table[field.sent][at].as_py() or "").strip()

    def _placed(self, table: pa.Table, stands: pa.Table, added: int) -> pa.Table:
        """Rows keep the place that they had in the first file; a new one gets the next number of its first sheet."""
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
            table = table.set_column(at, table.schema.field(at), pa.chunked_array([*stands[name].chunks, new]))
        return table

    def remarks(self, said: Supplement, completed: int) -> list[Remark]:
        """What its sender should know of how the workbook was understood."""
        remarks = _unknown_actions(self._answer)
        remarks += [_of_rows(kind, self._groups[group]) for kind, group in _TOLD_ROWS.items() if self._groups[group]]
        basis = self._line.basis.table
        gone = [self._dataset.field(name) for name in self._gone]
        titles = [field.title for field in gone if basis[field.sent].null_count < basis.num_rows]
        if titles:
            remarks.append(Remark("columns_gone", {"headers": "、".join(f"“{title}”" for title in titles)}))
        if completed:
            remarks.append(Remark("places_without_sheet", {"count": str(completed)}))
        twice = [change for change in said.changes if change.over]
        if twice:
            places = dict.fromkeys(correction_columns.place(change.sheet, change.row) for change in twice)
            remarks.append(_of_rows("changed_by_two", list(places), len(twice)))
        if not (said.corrected or said.added or said.withdrawn or said.explained or remarks):
            is_known = bool(self._groups["corrected"]) or self._is_withdrawn_again
            remarks.append(Remark("merged_already" if is_known else "nothing_changed"))
        return remarks


_TOLD_ROWS: dict[RemarkKind, RowGroup] = {
    "rows_deleted": "deleted",
    "explained_without_reason": "explained_without_reason",
    "reason_without_action": "reason_without_action",
    "corrected_without_change": "corrected_without_change",
}
_SHOWN_ROWS = 20


def _of_rows(kind: RemarkKind, places: Sequence[str], count: int | None = None) -> Remark:
    """`count`: where it does not count rows."""
    return Remark(kind, {"count": str(count or len(places)), "rows": correction_columns.shown(places, _SHOWN_ROWS)})


def _columns(head: Reading, workbook: Reading) -> tuple[MappedColumn, ...]:
    """The first file's columns, whose letters findings show; then fields that the workbook added."""
    mapped = {column.field for column in head.columns}
    return (
        *head.columns,
        *(replace(column, letter=None) for column in workbook.columns if column.field and column.field not in mapped),
    )


def _unknown_actions(answer: Answer) -> list[Remark]:
    """Each word in 处理方式 that means nothing here, with the number of rows."""
    counted: dict[str, int] = {}
    for text in answer.rows["action"].to_pylist():
        if text and text.strip() and correction_columns.action(text) is None:
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
        state: State | str = _NOT_MERGED
        if answer.answers in states:
            state = merged(wanted, Line(states, head, answer.answers), name, extract, reading)
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
