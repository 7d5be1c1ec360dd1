"""What a defect is: where it may strike, what it does to a row, and which checks must then fire.

Here: the words in which defects are written. Not here: the defects (`defects/`), how many there are (`injection.py`).
Ends at builders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from demo import identity
from demo.rows import CLEAN, Array, Rows, as_text, is_blank
from warehouse.vocabulary.contract import dataset as contract_of

Effect = Literal["hold", "warn", "reject", "unreadable", "none"]


@dataclass(frozen=True)
class Kind:
    """A labelled kind of defect (or, with no rules, of harmless mess) in one dataset."""

    name: str
    dataset: str
    field: str | None
    rules: tuple[str, ...]
    effect: Effect


@dataclass(frozen=True)
class Place:
    """Rows in which a defect is to be put, and what it may need to know about them."""

    rows: Rows
    start: Array  # first and last day of each row's period
    end: Array
    file_of: Array  # each row's file
    generator: np.random.Generator
    referred: frozenset[str]
    """Numbers of classes and certificates to which some row of another dataset refers; other classes may be held
    without consequences."""

    def filled(self, *fields: str) -> Array:
        """True where all these fields have a value."""
        mask = np.ones(len(self.rows), dtype=bool)
        for field in fields:
            mask &= ~is_blank(self.rows[field])
        return mask

    def equal(self, field: str, *values: str | float) -> Array:
        """True where the field has one of these values."""
        return np.isin(self.rows[field], list(values))


Where = Callable[[Place], Array]
Change = Callable[[Place, Array], Array | None]
"""Changes rows; gives the rows that then bear the defect, null for all that it was asked to change."""


@dataclass(frozen=True)
class Defect:
    """A kind with the rows that may bear it and the change that makes it."""

    kind: Kind
    where: Where
    change: Change


def everywhere(place: Place) -> Array:
    return np.ones(len(place.rows), dtype=bool)


def filled(*fields: str) -> Where:
    """Where all these fields have a value."""
    return lambda place: place.filled(*fields)


def cell(field: str, *texts: str) -> Change:
    """Writes one of these texts into the cell as it stands."""

    def change(place: Place, index: Array) -> None:
        place.rows.raw_column(field)[index] = place.generator.choice(np.array(texts, dtype=object), len(index))

    return change


def cleared(*fields: str) -> Change:
    """Leaves the cells empty."""

    def change(place: Place, index: Array) -> None:
        for field in fields:
            column = place.rows.sent_column(field)
            column[index] = (
                np.datetime64("NaT") if column.dtype.kind == "M" else (np.nan if column.dtype.kind == "f" else None)
            )

    return change


def sent(field: str, values: Callable[[Place, Array], object], *, meant: bool = False) -> Change:
    """Sends other values; with `meant` they are also what the warehouse should hold (the row is accepted so)."""

    def change(place: Place, index: Array) -> None:
        values_sent = values(place, index)
        place.rows.sent_column(field)[index] = values_sent
        if meant:
            place.rows.columns[field][index] = values_sent

    return change


def also(*changes: Change) -> Change:
    """Several changes of one row."""

    def change(place: Place, index: Array) -> None:
        for single in changes:
            single(place, index)

    return change


def shared(
    where: Where, *fields: str, rows: int = 1, same: tuple[str, ...] = (), unlike: tuple[str, ...] = ()
) -> Change:
    """Says the same in so many further rows of the file, which bear the defect too.

    Args:
        where: the rows that may be among them.
        same: fields in which they agree already.
        unlike: fields in which they differ.
    """

    def change(place: Place, index: Array) -> Array:
        bearing: list[int] = []
        free = where(place) & (place.rows.label == CLEAN) & (place.rows.version == 1)
        free[index] = False
        for first in index.tolist():
            fits = free & (place.file_of == place.file_of[first])
            for field in same:
                fits &= place.rows[field] == place.rows[field][first]
            for field in unlike:
                fits &= place.rows[field] != place.rows[field][first]
            others = np.flatnonzero(fits)[:rows]
            if len(others) < rows:
                continue
            free[others] = False
            bearing += [first, *others.tolist()]
            for field in fields:
                value = place.rows[field][first]
                place.rows.sent_column(field)[others] = value
                place.rows.columns[field][others] = value
        return np.array(bearing, dtype=int)

    return change


def fact(dataset: str, field: str, of: str, change: Change, where: Where | None = None) -> Defect:
    """A defect against a field fact of the contract; critical ones hold the row."""
    contract = contract_of(dataset)
    severity = contract.field(field).severity
    kind = Kind(
        f"{field}_{of}",
        dataset,
        field,
        (f"{contract.prefix}.{field}.{of}",),
        "hold" if severity == "critical" else "warn",
    )
    return Defect(kind, where or filled(field), change)


def rule(name: str, dataset: str, field: str, code: str, effect: Effect, where: Where, change: Change) -> Defect:
    """A defect against one rule."""
    return Defect(Kind(name, dataset, field, (code,), effect), where, change)


IMPOSSIBLE = ("2026-02-30", "2026.13.5", "2025-11-31")
"""Dates that no calendar has."""


def all_of(*wheres: Where) -> Where:
    return lambda place: np.logical_and.reduce([where(place) for where in wheres])


def one_of(field: str, *values: str | float) -> Where:
    return lambda place: place.equal(field, *values)


def resident(place: Place) -> Array:
    """Holders of a resident number, without the rows whose certificate number repeats it."""
    mask = place.equal("id_type", "01")
    if "cert_type" in place.rows.columns:
        mask &= ~place.equal("cert_type", "04")
    if "cert_no" in place.rows.columns:
        mask &= np.array([not str(number).startswith("T") for number in place.rows["cert_no"].tolist()], dtype=bool)
    if "award_name" in place.rows.columns:
        mask &= ~place.equal("award_name", "1")
    return mask


def texts(field: str, change: Callable[[str], str]) -> Callable[[Place, Array], Array]:
    """New texts from those of a field."""
    return lambda place, index: as_text(change(text) for text in place.rows[field][index].tolist())


def other(text: str, alphabet: str = "0123456789") -> str:
    """The text with its last character replaced by the next of the alphabet."""
    place = alphabet.find(text[-1])
    return text[:-1] + alphabet[(place + 1) % len(alphabet)]


def checked(body: str) -> str:
    return str(identity.with_check_character(np.array([[int(char) for char in body]]))[0])


def days_after(field: str, days: int) -> Callable[[Place, Array], Array]:
    return lambda place, index: place.rows[field][index] + np.timedelta64(days, "D")


def period_day(edge: str, days: int) -> Callable[[Place, Array], Array]:
    return lambda place, index: getattr(place, edge)[index] + np.timedelta64(days, "D")


def always(value: object) -> Callable[[Place, Array], object]:
    return lambda place, index: value


def born_in(place: Place, first: int, last: int) -> Array:
    birth = place.rows["birth_date"].astype("datetime64[Y]").astype(int) + 1970
    return (birth >= first) & (birth <= last) & place.filled("birth_date")


def not_first_award(place: Place) -> Array:
    return ~place.equal("award_name", "1") if "award_name" in place.rows.columns else everywhere(place)
