"""A signal of supervision as a case: its states, which may follow which, and what a log of steps leaves it in.

A step is known by the state that it leads to and by the facts that the signal had then, as a digest. A signal that was
cleared is new again when its facts are others (排除后事实有变，重新列为新发现). How signals come about and what their
facts are is `dbt_project`; who may take a step is `orchestration.pipeline.sign_off`. Ends at states.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Protocol, TypeVar

State = Literal["new", "checking", "confirmed", "cleared", "transferred", "recovered"]
STATES: dict[State, str] = {
    "new": "新发现",
    "checking": "核查中",
    "confirmed": "查实",
    "cleared": "排除",
    "transferred": "移送",
    "recovered": "已追回",
}
NEXT: dict[State, tuple[State, ...]] = {
    "new": ("checking", "confirmed", "cleared"),
    "checking": ("confirmed", "cleared", "transferred"),
    "confirmed": ("checking", "transferred", "recovered"),
    "cleared": ("checking",),
    "transferred": ("checking", "confirmed", "cleared", "recovered"),
    "recovered": ("checking", "transferred"),
}
"""State → those that a step may lead to. Whatever was found out can be looked into again."""
REASONED: frozenset[State] = frozenset({"cleared"})
"""States that need a reason."""


class Step(Protocol):
    """What a log of steps tells of one."""

    @property
    def signal_id(self) -> str: ...
    @property
    def state(self) -> State: ...
    @property
    def facts_digest(self) -> str: ...


AnyStep = TypeVar("AnyStep", bound=Step)


def state_of(last: Step | None, facts_digest: str) -> State:
    """The state of a signal with these facts after its last step."""
    if last is None or is_reopened(last, facts_digest):
        return "new"
    return last.state


def is_reopened(last: Step | None, facts_digest: str) -> bool:
    return last is not None and last.state == "cleared" and last.facts_digest != facts_digest


def last_steps(steps: Iterable[AnyStep]) -> dict[str, AnyStep]:
    """Signal → the last step that could be taken, of steps in the order of their log; what could not is passed over, so
    that no line of a log leaves a signal in a state that nothing leads to."""
    last: dict[str, AnyStep] = {}
    for step in steps:
        if step.state in NEXT[state_of(last.get(step.signal_id), step.facts_digest)]:
            last[step.signal_id] = step
    return last
