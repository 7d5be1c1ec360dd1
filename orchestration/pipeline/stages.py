"""Seconds per stage of a run, for the progress display and the benchmark.

How progress looks is `orchestration.cli.terminal`. Ends at a dictionary of seconds.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Stages:
    """Accumulates seconds by stage; `tell` is called with each stage's name as it begins."""

    tell: Callable[[str], None] = lambda _: None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def stage(self, name: str, what: str = "") -> Iterator[None]:
        self.tell(f"{name} {what}".strip())
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun
