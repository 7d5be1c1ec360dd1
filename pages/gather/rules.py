"""Every check there is and what is known of it: of whole files, of datasets, across submissions, and not run yet.

From the facts that run themselves, so no data root is needed. How they are worded is for `render`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from expectations import compiled
from expectations.compiled import ACROSS, Check, Examples
from expectations.missing_source import missing_sources
from expectations.outcome import FILE_CHECKS
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Severity

RuleKind = Literal["file", "submission", "across", "not_run"]
World: TypeAlias = Mapping[str, Sequence[Mapping[str, Any]]]
"""Table → rows of an example."""


@dataclass(frozen=True)
class RuleFacts:
    """One check. `kind`: what it looks at, or that it cannot run yet, for which `why` is the reason. `datasets`: where
    it runs, in the order of the contracts, none for whole files; `fields`, `passes` and `fails` are of the first."""

    code: str
    kind: RuleKind
    datasets: tuple[str, ...]
    message: str
    severity: Severity | None = None
    why: str = ""
    fix: str = ""
    workbook_fix: str | None = None
    fields: tuple[str, ...] = ()
    is_fact: bool = False
    basis: str | None = None
    dates: str = ""
    unless: tuple[str, ...] = ()
    passes: Sequence[World] = ()
    fails: Sequence[World] = ()
    sql: str | None = None


def rules() -> tuple[RuleFacts, ...]:
    """Every check in the order of the index: of whole files, by dataset rules before facts, what cannot run yet."""
    by_code = {rule.code: rule for rule in _file_rules()}
    for dataset in contract.names():
        for rule in _rules_of(dataset):
            known = by_code.get(rule.code)
            by_code[rule.code] = replace(known, datasets=(*known.datasets, dataset)) if known else rule
    return (*by_code.values(), *_missing())


def _file_rules() -> Iterator[RuleFacts]:
    for check in FILE_CHECKS.values():
        yield RuleFacts(
            check.code,
            "file",
            (),
            check.message,
            severity=check.severity,
            why=check.why,
            fix=check.fix,
            workbook_fix=check.workbook_fix,
        )


def _rules_of(dataset: str) -> list[RuleFacts]:
    within = [_rule(check, "submission") for check in compiled.load(dataset)]
    across = [_rule(check, "across") for check in compiled.load(ACROSS) if check.dataset == dataset]
    return sorted((*within, *across), key=lambda rule: rule.is_fact)


def _rule(check: Check, kind: RuleKind) -> RuleFacts:
    examples = compiled.examples().get(check.code, {}).get(check.dataset, Examples([], []))
    return RuleFacts(
        code=check.code,
        kind=kind,
        datasets=(check.dataset,),
        message=check.message,
        severity=check.severity,
        why=check.why,
        fix=check.fix,
        workbook_fix=check.workbook_fix,
        fields=check.fields,
        is_fact=check.is_fact,
        basis=check.basis,
        dates=check.dates,
        unless=check.unless,
        passes=examples.passes,
        fails=examples.fails,
        sql=check.sql,
    )


def _missing() -> Iterator[RuleFacts]:
    for source in missing_sources():
        yield RuleFacts(source.code, "not_run", (), source.what, why=source.reason)
