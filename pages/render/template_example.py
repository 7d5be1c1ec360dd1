"""The example row of a template: a value of each column as a clerk of the department would write it.

What a department usually reports is the reference table `template_examples`; the rest is the contract's. Ends at texts.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from expectations.live_checks import dates_within_period
from ingest import sender
from ingest.feed import Feed
from warehouse.vocabulary import reference
from warehouse.vocabulary.choices import choices
from warehouse.vocabulary.contract import Dataset, Field, Kind
from warehouse.vocabulary.period import Period

_EXAMPLES: dict[Kind, str] = {
    "text": "按实际填写",
    "int": "50",
    "decimal": "40",
    "percent": "95%",
    "money": "2000.00",
    "date": "2026-03-01",
    "time": "09:00",
    "bool": "是",
    "uscc": "91350100M000100Y43",
    "id_or_uscc": "91350100M000100Y43",
    "id": "110105199003070017",
    "phone": "13800000000",
    "office_phone": "0755-22345678",
    "code": "",
    "list": "",
}
_FIRST_CLASS = "000123"


@dataclass(frozen=True)
class Recipient:
    """For whom a template is made; `period`: for which period, null for any."""

    feed: Feed
    unit: str
    period: Period | None = None

    @property
    def reported(self) -> Period:
        """The period, or the first that is owed."""
        return self.period or self.feed.first

    @property
    def district(self) -> str:
        """Empty for the department itself."""
        return self.unit.partition(".")[2]


def example(field: Field, code: str | None = None) -> str:
    """A value as a clerk would write it: of this code, else the contract's in words, the first of a list, or an example
    of its kind."""
    meanings = {code: text for text, code in choices(field).items()}
    if field.kind == "list":
        codes = code or field.example or next(iter(meanings), "")
        return "；".join(meanings.get(code, code) for code in codes.split(";"))
    if field.kind == "bool":
        return code or _EXAMPLES["bool"]
    if meanings:
        return meanings.get(str(code or field.example)) or next(iter(meanings.values()))
    return code or field.example or _EXAMPLES[field.kind]


def example_row(dataset: Dataset, recipient: Recipient | None = None) -> dict[str, str]:
    """Field → text; empty where the example leaves a column empty."""
    codes = _codes(dataset, recipient)
    texts = {field.name: example(field) for field in dataset.fields}
    texts |= {name: example(dataset.field(name), code) if code else "" for name, code in codes.items()}
    if code := codes.get("occupation_code"):
        occupation = reference.codes("occupations_2022")[code]
        named = {"occupation_name": occupation, "project_name": occupation, "class_name": f"{occupation}第1期"}
        texts |= {name: text for name, text in named.items() if name in texts}
    if recipient is None:
        return texts
    if "class_id" in texts:
        texts["class_id"] = f"SZ-{recipient.feed.department}-{recipient.reported.start.year}-{_FIRST_CLASS}"
    return texts | _of_period(dataset, recipient.period, texts)


def _codes(dataset: Dataset, recipient: Recipient | None) -> dict[str, str]:
    """What is usually reported, the most particular last: for all, for the dataset, for the department, for both; and
    that it is the department."""
    fields = {field.name: field for field in dataset.fields}
    department = recipient.feed.department if recipient else ""
    rows = [
        row
        for row in reference.table("template_examples")
        if row["field"] in fields and row["department"] in ("", department) and row["dataset"] in ("", dataset.name)
    ]
    rows.sort(key=lambda row: (bool(row["department"]), bool(row["dataset"])))
    codes = {row["field"]: row["value"] for row in rows}
    if recipient is None:
        return {name: code for name, code in codes.items() if "{" not in code}
    year = str(recipient.reported.start.year)
    said = {"unit": sender.title(recipient.unit), "department": department, "year": year, "yy": year[2:]}
    codes = {name: code.format(**said) for name, code in codes.items()}
    for field in fields.values():
        if field.code_list == "department":
            codes[field.name] = department
        elif field.code_list == "district" and recipient.district:
            codes[field.name] = recipient.district
    if (metric := codes.get("metric_id")) and "unit" in fields:
        codes["unit"] = next(row["unit"] for row in reference.table("targets") if row["id"] == metric)
    return codes


def _of_period(dataset: Dataset, wanted: Period | None, texts: Mapping[str, str]) -> dict[str, str]:
    """The period itself, its year, and the example's dates moved by months so that they fall into it."""
    if wanted is None:
        return {}
    told = {"report_period": str(wanted)} if "report_period" in texts else {}
    for field in dataset.fields:
        if field.kind == "int" and field.title.endswith("年度"):
            told[field.name] = str(wanted.start.year)
    days = {
        field.name: dt.date.fromisoformat(texts[field.name])
        for field in dataset.fields
        if field.kind == "date" and not field.restricted and texts[field.name]
    }
    within = [days[name] for name in dates_within_period(dataset) if name in days] or list(days.values())
    if not within:
        return told
    months = _month(wanted.end) - _month(max(within))
    return told | {name: _moved(day, months).isoformat() for name, day in days.items()}


def _month(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _moved(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of a month stays one."""
    year, month = divmod(_month(day) + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    was_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return dt.date(year, month + 1, last if was_last else min(day.day, last))
