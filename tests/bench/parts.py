"""What every part of the benchmark is asked for. Not here: which parts there are, which `__main__` knows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """`scale` of the demo; `size`: rows, files, months or participations of the part, 0 for what it has by itself."""

    scale: float = 1.0
    size: int = 0
