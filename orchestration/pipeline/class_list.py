"""What a file says of classes, judged by the class list that stands in a data root: for `skills check`, stores nothing.

The rules across submissions that look at the file and at the class list alone; all others need what else stands, which
only a build knows. Ends at findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from expectations import compiled, cross_submission, judgement_store
from expectations.across_tables import AcrossTables, RowPart, decided_parts
from expectations.check import Checked
from expectations.compiled import Check
from orchestration.pipeline import history
from warehouse.store import parquet, standing
from warehouse.store.data_root import Root
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.tables import FINDING

CLASSES = "training_class"
_KNOWN = "known_class"


def checks(dataset: str) -> list[Check]:
    """The rules that ask the class list about a dataset's rows, and nothing else."""
    return [
        check
        for check in compiled.load(compiled.ACROSS)
        if check.dataset == dataset
        and cross_submission.is_alone(check)
        and cross_submission.tables_read(check) == sorted((dataset, _KNOWN))
    ]


def statuses(root: Root | None) -> list[SubmissionStatus]:
    """The submissions that the root's class list is made from; none where there is no root, no list, or a root that
    this program cannot read."""
    if root is None or not root.decided.is_dir():
        return []
    try:
        known = standing.statuses(history.history(root, clock.today(), CLASSES))
    except OperatorError:
        return []
    return [
        status
        for status in known
        if status.decision.submission.dataset == CLASSES
        and (status.stands or status.represents_key)
        and status.decision.rows.received
    ]


def findings(
    con: duckdb.DuckDBPyConnection,
    root: Root,
    classes: Sequence[SubmissionStatus],
    checked: Checked,
    scratch: Path,
) -> pa.Table:
    """`tables.FINDING` of the accepted rows of one file.

    Args:
        con: with the macros of `privacy.install`.
        checked: one submission, checked with a key.
        scratch: a folder for its rows.
    """
    [decision] = checked.decisions
    dataset, period = checked.dataset.name, decision.submission.period
    rows = scratch / "accepted.parquet"
    assert checked.accepted is not None
    rows.write_bytes(parquet.content(checked.accepted))
    moment = clock.now().isoformat()
    checked_status = SubmissionStatus(decision, moment, moment, len(classes), "standing", True, True, True)
    parts = decided_parts(root, classes)
    parts.setdefault(dataset, {})[period] = RowPart(decision.submission_id, (rows,))
    with judgement_store.opened(con, None, "") as store:
        cross_submission.judge(store, AcrossTables(store, root, [*classes, checked_status], parts), checks(dataset))
        columns = ", ".join(f'"{name}"' for name in FINDING.names)
        told = con.execute(f"select {columns} from {cross_submission.ACROSS.name} order by row_index, rule")
        return told.to_arrow_table().cast(FINDING)
