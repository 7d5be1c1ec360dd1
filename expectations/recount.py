"""Which rows of a unit count to a target when its total is compared with them, as SQL conditions.

From `warehouse.vocabulary.target_rule`. Only datasets of rows per person or certificate, and only readings that count
events: what counts persons, or is designated by another unit, no unit can total for itself. Reads no data.
"""

from __future__ import annotations

from warehouse.vocabulary import contract, policy, target_rule
from warehouse.vocabulary.target_rule import TargetRule, Term

DATASETS = ("training_record", "certificate", "support_service")
_CLASS = "training_class"
_DERIVED = {"is_headline_funded": ("funding_source", "start_date", "is_public_welfare", "fee_charged")}
"""Attribute of a class that is no column of it → the columns from which it follows."""


def conditions(dataset: str) -> dict[str, str]:
    """Target → whether a row (its class joined as `class`) counts; null where the row does not say."""
    alternatives: dict[str, list[str]] = {}
    for rule in _rules(dataset):
        alternatives.setdefault(rule.target_id, []).append(_condition(rule))
    return {
        target_id: " or ".join(f"({condition})" for condition in rules) for target_id, rules in alternatives.items()
    }


def columns(dataset: str) -> tuple[str, ...]:
    """The columns that the conditions read of a dataset, those of the class of training by its own name."""
    training = dataset in (_CLASS, "training_record")
    names: list[str] = ["class_id"] if dataset == "training_record" else []
    for rule in _rules("training_record" if training else dataset):
        for term in (*rule.all_of, *rule.none_of):
            if _is_of_class(rule, term) == (dataset == _CLASS):
                names += _DERIVED.get(term.field, (term.field,))
    return tuple(dict.fromkeys(names))


def _rules(dataset: str) -> list[TargetRule]:
    return [
        rule
        for rule in target_rule.rules()
        if rule.dataset == dataset and rule.reading == "main" and target_rule.measure(rule.target_id) == "events"
    ]


def _is_of_class(rule: TargetRule, term: Term) -> bool:
    names = {field.name for field in contract.dataset(rule.dataset).fields}
    return rule.dataset == "training_record" and term.field not in names


def _condition(rule: TargetRule) -> str:
    wanted = [_holds(rule, term) for term in rule.all_of]
    unwanted = [f"not coalesce({_holds(rule, term)}, false)" for term in rule.none_of]
    return " and ".join([*wanted, *unwanted])


def _holds(rule: TargetRule, term: Term) -> str:
    """Null where the class is unknown; what a known class leaves empty it does not have."""
    if not _is_of_class(rule, term):
        return _is_code(rule.dataset, term.field, term)
    if term.field == "is_headline_funded":
        holds = _is_headline_funded() if term.code == "true" else f"not {_is_headline_funded()}"
    else:
        holds = _is_code(_CLASS, f"class.{term.field}", term)
    return f"case when class.class_id is not null then coalesce({holds}, false) end"


def _is_code(dataset: str, column: str, term: Term) -> str:
    kind = contract.dataset(dataset).field(term.field).kind
    if kind == "bool":
        return column if term.code == "true" else f"not {column}"
    if kind == "list":
        return f"list_contains(string_split({column}, ';'), '{term.code}')"
    return f"{column} = '{term.code}'"


def _is_headline_funded() -> str:
    """As `int_class` says it: by its funds, or free public welfare whose funds are not excluded."""
    headline, excluded = (
        policy.is_code(name, "class.funding_source", "class.start_date")
        for name in ("headline_funding_code", "non_headline_funding_code")
    )
    free = "coalesce(class.is_public_welfare, false) and not coalesce(class.fee_charged, false)"
    return f"({headline} or {free} and not {excluded})"
