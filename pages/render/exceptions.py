"""An approved exception in one sentence beside the findings that it lets pass."""

from __future__ import annotations

from collections.abc import Mapping

from warehouse.store.records import ApprovedException


def exception_titles(exceptions: Mapping[str, ApprovedException]) -> dict[str, str]:
    """Id → why it was approved, by whom, for how many rows and until when."""
    return {exception_id: _title(exception) for exception_id, exception in exceptions.items()}


def _title(exception: ApprovedException) -> str:
    return (
        f"{exception.reason}（{exception.approved_by} 批准，至多 {exception.rows} 行，报告期不晚于 {exception.until}）"
    )
