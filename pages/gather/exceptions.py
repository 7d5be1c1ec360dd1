"""Approved exceptions as pages may show them: who approved is masked, what was written is redacted."""

from __future__ import annotations

from dataclasses import replace

from warehouse.store.records import ApprovedException
from warehouse.vocabulary import privacy


def masked(exception: ApprovedException) -> ApprovedException:
    return replace(
        exception, approved_by=privacy.mask_name(exception.approved_by), reason=privacy.redact(exception.reason)
    )
