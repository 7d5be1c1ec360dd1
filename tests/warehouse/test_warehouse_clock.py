"""One clock: the day is Shenzhen's, on whatever machine and wherever a day is taken from a moment."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.cli.options import Moment
from pages import words
from warehouse.vocabulary import clock

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "engine" / "engine.sql"
# UTC moments whose day in Shenzhen is the next one already, or not yet.
MOMENTS = {
    "2026-03-10T16:30:00+00:00": dt.date(2026, 3, 11),
    "2025-12-31T16:30:00+00:00": dt.date(2026, 1, 1),
    "2026-02-28T15:59:59+00:00": dt.date(2026, 2, 28),
    "2026-02-28T16:00:00+00:00": dt.date(2026, 3, 1),
    "2026-06-30T23:30:00-07:00": dt.date(2026, 7, 1),
}


@pytest.mark.parametrize(("text", "day"), MOMENTS.items())
def test_a_moment_falls_on_shenzhens_day(text: str, day: dt.date) -> None:
    moment = dt.datetime.fromisoformat(text)
    assert clock.day_of(moment) == day
    assert words.moment(moment).startswith(words.day(day))


@pytest.mark.parametrize(("text", "day"), MOMENTS.items())
def test_dbt_takes_the_same_day(text: str, day: dt.date) -> None:
    """SQL has no zones here: its eight hours are the clock's."""
    [line] = [line for line in MACROS.read_text("utf-8").splitlines() if "macro duckdb__local_date" in line]
    expression = line.partition("%}")[2].partition("{%")[0].replace("{{ utc_timestamp }}", "$moment")
    moment = dt.datetime.fromisoformat(text).astimezone(dt.UTC).replace(tzinfo=None)
    assert duckdb.execute(f"select {expression}", {"moment": moment}).fetchall() == [(day,)]


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Shanghai", "Pacific/Auckland"])
def test_today_is_shenzhens_on_a_machine_of_any_zone(zone: str) -> None:
    code = "from warehouse.vocabulary import clock; print(clock.today(), clock.now().utcoffset(), clock.now())"
    before = clock.today()
    said = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"TZ": zone}, capture_output=True, text=True, check=True
    ).stdout.split()
    assert before <= dt.date.fromisoformat(said[0]) <= clock.today()
    assert said[1] == "8:00:00"
    assert said[3].endswith("+08:00")


def test_a_moment_that_a_person_writes_without_a_zone_is_shenzhens() -> None:
    written = Moment().convert("2026-11-20T00:30", None, None)
    assert written == dt.datetime(2026, 11, 19, 16, 30, tzinfo=dt.UTC)
    assert Moment().convert("2026-11-20T00:30Z", None, None) == dt.datetime(2026, 11, 20, 0, 30, tzinfo=dt.UTC)


def test_logs_are_written_in_utc() -> None:
    assert clock.utc_text(dt.datetime(2026, 1, 1, 0, 30, 1, 5, tzinfo=clock.ZONE)) == "2025-12-31T16:30:01+00:00"
