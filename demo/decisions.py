"""What people of the demo decide about opening balances: who signs that its back-files are complete, and what the
bureau recognises of a unit that sends totals only.

The records are those that `skills complete-back-files` and `skills recognise-balance` write, of the world's days and by
the names below the unit's own totals; what they rest on says that they are the demo's. Ends at records.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import numpy as np

from demo import back_files
from demo.back_files import COMPLETE
from demo.rows import Rows
from demo.senders import CITY
from demo.tasks import DOCUMENT
from warehouse.store import lock, records
from warehouse.store.data_root import Root
from warehouse.store.records import BackFilesSigned, BalanceRecognised
from warehouse.vocabulary import back_file, clock
from warehouse.vocabulary.period import Period, between

SIGNED = ("training_class", "training_record", "certificate")
TOTALS_ONLY = "JUS"
_AFTER = dt.timedelta(days=6)


def record(root: Root, world: Mapping[str, Rows], first: Period) -> None:
    """In the root's logs, each once however often the demo is written; nothing in a world without back-files.

    Args:
        first: the world's first month.
    """
    begin = back_files.begin(first)
    if begin is None:
        return
    at = clock.utc_text(begin + _AFTER)
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        signed, recognised = records.read(root, BackFilesSigned), records.read(root, BalanceRecognised)
        records.add(root, *(each for each in _signings(world, at) if each not in signed), proof=DOCUMENT)
        records.add(root, *(each for each in _recognitions(world, at) if each not in recognised), proof=DOCUMENT)


def _opening(world: Mapping[str, Rows], unit: str) -> Rows:
    """What the unit declared."""
    totals = world["aggregate_summary"]
    return totals.take((totals.unit == unit) & (totals.period == str(back_file.months()[1])))


def _signings(world: Mapping[str, Rows], at: str) -> Iterator[BackFilesSigned]:
    """Of each dataset of which the unit sent any, by who signs its totals."""
    opening = _opening(world, COMPLETE.unit)
    months = [str(month) for month in between(*back_file.months())]
    for name in SIGNED:
        rows = world[name]
        if ((rows.unit == COMPLETE.unit) & np.isin(rows.period, months)).any():
            preparer, reviewer = opening["preparer"][0], opening["reviewer"][0]
            yield BackFilesSigned(COMPLETE.unit, name, True, preparer, reviewer, "", at)


def _recognitions(world: Mapping[str, Rows], at: str) -> Iterator[BalanceRecognised]:
    """Of what is more than nothing, by who signs the bureau's totals."""
    opening = _opening(world, TOTALS_ONLY)
    opening = opening.take(opening["value_cum"] > 0)
    document = f"深人社函〔{at[:4]}〕0号（{DOCUMENT}）"
    for target, declared in zip(opening["metric_id"].tolist(), opening["value_cum"].tolist(), strict=True):
        reviewer = _opening(world, CITY)["reviewer"][0]
        yield BalanceRecognised(TOTALS_ONLY, target, f"{declared:.4f}", document, reviewer, at)
