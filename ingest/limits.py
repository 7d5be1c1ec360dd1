"""What one file may cost its reader: sizes, counts, seconds, memory.

The settings are `limits.yaml`; each reader keeps to them itself. Ends at `Limits`.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, fields
from pathlib import Path

import yaml

from warehouse.vocabulary.errors import OperatorError

DEFAULTS = Path(__file__).with_name("limits.yaml")


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
    worker_mb: int


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
    """The limits in force: the defaults, and over them those of the file that SKILLS_LIMITS names."""
    path = os.environ.get("SKILLS_LIMITS")
    return Limits(**load(DEFAULTS) | (load(Path(path)) if path else {}))
