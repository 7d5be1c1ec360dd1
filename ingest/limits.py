"""What one file may cost: sizes, counts, seconds; how long it must have been quiet; and a run's memory, shared out.

The settings are `limits.yaml`; each reader keeps to them itself. Ends at `Limits`.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from warehouse.store.settings import settings
from warehouse.vocabulary.errors import OperatorError

DEFAULTS = Path(__file__).with_name("limits.yaml")
MB = 2**20
PROGRAM_MB = 600
"""Address space that libraries reserve as they read, and do not touch."""
RESIDENT_MB = 150
"""A worker in memory that has read nothing."""
MAIN_RESTING_MB = 400
"""The run's own process while a large file is read: the program, and what was read before."""
_LEAST_READING_MB = 100
"""What reading takes of the smallest files."""
_TEXT_TIMES, _PACKED_TIMES = 8, 60
"""Memory that reading takes to the size of a file: of a text of 85 MB 640, of a workbook of 9 MB 424."""


@dataclass(frozen=True)
class Limits:
    """See `limits.yaml` for the meaning of each."""

    file_mb: int
    unpacked_mb: int
    ratio: int
    members: int
    sheets: int
    rows: int
    columns: int
    cells: int
    cell_characters: int
    json_depth: int
    seconds: int
    quiet_seconds: int
    quiet_seconds_by_hand: int
    workers: int
    run_mb: int
    batch_rows: int

    @property
    def main_mb(self) -> int:
        """What the run's own process may take while readers work beside it."""
        return self.run_mb * 3 // 5

    @property
    def reading_mb(self) -> int:
        """What one of several readers may take, so that all of them and the run's own process fit into the run's."""
        return (self.run_mb - self.main_mb) // self.workers - RESIDENT_MB

    @property
    def worker_mb(self) -> int:
        """Address space that one of several readers may add to what it has."""
        return PROGRAM_MB + self.reading_mb

    @property
    def alone_mb(self) -> int:
        """The same of a reader beside which nothing is read or checked."""
        return PROGRAM_MB + self.run_mb - MAIN_RESTING_MB - self.workers * RESIDENT_MB

    @property
    def duckdb_mb(self) -> int:
        """DuckDB's part of the run's own process: Arrow tables and the program need the rest."""
        return self.main_mb // 2

    def is_large(self, size: int, *, is_packed: bool) -> bool:
        """Does reading a file of so many bytes take more than one of several readers may?"""
        return size / MB * (_PACKED_TIMES if is_packed else _TEXT_TIMES) > self.reading_mb

    def oversize(self, size: int) -> str | None:
        """The sentence that refuses a file of so many bytes; null within the limit."""
        if size <= self.file_mb * MB:
            return None
        return f"文件有 {size / MB:,.0f} MB，超过 {self.file_mb} MB，没有读取，请按月份或区分成几个文件。"


def load(path: Path) -> dict[str, int]:
    """The limits that a file sets; `OperatorError` names what is no limit or no whole number above 0."""
    try:
        settings = yaml.safe_load(path.read_text("utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise OperatorError(f"The limits in {path} cannot be read: {error}") from None
    known = {field.name for field in fields(Limits)}
    for name, value in settings.items():
        if name not in known or not isinstance(value, int) or value < 1:
            raise OperatorError(f"{path}: {name}: {value} is no limit; whole numbers above 0 for {sorted(known)}.")
    return dict(settings)


@functools.cache
def limits() -> Limits:
    """The limits in force: the defaults, the settings' memory over them, and over both the file of SKILLS_LIMITS."""
    path = os.environ.get("SKILLS_LIMITS")
    run_mb = settings().memory.run_mb
    told = {"run_mb": run_mb} if run_mb else {}
    chosen = Limits(**load(DEFAULTS) | told | (load(Path(path)) if path else {}))
    if chosen.reading_mb < _LEAST_READING_MB:
        raise OperatorError(
            f"{path or DEFAULTS}: run_mb {chosen.run_mb} leaves each of {chosen.workers} workers "
            f"{chosen.reading_mb} MB to read with, and the smallest files need {_LEAST_READING_MB}: raise run_mb or "
            "lower workers."
        )
    return chosen
