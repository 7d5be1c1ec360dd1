"""What every unit did of its task, counted once more in plain pandas over the demo's truth, as `recount` does.

Cut-offs and what is missing are told from the feeds' own due days and the files that the demo sent. Ends at one line
for each target, period, split and unit.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from ingest.feed import Expected, expected, feeds
from tests.e2e.recount import (
    CUMULATIVE,
    ORDER,
    WINDOWS,
    Truth,
    balances,
    classes,
    contests,
    counting,
    day,
    has,
    host,
    participations,
    reported,
    services,
    valid_certificates,
)
from warehouse.vocabulary import reference

COURSES = ("training_record", "training_class")
SOURCES = {
    **dict.fromkeys(("T01", "T06", "T07", "T08", "T09", "T11", "T12"), COURSES),
    "T02": ("certificate",),
    "T03": ("support_service",),
    "T04": ("support_service",),
    "T05": ("support_service", "training_record"),
    "T13": ("competition",),
    "T14": ("competition",),
}
"""What a target rests on, the dataset that its clock follows first."""
SENSITIVE, SMALLEST = {"T04", "T05"}, 5
DECLARED = pd.Timestamp("2025-10-31")
"""Until when opening balances reach."""
Key = tuple[str, str, str, str]
"""Target, period, split, unit."""
PLACES: dict[str, Callable[[str], str]] = {
    "department": lambda unit: unit.partition(".")[0],
    "district": lambda unit: unit.partition(".")[2],
}
"""Split → whom of it a reporting unit belongs to; empty where to nobody."""


@dataclass(frozen=True)
class Line:
    """`done` and `held` as they may be told: null where they are too small, or would tell what is. `quantity` and
    `version`: of its task, null without one."""

    done: int | None
    held: int | None
    missing: int
    quantity: int | None
    version: int | None

    @property
    def share(self) -> Fraction | None:
        return None if self.done is None or self.quantity is None else Fraction(self.done, self.quantity)


def lines(truth: Truth) -> dict[Key, Line]:
    """Of every unit that has a task, did anything or in which anything was held."""
    told: dict[Key, Line] = {}
    for target, period, first, last in _judged(truth.as_of):
        done, missing = _done(truth, target, first, last), _missing(truth, target, first, last)
        for split in PLACES:
            version, tasks = _tasks(truth, target, period, split, last)
            amounts = dict.fromkeys(tasks, 0) | {
                unit: amount for (of, unit), amount in done.items() if of == split and amount
            }
            held = _held(truth, target, first, last) if split == "district" else {}
            hidden = _hidden(amounts) if target in SENSITIVE else set()
            for unit in amounts.keys() | held.keys():
                count = held.get(unit)
                told[target, period, split, unit] = Line(
                    done=None if unit in hidden else amounts.get(unit, 0),
                    held=None if count is not None and target in SENSITIVE and count < SMALLEST else count,
                    missing=missing[split, unit],
                    quantity=tasks.get(unit),
                    version=version if unit in tasks else None,
                )
    return told


def _judged(as_of: dt.date) -> Iterator[tuple[str, str, pd.Timestamp, pd.Timestamp]]:
    """Target and period with its first day and its cut-off, where any of it is due."""
    due = [owed for owed in expected(feeds(), as_of) if owed.due_date < as_of]
    for target, (leading, *_) in SOURCES.items():
        until = pd.Timestamp(max(owed.period.end for owed in due if owed.dataset == leading))
        for period in ["2025-2027"] if target in CUMULATIVE else ["2025", "2026", "2027"]:
            first, last = (pd.Timestamp(text) for text in WINDOWS[period])
            if first <= until:
                yield target, period, first, min(last, until)


@functools.cache
def _events(truth: Truth) -> dict[str, pd.DataFrame]:
    """Target → what counts, with the `department` that is credited and the district in which it was held."""
    took = participations(truth).assign(department=lambda rows: rows["department_code"])
    served = services(truth).assign(department=lambda rows: rows["department_code"], venue_district=None)
    counts = counting(took, _certificates(truth), served, _contests(truth))
    adaptive = pd.concat([served[served["service_type"] == "2"], took[has(took["programs"], {"15"})]])
    return {target: rows for (target, reading), rows in counts.items() if reading == "main"} | {"T05": adaptive}


def _certificates(truth: Truth) -> pd.DataFrame:
    """One of each number: the competent department's, else the first department's."""
    frame = valid_certificates(truth).assign(department=lambda rows: rows["department_code"], venue_district=None)
    competent = classes(truth).set_index("class_id")["competent_dept"]
    frame["elsewhere"] = frame["department_code"] != frame["class_id"].map(competent)
    frame["order"] = frame["department_code"].map(ORDER)
    return frame.sort_values(["elsewhere", "order", "unit_code", "event", "cert_type"]).drop_duplicates("cert_no")


def _contests(truth: Truth) -> pd.DataFrame:
    """One of each competition, with its first host as the department."""
    frame = contests(truth).assign(order=lambda rows: rows["department_code"].map(ORDER))
    frame = frame.sort_values(["order", "unit_code"]).drop_duplicates("comp_id")
    hosts = [host(text, reporter) for text, reporter in zip(frame["host_unit"], frame["department_code"], strict=True)]
    return frame.assign(department=hosts, venue_district=None)


def _number(target: str, frame: pd.DataFrame) -> int:
    return frame["person"].nunique() if target == "T05" else len(frame)


def _done(truth: Truth, target: str, first: pd.Timestamp, last: pd.Timestamp) -> Counter[tuple[str, str]]:
    """Split and unit → rows, what remains of balances, and totals of a unit that sends no rows."""
    frame = _events(truth)[target]
    frame = frame[frame["event"].between(first, last)]
    frame = frame.assign(district=frame["unit_code"].map(PLACES["district"]))
    totals, remaining = reported(truth), _remaining(truth)
    remaining = remaining[(remaining["target"] == target) & (first <= DECLARED)]
    only = totals[(totals["department_code"] == "JUS") & (totals["metric_id"] == target)]
    only = only[(only["period"] != "2025-10") & _month_end(only).between(first, last)]
    done: Counter[tuple[str, str]] = Counter()
    for split, place in PLACES.items():
        for unit, rows in frame.groupby(split):
            done[split, str(unit)] += _number(target, rows)
        for unit, amount in (*remaining[["unit", "remaining"]].values, *only[["unit_code", "value_period"]].values):
            done[split, place(unit)] += int(amount)
    done.pop(("district", ""), None)
    return done


@functools.cache
def _remaining(truth: Truth) -> pd.DataFrame:
    return balances(truth, reported(truth))


def _month_end(frame: pd.DataFrame) -> pd.Series:
    return day(frame["period"] + "-01") + pd.offsets.MonthEnd(0)


def _held(truth: Truth, target: str, first: pd.Timestamp, last: pd.Timestamp) -> dict[str, int]:
    """District → what was held in it, whoever reports it."""
    frame = _events(truth)[target]
    frame = frame[frame["event"].between(first, last) & frame["venue_district"].isin(set(reference.codes("district")))]
    return {str(district): _number(target, rows) for district, rows in frame.groupby("venue_district")}


def _missing(truth: Truth, target: str, first: pd.Timestamp, last: pd.Timestamp) -> Counter[tuple[str, str]]:
    """Split and unit → reports of the target's datasets that were due and of which nothing stands."""
    there = _there(truth)
    return Counter(
        (split, place(owed.unit))
        for owed in expected(feeds(), truth.as_of)
        if owed.due_date < truth.as_of
        and first <= pd.Timestamp(owed.period.end) <= last
        and _is_for(owed, target)
        and (owed.dataset, owed.unit, str(owed.period)) not in there
        for split, place in PLACES.items()
    )


@functools.cache
def _there(truth: Truth) -> set[tuple[str, str, str]]:
    """Dataset, unit and period of what was accepted, but for what its sender did not confirm."""
    files = pd.read_parquet(truth.root.truth / "files.parquet")
    accepted = files[files["is_current"] & files["outcome"].isin(["accepted", "partly_accepted"])]
    register = pd.read_parquet(truth.root.register / "submission.parquet")
    unconfirmed = register[(register["standing"] == "awaiting_confirmation") | (register["refusal"] == "lapsed")]
    return _places(accepted) - (_places(unconfirmed) - _places(register[register["standing"] == "standing"]))


def _places(frame: pd.DataFrame) -> set[tuple[str, str, str]]:
    return set(frame[["dataset", "unit_code", "period"]].itertuples(index=False, name=None))


def _is_for(owed: Expected, target: str) -> bool:
    """Totals stand for rows of a unit that sends none."""
    is_total = owed.dataset == "aggregate_summary" and owed.department == "JUS" and str(owed.period) > "2025-10"
    return owed.dataset in SOURCES[target] or is_total


def _tasks(truth: Truth, target: str, period: str, split: str, last: pd.Timestamp) -> tuple[int | None, dict[str, int]]:
    """The newest version that has begun, and of it each unit's quantity."""
    frame = truth.rows("task_allocation")
    frame = frame[(frame["target_id"] == target) & (frame["task_window"] == period) & (frame["task_split"] == split)]
    frame = frame[day(frame["from_date"]) <= last]
    if frame.empty:
        return None, {}
    version = int(frame["version"].max())
    newest = frame[frame["version"] == version]
    return version, dict(zip(newest["task_unit"], newest["quantity"].astype(int), strict=True))


def _hidden(amounts: dict[str, int]) -> set[str]:
    """The small numbers; where there is one, the first of the others goes with it, since the city's figure is told."""
    small = {unit for unit, amount in amounts.items() if 0 < amount < SMALLEST}
    others = sorted(unit for unit, amount in amounts.items() if amount >= SMALLEST)
    return small | set(others[:1]) if len(small) == 1 else small
