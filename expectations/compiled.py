"""The compiled checks as they are stored and run: a line of facts, a line of SQL; and the examples of rules.

Imports no Great Expectations: what writes these files is `compile`. Ends at `Check` and `Examples`.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from warehouse.vocabulary import reference
from warehouse.vocabulary.contract import Severity

FOLDER = Path(__file__).parent / "compiled"
ACROSS = "across"
EXAMPLES = "examples.json"
ROW_HASH = "row_hash"
_FACTS = "-- "
GROWING_LISTS = ("task_unit", "department")
"""Code lists that may grow any day: their codes stand in no stored text, so that nothing is compiled anew for a line
more in their table. A mark stands there, and `parse` puts the codes of the day in its place. Longer ones come
first."""
_MARK = re.compile("〔([a-z_]+)〕")
_SHOWN_CODES = 20


@dataclass(frozen=True)
class Check:
    """One compiled check.

    `sql` reads the relation named like the dataset and gives submission_id and row_index of bad rows. `is_fact`:
    about one cell alone. `needs`: fields without which it finds nothing. `basis` is null for what a contract implies.
    `workbook_fix`: null where `fix` holds in a correction workbook too. `pair`: SQL expressions; rows of a submission
    in which they are equal are partners where `apart` differs. `since`, `until`: it looks only at submissions whose
    period ends between them, both included, as the SQL says too.
    """

    code: str
    dataset: str
    severity: Severity
    fields: tuple[str, ...]
    message: str
    why: str
    fix: str
    workbook_fix: str | None
    pair: tuple[str, ...]
    apart: str
    expected: str | None
    unless: tuple[str, ...]
    needs: tuple[str, ...]
    is_fact: bool
    basis: str | None
    since: dt.date | None
    until: dt.date | None
    sql: str

    @property
    def condition(self) -> str | None:
        """The condition on one row, where the check is nothing else."""
        head = f"select submission_id, row_index from {self.dataset} where "
        return self.sql.removeprefix(head) if self.sql.startswith(head) else None

    def holds_on(self, day: dt.date) -> bool:
        """Does it look at submissions whose period ends on this day?"""
        return (self.since or day) <= day <= (self.until or day)

    @property
    def dates(self) -> str:
        """The days on which a period must end for the check to hold, in Chinese; empty for always."""
        if self.since and self.until:
            return f"{self.since} 至 {self.until}"
        return f"{self.since} 起" if self.since else f"至 {self.until}" if self.until else ""


def mark(code_list: str) -> str:
    """What stands in a stored text for the codes of a list."""
    return f"〔{code_list}〕"


def shown_codes(code_list: str) -> str:
    """The first codes of a list with their names, in Chinese."""
    known = reference.codes(code_list)
    shown = "、".join(f"{code} {name}" for code, name in list(known.items())[:_SHOWN_CODES])
    return f"{shown}{'等' if len(known) > _SHOWN_CODES else ''}"


def _quoted_codes(code_list: str) -> str:
    return ", ".join(f"'{code}'" for code in reference.codes(code_list))


def _with_marks(sql: str) -> str:
    for code_list in GROWING_LISTS:
        sql = sql.replace(_quoted_codes(code_list), mark(code_list))
    return sql


def render(checks: Iterable[Check]) -> str:
    """The text of a compiled file."""
    lines = []
    for check in checks:
        facts = asdict(check)
        sql = facts.pop("sql")
        lines += [_FACTS + json.dumps(facts, ensure_ascii=False, default=str), f"{_with_marks(sql)};"]
    return "\n".join(lines) + "\n"


def parse(text: str, *, is_foreign: bool = False) -> tuple[Check, ...]:
    """The checks of a compiled file; `is_foreign`: another revision wrote it, which may know fewer facts or others."""
    lines = text.splitlines()
    checks = []
    for facts, sql in zip(lines[::2], lines[1::2], strict=True):
        raw = _known(json.loads(facts.removeprefix(_FACTS)), is_foreign)
        for name in ("fields", "pair", "unless", "needs"):
            raw[name] = tuple(raw[name] or ())
        raw["fix"] = raw["fix"] and _MARK.sub(lambda match: shown_codes(match[1]), raw["fix"])
        for name in ("since", "until"):
            raw[name] = raw[name] and dt.date.fromisoformat(raw[name])
        sql = _MARK.sub(lambda match: _quoted_codes(match[1]), sql.removesuffix(";"))
        checks.append(Check(**raw, sql=sql))
    return tuple(checks)


def _known(raw: dict[str, Any], is_foreign: bool) -> dict[str, Any]:
    """Of a foreign check the facts that are known here; null for those that it lacks. `ValueError` where it has no
    code or looks at no field."""
    if not is_foreign:
        return raw
    if not raw.get("code") or not raw.get("fields"):
        raise ValueError("no check")
    return {fact.name: raw.get(fact.name) for fact in fields(Check) if fact.name != "sql"}


@functools.cache
def load(name: str) -> tuple[Check, ...]:
    """The checks of a dataset, or of `across`."""
    return parse((FOLDER / f"{name}.sql").read_text("utf-8"))


@dataclass(frozen=True)
class Examples:
    """A rule's examples in one dataset: worlds (table → rows) in which it finds nothing, and in which it finds."""

    passes: list[dict[str, list[dict[str, Any]]]]
    fails: list[dict[str, list[dict[str, Any]]]]


def render_examples(examples_by_code: Mapping[str, Mapping[str, Examples]]) -> str:
    """Code → dataset → examples as JSON, one code a line. Dates and numbers of a fixed scale become text."""
    lines = []
    for code, by_dataset in examples_by_code.items():
        facts = {dataset: asdict(examples) for dataset, examples in by_dataset.items()}
        lines.append(f"{json.dumps(code)}: {json.dumps(facts, ensure_ascii=False, default=str)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


@functools.cache
def examples() -> dict[str, dict[str, Examples]]:
    """Code → dataset → examples, of every rule."""
    raw = json.loads((FOLDER / EXAMPLES).read_text("utf-8"))

    def parsed(by_dataset: dict[str, Any]) -> dict[str, Examples]:
        return {dataset: Examples(**worlds) for dataset, worlds in by_dataset.items()}

    return {code: parsed(by_dataset) for code, by_dataset in raw.items()}


@functools.cache
def digest() -> str:
    """Changes when anything in the compiled files changes, a wording too."""
    content = hashlib.sha256()
    for path in sorted(FOLDER.iterdir()):
        content.update(path.name.encode())
        content.update(path.read_bytes())
    return content.hexdigest()[:12]


@functools.cache
def of(name: str) -> dict[str, Check]:
    """Code → check, of a dataset's checks and those that look at its other submissions."""
    checks = (*load(name), *(check for check in load(ACROSS) if check.dataset == name))
    return {check.code: check for check in checks}
