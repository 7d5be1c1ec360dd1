"""What a check says of something that runs on: whether it holds, how badly not, in one sentence, with the facts.

Made by `feed_health` and `target_pace`; how Dagster shows it is `orchestration.defs`. Ends at verdicts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["warn", "error"]
Fact = str | int | None


@dataclass(frozen=True)
class Verdict:
    """`severity`: null where it holds. `facts`: by name; `table`: the things that it is about, all with the same
    columns. The sentence says nothing that changes by waiting alone, so that the same state gives the same verdict.
    `submission_id`: the one that a reader looks at first, of `unit`;
    `has_workbook`: rows of it wait for correction."""

    sentence: str
    severity: Severity | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    table: Sequence[Mapping[str, Fact]] = ()
    unit: str | None = None
    submission_id: str | None = None
    has_workbook: bool = False


def worst(severities: Sequence[Severity | None]) -> Severity | None:
    return "error" if "error" in severities else "warn" if "warn" in severities else None
