"""The data contracts, the one home of a dataset's columns. Ends at `Dataset` and Arrow types.

How a contract's file is read and checked is `contract_file`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal, cast

import pyarrow as pa

from warehouse.vocabulary import compiled_contract
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import CONTRACTS

Kind = Literal[
    "text",
    "code",
    "list",
    "int",
    "decimal",
    "percent",
    "money",
    "date",
    "time",
    "bool",
    "id",
    "uscc",
    "id_or_uscc",
    "phone",
    "office_phone",
]
Severity = Literal["critical", "warning", "info"]
SEVERITY_TITLES: dict[Severity, str] = {"critical": "须更正", "warning": "须核对", "info": "供参考"}
SEVERITY_KINDS: dict[Severity, str] = {"critical": "强制性审核", "warning": "核实性审核", "info": "提示性审核"}
"""What statistics offices call a check of a severity; said where rules are explained."""
Content = Literal["cumulative", "snapshot"]

ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "code": pa.string(),
    "list": pa.string(),
    "int": pa.int64(),
    "decimal": pa.decimal128(18, 4),
    "percent": pa.decimal128(9, 6),
    "money": pa.int64(),
    "date": pa.date32(),
    "time": pa.string(),
    "bool": pa.bool_(),
    "id": pa.string(),
    "uscc": pa.string(),
    "id_or_uscc": pa.string(),
    "phone": pa.string(),
    "office_phone": pa.string(),
}
TYPED: frozenset[Kind] = frozenset({"int", "decimal", "percent", "money", "date", "time", "bool"})
"""Kinds whose text may fail to become a value."""
Flaw = Literal["error", "ditto", "garbled", "masked", "type", "timestamp", "month", "span", "grade"]
"""Why a text that was sent gives no value: a spreadsheet's error, 同上, characters lost in a conversion, stars in the
place of digits, no value of the kind, a number counted from 1970, a month without a day, several days in one cell, a
grade where a score is asked for."""
RowFlaw = Literal["shifted", "surplus"]
"""What is odd of a whole row: its cells stand under other headers than their own, so that none of them gives a value;
or there are more cells than headers, and those are not read."""


@dataclass(frozen=True)
class Field:
    """One column of a dataset, as the contract says it. `token`, `presence`: the column that is stored in its place, a
    keyed hash of the value, or whether one was given. `name_of`: the field with the credit code of what it names.
    `refused_codes`: the name in `policy.csv` of those codes of its list that a rule of the dataset refuses."""

    name: str
    title: str
    description: str
    kind: Kind
    synonyms: tuple[str, ...] = ()
    required: bool = False
    key_position: int | None = None
    code_list: str | None = None
    minimum: str | int | float | None = None
    maximum: str | int | float | None = None
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    restricted: bool = False
    token: str | None = None
    presence: str | None = None
    name_of: str | None = None
    refused_codes: str | None = None
    id_type: str | None = None
    default: str | None = None
    severity: Severity = "warning"
    example: str | None = None

    @property
    def sent(self) -> str:
        """The column with the text as sent."""
        return f"{self.name}__sent"

    @property
    def flaw(self) -> str:
        """The column that says why what was sent gives no value (a `Flaw`; null: it gives one, or nothing was sent)."""
        return f"{self.name}__flaw"

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """The flaws that a text of this kind can have."""
        flaws: list[Flaw] = ["error", "ditto", "garbled"]
        if self.restricted:
            flaws.append("masked")
        if self.kind in TYPED:
            flaws.append("type")
        if self.kind == "date":
            flaws += ["timestamp", "month", "span"]
        if self.is_score:
            flaws.append("grade")
        return tuple(flaws)

    @property
    def is_score(self) -> bool:
        """Points of a hundred."""
        return self.kind == "decimal" and self.name.endswith("_score")

    @property
    def is_key(self) -> bool:
        return self.key_position is not None

    @property
    def range_text(self) -> str:
        """The permitted range as a person reads it; empty where any value may stand."""
        if self.minimum is None and self.maximum is None:
            return ""
        if self.minimum is None:
            return f"不大于 {self._shown(self.maximum)}"
        if self.maximum is None:
            return f"不小于 {self._shown(self.minimum)}"
        return f"{self._shown(self.minimum)} 至 {self._shown(self.maximum)}"

    @property
    def length_text(self) -> str:
        """The permitted length as a person reads it; empty where any length will do."""
        if self.min_length is None and self.max_length is None:
            return ""
        if self.min_length is None:
            return f"不多于 {self.max_length} 个字符"
        if self.max_length is None:
            return f"不少于 {self.min_length} 个字符"
        return f"{self.min_length} 至 {self.max_length} 个字符"

    def _shown(self, bound: str | int | float | None) -> str:
        if isinstance(bound, int | float) and self.kind == "money":
            return f"{bound / 100:g}元"
        return f"{bound:.0%}" if isinstance(bound, int | float) and self.kind == "percent" else str(bound)


@dataclass(frozen=True)
class Dataset:
    """A dataset's contract."""

    name: str
    title: str
    description: str
    version: str
    prefix: str
    content: Content
    synonyms: tuple[str, ...]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.name} has no field {name}")

    @property
    def key(self) -> tuple[str, ...]:
        """The natural key's columns in order."""
        keyed = [field for field in self.fields if field.key_position is not None]
        return tuple(field.name for field in sorted(keyed, key=lambda field: cast(int, field.key_position)))

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a file or sheet of this dataset may bear."""
        return (self.name, self.title, *self.synonyms)


@functools.cache
def dataset(name: str) -> Dataset:
    """The contract of a dataset; `OperatorError` when there is none of that name."""
    path = CONTRACTS / f"{name}.odcs.yaml"
    if not path.is_file():
        raise OperatorError(f"There is no dataset {name}; known are {', '.join(names())}.")
    return compiled_contract.of(path)


@functools.cache
def names() -> tuple[str, ...]:
    """Every dataset that has a contract, by name."""
    return tuple(sorted(path.name.removesuffix(".odcs.yaml") for path in CONTRACTS.glob("*.odcs.yaml")))


def datasets() -> tuple[Dataset, ...]:
    return tuple(dataset(name) for name in names())
