"""When each stage of a run went on, for the progress display and the benchmark.

How progress looks is `orchestration.cli.terminal`. Ends at spans and their sums.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Span:
    """From when to when by the machine's steady clock, which what watches from outside has too."""

    stage: str
    begun: float
    ended: float


@dataclass
class Stages:
    """Remembers stages as they pass; `tell` is called with each one's name as it begins."""

    tell: Callable[[str], None] = lambda _: None
    spans: list[Span] = field(default_factory=list)

    @contextlib.contextmanager
    def stage(self, name: str, what: str = "") -> Iterator[None]:
        self.tell(f"{name} {what}".strip())
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.spans.append(Span(name, begun, time.perf_counter()))
