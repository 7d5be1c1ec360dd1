"""What a build holds back because a test of senders' data fails on it: a row where a row is the cause, else the whole
submission; and what that does to the figures.

It lies in `work/` beside the database that was built so, and from there goes into the manifest. When something is held
back is `orchestration.pipeline.hold_back`. Ends at these facts.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse.store.data_root import Root

Figures = dict[str, str | None]
"""`target|reading|period` → amount as text."""


@dataclass(frozen=True, order=True)
class Failure:
    """A test of senders' data that fails on a submission, or on one of its rows. `row`: as the sender sees it."""

    submission_id: str
    test: str
    field: str | None = None
    row_index: int | None = None
    row: int | None = None


@dataclass(frozen=True)
class HoldBack:
    """What one build leaves out, ordered, and why.

    `released`: failures that count nonetheless, by the bureau's word. `contributed`: what each submission's rows held
    back would give to the figures. `before`: figures that differ, as they would be with all of it; none where the
    tables did not stand with it. `after`: the same as published.
    """

    failures: tuple[Failure, ...] = ()
    released: tuple[Failure, ...] = ()
    contributed: Mapping[str, Figures] = field(default_factory=dict)
    before: Figures | None = None
    after: Figures | None = None

    @property
    def submissions(self) -> frozenset[str]:
        """Those held back as a whole."""
        return frozenset(failure.submission_id for failure in self.failures if failure.row_index is None)

    @property
    def rows(self) -> dict[tuple[str, int], list[str]]:
        """Rows of other submissions → the tests that fail on them."""
        tests: dict[tuple[str, int], list[str]] = {}
        whole = self.submissions
        for failure in self.failures:
            if failure.row_index is not None and failure.submission_id not in whole:
                tests.setdefault((failure.submission_id, failure.row_index), []).append(failure.test)
        return tests

    def facts(self, names: Mapping[str, str]) -> dict[str, Any]:
        """As a manifest tells it; `names`: submission → name of its file."""
        return dataclasses.asdict(self) | {
            part: [dataclasses.asdict(failure) | {"file": names.get(failure.submission_id)} for failure in failures]
            for part, failures in (("failures", self.failures), ("released", self.released))
        }


NOTHING = HoldBack()


def of_facts(facts: Mapping[str, Any] | None) -> HoldBack:
    """From a manifest; one from before builds could hold something back held nothing."""
    if not facts:
        return NOTHING
    failures, released = (tuple(map(_failure, facts[part])) for part in ("failures", "released"))
    return HoldBack(failures, released, facts["contributed"], facts["before"], facts["after"])


def _failure(told: Mapping[str, Any]) -> Failure:
    return Failure(**{name: value for name, value in told.items() if name != "file"})


def _path(root: Root) -> Path:
    return root.work / "held_back.json"


def write(root: Root, held_back: HoldBack) -> None:
    _path(root).write_text(json.dumps(held_back.facts({}), ensure_ascii=False, sort_keys=True), "utf-8")


def read(root: Root) -> HoldBack:
    """What the database in `work/` was built without."""
    path = _path(root)
    return of_facts(json.loads(path.read_text("utf-8"))) if path.is_file() else NOTHING


def merged(*parts: Iterable[Failure]) -> tuple[Failure, ...]:
    return tuple(sorted({failure for part in parts for failure in part}, key=_order))


def _order(failure: Failure) -> tuple[str, int, str]:
    return failure.submission_id, failure.row_index or 0, failure.test
