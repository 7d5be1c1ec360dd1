"""Rows of one dataset, column by column: what is meant, and beside it what is sent instead.

Not here: where values come from, how they are written. Ends at arrays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Kind

Array = npt.NDArray[Any]
NUMBERS: frozenset[Kind] = frozenset({"int", "decimal", "percent", "money", "bool"})
CLEAN = -1
"""The label of a row without defect or mess."""


def last_day(days: Array) -> dt.date:
    """The last of days; the first of the plan's where there is none, so that policies of a day can be asked."""
    last: dt.date = days.max().item() if len(days) else dt.date(2025, 1, 1)
    return last


def as_text(values: Iterable[Any]) -> Array:
    """An object array of texts (None: blank); unlike `np.array` it never makes fixed-width strings."""
    listed = list(values)
    texts = np.empty(len(listed), dtype=object)
    texts[:] = listed
    return texts


def blank(kind: Kind, size: int) -> Array:
    """`size` blank values: NaN for numbers (money in fen, percent as fraction, bool as 1/0), NaT, None."""
    if kind in NUMBERS:
        return np.full(size, np.nan)
    if kind == "date":
        return np.full(size, "NaT", dtype="datetime64[D]")
    return np.full(size, None, dtype=object)


def either(mask: Any, yes: Any, no: Any = None) -> Array:
    """`yes` where the mask holds, else `no`; np.where for columns that may be blank."""
    return np.asarray(np.where(mask, yes, no))


def is_among(values: Array, known: Collection[str]) -> Array:
    """Which values are among many known ones; numpy's isin compares objects each with each (minutes at full size)."""
    wanted = frozenset(known)
    return np.fromiter((value in wanted for value in values.tolist()), bool, len(values))


def is_blank(values: Array) -> Array:
    """True where a value is blank."""
    if values.dtype.kind == "f":
        return np.isnan(values)
    if values.dtype.kind == "M":
        return np.isnat(values)
    return np.array([value is None for value in values.tolist()], dtype=bool)


@dataclass
class Rows:
    """Rows of a dataset with the unit and period in whose file they stand.

    `columns` holds what is meant; `sent` whole columns that differ; `raw` cell texts written as they stand (None:
    rendered by the dialect). `label` points into the list of defect kinds; `version` 0 is a file that a later one
    with version 1 corrects.
    """

    dataset: str
    unit: Array
    period: Array
    columns: dict[str, Array]
    sent: dict[str, Array]
    raw: dict[str, Array]
    label: Array
    held: Array
    version: Array

    def __len__(self) -> int:
        return len(self.unit)

    def __getitem__(self, field: str) -> Array:
        return self.columns[field]

    def sent_column(self, field: str) -> Array:
        """The column as sent, made from what is meant on first use, so that it can be changed in place."""
        if field not in self.sent:
            self.sent[field] = self.columns[field].copy()
        return self.sent[field]

    def raw_column(self, field: str) -> Array:
        """The column of cell texts that stand as they are, blank at first."""
        return self.raw.setdefault(field, np.full(len(self), None, dtype=object))

    def take(self, index: Array) -> Rows:
        """The rows at these places (integers or a mask), in this order."""
        return Rows(
            self.dataset,
            self.unit[index],
            self.period[index],
            {name: values[index] for name, values in self.columns.items()},
            {name: values[index] for name, values in self.sent.items()},
            {name: values[index] for name, values in self.raw.items()},
            self.label[index],
            self.held[index],
            self.version[index],
        )


def rows(dataset: str, unit: Array | str, period: Array | str, columns: Mapping[str, Any]) -> Rows:
    """Rows from columns or single values; fields of the contract that are not given are blank."""
    size = next(len(value) for value in (unit, period, *columns.values()) if isinstance(value, np.ndarray))
    filled: dict[str, Array] = {}
    for field in contract.dataset(dataset).fields:
        value = columns.get(field.name)
        column = blank(field.kind, size)
        if value is not None:
            column[:] = value
        filled[field.name] = column
    unknown = set(columns) - set(filled)
    if unknown:
        raise KeyError(f"{dataset} has no field {', '.join(sorted(unknown))}")
    return Rows(
        dataset,
        _spread(unit, size),
        _spread(period, size),
        filled,
        {},
        {},
        np.full(size, CLEAN, dtype=np.int32),
        np.zeros(size, dtype=bool),
        np.ones(size, dtype=np.int8),
    )


def empty(dataset: str) -> Rows:
    return rows(dataset, as_text([]), as_text([]), {})


def _spread(value: Array | str, size: int) -> Array:
    column = np.empty(size, dtype=object)
    column[:] = value
    return column


def stacked(parts: list[dict[str, Array]]) -> dict[str, Array]:
    """Columns of the same names, one part below the other."""
    columns: dict[str, Array] = {}
    for name in parts[0]:
        columns[name] = np.concatenate([part[name] for part in parts])
    return columns


def concat(parts: list[Rows]) -> Rows:
    """The rows of several parts of one dataset, one after the other."""
    if len(parts) == 1:
        return parts[0]
    first = parts[0]
    sent = sorted({name for part in parts for name in part.sent})
    raw = sorted({name for part in parts for name in part.raw})
    return Rows(
        first.dataset,
        np.concatenate([part.unit for part in parts]),
        np.concatenate([part.period for part in parts]),
        {name: _meant(parts, name) for name in first.columns},
        {name: _sent(parts, name) for name in sent},
        {name: _raw(parts, name) for name in raw},
        np.concatenate([part.label for part in parts]),
        np.concatenate([part.held for part in parts]),
        np.concatenate([part.version for part in parts]),
    )


def _meant(parts: list[Rows], name: str) -> Array:
    return np.concatenate([part.columns[name] for part in parts])


def _sent(parts: list[Rows], name: str) -> Array:
    return np.concatenate([part.sent.get(name, part.columns[name]) for part in parts])


def _raw(parts: list[Rows], name: str) -> Array:
    return np.concatenate([part.raw.get(name, blank("text", len(part))) for part in parts])
