"""One rule: its facts, its Great Expectations expectation and its examples. Ends at the registry of all rules.

A file `rules/<dataset>/<code>_<slug>.py` that holds a function under `@rule` is live; there is no list to edit.
`rules/person/` holds what several datasets share, `rules/across/` what looks at other submissions.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Severity
from warehouse.vocabulary.errors import OperatorError

if TYPE_CHECKING:
    from expectations.gx_duckdb import Expectation

RULES = Path(__file__).parent / "rules"
Scope = Literal["submission", "across"]
Row = Mapping[str, Any]
World = Mapping[str, Sequence[Row]]
"""Example of a rule across submissions: table → rows."""


@dataclass(frozen=True)
class Rule:
    """What a rule says and to whom; `expectation` builds the Great Expectations expectation.

    `expected` is an SQL expression over the row that shows the value that would be right; it must not derive from
    an identifier. A finding of a code in `unless` on the same row suppresses this rule's finding. The rule looks only
    at rows whose submission's period ends from `since` to `until`, both included; null is without end.
    """

    code: str
    datasets: tuple[str, ...]
    severity: Severity
    fields: tuple[str, ...]
    message: str
    why: str
    fix: str
    basis: str
    passes: Sequence[Row | World]
    fails: Sequence[Row | World]
    expected: str | None
    unless: tuple[str, ...]
    scope: Scope
    since: dt.date | None
    until: dt.date | None
    expectation: Callable[[], Expectation]


_registry: dict[str, Rule] = {}


def rule(
    *,
    code: str,
    dataset: str | tuple[str, ...],
    severity: Severity,
    fields: tuple[str, ...],
    message: str,
    why: str,
    fix: str,
    basis: str,
    passes: Sequence[Row | World],
    fails: Sequence[Row | World],
    expected: str | None = None,
    unless: tuple[str, ...] = (),
    scope: Scope = "submission",
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Callable[[Callable[[], Expectation]], Callable[[], Expectation]]:
    """Registers the decorated function's expectation as a rule; `OperatorError` names the code and what is wrong."""
    datasets = (dataset,) if isinstance(dataset, str) else dataset

    def register(build: Callable[[], Expectation]) -> Callable[[], Expectation]:
        made = Rule(
            code,
            datasets,
            severity,
            fields,
            message,
            why,
            fix,
            basis,
            passes,
            fails,
            expected,
            unless,
            scope,
            since,
            until,
            build,
        )
        problem = _problem(made, Path(build.__code__.co_filename))
        if problem:
            raise OperatorError(f"Rule {code}: {problem}")
        _registry[code] = made
        return build

    return register


def _problem(made: Rule, path: Path) -> str | None:
    if not re.fullmatch(r"[A-Z]{2}[0-9]{3}", made.code):
        return "a code is two capital letters and three digits."
    if made.code in _registry:
        return "the code is taken; a code is never used twice."
    if not path.stem.startswith(f"{made.code}_"):
        return f"the file is {path.name}; its name must begin with the code."
    if not (made.message and made.why and made.fix and made.basis):
        return "message, why, fix and basis are needed."
    if not (made.passes and made.fails):
        return "an example that passes and one that fails are needed."
    if not made.fields:
        return "name the fields that it judges, the one to look at first."
    if made.since and made.until and made.until < made.since:
        return "it ends before it begins."
    if made.scope == "across" and made.severity == "critical":
        return "what looks at other submissions never holds a row."
    for name in made.datasets:
        if name not in contract.names():
            return f"there is no dataset {name}."
        known = {field.name for field in contract.dataset(name).fields}
        unknown = [field for field in made.fields if field not in known]
        if unknown:
            return f"{name} has no field {unknown[0]}."
    return None


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Every rule under `rules/`, by code. Imports the rule files and with them Great Expectations."""
    for path in sorted(RULES.glob("*/*.py")):
        importlib.import_module(f"expectations.rules.{path.parent.name}.{path.stem}")
    for made in _registry.values():
        unknown = [code for code in made.unless if code not in _registry]
        if unknown:
            raise OperatorError(f"Rule {made.code}: unless names {unknown[0]}, which is no rule.")
    return tuple(made for _, made in sorted(_registry.items()))
