"""The correction workbook of one submission, for a period of which none is written any more without being asked for.

Ends at the workbook's bytes, which hold identifiers: where they go is the caller's to say.
"""

from __future__ import annotations

from ingest import correction_chain
from orchestration.pipeline.run import Run
from pages.gather import correction_workbook
from pages.gather.sources import Sources, connected, sources_stand
from pages.gather.submission import DepartmentFindings, index, submission
from pages.render.correction_workbook import rows_shown, workbook
from warehouse.vocabulary.errors import OperatorError


def workbook_of(run: Run, submission_id: str) -> bytes:
    """`OperatorError` where there is no such submission, or nothing in it to correct."""
    status = next((status for status in run.statuses if status.decision.submission_id == submission_id), None)
    if status is None or not sources_stand(run.root):
        raise OperatorError(f"There is no decided submission {submission_id}: its report bears its id.")
    decision = status.decision
    with connected(run.root, None) as connection:
        sources = Sources(run.root, run.as_of, run.statuses, run.exceptions, run.key.token, connection, None)
        facts = submission(sources, index(sources), status)
        if not (facts.has_workbook or facts.is_workbook_on_request):
            raise OperatorError(f"{submission_id} has nothing to correct, or another submission took its place.")
        findings = DepartmentFindings(sources, decision.submission.department).of(submission_id)
    (sent,) = correction_chain.jobs_of(run.root, [decision])
    tables = correction_workbook.tables(decision, sent, rows_shown(decision, findings))
    return workbook(decision, findings, tables)
