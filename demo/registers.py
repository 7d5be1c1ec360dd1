"""The registers of enterprises: high-hazard, state-owned, little giants, industrial above the designated size,
single-product champions.

Not here: what the enterprises reported (`returns.py`). Ends at the rows of `enterprise_register`.
"""

from __future__ import annotations

import numpy as np

from demo.institutions import Employers
from demo.returns import COVERED, INDUSTRIES
from demo.rows import Array, Rows, as_text, concat, rows
from demo.senders import newcomers
from warehouse.vocabulary import reference
from warehouse.vocabulary.period import Period

_NAME = "enterprise_register"
_HIGH_HAZARD = "1"
# Department, kind, hazard, first and last place among the employers: who is registered beside those that report.
_UNREPORTED = (
    ("EMB", _HIGH_HAZARD, "1", 1000, 1006),
    ("HCD", _HIGH_HAZARD, "5", 1006, 1022),
    ("TRA", _HIGH_HAZARD, "6", 1022, 1028),
    ("SAC", "2", None, 0, 72),
    ("IIT", "3", None, 640, 790),
    ("IIT", "4", None, 640, 960),
    ("IIT", "6", None, 900, 950),
)
_NEWCOMERS = ("4", None, 960, 1000)
_REPORTED_ONLY = 60
"""Of so many high-hazard enterprises one stands in no register."""
_LEAVES = 97
"""Of so many enterprises one leaves its register each quarter."""


def register_rows(firms: Employers, quarters: list[Period]) -> Rows:
    """Each quarter's whole register of each department and kind."""
    parts = []
    for number, quarter in enumerate(quarters):
        for department, kind, hazard, first, last in _listed():
            place = np.arange(first, last)
            is_gone = np.isin(place % _LEAVES, np.arange(number))
            is_unlisted = (kind == _HIGH_HAZARD) & (place % _REPORTED_ONLY == _REPORTED_ONLY - 1)
            place = place[~is_gone & ~is_unlisted]
            parts.append(
                rows(
                    _NAME,
                    department,
                    str(quarter),
                    {
                        "uscc": firms.uscc[place],
                        "employer_name": firms.name[place],
                        "register_kind": kind,
                        "hazard_type": hazard,
                        "industry_code": INDUSTRIES.get(hazard or "", firms.industry[place]),
                        "district": _districts(firms.uscc[place]),
                        "employees": firms.employees[place].astype(float),
                        "as_of": np.datetime64(quarter.end),
                    },
                )
            )
    return concat(parts)


def _listed() -> list[tuple[str, str, str | None, int, int]]:
    """What is covered as high-hazard, what reports nothing, and a share for each newcomer."""
    reported = [
        (department, kind, hazard, first, last)
        for department, kind, hazard, first, last in COVERED
        if kind == _HIGH_HAZARD
    ]
    return [*reported, *_UNREPORTED, *((department, *_NEWCOMERS) for department in newcomers(_NAME))]


def _districts(uscc: Array) -> Array:
    """The district in which an enterprise is registered; a code that is none stands for the zone."""
    listed = reference.codes("district")
    return as_text(code[2:8] if code[2:8] in listed else "SZ-SS" for code in uscc.tolist())
