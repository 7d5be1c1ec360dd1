"""Options that several commands share: a day, a moment. Ends at click's parameter types."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from warehouse.vocabulary import clock


class Day(click.ParamType):  # type: ignore[type-arg]
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is not a date like 2026-11-20.", param, ctx)


class Moment(click.ParamType):  # type: ignore[type-arg]
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        try:
            moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is not a time like 2026-11-20T18:00+08:00 (without a zone: Shenzhen's).", param, ctx)
        return clock.in_zone(moment)


AS_OF = click.option("--as-of", type=Day(), default=None, help="The day that decides what is due (default: today).")
