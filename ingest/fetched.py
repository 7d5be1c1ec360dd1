"""The bytes of a remote file, brought here once before they are looked into and stored: a worker, the check of its
checksum and the store all read this copy.

Identifiers lie in it, so it lies in `work/` and goes with the look. Ends at a file whose `open` is local.
"""

from __future__ import annotations

import functools
import os
from dataclasses import replace
from pathlib import Path

from ingest.channels import Changed, Found
from ingest.channels.whole_files import change_of, opened
from ingest.limits import MB


def fetch(file: Found, copy: Path) -> Found:
    """With its checksum, where one stands beside it. Raises what the channel's stream does, `Changed` where there is
    more or less of it than was listed; what is not sized and larger than a file may be is cut off above that. No more
    than 1 MB of it is in memory."""
    copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        left = file.most_bytes
        with file.open() as stream:
            while left >= 0 and (piece := stream.read(MB)):
                left -= len(piece)
                target.write(piece)
    if left and file.is_sized:
        copy.unlink()
        raise Changed(file.name)
    sha256 = file.checksum() if file.checksum else file.sha256_beside
    return replace(file, open=functools.partial(opened, copy, change_of(copy)), sha256_beside=sha256)
