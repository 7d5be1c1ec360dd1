"""A year of the plan's targets, lived from day to day, and a recount of each day that shares nothing with the models.

`Year` holds what units owe and send and on which day each report comes; `judged` lets the compiled models say what is
to be said on a day; `recounted` says it again from the lists, in plain Python with exact fractions. Test support only.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingest import feed

YEAR = 2026
DAYS = tuple(dt.date(YEAR, 1, 1) + dt.timedelta(days=number) for number in range(365))
MODELS = (
    "intermediate/operations/int_dataset_due",
    "intermediate/targets/int_target_clock",
    "marts/targets/rpt_target_month",
    "intermediate/targets/int_target_figure",
    "intermediate/targets/int_target_missing_unit",
    "intermediate/targets/int_target_pace",
    "marts/targets/rpt_target_progress",
)
"""In the order in which they are built; what lies above them is laid down as rows, or the same on every day."""

TRAINING = ("training_record", "training_class")
DATASETS = {
    **dict.fromkeys(("T01", "T06", "T07", "T08", "T09", "T11", "T12"), TRAINING),
    "T02": ("certificate",),
    "T03": ("support_service",),
    "T04": ("support_service",),
    "T05": ("support_service", "training_record"),
    "T13": ("competition",),
    "T14": ("competition",),
    "T15": ("aggregate_summary",),
    "T16": ("talent_award",),
    "T17": ("talent_award",),
    "T18": ("talent_award",),
    "T19": ("education_fund",),
    "T10": ("enterprise_coverage",),
    "S01": ("institution_directory",),
}
"""What a target rests on, the dataset that its clock follows first."""
THREE_YEARS = ("T01", "T02", "T06", "T07", "T12", "T10", "S01")
UNEVEN, BY_QUOTA, OF_THE_DAY = ("T03", "T13", "T14", "T17"), ("T16", "T18"), ("T10", "T19", "S01")
THRESHOLDS = {
    "T01": 4000,
    "T02": 1500,
    "T03": 100,
    "T04": 400,
    "T05": 60,
    "T06": 900,
    "T07": 600,
    "T08": 250,
    "T09": 365,
    "T11": 1400,
    "T12": 1100,
    "T13": 30,
    "T14": 40,
    "T16": 1,
    "T17": 3,
    "T18": 4,
}
PER_DAY = {"T01": 3, "T02": 2, "T03": 1, "T04": 1, "T05": 1, "T06": 1, "T07": 1, "T08": 1, "T09": 1, "T11": 3, "T12": 1}
SENDERS = {"T02": ("HRSS", "CAB"), "T03": ("TUF", "EDU"), "T04": ("VET",), "T05": ("VET",), "T09": ("CAB",)}
"""Who brings a target its events; HRSS and two more where nobody is named."""
BALANCES = {"T01": 1200, "T02": 800, "T09": 304, "T11": 900}
TOTALS_ONLY = ("T01", "JUS", 40)
"""Target, unit and what it reports of each month."""
CURVES = {
    ("T14", "2026", dt.date(2026, 3, 1)): (0, 0, "0.05", "0.1", "0.2", "0.3", "0.4", "0.5", "0.7", "0.9", "0.95", 1),
    ("T09", "2027", dt.date(2026, 1, 1)): tuple(Fraction(month, 12) for month in range(1, 13)),
    ("T11", "2026", dt.date(2026, 6, 30)): ("0.02",) * 6 + ("0.1", "0.2", "0.4", "0.6", "0.8", 1),
}
"""Target, period and day from which it holds → share by month."""

Key = tuple[str, str, str]
"""Target, reading, period."""


@dataclass(frozen=True)
class Owed:
    unit: str
    dataset: str
    period: str
    start: dt.date
    end: dt.date
    due: dt.date
    arrives: dt.date | None


@dataclass(frozen=True)
class Event:
    """What counts to a target, in the report that brings it."""

    target: str
    reading: str
    unit: str
    day: dt.date
    person: str
    number: int
    arrives: dt.date


@dataclass(frozen=True)
class Told:
    """What is said of a target on a day."""

    cut_off: dt.date | None
    expected: Fraction | None
    done: int | None
    early: int | None
    ratio: Fraction | None
    projected: int | None
    missing: tuple[str, ...]
    status: str


def windows(target: str) -> dict[str, tuple[dt.date, dt.date]]:
    if target in THREE_YEARS:
        name = "point" if target in OF_THE_DAY else "2025-2027"
        return {name: (dt.date(2025, 1, 1), dt.date(2027, 12, 31))}
    if target == "T18":
        return {f"{first}-{first + 1}": (dt.date(first, 1, 1), dt.date(first + 1, 12, 31)) for first in (2025, 2027)}
    return {str(year): (dt.date(year, 1, 1), dt.date(year, 12, 31)) for year in (2025, 2026, 2027)}


def month_ends(year: int) -> list[dt.date]:
    return [dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1) for month in range(1, 13)]


def owed(dice: random.Random) -> Iterator[Owed]:
    """The house's own grid; most reports come before their day, some late, some never."""
    datasets = {name for names in DATASETS.values() for name in names}
    for entry in feed.expected(feed.feeds(), DAYS[-1] + dt.timedelta(days=40)):
        if entry.dataset not in datasets:
            continue
        arrives = entry.due_date - dt.timedelta(days=dice.choice((0, 1, 3, 8)))
        arrives = max(arrives, entry.period.end + dt.timedelta(days=1))
        key = (entry.unit, entry.dataset, str(entry.period))
        if key in (("HRSS", "training_record", "2026-04"), ("VET", "support_service", "2026-08")):
            arrives += dt.timedelta(days=20)
        elif entry.unit == "JUS" and key[2] == "2026-05":
            arrives += dt.timedelta(days=12)
        never = key[0] == "SSA" or (entry.unit not in ("HRSS", "CAB", "VET", "JUS") and dice.random() < 0.01)
        yield Owed(
            *key,
            entry.period.start,
            entry.period.end,
            entry.due_date,
            None if never and entry.unit != "TUF" else arrives,
        )


def events(reports: Iterable[Owed], dice: random.Random) -> Iterator[Event]:
    """Each report brings the events of its period; T09's come one a day, and every report of CAB in time."""
    number = 0
    for report in reports:
        targets = [target for target in THRESHOLDS if DATASETS[target][0] == report.dataset]
        for target in targets if report.arrives else ():
            for day in _days(target, report, dice):
                number += 1
                person = f"p{dice.randrange(90)}" if target == "T05" else f"n{number}"
                assert report.arrives is not None
                yield Event(target, "main", report.unit, day, person, number, report.arrives)
                if target == "T08" and number % 3 == 0:
                    yield Event(target, "cantonese_chef_only", report.unit, day, person, number, report.arrives)


def _days(target: str, report: Owed, dice: random.Random) -> Iterator[dt.date]:
    if target == "T09":
        senders: tuple[str, ...] = ("CAB",)
    else:
        senders = SENDERS.get(target, ("HRSS", "HRSS.440305", "HCD"))
    if report.dataset == "talent_award":
        if report.unit == "TUF":
            yield from [report.start] * {"T16": 2, "T17": 3, "T18": 3}[target]
        return
    if report.dataset == "competition":
        if report.unit == "HRSS":
            yield from [report.end] * (1 if target == "T13" else 4)
        return
    if report.unit not in senders:
        return
    for number in range((report.end - report.start).days + 1):
        for _ in range(PER_DAY[target] if report.unit == senders[0] else 1):
            if target == "T09" or dice.random() < 0.8:
                yield report.start + dt.timedelta(days=number)


class Year:
    """The lists of one year, and the models over them."""

    def __init__(self, database: Path, compiled: Path) -> None:
        dice = random.Random(16)
        self.owed = list(owed(dice))
        self.events = list(events(self.owed, dice))
        self._due: dict[str, set[tuple[str, dt.date, dt.date]]] = defaultdict(set)
        for report in self.owed:
            self._due[report.dataset].add((report.period, report.due, report.end))
        self.con = duckdb.connect(config={"threads": 1})
        self.con.execute(f"attach '{database}' as built (read_only); attach ':memory:' as skills")
        self.con.execute("copy from database built to skills; detach built; use skills")
        self.models = {Path(name).name: (compiled / f"{name}.sql").read_text("utf-8") for name in MODELS}
        self._lay()

    def _lay(self) -> None:
        con = self.con
        for name, rows in (("owed", self.owed), ("event", self.events)):
            con.register("rows", pa.Table.from_pylist([vars(row) for row in rows]))
            con.execute(f"create table {name} as from rows")
        con.executemany(
            "update intermediate.int_target_period set threshold = ? where target_id = ?",
            [(threshold, target) for target, threshold in THRESHOLDS.items()],
        )
        con.execute("delete from intermediate.int_target_measure")
        con.execute("""
            create or replace table staging.stg_expected as
            select split_part(unit, '.', 1) as department_code, unit as unit_code, dataset, period, 'x' as cadence,
                "start" as period_start_date, "end" as period_end_date, due as due_date
            from owed
        """)
        curves = [
            (target, period, f"{target}号", end, Fraction(share), since)
            for (target, period, since), shares in CURVES.items()
            for end, share in zip(month_ends(int(period)), shares, strict=True)
        ]
        con.execute("delete from staging.stg_target_curve")
        con.executemany(
            "insert into staging.stg_target_curve values (?, ?, ?, ?, ?, ?)",
            [(*row[:4], float(row[4]), row[5]) for row in curves],
        )

    def clock(self, day: dt.date) -> dict[Key, tuple[dt.date | None, int | None]]:
        """Cut-off and expected share, in millionths, as the clock's model says them."""
        self.con.execute("update staging.stg_run set as_of_date = ?", [day])
        self.con.execute(f"create or replace table intermediate.int_dataset_due as {self.models['int_dataset_due']}")
        rows = self.con.execute(f"""
            select target_id, reading, period, cut_off_date, cast(expected_share * 1000000 as integer)
            from ({self.models["int_target_clock"]}) where reading in ('main', 'cantonese_chef_only')
        """).fetchall()
        return {row[:3]: row[3:] for row in rows}

    def clock_recounted(self, day: dt.date) -> dict[Key, tuple[dt.date | None, int | None]]:
        """The same from the lists."""
        told: dict[Key, tuple[dt.date | None, int | None]] = {}
        for key in self._keys():
            first, last = windows(key[0])[key[2]]
            cut_off = self._cut_off(day, key[0], first, last)
            is_timed = cut_off and key[0] not in (*BY_QUOTA, *OF_THE_DAY, "T15")
            expected = _expected(key[0], key[2], first, last, cut_off) if cut_off and is_timed else None
            told[key] = (cut_off, None if expected is None else math.floor(expected * 1_000_000))
        return told

    def judged(self, day: dt.date) -> dict[Key, Told]:
        """What the models say, from what had come by the day."""
        con = self.con
        con.execute("update staging.stg_run set as_of_date = ?", [day])
        con.execute("""
            create or replace table staging.stg_submission as
            select unit || dataset || period as submission_id, unit as unit_code, dataset, period,
                'standing' as standing, "end" as period_end_date
            from owed where arrives <= (select as_of_date from staging.stg_run);
            create or replace table intermediate.int_target_contribution as
            select target as target_id, reading, unit as unit_code, split_part(unit, '.', 1) as department_code,
                coalesce(nullif(split_part(unit, '.', 2), ''), 'SZ') as district_key, day as event_date,
                date_trunc('month', day)::date as month_date, person as person_key, null::text as part_code
            from event where arrives <= (select as_of_date from staging.stg_run);
            create or replace table intermediate.int_target_count as
            select target_id, reading, month_date, department_code, district_key, part_code, count(*) as counted
            from intermediate.int_target_contribution group by all
        """)
        self._components()
        for name, sql in self.models.items():
            schema = "marts" if name.startswith("rpt_") else "intermediate"
            con.execute(f"create or replace table {schema}.{name} as {sql}")
        told = con.execute("""
            select target_id, reading, period, cut_off_date, expected_share, actual_at_cut_off, early_actual,
                pace_ratio, projected_actual, missing_unit_codes, status
            from marts.rpt_target_progress where reading in ('main', 'cantonese_chef_only')
        """).fetchall()
        return {row[:3]: _told(*row[3:]) for row in told}

    def _components(self) -> None:
        target, unit, amount = TOTALS_ONLY
        self.con.execute(f"""
            create or replace table intermediate.int_target_component as
            select target_id, reading, period, date '2025-10-01' as month_date, 'HRSS' as department_code,
                'HRSS' as unit_code, amount::decimal(18, 4) as opening_balance, null::decimal(18, 4) as totals_only,
                amount::decimal(18, 4) as declared, null::decimal(18, 4) as verified
            from (values {", ".join(f"('{name}', {value})" for name, value in BALANCES.items())}) as balance (t, amount)
            inner join intermediate.int_target_period
                on t = target_id and period_start_date = date '2025-01-01' and reading = 'main'
            union all
            select '{target}', 'main', '2025-2027', date_trunc('month', "end")::date, '{unit}',
                unit, null, {amount}, null, null
            from owed
            where unit = '{unit}' and dataset = 'aggregate_summary' and period > '2025-10'
                and arrives <= (select as_of_date from staging.stg_run)
        """)

    def recounted(self, day: dt.date) -> dict[Key, Told]:
        """The same from the lists."""
        come = [event for event in self.events if event.arrives <= day]
        by_reading: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for event in come:
            by_reading[event.target, event.reading].append(event)
        return {key: self._recounted(day, key, by_reading[key[:2]]) for key in self._keys()}

    def _keys(self) -> Iterator[Key]:
        for target in DATASETS:
            for reading in ("main", "cantonese_chef_only") if target == "T08" else ("main",):
                yield from ((target, reading, period) for period in windows(target))

    def _recounted(self, day: dt.date, key: Key, come: list[Event]) -> Told:
        target, reading, period = key
        first, last = windows(target)[period]
        cut_off = self._cut_off(day, target, first, last)
        within = [event for event in come if first <= event.day <= last]
        totals = self._totals(day, key)
        actual = _amount(target, within) + _balance(key) + sum(amount for _, amount in totals)
        is_known = bool(cut_off or within or _balance(key) or totals)
        if target in OF_THE_DAY:  # nothing was reported
            counted = target == "S01" and cut_off
            status = "not_reached" if counted else "no_data" if cut_off and day >= first else "not_due"
            return Told(cut_off, None, None, None, None, None, (), status)
        if target in BY_QUOTA:
            quota = THRESHOLDS[target]
            status = "exceeded" if actual > quota else "announced" if actual else "not_selected"
            return Told(cut_off, None, None, None, None, None, (), status if first <= day else "not_due")
        if target == "T15":
            over = "not_done" if cut_off == last else "not_paced"
            return Told(cut_off, None, None, None, None, None, (), over if cut_off else "not_due")
        if cut_off is None:
            status = "balance_not_split" if reading != "main" and period == "2025" else "not_due"
            return Told(None, None, None, None, None, None, (), status)
        assert is_known
        in_time = [event for event in within if event.day <= cut_off]
        done = _amount(target, in_time) + _balance(key) + sum(amount for end, amount in totals if end <= cut_off)
        expected = _expected(target, period, first, last, cut_off)
        share = Fraction(done, THRESHOLDS[target])
        ratio = share / expected if expected and target != "T17" else None
        missing = self._missing(day, target, reading, cut_off, come)
        is_over = cut_off == last
        projected = None if ratio is None or is_over else math.floor(ratio * THRESHOLDS[target])
        told = Told(cut_off, expected, done, actual - done, ratio, projected, missing, "")
        return Told(**vars(told) | {"status": _status(key, told, is_over, share, actual)})

    def _cut_off(self, day: dt.date, target: str, first: dt.date, last: dt.date) -> dt.date | None:
        open_periods = {period for period, due, _ in self._due[DATASETS[target][0]] if due >= day}
        ends = [end for period, _, end in self._due[DATASETS[target][0]] if period not in open_periods]
        return min(max(ends), last) if ends and max(ends) >= first else None

    def _totals(self, day: dt.date, key: Key) -> list[tuple[dt.date, int]]:
        target, unit, amount = TOTALS_ONLY
        if key[0] != target:
            return []
        return [
            (report.end, amount)
            for report in self.owed
            if (report.unit, report.dataset) == (unit, "aggregate_summary")
            and report.period > "2025-10"
            and report.arrives
            and report.arrives <= day
        ]

    def _missing(self, day: dt.date, target: str, reading: str, cut_off: dt.date, come: list[Event]) -> tuple[str, ...]:
        reports = [
            report
            for report in self.owed
            if report.due < day
            and report.end <= cut_off
            and (report.dataset in DATASETS[target] or (target == "T01" and _sends_totals(report)))
        ]
        arrived = [report for report in reports if report.arrives and report.arrives <= day]
        senders = {(report.unit, report.dataset) for report in arrived}
        here = set(arrived)
        gaps = {report.end for report in reports if report not in here and (report.unit, report.dataset) in senders}
        whole = sorted({(report.end, report.start) for report in reports if report.end not in gaps}, reverse=True)[:3]
        brought: dict[str, int] = defaultdict(int)
        for end, start in whole:
            for event in come:
                if start <= event.day <= end:
                    brought[event.unit] += 1
            if target == "T01":
                for total_end, amount in self._totals(day, ("T01", "main", "")):
                    if total_end == end:
                        brought["JUS"] += amount
        absent = {report.unit for report in reports if report.end == cut_off and report not in here}
        total = sum(brought.values())
        return tuple(sorted(unit for unit in absent if brought[unit] and brought[unit] * 20 >= total))


def _sends_totals(report: Owed) -> bool:
    return report.unit == "JUS" and report.dataset == "aggregate_summary" and report.period > "2025-10"


def _amount(target: str, come: list[Event]) -> int:
    return len({event.person for event in come}) if target in ("T05", "T16", "T17", "T18") else len(come)


def _balance(key: Key) -> int:
    return BALANCES.get(key[0], 0) if key[1] == "main" and key[2].startswith("2025") else 0


def _expected(target: str, period: str, first: dt.date, last: dt.date, cut_off: dt.date) -> Fraction | None:
    for (name, curve_period, since), shares in CURVES.items():
        if (name, curve_period) == (target, period) and since <= cut_off:
            ends = month_ends(int(period))
            return [Fraction(share) for end, share in zip(ends, shares, strict=True) if end <= cut_off][-1]
    return None if target in UNEVEN else Fraction((cut_off - first).days + 1, (last - first).days + 1)


def _status(key: Key, told: Told, is_over: bool, share: Fraction, actual: int) -> str:
    if key[1] != "main" and key[2] == "2025":
        return "balance_not_split"
    if is_over:
        return "done" if actual >= THRESHOLDS[key[0]] else "incomplete" if told.missing else "not_done"
    if told.expected is None:
        return "not_paced"
    if told.missing:
        return "incomplete"
    if told.expected == 0 or told.ratio is None:
        return "not_due"
    marks = ((Fraction(11, 10), "ahead"), (Fraction(1), "on_track"), (Fraction(9, 10), "slightly_behind"))
    return next((status for least, status in marks if told.ratio >= least), "behind")


def _told(
    cut_off: dt.date | None, expected: Any, done: Any, early: Any, ratio: Any, projected: Any, missing: Any, status: str
) -> Told:
    return Told(
        cut_off,
        None if expected is None else Fraction(expected),
        None if done is None else int(done),
        None if early is None else int(early),
        None if ratio is None else Fraction(ratio),
        None if projected is None else int(projected),
        tuple(missing.split(";")) if missing else (),
        status,
    )


def is_same(said: Told, counted: Told) -> bool:
    """Shares are published with six places and ratios with four, cut and never rounded up."""

    def cut(share: Fraction | None, places: int) -> int | None:
        return None if share is None else math.floor(share * 10**places)

    exact = ("cut_off", "done", "early", "projected", "missing", "status")
    return (
        all(getattr(said, name) == getattr(counted, name) for name in exact)
        and cut(said.expected, 6) == cut(counted.expected, 6)
        and cut(said.ratio, 4) == cut(counted.ratio, 4)
    )
