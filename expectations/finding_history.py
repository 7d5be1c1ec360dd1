"""Each finding from submission to submission: new, persisting or reopened, when and by what fixed, how explained.

SQL over findings and the statuses of submissions; reads no file. What people read of it is `pages`. Ends at
`tables.HISTORY`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import duckdb
import pyarrow as pa

from warehouse.store.register import moment
from warehouse.store.standing import SubmissionStatus
from warehouse.vocabulary.tables import HISTORY, JUDGED

_STATUS = pa.schema(
    [
        ("submission_id", pa.string()),
        ("key", pa.string()),
        ("source", pa.string()),
        ("delivery_order", pa.int64()),
        ("received_at", pa.timestamp("us")),
        ("is_followed", pa.bool_()),
        ("is_row_judged", pa.bool_()),
    ]
)
_SAID = pa.schema([("submission_id", pa.string()), ("row_index", pa.int64()), ("explanation", pa.string())])

# What was refused beside what stands fixes nothing. A finding about a row is known to be gone only where the rows were
# judged; one about the file, in every later file.
_HISTORY = """
with placed as (
    select submission_id, key, received_at, about_row,
        row_number() over (partition by key, about_row order by delivery_order) as place
    from submission_status cross join (values (true), (false)) as about (about_row)
    where is_followed and (is_row_judged or not about_row)
),
seen as (
    select distinct submission_id, finding_identity, row_index is not null as about_row
    from findings
    where scope = 'submission' and finding_identity is not null
),
followed as (
    select seen.submission_id, finding_identity, key, about_row, place, received_at,
        lag(place) over steps as previous, lead(place) over steps as following
    from seen inner join placed using (submission_id, about_row)
    window steps as (partition by key, about_row, finding_identity order by place)
),
spells as (
    select *,
        count(*) filter (previous is null or previous < place - 1) over (
            partition by key, about_row, finding_identity order by place
        ) as spell
    from followed
),
opened as (
    select *,
        case when previous is null then 'new' when previous = place - 1 then 'persisting' else 'reopened' end as state,
        min(received_at) over (partition by key, about_row, finding_identity, spell) as opened_at
    from spells
),
history as (
    select opened.submission_id, opened.finding_identity, opened.about_row, opened.state, opened.opened_at,
        successor.submission_id as fixed_by, successor.received_at as fixed_at
    from opened
    left join placed as successor
        on opened.key = successor.key and opened.about_row = successor.about_row
        and successor.place = opened.place + 1 and opened.following is distinct from successor.place
),
"""
# A row is unchanged where its token is the same; an answer holds for the rules that warned when it was given.
_ANSWERS = """
answers as (
    select findings.rule, findings.row_token, submission_status.source, submission_status.delivery_order,
        submission_status.received_at, said.explanation
    from said
    inner join submission_status using (submission_id)
    inner join findings
        on findings.submission_id = said.submission_id and findings.row_index = said.row_index
        and findings.severity = 'warning' and findings.row_token is not null
),
answered as (
    select findings.finding_number, arg_max(answers.explanation, answers.delivery_order) as explanation,
        max(answers.received_at) as explained_at
    from findings
    inner join submission_status using (submission_id)
    inner join answers
        on findings.rule = answers.rule and findings.row_token = answers.row_token
        and submission_status.source = answers.source
        and answers.delivery_order <= submission_status.delivery_order
    where findings.severity = 'warning'
    group by findings.finding_number
)
select findings.* exclude (finding_number), history.state, history.opened_at, history.fixed_at, history.fixed_by,
    answered.explanation, answered.explained_at
from findings
left join history
    on findings.submission_id = history.submission_id and findings.finding_identity = history.finding_identity
    and (findings.row_index is not null) = history.about_row and findings.scope = 'submission'
left join answered using (finding_number)
order by findings.finding_number
"""


def remember(con: duckdb.DuckDBPyConnection, findings: pa.Table, statuses: Sequence[SubmissionStatus]) -> pa.Table:
    """Adds to findings (`tables.JUDGED`) what `tables.HISTORY` has more, in the same order."""
    con.register(
        "findings",
        findings.cast(JUDGED).append_column("finding_number", pa.array(range(findings.num_rows), pa.int64())),
    )
    con.register("submission_status", pa.Table.from_pylist([_row(status) for status in statuses], _STATUS))
    con.register("said", pa.Table.from_pylist(list(_said(statuses)), _SAID))
    history = con.execute(_HISTORY + _ANSWERS).to_arrow_table().cast(HISTORY)
    for name in ("findings", "submission_status", "said"):
        con.unregister(name)
    return history


def _row(status: SubmissionStatus) -> dict[str, object]:
    submission = status.decision.submission
    return {
        "submission_id": status.decision.submission_id,
        "key": "|".join(submission.key),
        "source": f"{submission.dataset}|{submission.unit}",
        "delivery_order": status.delivery_order,
        "received_at": moment(status.received_at),
        "is_followed": status.has_stood or status.represents_key or status.standing == "merged",
        "is_row_judged": status.decision.reading.problem is None,
    }


def _said(statuses: Iterable[SubmissionStatus]) -> Iterable[dict[str, object]]:
    for status in statuses:
        supplement = status.decision.reading.supplement
        for answer in supplement.explained if supplement else ():
            yield {
                "submission_id": status.decision.submission_id,
                "row_index": answer.row_index,
                "explanation": answer.reason,
            }
