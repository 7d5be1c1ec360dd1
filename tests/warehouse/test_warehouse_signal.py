"""A signal as a case: which steps may be taken, that its log replays to the same, and that it is reopened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.store import records, register
from warehouse.store.data_root import Root
from warehouse.store.records import SignalStep
from warehouse.vocabulary import signal
from warehouse.vocabulary.signal import State


@dataclass(frozen=True)
class Step:
    signal_id: str
    state: State
    facts_digest: str


STEPS = st.lists(
    st.builds(
        Step, st.sampled_from(["R19-a", "R27-b"]), st.sampled_from(list(signal.STATES)), st.sampled_from(["one", "two"])
    ),
    max_size=25,
)


@given(STEPS)
def test_a_log_replays_to_what_was_true_when_each_step_was_taken(steps: list[Step]) -> None:
    last: dict[str, Step] = {}
    taken = []
    for number, step in enumerate(steps, 1):
        if step.state in signal.NEXT[signal.state_of(last.get(step.signal_id), step.facts_digest)]:
            last[step.signal_id] = step
            taken.append(step)
        assert signal.last_steps(steps[:number]) == last
    assert signal.last_steps(taken) == last


@given(STEPS, STEPS)
def test_signals_do_not_depend_on_each_other(first: list[Step], second: list[Step]) -> None:
    of_one = [step for step in first if step.signal_id == "R19-a"]
    of_other = [step for step in second if step.signal_id == "R27-b"]
    apart = signal.last_steps(of_one) | signal.last_steps(of_other)
    assert signal.last_steps(of_one + of_other) == signal.last_steps(of_other + of_one) == apart


@pytest.mark.parametrize("state", [state for state in signal.STATES if state != "new"])
def test_every_state_is_reached_from_new(state: State) -> None:
    reached: set[State] = {"new"}
    for _ in signal.STATES:
        reached |= {after for before in reached for after in signal.NEXT[before]}
    assert state in reached


def test_only_what_was_cleared_is_reopened_and_only_by_other_facts() -> None:
    for state in signal.STATES:
        last = Step("R19-a", state, "one")
        assert signal.state_of(last, "one") == state
        assert signal.state_of(last, "two") == ("new" if state == "cleared" else state)
    assert signal.state_of(None, "one") == "new"


def test_a_reopened_signal_may_be_cleared_again_for_its_new_facts() -> None:
    steps = [Step("R19-a", "cleared", "one"), Step("R19-a", "cleared", "one"), Step("R19-a", "cleared", "two")]
    assert signal.last_steps(steps) == {"R19-a": steps[2]}
    assert signal.last_steps(steps[:2]) == {"R19-a": steps[0]}


def test_the_register_tells_of_the_last_step_and_of_no_person(tmp_path: Path) -> None:
    root = Root(tmp_path / "data").make()
    records.add(root, SignalStep("R19-a", "checking", "one", "张三", "", "2026-03-01T00:00:00Z"))
    records.add(root, SignalStep("R19-a", "recovered", "one", "张三", "", "2026-03-02T00:00:00Z"))
    records.add(root, SignalStep("R19-a", "cleared", "one", "李四", "与110101199003070134无关", "2026-03-03T00:00:00Z"))
    rows = list(register._signal_rows(records.read(root, SignalStep)))
    assert [(row["signal_id"], row["state"], row["facts_digest"]) for row in rows] == [("R19-a", "cleared", "one")]
    told = str(rows)
    assert "110101199003070134" not in told
    assert "张三" not in told and "李四" not in told
    path = tmp_path / "signal.parquet"
    register._write(path, rows, register.SIGNAL)
    assert pq.read_schema(path).names == register.SIGNAL.names
