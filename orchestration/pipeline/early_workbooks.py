"""Correction workbooks that are written beside a build in full, on a core that dbt leaves.

What they say is known once submissions are judged, and from empty they are most of what reports cost. Pages come after
the publication, since they tell of it. Ends when the build does, with whatever is written by then; the reports write
the rest.
"""

from __future__ import annotations

import contextlib
import threading

from pages.write import reports
from pages.write.reports import ReportRun


class EarlyWorkbooks:
    """Writes from the moment it is made until it is closed; `run.readers` are its own."""

    def __init__(self, run: ReportRun) -> None:
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._write, args=(run,), daemon=True)
        self._thread.start()

    def _write(self, run: ReportRun) -> None:
        # What goes wrong here goes wrong again when the reports are written, and is heard there.
        with contextlib.suppress(Exception), run.readers:
            for _ in reports.workbooks(run):
                if self._is_over.is_set():
                    break

    def join(self) -> None:
        """Waits until all are written."""
        self._thread.join()

    def close(self) -> None:
        self._is_over.set()
        self._thread.join()
