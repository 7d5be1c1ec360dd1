"""An independent recount of the plan's twenty targets in plain pandas, over the demo's truth.

It reads what the demo meant to say (less the rows that are rightly held), never what the warehouse stored, and
follows `reference/target_definitions.csv` and the decisions on double reports, late references and event dates.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

from ingest.feed import feeds
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract, reference

FACT = re.compile(r"^[A-Z]{2}\.(\w+)\.(?:type|listed|range|length|pattern|checksum|format)$")
HEADLINE = {f"{number:02d}" for number in range(1, 8)}
WINDOWS = {
    "2025-2027": ("2025-01-01", "2027-12-31"),
    "2025": ("2025-01-01", "2025-12-31"),
    "2026": ("2026-01-01", "2026-12-31"),
    "2027": ("2027-01-01", "2027-12-31"),
}
PROGRAMS = {"T06": {"01"}, "T07": {"02", "03"}, "T08": {"04", "05"}, "T09": {"06", "07"}, "T11": {"08", "09"}}
CUMULATIVE = {"T01", "T02", "T06", "T07", "T12"}
ORDER = {code: place for place, code in enumerate(reference.codes("department"))}


@dataclass(frozen=True)
class Truth:
    """Accepted truth rows by dataset, current submissions only."""

    root: Root
    as_of: dt.date

    def rows(self, dataset: str) -> pd.DataFrame:
        """Rows of current files that are not held, warned cells emptied, newest period per unit and natural key."""
        files = pd.read_parquet(self.root.truth / "files.parquet")
        frame = pd.read_parquet(self.root.truth / f"rows_{dataset}.parquet")
        defects = pd.read_parquet(self.root.truth / "defects.parquet")
        warned = defects[(defects["dataset"] == dataset) & (defects["effect"] == "warn")].explode("rules")
        warned = warned.assign(emptied=warned["rules"].str.extract(FACT, expand=False))
        places = pd.MultiIndex.from_frame(frame[["file", "row_number"]])
        for name, hit in warned.dropna(subset=["emptied"]).groupby("emptied"):
            frame.loc[places.isin(list(zip(hit["file"], hit["row_number"], strict=True))), name] = None
        current = files[files["is_current"] & files["outcome"].isin(["accepted", "partly_accepted"])]
        frame = frame[frame["file"].isin(current["file"]) & (frame["effect"] == "accept")]
        key = [name for name in contract.dataset(dataset).key if name in frame]
        frame = frame.sort_values(["period", "file", "row_number"], kind="stable")
        return frame.drop_duplicates(["unit_code", *key], keep="last").reset_index(drop=True)


def person(frame: pd.DataFrame) -> pd.Series:
    return frame["id_type"].fillna("01") + "|" + frame["id_no"]


def announced(truth: Truth) -> pd.DataFrame:
    """Awards that a document announced: of some rows the demo leaves its number out."""
    rows = truth.rows("talent_award")
    defects = pd.read_parquet(truth.root.truth / "defects.parquet").explode("rules")
    nameless = defects[defects["rules"] == "TA007"]
    places = pd.MultiIndex.from_frame(rows[["file", "row_number"]])
    has_none = places.isin(list(zip(nameless["file"], nameless["row_number"], strict=True)))
    return rows[(rows["status"] == "1") & rows["doc_no"].notna() & ~has_none].assign(person=person)


def day(series: pd.Series) -> pd.Series:
    return pd.to_datetime(series, errors="coerce")


def has(series: pd.Series, codes: set[str]) -> pd.Series:
    return series.fillna("").map(lambda text: bool(set(text.split(";")) & codes)).astype(bool)


def directory(truth: Truth) -> pd.DataFrame:
    """Directory entries with the day from which each is gone from its unit's snapshots."""
    files = pd.read_parquet(truth.root.truth / "files.parquet")
    current = files[
        (files["dataset"] == "institution_directory")
        & files["is_current"]
        & files["outcome"].isin(["accepted", "partly_accepted"])
    ]
    entries = truth.rows("institution_directory").copy()
    entries["seen"] = day(entries["period"] + "-01") + pd.offsets.MonthEnd(0)
    whole = current[(current["rows"] > 0) & (current["period"] > "2025-10")]  # a back-file is no snapshot
    snapshots = {
        unit: sorted(day(group["period"] + "-01") + pd.offsets.MonthEnd(0))
        for unit, group in whole.groupby("unit_code")
    }
    entries["gone"] = [
        next((moment for moment in snapshots.get(unit, []) if moment > seen), pd.NaT)
        for unit, seen in zip(entries["unit_code"], entries["seen"], strict=True)
    ]
    removed = (entries["status"] == "3") & entries["valid_to"].isna()
    entries.loc[removed, "gone"] = entries.loc[removed, "seen"]
    return entries


def classes(truth: Truth) -> pd.DataFrame:
    """One row per class: the competent department's, else the first department's; with the institution's standing."""
    frame = truth.rows("training_class").copy()
    frame["rank"] = [
        (department != competent, ORDER[department], unit)
        for department, competent, unit in zip(
            frame["department_code"], frame["competent_dept"], frame["unit_code"], strict=True
        )
    ]
    frame = frame.sort_values("rank").drop_duplicates("class_id").copy()
    entries = directory(truth)
    known = defaultdict(list)
    for entry in entries[entries["uscc"].notna()].itertuples():
        known[entry.uscc].append((pd.Timestamp(entry.valid_from), pd.to_datetime(entry.valid_to), entry.gone))

    def listed(uscc: str, start: pd.Timestamp) -> bool:
        return any(
            first <= start and (pd.isna(last) or start <= last) and (pd.isna(gone) or start < gone)
            for first, last, gone in known[uscc]
        )

    frame["start"], frame["end"] = day(frame["start_date"]), day(frame["end_date"])
    frame["known"] = [listed(uscc, start) for uscc, start in zip(frame["org_uscc"], frame["start"], strict=True)]
    welfare = frame["is_public_welfare"].fillna(False).astype(bool) & ~frame["fee_charged"].fillna(False).astype(bool)
    frame["headline"] = frame["funding_source"].isin(HEADLINE) | (
        welfare & ~frame["funding_source"].isin({"08", "09", "10"})
    )
    return frame


def completed(truth: Truth) -> pd.DataFrame:
    """Participations that may count: completed, class and institution known, whoever else reports them."""
    records = truth.rows("training_record")
    frame = records.merge(classes(truth), on="class_id", suffixes=("", "_class"))
    frame = frame[frame["known"] & frame["completed"].fillna(False).astype(bool)].copy()
    frame["person"] = person(frame)
    frame["event"] = day(frame["completion_date"]).fillna(frame["end"])
    frame["rank"] = [
        (department != competent, ORDER[department], unit, event, class_id)
        for department, competent, unit, event, class_id in zip(
            frame["department_code"],
            frame["competent_dept"],
            frame["unit_code"],
            frame["event"],
            frame["class_id"],
            strict=True,
        )
    ]
    return frame.reset_index(drop=True)


def folded(frame: pd.DataFrame) -> pd.DataFrame:
    """One of each group of rows about one training."""
    frame = frame.reset_index(drop=True)
    parent = list(range(len(frame)))

    def find(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    for _, group in frame[frame.duplicated("person", keep=False)].groupby("person"):
        rows = list(group[["class_id", "occupation_code", "skill_level", "start", "end"]].itertuples())
        for number, a in enumerate(rows):
            for b in rows[number + 1 :]:
                same_kind = (
                    pd.notna(a.occupation_code)
                    and pd.notna(a.skill_level)
                    and (a.occupation_code, a.skill_level) == (b.occupation_code, b.skill_level)
                )
                if a.class_id == b.class_id or (same_kind and a.start <= b.end and b.start <= a.end):
                    parent[find(a.Index)] = find(b.Index)
    frame["group"] = [find(number) for number in range(len(frame))]
    return frame.sort_values("rank").drop_duplicates("group")


@functools.cache
def participations(truth: Truth) -> pd.DataFrame:
    """Counted participations, one per group of double reports."""
    return folded(completed(truth))


def valid_certificates(truth: Truth) -> pd.DataFrame:
    frame = truth.rows("certificate")
    cancelled = set(frame.loc[frame["status"] == "2", "cert_no"])
    frame = frame[~frame["cert_no"].isin(cancelled) & (frame["status"] != "3")].copy()
    return frame.assign(event=lambda rows: day(rows["issue_date"]))


def certificates(truth: Truth) -> pd.DataFrame:
    return valid_certificates(truth).drop_duplicates("cert_no")


def told_services(truth: Truth) -> pd.DataFrame:
    frame = truth.rows("support_service").copy()
    frame["person"], frame["event"] = person(frame), day(frame["service_date"])
    frame["match"] = [
        f"{school}|{int(year)}" if kind == "3" and pd.notna(school) and pd.notna(year) else str(moment)
        for kind, school, year, moment in zip(
            frame["service_type"], frame["school"], frame["enrol_year"], frame["event"], strict=True
        )
    ]
    frame["rank"] = [
        (ORDER[department], unit, moment)
        for department, unit, moment in zip(frame["department_code"], frame["unit_code"], frame["event"], strict=True)
    ]
    return frame.sort_values("rank")


def services(truth: Truth) -> pd.DataFrame:
    return told_services(truth).drop_duplicates(["service_type", "person", "match"])


def contests(truth: Truth) -> pd.DataFrame:
    frame = truth.rows("competition")
    frame = frame[frame["status"] == "2"].assign(event=lambda rows: day(rows["end_date"]))
    named = set(frame.loc[(frame["comp_level"] == "4") & (frame["department_code"] == "HRSS"), "comp_id"])
    return frame.assign(designated=(frame["comp_level"] == "4") & frame["comp_id"].isin(named))


def registers(truth: Truth) -> pd.DataFrame:
    """The enterprises of the newest register of each unit and kind that is of a day by now."""
    frame = truth.rows("enterprise_register")
    frame = frame[day(frame["as_of"]) <= pd.Timestamp(truth.as_of)]
    newest = frame.groupby(["unit_code", "register_kind"])["period"].transform("max")
    frame = frame[frame["period"] == newest]
    return frame.assign(order=frame["department_code"].map(ORDER))


def percent(part: int, whole: int) -> Decimal | None:
    """Cut after four digits, never rounded up."""
    return Decimal(part * 1_000_000 // whole) / 10_000 if whole else None


def counting(
    took: pd.DataFrame, held: pd.DataFrame, served: pd.DataFrame, fought: pd.DataFrame
) -> dict[tuple[str, str], pd.DataFrame]:
    """Target and reading → the rows that count, of rows that are each of one event."""
    entry = has(took["programs"], {"10"})
    counts: dict[tuple[str, str], pd.DataFrame] = {
        ("T01", "main"): took[took["headline"]],
        ("T02", "main"): held[held["cert_type"].isin({"01", "02"})],
        ("T02", "with_permits"): held[held["cert_type"].isin({"01", "02", "04", "06", "07"})],
        ("T03", "main"): served[served["service_type"] == "3"],
        ("T04", "main"): served[(served["service_type"] == "1") & has(served["person_category"], {"09"})],
        ("T08", "cantonese_chef_only"): took[has(took["programs"], {"05"})],
        ("T12", "main"): took[entry],
        ("T13", "main"): fought[fought["designated"]],
        ("T14", "main"): fought[fought["series"] == "1"],
    }
    for target, codes in PROGRAMS.items():
        fits = has(took["programs"], codes)
        if target == "T09":
            fits |= took["special_action"] == "06"
        if target in ("T07", "T11"):
            fits &= ~entry
        counts[target, "main"] = took[fits]
    return counts


def events(truth: Truth) -> dict[tuple[str, str], pd.Series]:
    """Target and reading → dates of what counts."""
    fought = contests(truth).sort_values("designated", ascending=False).drop_duplicates("comp_id")
    counts = counting(participations(truth), certificates(truth), services(truth), fought)
    return {key: rows["event"] for key, rows in counts.items()}


def months(root: Root, as_of: dt.date) -> dict[tuple[str, str, dt.date], int]:
    """(target, reading, first of month) → what counts in the month, where anything does; events only."""
    return {
        (target, reading, moment.date()): int(count)
        for (target, reading), dates in events(Truth(root, as_of)).items()
        for moment, count in dates[dates.between("2025-01-01", "2027-12-31")]
        .dt.to_period("M")
        .dt.to_timestamp()
        .value_counts()
        .items()
    }


def adaptive(served: pd.DataFrame, took: pd.DataFrame) -> pd.DataFrame:
    """T05: unit, person and date of adaptive training, from services and classes."""
    columns = ["unit_code", "person", "event"]
    return pd.concat(
        [served.loc[served["service_type"] == "2", columns], took.loc[has(took["programs"], {"15"}), columns]]
    )


def reported(truth: Truth) -> pd.DataFrame:
    """Rows of aggregate_summary that are the unit's own total."""
    frame = truth.rows("aggregate_summary")
    district = frame["unit_code"].map(lambda unit: unit.partition(".")[2] or None)
    return frame[frame["dimension"].isna() & (frame["district"].isna() | (frame["district"] == district))]


def covered(truth: Truth) -> dict[tuple[str, str], int]:
    """Unit and target → its own rows of January to October 2025, each event once, whoever else reports it."""
    counts: dict[tuple[str, str], int] = defaultdict(int)

    def early(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["event"].between("2025-01-01", "2025-10-31")]

    took, served = early(completed(truth)), early(told_services(truth))
    held, fought = early(valid_certificates(truth)), early(contests(truth))
    for unit in sorted({*took["unit_code"], *held["unit_code"], *served["unit_code"], *fought["unit_code"]}):
        mine = [frame[frame["unit_code"] == unit] for frame in (took, held, served, fought)]
        trained = folded(mine[0])
        helped = mine[2].drop_duplicates(["service_type", "person", "match"])
        certified, contested = mine[1].drop_duplicates("cert_no"), mine[3].drop_duplicates("comp_id")
        for (target, reading), rows in counting(trained, certified, helped, contested).items():
            if reading == "main":
                counts[unit, target] = len(rows)
        counts[unit, "T05"] = adaptive(helped, trained)["person"].nunique()
    return counts


def balances(truth: Truth, totals: pd.DataFrame) -> pd.DataFrame:
    """Of each unit and target what it declared for January to October 2025, what its rows cover, and what remains."""
    told = totals[totals["period"] == "2025-10"].groupby(["unit_code", "metric_id"])["value_cum"].sum()
    rows = covered(truth)
    complete = signed_complete(truth.root)
    lines = [
        {
            "unit": unit,
            "target": target,
            "declared": declared,
            "covered": rows[unit, target],
            "remaining": 0 if (unit, target) in complete else max(declared - rows[unit, target], 0),
        }
        for (unit, target), declared in told.items()
    ]
    return pd.DataFrame(lines, columns=["unit", "target", "declared", "covered", "remaining"])


def signed_complete(root: Root) -> set[tuple[str, str]]:
    """Unit and target where the unit signed for every dataset of the target that it reports."""
    log = root.received / "back_files_signed.jsonl"
    lines = [json.loads(line)["facts"] for line in log.read_text("utf-8").splitlines()] if log.is_file() else []
    signed = {(line["unit"], line["dataset"]): line["is_complete"] for line in lines}
    reporting = {(unit, feed.dataset) for feed in feeds() for unit in feed.units}
    complete = set()
    for row in reference.table("target_definitions"):
        sources = row["source"].split(" + ")
        for unit in {unit for unit, _ in signed}:
            owed = [dataset for dataset in sources if (unit, dataset) in reporting]
            if owed and all(signed.get((unit, dataset)) for dataset in owed):
                complete.add((unit, row["target_id"]))
    return complete


Components = Callable[[str, str, str], Decimal]
"""Target, reading and period → what enters its figure without rows."""


def without_rows(truth: Truth, totals: pd.DataFrame) -> Components:
    """What remains of opening balances, and what totals-only units report."""
    opening = balances(truth, totals).groupby("target")["remaining"].sum()
    only = totals[totals["department_code"].isin({"JUS"}) & (totals["period"] != "2025-10")].copy()
    only["moment"] = day(only["period"] + "-01") + pd.offsets.MonthEnd(0)

    def components(target: str, reading: str, period: str) -> Decimal:
        if reading not in ("main", "with_permits"):  # an opening balance is a part of what contains it
            return Decimal(0)
        first, last = (pd.Timestamp(text) for text in WINDOWS[period])
        rows = only[(only["metric_id"] == target) & only["moment"].between(first, last)]
        balance = Decimal(str(opening.get(target, 0))) if period in ("2025-2027", "2025") else Decimal(0)
        return balance + sum((Decimal(str(value)) for value in rows["value_period"]), Decimal(0))

    return components


def counted(truth: Truth, components: Components) -> dict[tuple[str, str, str], Decimal]:
    """T01 to T14 but for T10: what counts of rows and what enters without them."""
    figures: dict[tuple[str, str, str], Decimal] = {}
    for (target, reading), dates in events(truth).items():
        for period in ["2025-2027"] if target in CUMULATIVE else ["2025", "2026", "2027"]:
            first, last = WINDOWS[period]
            count = int(dates.between(pd.Timestamp(first), pd.Timestamp(last)).sum())
            figures[target, reading, period] = count + components(target, reading, period)
    people_met = adaptive(services(truth), participations(truth))
    for period in ("2025", "2026", "2027"):
        first, last = (pd.Timestamp(text) for text in WINDOWS[period])
        people = people_met.loc[people_met["event"].between(first, last), "person"].nunique()
        figures["T05", "main", period] = people + components("T05", "main", period)
    return figures


def recount(root: Root, as_of: dt.date) -> dict[tuple[str, str, str], Decimal]:
    """(target, reading, period) → actual, opening balances and totals-only units included."""
    truth = Truth(root, as_of)
    totals = reported(truth)
    components = without_rows(truth, totals)
    figures = counted(truth, components)
    awards = announced(truth)
    for target, award in (("T16", "1"), ("T17", "2")):
        for period in ("2025", "2026"):
            chosen = awards[(awards["award_name"] == award) & (awards["award_year"] == int(period))]
            figures[target, "main", period] = chosen["person"].nunique() + components(target, "main", period)
    elite = awards[(awards["award_name"] == "3") & awards["award_year"].isin([2025, 2026])]
    figures["T18", "main", "2025-2026"] = Decimal(elite["person"].nunique())
    figures |= ratios(truth, totals)
    return figures


def ratios(truth: Truth, totals: pd.DataFrame) -> dict[tuple[str, str, str], Decimal]:
    """T10, T15, T19 and S01."""
    figures: dict[tuple[str, str, str], Decimal] = {}
    coverage = truth.rows("enterprise_coverage")
    known = day(coverage["report_date"]) <= pd.Timestamp(truth.as_of)
    coverage = coverage[(coverage["coverage_kind"] == "1") & known]
    newest = coverage.groupby("uscc")["report_date"].transform("max")
    coverage = coverage[coverage["report_date"] == newest]
    coverage = coverage.assign(order=coverage["department_code"].map(ORDER)).sort_values("order")
    coverage = coverage.drop_duplicates(["uscc", "hazard_type"])
    share = percent(int(coverage["covered"].sum()), int(coverage["employees"].sum()))
    if share is not None:
        figures["T10", "reported_enterprises", "point"] = share
        listed = registers(truth)
        hazardous = listed[listed["register_kind"] == "1"].sort_values("order").drop_duplicates("uscc")
        covered = hazardous["uscc"].map(coverage.groupby("uscc")["covered"].sum()).fillna(0)
        covered = covered.where(covered < hazardous["employees"], hazardous["employees"])
        beside = coverage[
            ~coverage["department_code"].isin(listed.loc[listed["register_kind"] == "1", "department_code"])
            & ~coverage["uscc"].isin(hazardous["uscc"])
        ]
        main = percent(
            int(covered.sum() + beside["covered"].sum()), int(hazardous["employees"].sum() + beside["employees"].sum())
        )
        if main is not None:
            figures["T10", "main", "point"] = main
    drill = totals[(totals["metric_id"] == "T15") & (totals["department_code"] == "TUF")]
    for year, group in drill.groupby(drill["period"].str[:4]):
        last = group.sort_values("period").iloc[-1]
        value = last["value_ytd"] if pd.notna(last["value_ytd"]) else last["value_period"]
        figures["T15", "main", str(year)] = Decimal(str(value))
    funds = truth.rows("education_fund")
    funds = funds.assign(order=funds["department_code"].map(ORDER)).sort_values("order")
    funds = funds.drop_duplicates(["uscc", "year"])
    for year, group in funds.groupby("year"):
        frontline, used, accrued = (int(group[name].sum()) for name in ("frontline_used", "used", "accrued"))
        spent = group[group["used"] > 0]
        reaching = int((spent["frontline_used"].astype(int) * 100 >= spent["used"].astype(int) * 60).sum())
        for reading, value in (
            ("main", percent(frontline, used)),
            ("over_accrued", percent(frontline, accrued)),
            ("enterprises_reaching", percent(reaching, len(spent))),
        ):
            if value is not None:
                figures["T19", reading, str(int(year))] = value
    entries = directory(truth)
    as_of = pd.Timestamp(truth.as_of)
    colleges = entries[
        (entries["entity_type"] == "14")
        & (entries["status"] == "1")
        & (day(entries["valid_from"]) <= as_of)
        & (entries["valid_to"].isna() | (day(entries["valid_to"]) >= as_of))
        & (entries["gone"].isna() | (entries["gone"] > as_of))
    ]
    tiers = colleges.groupby(colleges["uscc"].fillna(colleges["carrier_no"]))["college_tier"].min()
    figures["S01", "main", "point"] = Decimal(min(int((tiers == "1").sum()), 1) + int((tiers == "2").sum()))
    return figures


def host(text: object, reporter: str) -> str:
    """The department whose name stands first among the hosts; the reporting one where none does."""
    first = re.split("[、，；;,/（(]", str(text or ""), maxsplit=1)[0].strip()
    spellings = {row["alias"]: row["department"] for row in reference.table("department_aliases")}
    for row in reference.table("departments"):
        spellings |= {row["full_name"]: row["code"], row["short_name"]: row["code"]}
    return spellings.get(first, reporter)


def credited(root: Root, as_of: dt.date) -> dict[tuple[str, str, str], int]:
    """(target, year, department) → competitions by their first host, awards by the department that bestows them."""
    truth = Truth(root, as_of)
    contests = truth.rows("competition")
    contests = contests[contests["status"] == "2"].copy()
    contests["order"] = contests["department_code"].map(ORDER)
    hrss = set(contests.loc[(contests["comp_level"] == "4") & (contests["department_code"] == "HRSS"), "comp_id"])
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in contests.sort_values("order").drop_duplicates("comp_id").itertuples():
        key = (str(row.end_date)[:4], host(row.host_unit, row.department_code))
        if row.comp_level == "4" and row.comp_id in hrss:
            counts["T13", *key] += 1
        if row.series == "1":
            counts["T14", *key] += 1
    awards = announced(truth)
    for target, award, bestower in (("T16", "1", "HRSS"), ("T17", "2", "TUF"), ("T18", "3", "HRSS")):
        for year, chosen in awards[awards["award_name"] == award].groupby("award_year"):
            counts[target, str(int(year)), bestower] += chosen["person"].nunique()
    return dict(counts)


def supporting(root: Root, as_of: dt.date) -> dict[str, int]:
    """What the optional datasets add up to, by a name for each sum."""
    truth = Truth(root, as_of)
    listed = registers(truth).sort_values("order").drop_duplicates(["uscc", "register_kind"])
    budgets, costs = truth.rows("budget"), truth.rows("labour_cost")
    courses, activities = truth.rows("course"), truth.rows("publicity")
    standards, wages = truth.rows("subsidy_standard"), truth.rows("wage_guidance")
    sums = {
        f"register {kind}": int(rows["employees"].sum()) + len(rows) for kind, rows in listed.groupby("register_kind")
    }
    return sums | {
        "enterprises": int(listed["uscc"].nunique()),
        "budget": int(budgets["budget_amount"].sum()),
        "spent": int(budgets["spent_amount"].sum()),
        "labour cost": int(costs["cost_per_capita"].sum()),
        "courses": len(courses),
        "course hours": int(courses["course_hours"].fillna(0).sum()),
        "publicity": len(activities),
        "pieces": int(activities["piece_count"].fillna(0).sum()),
        "audience": int(activities["audience_count"].sum()),
        "standards": int(standards["amount"].sum()) + len(standards),
        "wages with an industry": int(wages["industry_code"].notna().sum()),
        "levels with a wage": int(wages["skill_level"].nunique()),
    }


def off_standard(root: Root, as_of: dt.date) -> dict[tuple[str, str], int]:
    """(Unit, payment) → by how many fen its standard is off the one in force, where it is.

    The demo's standards begin on one day; those of an occupation are of none that is paid for.
    """
    truth = Truth(root, as_of)
    standards, payments = truth.rows("subsidy_standard"), truth.rows("subsidy_payment")
    standards = standards[standards["occupation_code"].isna() & standards["to_date"].isna()]
    amounts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in standards.itertuples():
        amounts[row.subsidy_type, row.skill_level if pd.notna(row.skill_level) else ""].append(int(row.amount))
    off: dict[tuple[str, str], int] = {}
    for row in payments[payments["standard_amount"].notna()].itertuples():
        level = row.skill_level if pd.notna(row.skill_level) else ""
        in_force = amounts.get((row.subsidy_type, level)) or amounts.get((row.subsidy_type, ""))
        if in_force:
            nearest = min(in_force, key=lambda amount: abs(amount - int(row.standard_amount)))
            if nearest != int(row.standard_amount):
                off[row.unit_code, row.payment_id] = int(row.standard_amount) - nearest
    return off
