"""Signals of supervision as cases, for the bureau alone: what is published of them, and the steps that it takes.

With `signal_renewal` the one place outside dbt that knows where signals lie: no page is made from here, and no
department is told. Steps are `warehouse.store.records`, on which the next run acts; which may follow which is
`warehouse.vocabulary.signal`.
"""

from __future__ import annotations

from typing import Any

from warehouse.published import publication
from warehouse.published.publication import Publication
from warehouse.store import house, records
from warehouse.store.data_root import Root
from warehouse.vocabulary import signal
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.signal import State

_SIGNAL = "select facts_digest from rpt_risk_signal where signal_id = $signal_id"
_SIGNALS = """
select
    signal_id, rule_code, rule_name, subject_key, subject_name, row_count, amount_fen, state_code, is_reopened,
    case_ids, reason
from rpt_risk_signal
where $state is null or state_code = $state
order by money_rank
"""


def signals(current: Publication, state: State | None) -> list[dict[str, Any]]:
    """The signals of a publication, or those in a state, by the money at stake."""
    with current.connect() as con:
        result = con.execute(_SIGNALS, {"state": state})
        names = [column[0] for column in result.description or []]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def signal_step(root: Root, signal_id: str, state: State, decided_by: str, reason: str) -> records.SignalStep:
    """The bureau brings a signal of the current publication into a state that its present one may lead to."""
    current = publication.open_current(root)
    made_with = house.read(root)
    if made_with is not None and made_with.key_id != current.manifest["versions"]["key_id"]:
        raise OperatorError(f"The key is another since {current.publication_id}, and ids are: call skills run first.")
    with current.connect() as con:
        row = con.execute(_SIGNAL, {"signal_id": signal_id}).fetchone()
    if row is None:
        raise OperatorError(f"{current.publication_id} has no signal {signal_id}: call skills signals.")
    digest = str(row[0])
    last = signal.last_steps(records.read(root, records.SignalStep)).get(signal_id)
    present = signal.state_of(last, digest)
    if state not in signal.NEXT[present]:
        raise OperatorError(f"{signal_id} is {present}: next may be {', '.join(signal.NEXT[present])}.")
    if state in signal.REASONED and not reason.strip():
        raise OperatorError(f"A signal is {state} with a reason only.")
    step = records.SignalStep(
        signal_id, state, digest, records.named(decided_by, "decider"), reason.strip(), records.now()
    )
    records.add(root, step)
    return step
