"""What counts to which target: `reference/target_rules.csv`, and what its readings measure. Ends at conditions.

A row counts to a reading of a target when one of its rules holds; of several the first one gives the part. dbt joins
the same table (`stg_target_rule`). How a condition is asked of rows is for those who hold the rows.
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse.vocabulary import reference


@dataclass(frozen=True)
class Term:
    """A field of the rule's dataset (of the class too, where it is of training) and a code that it may hold."""

    field: str
    code: str


@dataclass(frozen=True)
class TargetRule:
    """One row of the table: a row of the dataset counts that has all codes of `all_of` and none of `none_of`."""

    target_id: str
    reading: str
    part: str
    dataset: str
    all_of: tuple[Term, ...]
    none_of: tuple[Term, ...]


def rules() -> list[TargetRule]:
    """All rules, in the table's order."""
    return [
        TargetRule(
            target_id=row["target_id"],
            reading=row["reading"],
            part=row["part"],
            dataset=row["dataset"],
            all_of=_terms(row["all_of"]),
            none_of=_terms(row["none_of"]),
        )
        for row in reference.table("target_rules")
    ]


def _terms(text: str) -> tuple[Term, ...]:
    written = [term.partition("=") for term in text.split(";") if term]
    return tuple(Term(field, code) for field, _, code in written)


def measure(target_id: str, reading: str = "main") -> str:
    """How a reading measures: `events`, `persons`, `ratio`, `share_reaching`, `newest_total` or `places`."""
    return _definition(target_id, reading)["measure"]


def reading_name(target_id: str, reading: str) -> str | None:
    """A reading's name in Chinese, empty for a main one without; None for a reading that the table does not know."""
    names = {(row["target_id"], row["reading"]): row["reading_zh"] for row in reference.table("target_definitions")}
    return names.get((target_id, reading))


def clock(target_id: str) -> str:
    """What judges a target in time: `days`, `curve` (an approved one alone), or `stock`, `selection`, `untimed`."""
    return _definition(target_id, "main")["clock"]


def is_exact(target_id: str) -> bool:
    """Whether the target is a quota that must be met exactly: more is a breach too."""
    return _definition(target_id, "main")["quota"] == "exact"


def unit(target_id: str) -> str:
    """The unit in which a target is counted, without the plan's note on it."""
    [target] = [row for row in reference.table("targets") if row["id"] == target_id]
    return target["unit"].partition("（")[0]


def is_counted_from(target_id: str, dataset: str) -> bool:
    """Whether rows of a dataset count in the target."""
    return dataset in _definition(target_id, "main")["source"]


def targets_by_unit() -> dict[str, list[str]]:
    """The units in which departments may report, the usual one first and slashes between → the targets reported so.

    Units of persons come first, else the order is that of the targets.
    """
    targets: dict[str, list[str]] = {}
    for row in reference.table("targets"):
        targets.setdefault(row["reported_units"], []).append(row["id"])
    return dict(sorted(targets.items(), key=lambda entry: "人" not in entry[0]))


def _definition(target_id: str, reading: str) -> dict[str, str]:
    [definition] = [
        row
        for row in reference.table("target_definitions")
        if (row["target_id"], row["reading"]) == (target_id, reading)
    ]
    return definition
