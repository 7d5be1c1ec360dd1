"""What goes wrong with the machine, as one sentence that names the file and the remedy.

From an exception, or from the text that is left of one when it passed through Dagster or dbt. What is no known mishap
stays what it is. Ends at sentences.
"""

from __future__ import annotations

import errno
import re

_FULL = (errno.ENOSPC, errno.EDQUOT)
_FULL_TEXT = re.compile(
    r"No space left on device|Disk quota exceeded|database or disk is full|\[Errno (?:28|122)\]", re.IGNORECASE
)
_QUOTED_FILE = re.compile(r"""['"](/[^'"]+)['"]""")


def sentence(error: BaseException | str, place: str) -> str | None:
    """The sentence on a known mishap. `place`: the folder to name where the error names no file."""
    text = str(error)
    is_full = isinstance(error, OSError) and error.errno in _FULL
    if is_full or _FULL_TEXT.search(text):
        file = str(error.filename) if isinstance(error, OSError) and error.filename else _file(text, place)
        return (
            f"The disk is full, so {file} could not be written: free some space on it and run again; what stood before "
            "is unharmed."
        )
    return None


def _file(text: str, place: str) -> str:
    """The file that the text quotes."""
    match = _QUOTED_FILE.search(text)
    return match[1] if match else place
