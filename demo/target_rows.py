"""Which rows of the world count to which target, by `warehouse.vocabulary.target_rule`. Ends at masks over rows.

Only what units add up in their monthly totals: rows of training, certificates, services and competitions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo.rows import Array, Rows, is_among
from warehouse.vocabulary import contract, policy, target_rule
from warehouse.vocabulary.target_rule import TargetRule, Term

DATASETS = ("training_record", "certificate", "support_service", "competition")


@dataclass(frozen=True)
class Counted:
    """A target and, of one dataset, a mask over the rows that count to it whatever came of their file."""

    target_id: str
    dataset: str
    mask: Array


def counted(world: dict[str, Rows], day: dt.date) -> Iterator[Counted]:
    """What counts to the main reading of each target; `day` decides which funds are headline funds."""
    alternatives: dict[tuple[str, str], list[TargetRule]] = {}
    for rule in target_rule.rules():
        if rule.dataset in DATASETS and rule.reading == "main":
            alternatives.setdefault((rule.target_id, rule.dataset), []).append(rule)
    classes = world["training_class"].take(~world["training_class"].held)
    places = {text: place for place, text in enumerate(classes["class_id"].tolist())}
    class_of = np.array([places.get(text, -1) for text in world["training_record"]["class_id"].tolist()], dtype=int)
    for (target_id, dataset), rules in alternatives.items():
        mask = np.zeros(len(world[dataset]), dtype=bool)
        for rule in rules:
            mask |= _fits(rule, world[dataset], classes, class_of, day)
        yield Counted(target_id, dataset, mask)


def _fits(rule: TargetRule, rows: Rows, classes: Rows, class_of: Array, day: dt.date) -> Array:
    fits = np.ones(len(rows), dtype=bool)
    for terms, is_wanted in ((rule.all_of, True), (rule.none_of, False)):
        for term in terms:
            if rule.dataset == "training_record" and term.field not in rows.columns:
                holds = np.append(_holds(term, classes, day), False)[class_of]  # the last is of an unknown class
            else:
                holds = _holds(term, rows, day)
            fits &= holds == is_wanted
    return fits


def _holds(term: Term, rows: Rows, day: dt.date) -> Array:
    if term.field == "is_headline_funded":
        return np.asarray(_is_headline_funded(rows, day) == (term.code == "true"))
    if term.field == "is_designated":
        is_designated = is_among(rows.unit, policy.codes("designating_department", day))
        return np.asarray(is_designated == (term.code == "true"))
    kind = contract.dataset(rows.dataset).field(term.field).kind
    column = rows[term.field]
    if kind == "bool":
        return np.asarray(column == float(term.code == "true"))
    if kind == "list":
        return np.array([term.code in (codes or "").split(";") for codes in column.tolist()], dtype=bool)
    return np.asarray(column == term.code)


def _is_headline_funded(classes: Rows, day: dt.date) -> Array:
    headline, excluded = (
        is_among(classes["funding_source"], policy.codes(name, day))
        for name in ("headline_funding_code", "non_headline_funding_code")
    )
    free = (classes["is_public_welfare"] == 1) & (classes["fee_charged"] != 1)
    return np.asarray(headline | free & ~excluded)
