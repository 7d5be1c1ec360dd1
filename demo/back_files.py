"""Back-files (回补): what a few units send of January to October 2025 once reporting has begun.

Here: who sends them, how much of what it declared they cover, and when they come; one tells of institutions that had
left before the first directory. No row of theirs has a defect. Not here: what is signed and recognised then
(`decisions.py`). Ends at rows and planned files.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from demo import certificates, identity, training
from demo.file_faults import Planned
from demo.plan import Stream
from demo.rows import Array, Rows, as_text, empty, is_among, is_blank, rows
from demo.senders import CITY, department_of
from demo.target_rows import DATASETS, counted
from demo.training import Classes
from demo.world import Cast
from ingest.feed import find
from warehouse.vocabulary import back_file
from warehouse.vocabulary.period import Period, between, parse


@dataclass(frozen=True)
class Sender:
    """A unit, until which of the months it sends, and what its rows are of its declared T01."""

    unit: str
    months: int
    share: float


PARTLY, COMPLETE, EXCEEDING = Sender("CAB", 6, 0.55), Sender("CTS", 10, 0.9), Sender("COM", 10, 1.05)
SENDERS = (PARTLY, COMPLETE, EXCEEDING)
_TARGET = "T01"
_PAST_SCHOOLS = (("440304", "深圳市福田育新职业培训学校"), ("440306", "深圳市宝安立德职业培训学校"))
_SCHOOL = "1"
_LEFT = dt.date(2025, 5, 31)
_EVERY_FOURTH = 4
"""Of the first sender's classes that ended while the schools of the past still stood, they ran one in so many."""
_SPARE = 1
"""As many classes are drawn as a world has that is larger by so much; what covers the share is kept."""
_FIRST_NUMBER = 500_000
"""Of classes and certificates, above those of the world's months."""
_BEGIN = dt.timedelta(days=16)
"""After the end of the world's first month."""
_BETWEEN = dt.timedelta(minutes=7)


def begin(first: Period) -> dt.datetime | None:
    """When the first comes to a world that begins with this month; never where the months are not over by then."""
    if first <= back_file.months()[1]:
        return None
    return dt.datetime.combine(first.end, dt.time(2), dt.UTC) + _BEGIN


def back_files(world: Mapping[str, Rows], known: Cast, scale: float, generator: np.random.Generator) -> dict[str, Rows]:
    """Dataset → rows, by what the units declare in the world's totals."""
    months = list(between(*back_file.months()))
    classes = _taught(training.classes(generator, months, known.institutions, scale + _SPARE), world, generator)
    past = _run_by_past_schools(classes, generator)
    took = training.participations(generator, classes, known.people, known.veterans)
    records, _ = training.record_rows(generator, classes, took, known.people, known.firms, months)
    issued, _ = certificates.certificate_rows(
        generator, classes, took, known.people, known.institutions, months, scale=0
    )
    issued.columns["cert_no"] = _numbered_on(issued["cert_no"])
    told = {
        "training_class": training.class_rows(classes, months),
        "training_record": records,
        "certificate": issued.take(is_among(issued.unit, [sender.unit for sender in SENDERS])),
    }
    kept = _kept(told, _declared(world["aggregate_summary"]), generator)
    sent = {name: part.take(is_among(part["class_id"], kept)) for name, part in told.items()}
    return sent | {"institution_directory": past}


def _taught(classes: Classes, world: Mapping[str, Rows], generator: np.random.Generator) -> Classes:
    """The senders' classes that ended by the last month they send, each run by an institution of the directory that
    stood then and lists the occupation."""
    ends = {sender.unit: np.datetime64(_month(sender.months).end) for sender in SENDERS}
    last = np.array([ends.get(unit, "NaT") for unit in classes.unit.tolist()], dtype="datetime64[D]")
    mine = classes.take(classes.columns["end_date"] <= last)
    mine.columns["class_id"] = _numbered_on(mine.columns["class_id"])
    mine.columns["filing_no"] = _numbered_on(mine.columns["filing_no"])
    directory = world["institution_directory"]
    newest = directory.take((directory.period == max(directory.period, default="")) & ~directory.held)
    listed = newest.take(~is_blank(newest["uscc"]) & is_blank(newest["valid_to"]))
    streams = [stream for stream, _, _ in training.unit_streams()]
    fitting = (_fitting(mine, place, streams[mine.stream[place]], listed) for place in range(len(mine)))
    provider = np.array([generator.choice(places) if len(places) else -1 for places in fitting], dtype=int)
    run, by = mine.take(provider >= 0), provider[provider >= 0]
    for field, of_it in (("org_uscc", "uscc"), ("org_name", "name"), ("venue_district", "district")):
        run.columns[field] = listed[of_it][by]
    return run


def _month(number: int) -> Period:
    return list(between(*back_file.months()))[number - 1]


def _fitting(classes: Classes, place: int, stream: Stream, listed: Rows) -> Array:
    """The places in the directory of those that may run a class."""
    fits = np.isin(listed["entity_type"], stream.providers)
    fits &= listed["valid_from"] <= classes.columns["start_date"][place]
    code = classes.columns["occupation_code"][place]
    fits &= np.array([text is None or code in text for text in listed["occupations"].tolist()], dtype=bool)
    return np.flatnonzero(fits)


def _run_by_past_schools(classes: Classes, generator: np.random.Generator) -> Rows:
    """Gives some of the first sender's classes to schools that have left since, and these as a directory tells of
    them."""
    size = len(_PAST_SCHOOLS)
    district, name = (as_text(texts) for texts in zip(*_PAST_SCHOOLS, strict=True))
    uscc = identity.credit_codes(generator, "52", district.astype(int))
    ended = (classes.unit == PARTLY.unit) & (classes.columns["end_date"] <= np.datetime64(_LEFT))
    theirs = np.flatnonzero(ended)[::_EVERY_FOURTH]
    school = np.arange(len(theirs)) % size
    for field, of_it in (("org_uscc", uscc), ("org_name", name), ("venue_district", district)):
        classes.columns[field][theirs] = of_it[school]
    taught = sorted({*classes.columns["occupation_code"][classes.unit == PARTLY.unit].tolist()})
    return rows(
        "institution_directory",
        CITY,
        as_text([f"{_LEFT:%Y-%m}"] * size),
        {
            "uscc": uscc,
            "name": name,
            "entity_type": _SCHOOL,
            "license_no": as_text(f"44039{number:03d}" for number in range(size)),
            "occupations": ";".join(taught) or None,
            "valid_from": np.datetime64("2019-03-01"),
            "valid_to": np.datetime64(_LEFT),
            "district": district,
            "legal_rep": identity.names(generator, generator.random(size) < 0.5),
            "contact_phone": identity.office_phones(generator, size),
            "status": "3",
        },
    )


def _numbered_on(texts: Array) -> Array:
    return as_text(f"{text[:-6]}{int(text[-6:]) + _FIRST_NUMBER:06d}" for text in texts.tolist())


def _declared(totals: Rows) -> dict[str, float]:
    """Unit → what it declares of the target."""
    opening = totals.take((totals.period == str(back_file.months()[1])) & (totals["metric_id"] == _TARGET))
    return dict(zip(opening.unit.tolist(), opening["value_cum"].tolist(), strict=True))


def _kept(told: Mapping[str, Rows], declared: Mapping[str, float], generator: np.random.Generator) -> frozenset[str]:
    """The classes whose rows are each sender's share of what it declared: never more where it is less than all, and
    more where it is more; none of who declared nothing."""
    world = {name: told.get(name, empty(name)) for name in DATASETS} | dict(told)
    counts = {part.target_id: part.mask for part in counted(world, back_file.months()[1].end)}
    counted_ids = told["training_record"]["class_id"][counts[_TARGET]]
    size_of = dict(zip(*np.unique(counted_ids.astype(str), return_counts=True), strict=True))
    classes, kept = told["training_class"], set[str]()
    for sender in SENDERS:
        mine = generator.permutation(classes["class_id"][classes.unit == sender.unit]).tolist()
        running = np.cumsum([int(size_of.get(identifier, 0)) for identifier in mine])
        wanted = sender.share * declared.get(sender.unit, 0)
        if wanted:
            size = int(np.searchsorted(running, wanted, "right")) + (sender.share > 1)
            kept.update(mine[:size])
    return frozenset(kept)


def planned(sent: Mapping[str, Rows], first: dt.datetime) -> Iterator[Planned]:
    """Their files: a sender's on one day, one day after the other; a month without rows has none."""
    day_of = {sender.unit: number for number, sender in enumerate(SENDERS)}
    for dataset, part in sent.items():
        keys = sorted(set(zip(part.unit.tolist(), part.period.tolist(), strict=True)))
        for number, (unit, name) in enumerate(keys):
            month = parse(name)
            if month is not None:
                at = first + dt.timedelta(days=day_of.get(unit, 0)) + number * _BETWEEN
                [department] = department_of(as_text([unit])).tolist()
                yield Planned(find(department, dataset), unit, month, 1, "", at, is_current=True)
