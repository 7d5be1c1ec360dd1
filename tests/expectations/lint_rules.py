"""Lint the SQL of every rule as the models are linted: `python -m tests.expectations.lint_rules`, in `make lint`.

Gives sqlfluff each rule's bad rows as they are run, with the project's configuration, and prints each complaint with
the line of the rule file. The rules' facts are judged by `expectations/rule.py`, their Python by ruff.
"""

from __future__ import annotations

import inspect
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlfluff.core import FluffConfig, Linter

from expectations.rule import Rule, rules

PROJECT = Path(__file__).parents[2]
_PROCESSES = 2
_NOT_FOR_RULES = [
    # ruff measures the same lines of source; what is filled in from identity.py or a threshold is longer.
    "layout.long_lines",
    # A rule is one query in one block, which compares its batch with itself: subqueries and `using` instead of CTEs,
    # no alias where nothing is ambiguous, columns that only one of two tables has; `join` is inner.
    "aliasing.required",
    "aliasing.unique.table",
    "aliasing.unused",
    "ambiguous.join",
    "convention.casting_style",
    "references.keywords",
    "references.qualification",
    "structure.join_condition_order",
    "structure.subquery",
    "structure.using",
]


@dataclass(frozen=True)
class Statement:
    """A rule's SQL as sqlfluff reads it; `offset` added to a line of it gives the line of the rule's file."""

    path: Path
    sql: str
    offset: int


@dataclass(frozen=True)
class Complaint:
    """What sqlfluff says of a line of a rule file."""

    path: Path
    line: int
    code: str
    description: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code} {self.description}"


def statement(rule: Rule) -> Statement | None:
    """The rule's SQL over its (first) dataset's table; null for a native rule."""
    if rule.bad_rows is not None:
        head, body = "", inspect.cleandoc(rule.bad_rows)
    elif rule.bad_rows_where is not None:
        head = "select submission_id, row_index\nfrom {batch}\nwhere\n"
        body = textwrap.indent(inspect.cleandoc(rule.bad_rows_where), "    ")
    else:
        return None
    sql = (head + body).replace("{batch}", rule.datasets[0]) + "\n"
    return Statement(rule.path, sql, _opening_line(rule.path) - head.count("\n"))


def _opening_line(path: Path) -> int:
    """The line on which the block of SQL is opened; the SQL begins on the next."""
    lines = path.read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if re.match(r"\s*bad_rows(_where)?=", line))


def lint(statements: Sequence[Statement]) -> Iterator[Complaint]:
    """What sqlfluff finds in the statements, file by file; 20 s of one core for 302 rules."""
    settings = str(PROJECT / "pyproject.toml")
    excluded = FluffConfig.from_root(extra_config_path=settings).get("rule_denylist") + _NOT_FOR_RULES
    overrides = {"templater": "raw", "exclude_rules": ",".join(excluded)}
    config = FluffConfig.from_root(extra_config_path=settings, overrides=overrides)
    with tempfile.TemporaryDirectory() as folder:
        by_file = {Path(folder) / f"{stated.path.stem}.sql": stated for stated in statements}
        for file, stated in by_file.items():
            file.write_text(stated.sql, "utf-8")
        linted = Linter(config).lint_paths((folder,), processes=_PROCESSES)
    for record in linted.as_records():
        origin = by_file[Path(record["filepath"])]
        for violation in record["violations"]:
            line = violation["start_line_no"] + origin.offset
            yield Complaint(origin.path, line, violation["code"], violation["description"])


def main() -> int:
    """Print every complaint about the project's rules; 1 if there is any."""
    statements = [statement(rule) for rule in rules()]
    complaints = list(lint([stated for stated in statements if stated is not None]))
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
