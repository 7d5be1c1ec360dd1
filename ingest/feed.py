"""Feeds: who sends which dataset, how often and in which words.

Here: feed files, read strictly, and the grid of what is owed by when. Not here: where files are taken from
(`channels/`), which file is which feed's (`recognise.py`), how a file is read. Ends at `Feed` and `Expected`.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

import yaml

from ingest.headers import header_key
from warehouse.vocabulary import contract, period, reference
from warehouse.vocabulary.back_file import is_back_file
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.period import Cadence, Period
from warehouse.vocabulary.submission import Expected

FEEDS = Path(__file__).parent / "feeds"
KEYS = {"cadence", "due", "first", "last", "optional", "districts", "headers", "values", "constants"}
FORMER_KEYS = {
    "channel": "a feed no longer says where its files come from, they are taken from inbox/{department}/; "
    "take the line out.",
    "format": "a feed no longer says in which format its files come, each file is recognised by its content; "
    "take the line out.",
}
"""Keys that a feed file once had, each with what stands in its place."""
RETIRED_KEYS = {"feed", "date", "reason"}

# Months after the period's last and day of that month; a yearly feed names its own.
_DUE: dict[Cadence, tuple[int, int]] = {"monthly": (1, 10), "quarterly": (1, 10), "half-yearly": (1, 15)}
# Reporting begins with November 2025 and ends with the plan.
_FIRST: dict[Cadence, str] = {"monthly": "2025-11", "quarterly": "2025-Q4", "half-yearly": "2025-H2", "yearly": "2025"}
_LAST: dict[Cadence, str] = {"monthly": "2027-12", "quarterly": "2027-Q4", "half-yearly": "2027-H2", "yearly": "2027"}


@dataclass(frozen=True)
class Feed:
    """A department × a dataset. Its dialect is `headers` (header → field), `values` (field → text → code) and
    `constants` (field → value of every row). What is `is_optional` may be sent for any of its periods and is owed for
    none: never late, never missing; its due day only says when it is collected."""

    department: str
    dataset: str
    cadence: Cadence
    months_after: int
    day: int
    first: Period
    last: Period
    is_optional: bool
    districts: tuple[str, ...]
    headers: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    constants: Mapping[str, str]

    @property
    def units(self) -> tuple[str, ...]:
        """The department itself, then its district units."""
        return self.department, *(f"{self.department}.{district}" for district in self.districts)

    def owes(self, wanted: Period) -> bool:
        """Is this a period that the feed ever reports? Of an optional one: may report."""
        return wanted.months == self.first.months and self.first <= wanted <= self.last

    def takes(self, wanted: Period) -> bool:
        """Is this a period that it reports, or one for which it may send back-files: month by month, or as it
        reports?"""
        is_spelled = wanted.months in (1, self.first.months)
        return self.owes(wanted) or (is_spelled and is_back_file(self.dataset, wanted))

    def due_date(self, wanted: Period) -> dt.date:
        return period.due_date(wanted, self.months_after, self.day)


class _Strict:
    """Checks one feed file; every complaint names the file and the field."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.where = f"{path.parent.name}/{path.name}"

    def fail(self, field: str, why: str) -> OperatorError:
        return OperatorError(f"Feed {self.where}, {field}: {why}")

    def raw(self) -> dict[str, Any]:
        value = _yaml(self.path)
        if not isinstance(value, dict):
            raise self.fail("the file", "must be a mapping of keys to values.")
        for key in value:
            if key in FORMER_KEYS:
                raise self.fail(key, FORMER_KEYS[key].format(department=self.path.parent.name))
            if key not in KEYS:
                raise self.fail(str(key), f"is no key of a feed; known are {', '.join(sorted(KEYS))}.")
        return value

    def choice(self, raw: dict[str, Any], key: str, allowed: tuple[str, ...]) -> str:
        value = raw.get(key)
        if value not in allowed:
            raise self.fail(key, f"{value!r} is none of {', '.join(allowed)}.")
        return str(value)

    def bound(self, raw: dict[str, Any], key: str, cadence: Cadence, default: str) -> Period:
        text = str(raw.get(key, default))
        bound = period.parse(text)
        if bound is None or bound.cadence != cadence:
            raise self.fail(key, f"{text} is no {cadence} period; write it like {default}.")
        return bound

    def flag(self, raw: dict[str, Any], key: str) -> bool:
        value = raw.get(key, False)
        if not isinstance(value, bool):
            raise self.fail(key, f"{value!r} is neither true nor false.")
        return value

    def due(self, raw: dict[str, Any], cadence: Cadence) -> tuple[int, int]:
        value = raw.get("due")
        if value is None:
            if cadence not in _DUE:
                raise self.fail("due", "a yearly feed needs one, e.g. {months_after: 1, day: 31}.")
            return _DUE[cadence]
        if not isinstance(value, dict) or value.keys() != {"months_after", "day"}:
            raise self.fail("due", "must have exactly months_after and day.")
        months_after, day = value["months_after"], value["day"]
        if not isinstance(months_after, int) or not isinstance(day, int) or not 1 <= day <= 31:
            raise self.fail("due", "months_after must be a whole number and day 1 to 31.")
        return months_after, day

    def texts(self, value: Any, key: str) -> dict[str, str]:
        if not isinstance(value, dict):
            raise self.fail(key, "must be a mapping.")
        for name, inner in value.items():
            if not isinstance(name, str) or not isinstance(inner, str):
                raise self.fail(f"{key}.{name}", "both sides must be text: put quotes around numbers and yes/no.")
        return value

    def feed(self) -> Feed:
        department, name = self.path.parent.name, self.path.stem
        if department not in reference.codes("department"):
            raise self.fail("the folder", f"{department} is no department of reference/departments.csv.")
        if name not in contract.names():
            raise self.fail("the file name", f"there is no dataset {name}.")
        dataset = contract.dataset(name)
        raw = self.raw()
        cadence = cast(Cadence, self.choice(raw, "cadence", get_args(Cadence)))
        months_after, day = self.due(raw, cadence)
        first = self.bound(raw, "first", cadence, _FIRST[cadence])
        last = self.bound(raw, "last", cadence, _LAST[cadence])
        if last < first:
            raise self.fail("last", f"{last} lies before first, {first}.")
        feed = Feed(
            department=department,
            dataset=name,
            cadence=cadence,
            months_after=months_after,
            day=day,
            first=first,
            last=last,
            is_optional=self.flag(raw, "optional"),
            districts=self.districts(raw),
            headers=self.texts(raw.get("headers", {}), "headers"),
            values={field: self.texts(inner, f"values.{field}") for field, inner in raw.get("values", {}).items()},
            constants=self.texts(raw.get("constants", {}), "constants"),
        )
        self.dialect(feed, dataset)
        return feed

    def districts(self, raw: dict[str, Any]) -> tuple[str, ...]:
        districts = tuple(str(district) for district in raw.get("districts", ()))
        for district in districts:
            if district not in reference.codes("district"):
                raise self.fail("districts", f"{district} is no district of reference/sz_districts.csv.")
        if len(set(districts)) != len(districts):
            raise self.fail("districts", "a district is named twice.")
        return districts

    def dialect(self, feed: Feed, dataset: contract.Dataset) -> None:
        """Every name known, every code known, nothing said twice, every required field still reachable."""
        fields = {field.name: field for field in dataset.fields}
        owner: dict[str, str] = {}
        for header, name in feed.headers.items():
            if name not in fields:
                raise self.fail(f"headers.{header}", f"{name} is no field of {dataset.name}.")
            if owner.setdefault(header_key(header), name) != name:
                raise self.fail(f"headers.{header}", f"already leads to {owner[header_key(header)]}.")
            if name in feed.constants:
                raise self.fail(f"headers.{header}", f"{name} has a constant as well: keep one of the two.")
        for name, spellings in feed.values.items():
            if name not in fields:
                raise self.fail(f"values.{name}", f"is no field of {dataset.name}.")
            for text, code in spellings.items():
                self.code(fields[name], code, f"values.{name}.{text}")
        for name, value in feed.constants.items():
            if name not in fields:
                raise self.fail(f"constants.{name}", f"is no field of {dataset.name}.")
            self.code(fields[name], value, f"constants.{name}")
        for field in dataset.fields:
            known = (field.name, field.title, *field.synonyms)
            reachable = any(owner.get(header_key(header), field.name) == field.name for header in known)
            if field.required and not (reachable or field.name in owner.values() or field.name in feed.constants):
                raise self.fail("headers", f"no header leads to the required field {field.name} any more.")

    def code(self, field: contract.Field, value: str, where: str) -> None:
        if field.code_list and value not in reference.codes(field.code_list):
            raise self.fail(where, f"{value} is no code of the list {field.code_list}.")


def _yaml(path: Path) -> Any:
    try:
        return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise OperatorError(f"Feed {path.parent.name}/{path.name}, the file: is not YAML ({error}).") from None


def _retired(folder: Path) -> dict[str, str]:
    """Feed (DEPARTMENT/dataset) → why it was removed."""
    path = folder / "retired.yaml"
    entries = _yaml(path) or [] if path.is_file() else []
    for entry in entries:
        if not isinstance(entry, dict) or entry.keys() != RETIRED_KEYS:
            raise OperatorError(f"Feed retired.yaml, {entry}: needs exactly {', '.join(sorted(RETIRED_KEYS))}.")
    return {entry["feed"]: entry["reason"] for entry in entries}


def load(folder: Path) -> tuple[Feed, ...]:
    """Every feed below a folder, strictly checked and ordered as `departments.csv`; `OperatorError` names file
    and field."""
    retired = _retired(folder)
    loaded = []
    for path in folder.glob("*/*.yaml"):
        name = f"{path.parent.name}/{path.stem}"
        if name in retired:
            raise OperatorError(f"Feed {name}.yaml, the file: was retired ({retired[name]}); take it out of one place.")
        loaded.append(_Strict(path).feed())
    order = list(reference.codes("department"))
    return tuple(sorted(loaded, key=lambda feed: (order.index(feed.department), feed.dataset)))


@functools.cache
def version() -> str:
    """Eight hex digits that change with any feed, since who owes what for which period follows from them."""
    digest = hashlib.sha256()
    for path in sorted(FEEDS.rglob("*.yaml")):
        digest.update(path.relative_to(FEEDS).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


@functools.cache
def feeds() -> tuple[Feed, ...]:
    """Every feed of the house: a file in the right folder is live."""
    return load(FEEDS)


@functools.cache
def live(department: str, dataset: str) -> Feed | None:
    """The feed of a department for a dataset; null where there is none, or none any more: what came by a feed that was
    retired since is read as the contract has it. Reads its own file alone: all 157 take 40 ms."""
    path = FEEDS / department / f"{dataset}.yaml"
    return _Strict(path).feed() if path.is_file() else None


def find(department: str, dataset: str) -> Feed:
    """The same; `OperatorError` where there is none."""
    contract.dataset(dataset)
    reference.check_department(department)
    feed = live(department, dataset)
    if feed is None:
        reported = ", ".join(feed.dataset for feed in feeds() if feed.department == department)
        raise OperatorError(f"{department} does not report {dataset}; it reports {reported}.")
    return feed


def _owed(feed: Feed, as_of: dt.date) -> Iterator[tuple[Period, dt.date]]:
    for wanted in period.between(feed.first, feed.last):
        due = feed.due_date(wanted)
        yield wanted, due
        if due > as_of:
            return


def expected(feeds: Iterable[Feed], as_of: dt.date) -> list[Expected]:
    """The expected grid: every unit and period from the first up to the one that falls due next after `as_of`. What is
    optional is expected of nobody."""
    return [
        Expected(feed.department, unit, feed.dataset, wanted, due)
        for feed in feeds
        if not feed.is_optional
        for wanted, due in _owed(feed, as_of)
        for unit in feed.units
    ]


def sent_unasked(feeds: Iterable[Feed], first_days: Mapping[tuple[str, str, str], dt.date]) -> list[Expected]:
    """What of optional feeds came, as cells of the grid: what is wrong with it has to be put right like anything else.
    It is owed by nobody, so that it is neither in time nor late, and due by the day it comes.

    Args:
        first_days: dataset, unit and period → the day on which something of it first came.
    """
    return [
        Expected(feed.department, unit, feed.dataset, wanted, max(feed.due_date(wanted), day), is_owed=False)
        for feed in feeds
        if feed.is_optional
        for wanted in period.between(feed.first, feed.last)
        for unit in feed.units
        if (day := first_days.get((feed.dataset, unit, str(wanted))))
    ]
