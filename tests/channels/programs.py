"""Programs of the system that tests of channels need, where they are installed."""

from __future__ import annotations

import shutil

CLAMD = shutil.which("clamd", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin") or ""
