"""The version of what shapes the pages, so that a page is written again when its program changes.

Ends at a digest; what a page says of data is no part of it.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path

PACKAGE = Path(__file__).parent


@functools.cache
def version() -> str:
    """Eight hex digits that change when a module, template, script or style of the pages changes."""
    digest = hashlib.sha256()
    for path in sorted(path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc"):
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]
