"""A small demo that is received and decided once and built for many as-of days. Test support only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import demo
from orchestration.pipeline import deciding, hold_back
from orchestration.pipeline import run as steps
from warehouse.published.publication import Publication
from warehouse.store import keys
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, period, reference
from warehouse.vocabulary.period import Period

NOW = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)


def month(text: str) -> Period:
    parsed = period.parse(text)
    assert parsed is not None
    return parsed


def decided_demo(folder: Path, first: str, last: str, scale: float, seed: int) -> Root:
    root = Root(folder / "data").make()
    keys.make_key(root)
    demo.write(root, month(first), month(last), scale, seed)
    decide(root)
    return root


def decide(root: Root) -> None:
    """Receives and decides all that lies in the inbox."""
    run = steps.Run(root, NOW.date(), NOW)
    run.open()
    try:
        deciding.pull(run)
        for dataset in contract.names():
            deciding.decide(run, dataset, deciding.to_decide(run, dataset))
    finally:
        run.close()


def publish(root: Root, day: dt.date) -> tuple[Publication | None, str | None]:
    """The publication of a day, or the sentence that says why there is none."""
    run = steps.Run(root, day, NOW)
    run.open()
    try:
        steps.judge(run)
        stopped = hold_back.build(run).stopped
        return (None, stopped) if stopped else (steps.publish(run)[0], None)
    finally:
        run.close()


def turning_days(first: Period, last: Period) -> list[dt.date]:
    """The days on which a figure may turn: before the first period and long after the last, and in between each month's
    last and first day, each day on which monthly reports are due and the day after, and the first and last day of each
    holiday."""
    next_day = dt.timedelta(days=1)
    days = {first.start - next_day, first.start, last.end + dt.timedelta(days=400), last.end + dt.timedelta(days=1500)}
    for each in period.between(first, last):
        due = period.due_date(each, 1, 10)
        days |= {each.end, each.following.start, due, due + next_day}
    return sorted(days | set(_holiday_bounds(first.start, last.end)))


def _holiday_bounds(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    off = {
        dt.date.fromisoformat(row["date"]) for row in reference.table("cn_holidays_2023_2026") if row["kind"] == "off"
    }
    for day in sorted(off):
        neighbours = {day - dt.timedelta(days=1), day + dt.timedelta(days=1)}
        if first <= day <= last and not neighbours <= off:
            yield day
