"""From which facts files were written, so that the same facts do not write them again.

A seal stands beside the files in a folder `.facts`; which facts it covers is for its caller to say.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pages.version import version
from pages.write import files


@dataclass(frozen=True)
class Seal:
    """`digest`: of all facts on which the files depend."""

    path: Path
    digest: str

    @property
    def holds(self) -> bool:
        """Whether the files were written from just these facts."""
        return self.path.is_file() and self.path.read_text("ascii") == self.digest

    def set(self) -> None:
        files.write(self.path, self.digest)


def digest(*facts: Any) -> str:
    """SHA-256 over facts that have a form in JSON or as text, and over the version of the pages."""
    text = json.dumps([version(), *facts], default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
