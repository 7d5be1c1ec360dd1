"""The checks that cannot run yet because what they compare with is not supplied, from `missing_sources.csv`.

Checks that did not run on one file for its own reasons are told by `check`. Ends at a list.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from warehouse.vocabulary import contract, reference
from warehouse.vocabulary.errors import OperatorError

_COLUMNS = ("code", "datasets", "what_zh", "reason_zh")


@dataclass(frozen=True)
class MissingSource:
    """A check against false training whose source does not exist yet, by its code in the list of such checks."""

    code: str
    datasets: tuple[str, ...]
    what: str
    reason: str


@functools.cache
def missing_sources() -> tuple[MissingSource, ...]:
    """`reference/missing_sources.csv`; `OperatorError` names the row that is not whole."""
    sources = []
    for number, row in enumerate(reference.table("missing_sources"), 2):
        if tuple(row) != _COLUMNS or not all(row.values()):
            raise OperatorError(f"missing_sources.csv, row {number}: fill {', '.join(_COLUMNS)}.")
        datasets = tuple(row["datasets"].split(";"))
        unknown = sorted(set(datasets) - set(contract.names()))
        if unknown:
            raise OperatorError(f"missing_sources.csv, row {number}: there is no dataset {unknown[0]}.")
        sources.append(MissingSource(row["code"], datasets, row["what_zh"], row["reason_zh"]))
    return tuple(sources)
