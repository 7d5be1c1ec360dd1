"""Programs of the system that tests of channels need, where they are installed."""

from __future__ import annotations

import shutil

_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"
CLAMD = shutil.which("clamd", path=_FOLDERS) or ""
SSHD = shutil.which("sshd", path=_FOLDERS) or ""
