"""One rule: its facts, what its bad rows are, and its examples. Ends at the registry of all rules.

A file `rules/<dataset>/<code>_<slug>.py` that calls `rule` (bad rows in SQL), or decorates a function with
`native_rule` (a Great Expectations expectation), is live; there is no list to edit. `rules/person/` holds what several
datasets share, `rules/across/` what looks at other submissions. Nothing is run or compiled here, and no Great
Expectations is imported: `compile.py` builds the expectations.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict, Unpack

from expectations.compiled import ROW_HASH
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Severity
from warehouse.vocabulary.errors import OperatorError

if TYPE_CHECKING:
    from expectations.gx_duckdb import Expectation

RULES = Path(__file__).parent / "rules"
REMOVES_ROWS = re.compile("删除|删去|删掉|去掉|移除|只保留(?:一|正确)|合并[到为]一行")
"""What a workbook's fix never says: a row that is taken out of a workbook stays as it was sent, and comes back."""
Scope = Literal["submission", "across"]
Row = Mapping[str, Any]
World = Mapping[str, Sequence[Row]]
"""Example of a rule across submissions: table → rows."""


class Facts(TypedDict):
    """What a rule says and to whom; see `Rule`."""

    code: str
    dataset: str | tuple[str, ...]
    severity: Severity
    fields: tuple[str, ...]
    message: str
    why: str
    fix: str
    basis: str
    passes: Sequence[Row | World]
    fails: Sequence[Row | World]
    workbook_fix: NotRequired[str | None]
    pair: NotRequired[tuple[str, ...]]
    apart: NotRequired[str]
    expected: NotRequired[str | None]
    unless: NotRequired[tuple[str, ...]]
    scope: NotRequired[Scope]
    since: NotRequired[dt.date | None]
    until: NotRequired[dt.date | None]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A registered rule.

    Attributes:
        path: the file that registers it.
        dataset: the dataset whose rows it judges, or several.
        fields: the fields that it judges, the one to look at first.
        fix: what to do about it in the whole file, which is sent again.
        workbook_fix: the same in the correction workbook, which merges rows and never loses one; null where `fix` is
            true there too.
        pair: SQL expressions over the row; rows of a submission in which all of them are equal are each other's
            partners, which a finding names.
        apart: SQL expression in which partners differ, of each value the first row; by itself all that was sent. Told
            is how they differ: in the fields judged, for `row_hash` in all columns.
        expected: SQL over the row that shows the value that would be right; it must not derive from an identifier.
        unless: a finding of one of these codes on the same row suppresses this rule's finding.
        since, until: it looks only at rows whose submission's period ends between them, both included; null is
            without end.
        bad_rows_where: SQL condition on one row; a row that fulfils it is bad, null counts as no.
        bad_rows: SQL query giving submission_id and row_index of bad rows, across submissions also `affected` (how
            many rows) and `expected`; `{batch}` stands for the dataset's table.
        native: builds the Great Expectations expectation that bad rows do not meet.
    """

    path: Path
    code: str
    dataset: str | tuple[str, ...]
    severity: Severity
    fields: tuple[str, ...]
    message: str
    why: str
    fix: str
    basis: str
    passes: Sequence[Row | World]
    fails: Sequence[Row | World]
    workbook_fix: str | None = None
    pair: tuple[str, ...] = ()
    apart: str = ROW_HASH
    expected: str | None = None
    unless: tuple[str, ...] = ()
    scope: Scope = "submission"
    since: dt.date | None = None
    until: dt.date | None = None
    bad_rows_where: str | None = None
    bad_rows: str | None = None
    native: Callable[[], Expectation] | None = None

    @property
    def datasets(self) -> tuple[str, ...]:
        """The datasets whose rows it judges."""
        return (self.dataset,) if isinstance(self.dataset, str) else self.dataset


_registry: dict[str, Rule] = {}


def rule(*, bad_rows_where: str | None = None, bad_rows: str | None = None, **facts: Unpack[Facts]) -> None:
    """Register a rule whose bad rows are told by a condition on one row or by a query.

    Raises:
        OperatorError: a fact is missing or wrong; names the code.
    """
    path = Path(sys._getframe(1).f_code.co_filename)
    _register(Rule(path=path, bad_rows_where=bad_rows_where, bad_rows=bad_rows, **facts))


def native_rule(**facts: Unpack[Facts]) -> Callable[[Callable[[], Expectation]], Callable[[], Expectation]]:
    """Register the decorated function, which builds a Great Expectations expectation, as a rule.

    Raises:
        OperatorError: a fact is missing or wrong; names the code.
    """

    def register(build: Callable[[], Expectation]) -> Callable[[], Expectation]:
        _register(Rule(path=Path(build.__code__.co_filename), native=build, **facts))
        return build

    return register


def _register(rule: Rule) -> None:
    problem = _problem(rule)
    if problem:
        raise OperatorError(f"Rule {rule.code}: {problem}")
    _registry[rule.code] = rule


def _problem(rule: Rule) -> str | None:
    if not re.fullmatch(r"[A-Z]{2}[0-9]{3}", rule.code):
        return "a code is two capital letters and three digits."
    if rule.code in _registry:
        return "the code is taken; a code is never used twice."
    if not rule.path.stem.startswith(f"{rule.code}_"):
        return f"the file is {rule.path.name}; its name must begin with the code."
    if not (rule.message and rule.why and rule.fix and rule.basis):
        return "message, why, fix and basis are needed."
    if REMOVES_ROWS.search(rule.workbook_fix or rule.fix):
        return "its fix tells to take rows out; workbook_fix must say what to do in a workbook, where they come back."
    if not (rule.passes and rule.fails):
        return "an example that passes and one that fails are needed."
    if not rule.fields:
        return "name the fields that it judges, the one to look at first."
    if rule.since and rule.until and rule.until < rule.since:
        return "it ends before it begins."
    if rule.scope == "across" and rule.severity == "critical":
        return "what looks at other submissions never holds a row."
    return _sql_problem(rule) or _field_problem(rule)


def _sql_problem(rule: Rule) -> str | None:
    if rule.native is None and bool(rule.bad_rows_where) == bool(rule.bad_rows):
        return "give either bad_rows_where, a condition on one row, or bad_rows, a query."
    if rule.pair and (rule.bad_rows is None or rule.scope == "across"):
        return "only a query over the rows of one submission finds pairs."
    if rule.bad_rows and "{batch}" not in rule.bad_rows:
        return "bad_rows must read {batch}, the dataset's table."
    return None


def _field_problem(rule: Rule) -> str | None:
    for name in rule.datasets:
        if name not in contract.names():
            return f"there is no dataset {name}."
        known = {field.name for field in contract.dataset(name).fields}
        unknown = [field for field in rule.fields if field not in known]
        if unknown:
            return f"{name} has no field {unknown[0]}."
    return None


@functools.cache
def rules() -> tuple[Rule, ...]:
    """Every rule under `rules/`, by code. Imports the rule files; the native ones import Great Expectations."""
    for path in sorted(RULES.glob("*/*.py")):
        importlib.import_module(f"expectations.rules.{path.parent.name}.{path.stem}")
    for rule in _registry.values():
        unknown = [code for code in rule.unless if code not in _registry]
        if unknown:
            raise OperatorError(f"Rule {rule.code}: unless names {unknown[0]}, which is no rule.")
    return tuple(rule for _, rule in sorted(_registry.items()))
