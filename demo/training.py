"""Classes, who took part in them, and how often they came.

Not here: how many there are (`plan.py`), certificates and payments that follow. Ends at the rows of three datasets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo.institutions import Employers, Institutions
from demo.people import YOUNG_FROM, People
from demo.plan import DISTRICT_SHORT, DISTRICT_WEIGHTS, DISTRICTS, MONTH_WEIGHTS, Stream, streams
from demo.rows import Array, Rows, as_text, either, rows, stacked
from demo.senders import owes, reporting
from demo.streams import apart
from warehouse.vocabulary import reference
from warehouse.vocabulary.period import Period, is_workday

_EMPTY_CLASSES = 0.06
_UNFINISHED_SENT = 0.5
_SESSION_DAYS = 4
_VOUCHER_FUNDS = ("01", "03")
"""The funds of employment and of unemployment insurance, which pay by voucher too."""
_VOUCHERS = 0.4
_EMERGING_INDUSTRIES = "02"
"""The special action whose clause asks for classes to order, for posts or for a given employer."""
_CLASS_MODES = as_text((None, None, None, "01", "01", "02", "03"))
"""Three of seven of its classes are open to all."""
_YEARS_OF_AGREEMENT = np.timedelta64(365, "D")


@dataclass(frozen=True)
class Classes:
    """One place per class; `month` is the place of its period, `stream` that of its plan, `persons` its trainees."""

    columns: dict[str, Array]
    unit: Array
    month: Array
    stream: Array
    persons: Array

    def __len__(self) -> int:
        return len(self.unit)

    def take(self, index: Array) -> Classes:
        """The classes at these places (integers or a mask), in this order."""
        columns = {name: values[index] for name, values in self.columns.items()}
        return Classes(columns, self.unit[index], self.month[index], self.stream[index], self.persons[index])


@dataclass(frozen=True)
class Participations:
    """One place per person in a class: indexes into classes and people, and how it ended."""

    of_class: Array
    person: Array
    completed: Array
    exam: Array
    completion: Array


def unit_streams() -> list[tuple[Stream, str, float]]:
    """Every stream with the unit that reports it and its share of the stream."""
    spread: list[tuple[Stream, str, float]] = []
    for stream in streams():
        if stream.in_districts:
            spread += [(stream, f"{stream.department}.{key}", DISTRICT_WEIGHTS[key]) for key in DISTRICTS]
        else:
            spread.append((stream, stream.department, 1.0))
    return spread


def _pick(generator: np.random.Generator, choices: tuple[str, ...], size: int) -> Array:
    return generator.choice(as_text(choices or (None,)), size)


def clusters() -> Array:
    """Codes of the twenty industry clusters and the eight industries of the future."""
    return as_text(code for code in reference.codes("industry_cluster") if code[0] in "CF")


def classes(generator: np.random.Generator, months: list[Period], institutions: Institutions, scale: float) -> Classes:
    """The classes that start in these months, each reported in the month in which it starts."""
    parts: list[dict[str, Array]] = []
    codes = {name: code for code, name in reference.codes("occupations_2022").items()}
    for place, (stream, unit, share) in enumerate(unit_streams()):
        counts = []
        for month in months:
            weight = MONTH_WEIGHTS[month.start.month - 1] * (2.2 if stream.program == "12" else 1)
            wanted = stream.yearly * share / 12 * weight * scale * 1.04
            mean = sum(stream.class_size) / 2
            whole = int(generator.poisson(wanted / mean)) if wanted < 4 * mean else round(wanted / mean)
            counts.append(max(stream.least, whole))
        month_of = np.repeat(np.arange(len(months)), counts)
        size = len(month_of)
        first = np.array([np.datetime64(month.start) for month in months])
        length = np.array([(month.end - month.start).days + 1 for month in months])
        start = first[month_of] + (generator.random(size) * length[month_of] * 0.93).astype("timedelta64[D]")
        hours = (generator.integers(stream.hours[0] // 4, stream.hours[1] // 4 + 1, size) * 4).astype(float)
        days = np.maximum(generator.integers(stream.days[0], stream.days[1] + 1, size), np.ceil(hours / 9).astype(int))
        occupation = _pick(generator, stream.occupations, size)
        funding = generator.choice(
            as_text(code for code, _ in stream.funding),
            size,
            p=np.array([w for _, w in stream.funding]) / sum(w for _, w in stream.funding),
        )
        own_money = np.isin(funding, ["08", "09"])
        level = either(own_money, None, _pick(generator, stream.levels, size))
        welfare = either(generator.random(size) < stream.welfare, 1.0, 0.0)
        provider = generator.choice(institutions.of_types(stream.providers), size)
        district = unit.partition(".")[2]
        venue = np.full(size, district, dtype=object) if district else institutions.district[provider]
        persons = generator.integers(stream.class_size[0], stream.class_size[1] + 1, size)
        planned = persons + generator.integers(0, 6, size)
        persons[generator.random(size) < _EMPTY_CLASSES] = 0
        parts.append(
            {
                "class_name": occupation + "第" + as_text(str(n) for n in range(1, size + 1)) + "期"
                if size
                else occupation,
                "org_uscc": institutions.uscc[provider],
                "org_name": institutions.name[provider],
                "project_type": _pick(generator, stream.project_types, size),
                "special_action": np.full(size, stream.action, dtype=object),
                "programs": np.full(size, stream.program or None, dtype=object),
                "occupation_code": as_text(codes[name] for name in occupation.tolist()),
                "occupation_name": occupation,
                "skill_level": level,
                "training_mode": generator.choice(as_text("1123"), size),
                "start_date": start,
                "end_date": start + (days - 1).astype("timedelta64[D]"),
                "planned_hours": hours,
                "planned_persons": planned.astype(float),
                "venue_district": venue,
                "funding_source": funding,
                "is_public_welfare": welfare,
                "fee_charged": either((funding == "09") & (welfare == 0), 1.0, 0.0),
                "competent_dept": np.full(size, stream.department, dtype=object),
                "unit": np.full(size, unit, dtype=object),
                "month": month_of,
                "stream": np.full(size, place),
                "persons": persons,
            }
        )
    merged = stacked(parts)
    order = np.lexsort((merged["start_date"], merged["unit"].astype(str)))
    merged = {name: values[order] for name, values in merged.items()}
    units, month_of = merged.pop("unit"), merged.pop("month")
    stream_of, persons = merged.pop("stream"), merged.pop("persons")
    year = merged["start_date"].astype("datetime64[Y]").astype(int) + 1970
    serial = np.zeros(len(units), dtype=int)
    for name in np.unique(units.astype(str)):
        serial[units == name] = np.arange(1, int((units == name).sum()) + 1)
    merged["class_id"] = as_text(
        f"SZ-{DISTRICT_SHORT.get(name.partition('.')[2], name.partition('.')[0])}-{y}-{number:06d}"
        for name, y, number in zip(units.tolist(), year.tolist(), serial.tolist(), strict=True)
    )
    in_mode = apart("class_mode", generator).choice(_CLASS_MODES, len(units))
    merged["class_mode"] = either(merged["special_action"] == _EMERGING_INDUSTRIES, in_mode, None)
    merged["filing_no"] = as_text(f"BA{identifier[2:]}" for identifier in merged["class_id"].tolist())
    return Classes(merged, units, month_of, stream_of, persons)


def class_rows(classes: Classes, months: list[Period]) -> Rows:
    """The classes as the rows of `training_class`."""
    names = as_text(str(month) for month in months)
    return rows("training_class", reporting(classes.unit, "training_class"), names[classes.month], classes.columns)


def participations(
    generator: np.random.Generator, classes: Classes, pool: People, veterans: tuple[int, int]
) -> Participations:
    """Who took part: every unit works its way through a shuffled pool, so that a class never has a person twice.

    The places `veterans` (from, to) of the pool are veterans: classes of category 09 draw from them alone.
    """
    of_class = np.repeat(np.arange(len(classes)), classes.persons)
    size = len(of_class)
    spread = unit_streams()
    for_veterans = np.array([stream.categories == ("09",) for stream, _, _ in spread])[classes.stream[of_class]]
    person = np.empty(size, dtype=int)
    for mask, low, high in ((for_veterans, *veterans), (~for_veterans, veterans[1], len(pool))):
        wanted = int(mask.sum())
        turns = [generator.permutation(np.arange(low, high)) for _ in range(wanted // (high - low) + 1)]
        person[mask] = np.concatenate(turns)[:wanted]
    completed = generator.random(size) < 0.955
    exam = either(
        completed, either(generator.random(size) < 0.03, "3", "1"), either(generator.random(size) < 0.6, "2", "0")
    ).astype(object)
    return Participations(of_class, person, completed, exam, classes.columns["end_date"][of_class])


def record_rows(
    generator: np.random.Generator,
    classes: Classes,
    participations: Participations,
    pool: People,
    firms: Employers,
    months: list[Period],
) -> tuple[Rows, Array]:
    """The rows of `training_record` and for each the place of its participation.

    A participation stands in the month in which its class ends; where that is a later month than the class's own,
    half of the classes are also sent unfinished in the month in which they start.
    """
    size = len(participations.of_class)
    end_month = (
        np.searchsorted(np.array([np.datetime64(month.start) for month in months]), participations.completion, "right")
        - 1
    )
    in_range = participations.completion <= np.datetime64(months[-1].end)
    start_month = classes.month[participations.of_class]
    crosses = (end_month > start_month) | ~in_range
    is_apprentice = classes.columns["project_type"][participations.of_class] == "05"
    sent_early = crosses & (
        (generator.random(len(classes)) < _UNFINISHED_SENT)[participations.of_class] | is_apprentice
    )
    final, early = np.flatnonzero(in_range), np.flatnonzero(sent_early)
    place = np.concatenate([final, early])
    finished = np.arange(len(place)) < len(final)
    month = either(finished, end_month[place], start_month[place])
    planned = classes.columns["planned_hours"][participations.of_class]
    share = either(participations.completed, generator.choice(np.array([1.0, 1.0, 1.0, 0.95, 0.9, 0.85]), size), 0.4)
    hours = np.round(planned * share * 2) / 2
    theory = np.round(
        either(participations.completed, 60 + generator.random(size) * 38, 30 + generator.random(size) * 28)
    )
    practice = np.round(
        either(participations.completed, 60 + generator.random(size) * 39, 30 + generator.random(size) * 28)
    )
    category = _categories(generator, classes, participations, pool)
    employer = generator.integers(0, len(firms.uscc), size)
    employed = np.isin(category, ["07", "06", "06;07"])
    cluster = generator.choice(clusters(), size)
    vouchers = _vouchers(apart("voucher_no", generator), classes, participations)
    done = participations.completed[place] & finished
    start = classes.columns["start_date"][participations.of_class][place]
    absent = participations.exam[place] == "2"
    known = generator.random(size)
    names = as_text(str(period) for period in months)
    person = participations.person[place]
    columns = pool.who(person) | {
        "class_id": classes.columns["class_id"][participations.of_class][place],
        "education": either(
            (category[place] == "01") & np.isin(pool.education[person], ["40", "60", "70", "80"]),
            "30",
            pool.education[person],
        ),
        "hukou_type": pool.hukou_type[person],
        "hukou_region": either(known[place] < 0.6, pool.home[person], None),
        "person_category": category[place],
        "employer_name": either(employed[place], firms.name[employer[place]], None),
        "employer_uscc": either(employed[place] & (known[place] < 0.7), firms.uscc[employer[place]], None),
        "employer_industry": either(employed[place], firms.industry[employer[place]], None),
        "industry_cluster": either(known[place] > 0.75, cluster[place], None),
        "agreement_start": either(is_apprentice[place], start, np.datetime64("NaT")),
        "agreement_end": either(is_apprentice[place], start + _YEARS_OF_AGREEMENT, np.datetime64("NaT")),
        "attended_hours": either(finished, hours[place], np.maximum(1, np.round(hours[place] * 0.3))),
        "attendance_rate": either(finished, np.round(hours[place] / planned[place], 4), np.nan),
        "exam_result": either(finished, participations.exam[place], "2"),
        "theory_score": either(finished & ~absent, theory[place], np.nan),
        "practice_score": either(finished & ~absent, practice[place], np.nan),
        "completed": done.astype(float),
        "completion_date": either(done, participations.completion[place], np.datetime64("NaT")),
        "voucher_no": vouchers[place],
        "employed_after": either(done & (known[place] < 0.5), (known[place] < 0.42).astype(float), np.nan),
    }
    unit = reporting(classes.unit, "training_record")[participations.of_class][place]
    return rows("training_record", unit, names[month], columns), place


def _vouchers(generator: np.random.Generator, classes: Classes, participations: Participations) -> Array:
    """The number of each one's voucher, by the month in which the class starts; null for who brought none."""
    paid = np.isin(classes.columns["funding_source"], _VOUCHER_FUNDS)[participations.of_class]
    brought = paid & (generator.random(len(paid)) < _VOUCHERS)
    months = np.char.replace(classes.columns["start_date"].astype("datetime64[M]").astype(str), "-", "")
    of_month = months[participations.of_class]
    numbers = (f"PXQ{month}{number:07d}" for number, month in enumerate(of_month.tolist(), 1))
    return either(brought, as_text(numbers), None)


def _categories(
    generator: np.random.Generator, classes: Classes, participations: Participations, pool: People
) -> Array:
    """One of the stream's categories each; who is no longer young is counted as a migrant to the city."""
    category = np.empty(len(participations.of_class), dtype=object)
    for place, (stream, _, _) in enumerate(unit_streams()):
        here = classes.stream[participations.of_class] == place
        choices = stream.categories + (("06;07",) if {"06", "07"} <= set(stream.categories) else ())
        category[here] = _pick(generator, choices, int(here.sum()))
    category[np.isin(category, ["08", "14"]) & (pool.birth[participations.person] < YOUNG_FROM)] = "02"
    return category


def attendance_rows(
    generator: np.random.Generator, classes: Classes, participations: Participations, pool: People, months: list[Period]
) -> Rows:
    """Mornings and afternoons of the classes of units that owe attendance, on workdays only, in the month of the
    class's start."""
    sent = owes(classes.unit, "attendance")[participations.of_class]
    came = np.flatnonzero(sent & participations.completed)
    last = np.array([np.datetime64(month.end) for month in months])
    parts_person, parts_class, parts_day, parts_half = [], [], [], []
    for step in range(_SESSION_DAYS):
        day = classes.columns["start_date"] + np.timedelta64(step, "D")
        fits = (day <= classes.columns["end_date"]) & (day <= last[classes.month])
        fits &= np.array([is_workday(value) for value in day.astype(object).tolist()], dtype=bool)
        for part in (0, 1):
            here = came[fits[participations.of_class[came]]]
            here = here[generator.random(len(here)) < 0.97]
            parts_person.append(participations.person[here])
            parts_class.append(participations.of_class[here])
            parts_day.append(day[participations.of_class[here]])
            parts_half.append(np.full(len(here), part))
    person, of_class = np.concatenate(parts_person), np.concatenate(parts_class)
    half = np.concatenate(parts_half)
    names = as_text(str(month) for month in months)
    return rows(
        "attendance",
        classes.unit[of_class],
        names[classes.month[of_class]],
        {
            "class_id": classes.columns["class_id"][of_class],
            "id_type": pool.id_type[person],
            "id_no": pool.id_no[person],
            "session_date": np.concatenate(parts_day),
            "session_start": as_text(("09:00:00", "14:00:00"))[half],
            "session_end": as_text(("11:30:00", "17:00:00"))[half],
            "check_method": generator.choice(as_text(("1", "1", "3", "4")), len(person)),
            "hours": either(half == 0, 3.0, 4.0),
            "valid": np.ones(len(person)),
        },
    )
