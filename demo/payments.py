"""Money that follows training: subsidies of every department, what the finance bureau paid, education funds.

Not here: how much training there is (`plan.py`), what is wrong with payments (`defects/payment.py`). Ends at the rows
of two datasets.
"""

from __future__ import annotations

import numpy as np

from demo.institutions import Employers
from demo.plan import DISTRICT_SHORT
from demo.rows import Array, Rows, as_text, concat, either, last_day, rows, stacked
from demo.senders import newcomers, owes
from demo.supporting_returns import STANDARD_FEN
from demo.training import Classes, Participations
from warehouse.vocabulary import policy
from warehouse.vocabulary.period import Period

_FINANCE_SHARE = 0.35
_ANNOUNCED_FIRST = 0.05
# Department, first and last place among the employers: nobody's fund is reported twice.
_FUNDS = (("SAC", 0, 70), ("TUF", 70, 640))
_NEWCOMERS_FUNDS = 40
"""Enterprises of a department that is not among them."""


def _serials(units: Array, year: Array) -> Array:
    taken: dict[str, int] = {}
    serials = []
    for unit, y in zip(units.tolist(), year.tolist(), strict=True):
        taken[unit] = taken.get(unit, 0) + 1
        department, _, district = unit.partition(".")
        serials.append(f"BT-{department}{'-' + DISTRICT_SHORT[district] if district else ''}-{y}-{taken[unit]:07d}")
    return as_text(serials)


def _for_classes(
    generator: np.random.Generator, classes: Classes, participations: Participations, firms: Employers
) -> dict[str, Array]:
    """One payment per class to who ran it; apprentices' classes are paid to their enterprise."""
    completers = np.bincount(participations.of_class[participations.completed], minlength=len(classes)).astype(float)
    headline = policy.codes("headline_funding_code", last_day(classes.columns["end_date"]))
    subsidised = np.isin(classes.columns["funding_source"], headline)
    sends = owes(classes.unit, "subsidy_payment")
    place = np.flatnonzero(subsidised & sends & (completers > 0) & (generator.random(len(classes)) < 0.7))
    apprentices = classes.columns["project_type"][place] == "05"
    firm = generator.integers(0, len(firms.uscc), len(place))
    standard = np.array([STANDARD_FEN[level] for level in classes.columns["skill_level"][place].tolist()])
    kind = either(apprentices, "03", either(classes.columns["programs"][place] == "11", "04", "02"))
    return {
        "unit": classes.unit[place],
        "base": classes.columns["end_date"][place],
        "subsidy_type": kind,
        "funding_source": classes.columns["funding_source"][place],
        "payee_type": either(apprentices, "3", "2"),
        "payee_name": either(apprentices, firms.name[firm], classes.columns["org_name"][place]),
        "payee_id": either(apprentices, firms.uscc[firm], classes.columns["org_uscc"][place]),
        "bank_account": as_text(f"4420{number:013d}" for number in generator.integers(0, 10**13, len(place)).tolist()),
        "beneficiary_id_type": np.full(len(place), None, dtype=object),
        "beneficiary_id_no": np.full(len(place), None, dtype=object),
        "class_id": classes.columns["class_id"][place],
        "cert_no": np.full(len(place), None, dtype=object),
        "occupation_code": classes.columns["occupation_code"][place],
        "skill_level": classes.columns["skill_level"][place],
        "standard_amount": standard,
        "amount": standard * completers[place],
        "person_count": completers[place],
    }


def _for_holders(generator: np.random.Generator, certificates: Rows) -> dict[str, Array]:
    """Personal subsidies for certificates that the labour offices paid."""
    eligible = (certificates["cert_type"] == "02") & np.isin(certificates["id_type"], ["01"])
    eligible &= np.array([unit.startswith("HRSS") for unit in certificates.unit.tolist()], dtype=bool)
    place = np.flatnonzero(eligible & (generator.random(len(certificates)) < 0.16))
    level = certificates["skill_level"][place]
    standard = np.array([STANDARD_FEN[value] for value in level.tolist()])
    size = len(place)
    return {
        "unit": certificates.unit[place],
        "base": certificates["issue_date"][place],
        "subsidy_type": np.full(size, "01", dtype=object),
        "funding_source": generator.choice(as_text(("01", "02")), size),
        "payee_type": np.full(size, "1", dtype=object),
        "payee_name": certificates["person_name"][place],
        "payee_id": certificates["id_no"][place],
        "bank_account": as_text(f"6222{number:015d}" for number in generator.integers(0, 10**15, size).tolist()),
        "beneficiary_id_type": certificates["id_type"][place],
        "beneficiary_id_no": certificates["id_no"][place],
        "class_id": certificates["class_id"][place],
        "cert_no": certificates["cert_no"][place],
        "occupation_code": certificates["occupation_code"][place],
        "skill_level": level,
        "standard_amount": standard,
        "amount": standard.copy(),
        "person_count": np.ones(size),
    }


def subsidy_rows(
    generator: np.random.Generator,
    classes: Classes,
    participations: Participations,
    certificates: Rows,
    firms: Employers,
    months: list[Period],
) -> Rows:
    """The rows of `subsidy_payment` in the month of payment; some announced (status 6) a month before.

    The finance bureau reports a third of the money again under numbers of its own.
    """
    first, second = _for_classes(generator, classes, participations, firms), _for_holders(generator, certificates)
    paid = stacked([first, second])
    apply = paid.pop("base") + generator.integers(2, 12, len(paid["unit"])).astype("timedelta64[D]")
    approve = apply + generator.integers(3, 15, len(apply)).astype("timedelta64[D]")
    pay = approve + generator.integers(2, 20, len(apply)).astype("timedelta64[D]")
    in_range = np.flatnonzero(pay <= np.datetime64(months[-1].end))
    in_range = in_range[np.argsort(pay[in_range], kind="stable")]
    paid = {name: values[in_range] for name, values in paid.items()}
    unit = paid.pop("unit")
    apply, approve, pay = apply[in_range], approve[in_range], pay[in_range]
    year = pay.astype("datetime64[Y]").astype(int) + 1970
    starts = np.array([np.datetime64(month.start) for month in months])
    month = np.searchsorted(starts, pay, "right") - 1
    names = as_text(str(period) for period in months)
    paid |= {
        "payment_id": _serials(unit, year),
        "apply_date": apply,
        "approve_date": approve,
        "pay_date": pay,
        "fiscal_year": year.astype(float),
        "status": np.full(len(pay), "3", dtype=object),
    }
    payments = rows("subsidy_payment", unit, names[month], paid)

    early = np.flatnonzero((generator.random(len(pay)) < _ANNOUNCED_FIRST) & (month > 0) & (approve < starts[month]))
    announced = rows(
        "subsidy_payment",
        unit[early],
        names[month[early] - 1],
        {name: values[early] for name, values in paid.items()} | {"pay_date": np.datetime64("NaT")},
    )
    announced.columns["status"][:] = "6"
    announced.columns["fiscal_year"][:] = np.array([float(name[:4]) for name in announced.period.tolist()])

    again = np.flatnonzero(generator.random(len(pay)) < _FINANCE_SHARE)
    finance = rows(
        "subsidy_payment",
        "FIN",
        names[month[again]],
        {name: values[again] for name, values in paid.items()}
        | {"payment_id": as_text(f"CZ{y}{number:08d}" for number, y in enumerate(year[again].tolist(), 1))},
    )
    return concat([payments, announced, finance])


def _funds() -> tuple[tuple[str, int, int], ...]:
    """`_FUNDS`, and the next enterprises for each newcomer."""
    (*_, (_, _, last)) = _FUNDS
    return _FUNDS + tuple(
        (department, last + place * _NEWCOMERS_FUNDS, last + (place + 1) * _NEWCOMERS_FUNDS)
        for place, department in enumerate(newcomers("education_fund"))
    )


def education_fund_rows(generator: np.random.Generator, firms: Employers, period: str) -> Rows:
    """What enterprises spent of their education funds: state-owned ones through SAC, the others through TUF."""
    parts = []
    for department, first, last in _funds():
        place = np.arange(first, last)
        employees = firms.employees[place].astype(float)
        payroll = np.round(employees * generator.uniform(70_000, 140_000, len(place))) * 100
        accrued = np.round(payroll * generator.uniform(0.015, 0.025, len(place)) / 100) * 100
        used = np.round(accrued * generator.uniform(0.55, 1.05, len(place)) / 100) * 100
        share = np.clip(generator.normal(0.63, 0.12, len(place)), 0.2, 0.98)
        frontline = np.maximum(1, np.round(employees * generator.uniform(0.45, 0.85, len(place))))
        parts.append(
            rows(
                "education_fund",
                department,
                period,
                {
                    "uscc": firms.uscc[place],
                    "employer_name": firms.name[place],
                    "year": float(period[:4]),
                    "payroll": payroll,
                    "accrued": accrued,
                    "used": used,
                    "frontline_used": np.round(used * share / 100) * 100,
                    "employees": employees,
                    "frontline_employees": frontline,
                    "trained_persons": np.round(employees * 1.2),
                },
            )
        )
    return concat(parts)
