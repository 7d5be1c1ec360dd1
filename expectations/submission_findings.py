"""The findings of every decision that counts, read once from its folder and kept. Ends at a view."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from expectations.across_tables import source_of
from expectations.judgement_store import JudgementStore, Kind
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary.tables import FINDING

_FILE = "findings.parquet"
OWN = Kind(
    "own_finding",
    pa.schema([*FINDING, ("place", pa.int64())]),
    ", ".join([*(f'file."{name}"' for name in FINDING.names), "file.file_row_number as place"]),
    FINDING,
)


def lay(store: JudgementStore, root: Root, statuses: Sequence[SubmissionStatus]) -> None:
    """Shows as `own_finding` the findings of all decisions, with their place in the file they stand in."""
    store.read(
        OWN,
        {source_of(status.decision, _FILE): root.decision_folder(status.decision) / _FILE for status in statuses},
    )
