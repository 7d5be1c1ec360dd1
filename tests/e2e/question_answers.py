"""Answers to a leader's questions (docs/questions) counted once more in plain pandas.

How many is counted over the demo's truth, as `recount` does. Amounts and values are added up over the rows that stand,
as they were sent: a row with an open warning says something else than the demo meant, and is left out of them. Ends at
answers; follow-ups begin later than the small demo goes, and are counted in the test.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from ingest.feed import expected, feeds
from tests.e2e.recount import ORDER, Truth, announced, certificates, classes, day, has, participations, person
from warehouse.published import publication
from warehouse.store import snapshot
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, reference

Rows = Counter[tuple[Any, ...]]
SHORT = {row["code"]: row["short_name"] for row in reference.table("departments")}
SENSITIVE_UNITS, SENSITIVE_CATEGORIES, SENSITIVE_PROGRAMS = {"VET", "DPF"}, {"09", "10", "11", "12"}, {"15"}
CHAIN = ["person", "occupation_code"]
SENSITIVE_SERVICES = {"1", "2"}
BANDS = ((25, "25岁以下"), (35, "25—34岁"), (45, "35—44岁"), (55, "45—54岁"), (200, "55岁以上"))


def district(unit: str) -> str:
    """The name of the district that a unit reports for."""
    return {**reference.codes("district"), "SZ": "深圳市"}[unit.partition(".")[2] or "SZ"]


def counted(keys: Iterable[tuple[Any, ...]]) -> Rows:
    """Each key with how often it comes, as a row."""
    return Counter((*key, count) for key, count in Counter(keys).items())


def filled(value: Any) -> Any:
    return None if pd.isna(value) else value


def month(value: pd.Timestamp) -> dt.date:
    return dt.date(value.year, value.month, 1)


def standing(root: Root, dataset: str, key: list[str]) -> pd.DataFrame:
    """Rows as they stand, of each unit the newest per key; `is_open`: somebody still has to look at a warning on it."""
    taken = snapshot.newest(root)
    assert taken is not None
    parts = [
        pd.read_parquet(root.snapshot_parts / dataset / name / f"{part.digest}.parquet")
        for name, part in taken.parts[dataset].items()
    ]
    frame = pd.concat(parts).sort_values(["period_end_date", "period_start_date", "delivery_order", "row_index"])
    frame = frame.drop_duplicates(["unit_code", *key], keep="last").reset_index(drop=True)
    with publication.open_current(root).connect() as con:
        warned = con.execute(
            "select distinct submission_id, row_number from fct_finding "
            "where severity = 'warning' and explained_at is null and row_number is not null"
        ).fetchall()
    frame["is_open"] = pd.MultiIndex.from_frame(frame[["submission_id", "row_number"]]).isin(warned)
    return frame.assign(order=frame["department_code"].map(ORDER))


def payments(truth: Truth) -> pd.DataFrame:
    """Payments that were made and count: one where HRSS and FIN report the same, in whatever state."""
    frame = standing(truth.root, "subsidy_payment", ["payment_id"])
    competent = classes(truth).set_index("class_id")["competent_dept"]
    frame["known"] = frame["class_id"].isin(set(competent.index))
    frame["elsewhere"] = frame["department_code"] != frame["class_id"].map(competent)
    frame = frame.sort_values(["elsewhere", "order", "unit_code", "payment_id"])
    names_nothing = frame["class_id"].isna() & frame["certificate_key"].isna()
    repeated = frame.duplicated(["class_id", "certificate_key", "payee_key", "payee_uscc", "amount"])
    return frame[(~repeated | names_nothing) & (frame["status"] == "3")]


def sensitive(truth: Truth) -> set[str]:
    """Persons whom any row shows as one of the sensitive groups."""
    records, services, held = (
        truth.rows(dataset).assign(person=person) for dataset in ("training_record", "support_service", "certificate")
    )
    programs = classes(truth).set_index("class_id")["programs"]
    shows = (
        records["department_code"].isin(SENSITIVE_UNITS)
        | has(records["person_category"], SENSITIVE_CATEGORIES)
        | has(records["class_id"].map(programs), SENSITIVE_PROGRAMS)
    )
    shown = (
        services["department_code"].isin(SENSITIVE_UNITS)
        | services["service_type"].isin(SENSITIVE_SERVICES)
        | has(services["person_category"], SENSITIVE_CATEGORIES)
    )
    certified = held.loc[held["department_code"].isin(SENSITIVE_UNITS), "person"]
    return {*records.loc[shows, "person"], *services.loc[shown, "person"], *certified}


def _district(truth: Truth) -> Rows:
    took = participations(truth)
    return counted((event.year, district(unit)) for event, unit in zip(took["event"], took["unit_code"], strict=True))


def _month(truth: Truth) -> Rows:
    took = participations(truth)
    return Counter(
        (month(first), len(rows), int(rows["headline"].sum()))
        for first, rows in took.groupby(took["event"].dt.to_period("M").dt.to_timestamp())
    )


def _funding(truth: Truth) -> Rows:
    names = reference.codes("funding_source")
    groups = participations(truth).groupby("funding_source", dropna=False)
    return Counter((filled(code), names.get(code), len(rows), int(rows["headline"].sum())) for code, rows in groups)


def _funnel(truth: Truth) -> Rows:
    """Persons in occupations; each step of those who took the one before, certificates and payments since the start."""
    hidden, known = sensitive(truth), classes(truth).set_index("class_id")
    records = truth.rows("training_record").assign(person=person)
    records["occupation_code"] = records["class_id"].map(known["occupation_code"])
    enrolled = records[records["occupation_code"].notna() & ~records["person"].isin(hidden)]
    took = participations(truth).assign(exam_result=_sent(truth, participations(truth), "exam_result").to_numpy())
    took = took[took["occupation_code"].notna() & ~took["person"].isin(hidden)]
    starts = took.groupby(CHAIN)["start"].min()
    passed = set(took[took["exam_result"].isin({"1", "3"})].set_index(CHAIN).index)
    certified = passed & _since(starts, certificates(truth).assign(person=person))
    steps = (
        ("报名", len(enrolled.drop_duplicates(CHAIN))),
        ("结业并计入", len(starts)),
        ("考核合格", len(passed)),
        ("取得本职业证书", len(certified)),
        ("领取本职业补贴", len(certified & _since(starts, _paid_persons(truth)))),
    )
    return Counter((step, stage, count) for step, (stage, count) in enumerate(steps, 1))


def _since(starts: pd.Series, rows: pd.DataFrame) -> set[tuple[str, str]]:
    """The persons in occupations of whom a row is dated since they began."""
    begun = rows.merge(starts.rename("begun"), left_on=CHAIN, right_index=True)
    return set(begun.loc[begun["event"] >= begun["begun"], CHAIN].itertuples(index=False, name=None))


def _paid_persons(truth: Truth) -> pd.DataFrame:
    """Payments that were made, as sent: whom each is for and of which occupation."""
    paid, took = payments(truth), participations(truth)
    person_by_key = dict(zip(_sent(truth, took, "person_key"), took["person"], strict=True))
    occupations = classes(truth).set_index("class_id")["occupation_code"]
    return paid.assign(
        person=paid["beneficiary_key"].map(person_by_key),
        occupation_code=paid["occupation_code"].fillna(paid["class_id"].map(occupations)),
        event=day(paid["pay_date"]),
    )


def _cost(truth: Truth) -> Rows:
    held = standing(truth.root, "certificate", ["cert_type", "certificate_key"])
    cancelled = set(held.loc[held["status"] == "2", "certificate_key"])
    held = held[~held["certificate_key"].isin(cancelled) & (held["status"] != "3")].copy()
    competent = classes(truth).set_index("class_id")["competent_dept"]
    held["elsewhere"] = held["department_code"] != held["class_id"].map(competent)
    held = held.sort_values(["elsewhere", "order", "unit_code"]).drop_duplicates("certificate_key")
    certified = held[held["cert_type"].isin({"01", "02"})].groupby("department_code").size()
    counting = payments(truth)
    paid = counting[~counting["is_open"]].groupby("department_code")["amount"].sum()
    return Counter(
        (SHORT[code], float(fen) / 100, int(certified[code]), float(fen) / 100 / int(certified[code]))
        for code, fen in paid.items()
        if code in certified.index
    )


def _award(truth: Truth) -> Rows:
    awards = announced(truth).drop_duplicates(["award_name", "award_year", "person"])
    names = reference.codes("award")
    return counted(
        (int(year), code, names[code]) for year, code in zip(awards["award_year"], awards["award_name"], strict=True)
    )


def _competition(truth: Truth) -> Rows:
    contests = standing(truth.root, "competition", ["comp_id"])
    contests = contests[contests["status"] == "2"].sort_values(["order", "unit_code"]).drop_duplicates("comp_id")
    names = reference.codes("comp_level")
    groups = contests.groupby([day(contests["end_date"]).dt.year, "comp_level"])
    return Counter(
        (year, level, names[level], len(rows), filled(rows.loc[~rows["is_open"], "participants"].sum(min_count=1)))
        for (year, level), rows in groups
    )


def _wage(truth: Truth) -> Rows:
    keys = ["report_year", "occupation_code", "industry_code", "skill_level"]
    frame = standing(truth.root, "wage_guidance", keys)
    groups = frame[~frame["is_open"]].groupby(keys, dropna=False)
    return Counter(
        (int(year), filled(code), filled(industry), _greatest(rows["occupation_name"]), filled(level), median / 100)
        for (year, code, industry, level), rows in groups
        for median in [int(rows["p50"].max())]
    )


def _greatest(texts: pd.Series) -> str | None:
    return max(texts.dropna(), default=None)


def _demand(truth: Truth) -> Rows:
    frame = standing(truth.root, "demand_forecast", ["report_year", "dept", "occupation_name", "skill_level"])
    keys = ["report_year", "department_code", "occupation_name", "skill_level"]
    groups = frame[~frame["is_open"]].groupby(keys, dropna=False)["gap"]
    return Counter(
        (int(year), SHORT[department], name, filled(level), filled(gaps.sum(min_count=1)))
        for (year, department, name, level), gaps in groups
    )


def _lateness(truth: Truth) -> Rows:
    """Of what is owed alone: by the feeds' own due days and when the demo sent the first file for a period."""
    files = pd.read_parquet(truth.root.truth / "files.parquet")
    files = files[files["outcome"].notna()]
    sent = files.groupby(["unit_code", "dataset", "period"])["delivered_at"].min().dt.tz_convert("Asia/Shanghai")
    told: dict[str, Counter[str]] = {}
    for owed in expected(feeds(), truth.as_of):
        first = sent.get((owed.unit, owed.dataset, str(owed.period)))
        if first is None and owed.due_date >= truth.as_of:
            continue
        state = "missing" if first is None else "late" if first.date() > owed.due_date else "on_time"
        told.setdefault(SHORT[owed.department], Counter())[state] += 1
    return Counter(
        (name, states.total(), states["on_time"], states["late"], states["missing"]) for name, states in told.items()
    )


def _duplicate(truth: Truth) -> Rows:
    records = truth.rows("training_record")
    known = classes(truth).set_index("class_id")["known"]
    eligible = records["class_id"].map(known).eq(True) & records["completed"].fillna(False).astype(bool)
    kept = participations(truth).groupby("department_code").size()
    return Counter(
        (SHORT[code], len(rows), int(eligible[rows.index].sum() - kept.get(code, 0)))
        for code, rows in records.groupby("department_code")
    )


def _age_sex(truth: Truth) -> Rows:
    hidden = sensitive(truth)

    def described(row: Any) -> tuple[str | None, str]:
        if row.person in hidden:
            return None, "不发布"
        resident = row.id_type == "01" and len(row.id_no) == 18
        born = int(row.id_no[6:10]) if resident else pd.Timestamp(row.birth_date).year
        sex = ("2", "1")[int(row.id_no[16]) % 2] if resident else row.sex
        return sex, next(band for limit, band in BANDS if row.event.year - born < limit)

    return counted(described(row) for row in participations(truth).itertuples())


def _coverage(truth: Truth) -> Rows:
    frame = standing(truth.root, "enterprise_coverage", ["uscc", "coverage_kind", "hazard_type", "report_date"])
    frame = frame[frame["coverage_kind"] == "1"]
    frame = frame[frame["report_date"] == frame.groupby("uscc")["report_date"].transform("max")]
    frame = frame.sort_values(["order", "unit_code"]).drop_duplicates(["uscc", "hazard_type"])
    answers: Rows = Counter()
    for hazard, rows in frame[~frame["is_open"]].groupby("hazard_type", dropna=False):
        employees, covered = int(rows["employees"].sum()), int(rows["covered"].sum())
        answers[filled(hazard), rows["uscc"].nunique(), employees, covered, covered / employees] += 1
    return answers


def _shown(truth: Truth, column: str) -> list[str | None]:
    """What counted rows say of a person, as it was sent; nothing of those of sensitive groups."""
    took, hidden = participations(truth), sensitive(truth)
    values = _sent(truth, took, column)
    return [
        None if who in hidden or pd.isna(value) else value for who, value in zip(took["person"], values, strict=True)
    ]


def _sent(truth: Truth, took: pd.DataFrame, column: str) -> pd.Series:
    """What rows of training records say in a column, as it was sent."""
    place = ["unit_code", "period", "row_number", "class_id"]
    sent = standing(truth.root, "training_record", ["class_id", "person_key"]).drop_duplicates(place)
    return took[place].merge(sent[[*place, column]], on=place, how="left")[column]


def _education(truth: Truth) -> Rows:
    names = reference.codes("education")
    return counted((code, names.get(str(code))) for code in _shown(truth, "education"))


def _industry(truth: Truth) -> Rows:
    names = reference.codes("gbt4754_2017")
    sections = [code and code[:1] for code in _shown(truth, "employer_industry")]
    return counted((section, names.get(str(section))) for section in sections)


def _money(truth: Truth) -> Rows:
    budgets = standing(truth.root, "budget", list(contract.dataset("budget").key))
    planned = budgets[~budgets["is_open"]].groupby(["year", "funding_source"])[["budget_amount", "spent_amount"]].sum()
    counting = payments(truth)
    counting = counting[~counting["is_open"]]
    granted = counting.groupby([day(counting["pay_date"]).dt.year, "funding_source"])["amount"].sum()
    answers: Rows = Counter()
    for year, source in {*planned.index, *granted.index}:
        plan = planned.loc[(year, source)] / 100 if (year, source) in planned.index else None
        money = float(granted[year, source]) / 100 if (year, source) in granted.index else None
        amounts = (None, None) if plan is None else (float(plan["budget_amount"]), float(plan["spent_amount"]))
        answers[int(year), source, *amounts, money] += 1
    return answers


ANSWERS: dict[str, Callable[[Truth], Rows]] = {
    "01_district": _district,
    "02_month": _month,
    "03_funding": _funding,
    "04_funnel": _funnel,
    "05_cost_per_certificate": _cost,
    "08_award": _award,
    "09_competition": _competition,
    "10_wage": _wage,
    "11_demand_gap": _demand,
    "12_lateness": _lateness,
    "13_duplicate": _duplicate,
    "14_age_sex": _age_sex,
    "15_coverage": _coverage,
    "16_education": _education,
    "17_employer_industry": _industry,
    "18_money_by_source": _money,
}
