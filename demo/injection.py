"""Puts a known share of defects and of odd spellings into the world's rows, and labels them.

Here: how many rows of each kind, and which, so that no file is rejected by accident. Not here: what a defect does
(`defects/`, `contradictions.py`), what happens to whole files (`file_faults.py`). Ends at labelled rows.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from demo import identity
from demo.contradictions import Contradictions
from demo.defect import Defect, Kind, Place
from demo.defects import later_defects, row_defects
from demo.labels import LEAST, RESERVED, Labels
from demo.odd_spellings import ODD_SPELLINGS
from demo.plan import DOUBLE_REPORTS, LATE_REPORTS
from demo.rows import CLEAN, Array, Rows, as_text, concat, either, is_among, is_blank
from demo.senders import CITY
from demo.streams import apart, stream
from warehouse.vocabulary.contract import dataset as contract_of
from warehouse.vocabulary.period import parse

DEFECT_SHARE = 0.015
ODD_SHARE = 0.02
HELD_SHARE = 0.28
"""A file with more held rows would be rejected as a whole."""
_ANOTHER_STANDARD = 0.8
"""Of the standard in force: what is paid stays within the uplift that is allowed."""

_LATE = {  # dataset → the rule that says that an event is reported too late
    "training_record": "TR003",
    "certificate": "CT006",
    "support_service": "SS002",
    "subsidy_payment": "SP010",
    "outcome_followup": "OF004",
    "training_class": "TC003",
    "attendance": "AT006",
    "enforcement_case": "CA004",
}
_REFERRING = ("training_record", "attendance", "certificate", "subsidy_payment", "outcome_followup")
_REPEATED = {  # dataset → a field that differs in the second of two conflicting rows, and how
    "training_record": "theory_score",
    "certificate": "theory_score",
    "support_service": "provider",
    "subsidy_payment": "standard_amount",
    "attendance": "hours",
    "enforcement_case": "amount_involved",
}


def period_edges(rows: Rows) -> tuple[Array, Array]:
    """First and last day of each row's period."""
    names, inverse = np.unique(rows.period.astype(str), return_inverse=True)
    periods = [parse(name) for name in names.tolist()]
    starts = np.array([np.datetime64(period.start) for period in periods if period], dtype="datetime64[D]")
    ends = np.array([np.datetime64(period.end) for period in periods if period], dtype="datetime64[D]")
    return (starts[inverse], ends[inverse]) if len(names) else (starts, ends)


def files_of(rows: Rows) -> Array:
    """For each row the number of its file (unit, period, version)."""
    keys = np.array(
        [
            f"{unit}|{period}|{version}"
            for unit, period, version in zip(
                rows.unit.tolist(), rows.period.tolist(), rows.version.tolist(), strict=True
            )
        ]
    )
    return np.unique(keys, return_inverse=True)[1] if len(keys) else np.zeros(0, dtype=int)


def in_file_order(rows: Rows) -> Rows:
    """Sorted by unit, period and version; within a file the order stays."""
    return rows.take(np.lexsort((rows.version, rows.period.astype(str), rows.unit.astype(str))))


def _referred(world: dict[str, Rows]) -> frozenset[str]:
    """The numbers of classes and certificates to which some row of another dataset refers."""
    by = {"class_id": (*_REFERRING, "enforcement_case"), "cert_no": ("training_record", "subsidy_payment")}
    return frozenset(
        text
        for field, names in by.items()
        for name in names
        for text in world[name][field].tolist()
        if text is not None
    )


def strike(
    rows: Rows,
    defects: list[Defect],
    labels: Labels,
    generator: np.random.Generator,
    referred: frozenset[str],
    share: float = DEFECT_SHARE,
) -> None:
    """Puts each defect into its part of the share of clean rows, never too many held ones into one file."""
    defects = [defect for defect in defects if defect.kind.dataset == rows.dataset]
    if not len(rows) or not defects:
        return
    file_of = files_of(rows)
    place = Place(rows, *period_edges(rows), file_of, generator, referred)
    room = np.floor(np.bincount(file_of) * HELD_SHARE).astype(int) - np.bincount(file_of, rows.held).astype(int)
    wanted = max(LEAST, round(share * len(rows) / len(defects)))
    last = np.unique(rows.period.astype(str))[-1]
    for defect in defects:
        mask = defect.where(place) & (rows.label == CLEAN) & (rows.version == 1)
        if rows.dataset == "institution_directory":  # the newest directory stays whole: others are judged by it
            mask &= rows.period != last
        if rows.dataset == "certificate" and (defect.kind.effect == "hold" or defect.kind.field == "cert_no"):
            mask &= ~is_among(rows["cert_no"], referred)  # what others refer to is to be found
        chosen = generator.permutation(np.flatnonzero(mask))
        if defect.kind.effect == "hold":
            chosen = _with_room(chosen[: wanted * 40], file_of, room, wanted)
        chosen = np.sort(chosen[:wanted])
        if len(chosen):
            bearing = defect.change(place, chosen)
            labels.put(rows, chosen if bearing is None else bearing, defect.kind)


def _with_room(candidates: Array, file_of: Array, room: Array, wanted: int) -> Array:
    kept: list[int] = []
    for index in candidates.tolist():
        if len(kept) == wanted:
            break
        if room[file_of[index]] > 0:
            room[file_of[index]] -= 1
            kept.append(index)
    return np.array(kept, dtype=int)


def inject(world: dict[str, Rows], months: list[str], generator: np.random.Generator) -> tuple[dict[str, Rows], Labels]:
    """The world with defects, in the order of its files, and the kinds that the labels mean."""
    labels = Labels()
    world = dict(world)
    orphans = _lose_classes(world, generator)
    referred = _referred(world)
    _unlist_providers(world, labels, generator, referred)
    _double_between_units(world, labels, generator, referred)
    Contradictions(world, labels, generator, referred).make()
    for dataset, code in _LATE.items():
        _report_late(world, dataset, code, months, labels, generator)
    _cancel_certificates(world, months, labels, generator)
    defects, referred = row_defects(), _referred(world)
    for name in list(world):
        strike(world[name], defects, labels, stream(name, generator), referred)
        _repeat(world, name, labels, generator)
        world[name] = in_file_order(world[name])
    for name in _REFERRING:
        _label_orphans(world[name], orphans, Kind("class_unknown", name, "class_id", ("CL901",), "warn"), labels)
    payments = world["subsidy_payment"]
    free = payments.label == CLEAN
    for rows in world.values():
        spell_oddly(rows, labels, stream(rows.dataset, generator))
        strike(rows, later_defects(), labels, apart(f"{rows.dataset}/later", generator), referred, share=0)
        rows.label[rows.label == RESERVED] = CLEAN
    _pay_by_another_standard(payments, free, labels)
    return world, labels


def _pay_by_another_standard(rows: Rows, free: Array, labels: Labels) -> None:
    """The first free personal payments of the city name a standard that is not in force; the money stays as it was."""
    personal = (rows["payee_type"] == "1") & (rows["status"] == "3") & (rows.unit == CITY)
    chosen = np.flatnonzero(personal & free & (rows.label == CLEAN) & (rows.version == 1))[:LEAST]
    other = np.round(rows["standard_amount"][chosen] * _ANOTHER_STANDARD)
    rows.sent_column("standard_amount")[chosen] = other
    rows.columns["standard_amount"][chosen] = other
    kind = Kind("standard_not_in_force", "subsidy_payment", "standard_amount", ("SP909",), "warn")
    labels.put(rows, chosen, kind)


def spell_oddly(rows: Rows, labels: Labels, generator: np.random.Generator) -> None:
    """Writes a share of the clean cells in forms that are odd and yet mean the same."""
    fields = {field.name: field for field in contract_of(rows.dataset).fields}
    usable = [(spelling, field) for spelling in ODD_SPELLINGS for field in fields.values() if spelling.fits(field)]
    for spelling, field in usable:
        values = rows.columns[field.name]
        clean = np.flatnonzero((rows.label == CLEAN) & (rows.version == 1) & ~is_blank(values))
        size = max(LEAST, round(ODD_SHARE * len(rows) / len(usable)))
        chosen = np.sort(generator.permutation(clean)[: size * 4])
        texts = as_text(spelling.write(value) for value in values[chosen].tolist())
        worth = ~is_blank(texts)
        chosen, texts = chosen[worth][:size], texts[worth][:size]
        if len(chosen):
            rows.raw_column(field.name)[chosen] = texts
            labels.put(rows, chosen, Kind(spelling.name, rows.dataset, field.name, (), "none"))


def _lose_classes(world: dict[str, Rows], generator: np.random.Generator) -> Array:
    """A few classes never arrive; the rows that refer to them are kept free of other defects."""
    classes, records = world["training_class"], world["training_record"]
    taught = np.flatnonzero(is_among(classes["class_id"], records["class_id"].tolist()))
    size = min(12, max(3, len(classes) // 300))
    lost = generator.choice(taught, min(size, len(taught)), replace=False)
    in_city = np.flatnonzero(classes.unit[taught] == "HRSS")
    lost = np.unique(np.append(lost, taught[in_city[:2]]))
    identifiers = classes["class_id"][lost]
    world["training_class"] = classes.take(np.setdiff1d(np.arange(len(classes)), lost))
    for name in _REFERRING:
        world[name].label[np.isin(world[name]["class_id"], identifiers)] = RESERVED
    return np.asarray(identifiers)


def _label_orphans(rows: Rows, orphans: Array, kind: Kind, labels: Labels) -> None:
    """One finding per class and submission, on the first row; the other rows of the class are clean."""
    waiting = np.flatnonzero((rows.label == RESERVED) & np.isin(rows["class_id"], orphans))
    keys = [
        f"{unit}|{period}|{identifier}"
        for unit, period, identifier in zip(
            rows.unit[waiting].tolist(), rows.period[waiting].tolist(), rows["class_id"][waiting].tolist(), strict=True
        )
    ]
    if keys:
        _, first = np.unique(np.array(keys), return_index=True)
        labels.put(rows, waiting[first], kind)


def _unlist_providers(
    world: dict[str, Rows], labels: Labels, generator: np.random.Generator, referred: frozenset[str]
) -> None:
    """Some classes are run by, some certificates numbered for, institutions that stand in no directory."""
    classes = world["training_class"]
    chosen = generator.permutation(len(classes))[: min(10, max(3, len(classes) // 100))]
    codes = identity.credit_codes(generator, "52", np.full(len(chosen), 440306))
    classes.columns["org_uscc"][chosen] = codes
    classes.columns["org_name"][chosen] = as_text(
        f"深圳市宝安未名{number}职业培训学校" for number in range(len(chosen))
    )
    labels.put(classes, chosen, Kind("institution_unknown", "training_class", "org_uscc", ("TC901",), "warn"))
    certificates = world["certificate"]
    plain = np.flatnonzero(_free_numbers(certificates, referred))
    chosen = generator.choice(plain, min(12, len(plain)), replace=False)
    certificates.columns["cert_no"][chosen] = as_text(
        f"{text[0]}00004499{number:04d}{text[13:]}"
        for number, text in enumerate(certificates["cert_no"][chosen].tolist())
    )
    labels.put(certificates, chosen, Kind("issuer_unknown", "certificate", "cert_no", ("CT902",), "warn"))


def _free_numbers(certificates: Rows, referred: frozenset[str]) -> Array:
    """Clean level certificates whose number may change without orphaning anybody."""
    plain = (certificates["cert_type"] == "02") & (certificates.label == CLEAN)
    return np.asarray(plain & ~is_among(certificates["cert_no"], referred))


def _double(world: dict[str, Rows], name: str, chosen: Array, unit: Array, kind: Kind, labels: Labels) -> Rows:
    """Adds the chosen rows once more as another unit's, labels both sides, and gives the copies to be changed."""
    rows = world[name]
    labels.put(rows, chosen, kind)
    copies = rows.take(chosen)
    copies.unit[:] = unit
    return copies


def _other_unit(units: Array, generator: np.random.Generator) -> Array:
    """The unit that reports the same thing again: a district's rows come from the city too and the other way round."""
    districts = as_text(("HRSS.440305", "HRSS.440306", "HRSS.440307"))[generator.integers(0, 3, len(units))]
    return either(units == "HRSS", districts, "HRSS")


def _double_between_units(
    world: dict[str, Rows], labels: Labels, generator: np.random.Generator, referred: frozenset[str]
) -> None:
    """The same participation, certificate, class or payment number reported by two units."""
    records = world["training_record"]
    keys = (records["class_id"] + "|" + records["id_no"]).astype(str)
    _, inverse, times = np.unique(keys, return_inverse=True, return_counts=True)
    final = np.flatnonzero(
        (records["completed"] == 1)
        & (records.label == CLEAN)
        & (times[inverse] == 1)
        & ~np.isin(records.unit, ["HCD", "EMB"])
    )
    chosen = np.sort(
        generator.choice(final, min(len(final), max(LEAST, round(DOUBLE_REPORTS * len(final)))), replace=False)
    )
    kind = Kind("reported_by_two_units", "training_record", "id_no", ("TR902",), "warn")
    copies = _double(world, "training_record", chosen, _other_unit(records.unit[chosen], generator), kind, labels)
    world["training_record"] = concat([records, copies])

    certificates = world["certificate"]
    plain = np.flatnonzero((certificates["cert_type"] == "02") & (certificates.label == CLEAN))
    chosen = np.sort(generator.permutation(plain)[: max(LEAST, len(plain) // 400)])
    kind = Kind("certificate_by_two_units", "certificate", "cert_no", ("CT903",), "warn")
    copies = _double(world, "certificate", chosen, _other_unit(certificates.unit[chosen], generator), kind, labels)
    world["certificate"] = concat([certificates, copies])

    classes = world["training_class"]
    plain = np.flatnonzero((classes.label == CLEAN) & ~np.isin(classes.unit, ["HCD", "EMB"]))
    chosen = np.sort(generator.choice(plain, min(8, len(plain)), replace=False))
    kind = Kind("class_by_two_units", "training_class", "class_id", ("TC902",), "warn")
    copies = _double(world, "training_class", chosen, _other_unit(classes.unit[chosen], generator), kind, labels)
    district = as_text(unit.partition(".")[2] or None for unit in copies.unit.tolist())
    copies.columns["venue_district"] = either(is_blank(district), copies["venue_district"], district)
    world["training_class"] = concat([classes, copies])

    payments = world["subsidy_payment"]
    plain = np.flatnonzero((payments.label == CLEAN) & (payments.unit == "HRSS.440305") & (payments["status"] == "3"))
    chosen = plain[:6]
    kind = Kind("payment_number_twice", "subsidy_payment", "payment_id", ("SP902",), "warn")
    copies = _double(world, "subsidy_payment", chosen, np.full(len(chosen), "HRSS", dtype=object), kind, labels)
    copies.columns["amount"] += 100_000.0
    world["subsidy_payment"] = concat([payments, copies])

    _share_numbers(world["certificate"], labels, referred)


def _share_numbers(certificates: Rows, labels: Labels, referred: frozenset[str]) -> None:
    """One certificate number for two persons, in two months of one unit."""
    if not len(certificates):
        return
    plain = _free_numbers(certificates, referred) & (certificates.unit == "HRSS")
    kind = Kind("certificate_of_two_persons", "certificate", "cert_no", ("CT904",), "warn")
    year = certificates["issue_date"].astype("datetime64[Y]")
    for grade in ("5", "4", "3"):
        group = np.flatnonzero(plain & (certificates["skill_level"] == grade) & (year == year.min()))
        months = np.unique(certificates.period[group].astype(str))
        if len(months) < 2:
            continue
        first = group[certificates.period[group] == months[0]][:4]
        second = group[certificates.period[group] == months[1]][:4]
        size = min(len(first), len(second))
        for field in ("cert_no", "issuer_name", "issuer_uscc"):
            certificates.columns[field][second[:size]] = certificates[field][first[:size]]
        labels.put(certificates, np.concatenate([first[:size], second[:size]]), kind)


def _report_late(
    world: dict[str, Rows], name: str, code: str, months: list[str], labels: Labels, generator: np.random.Generator
) -> None:
    """Moves rows into the file of the month after."""
    rows = world[name]
    following = dict(pairwise(months))
    mask = (rows.label == CLEAN) & np.isin(rows.period, list(following))
    for field in ("completion_date", "pay_date"):
        if field in rows.columns:
            mask &= ~is_blank(rows[field])
    if name == "certificate":
        mask &= rows["cert_type"] != "04"
    eligible = np.flatnonzero(mask)
    size = min(len(eligible), max(LEAST, round(LATE_REPORTS * len(rows))))
    chosen = np.sort(generator.choice(eligible, size, replace=False)) if size else eligible
    rows.period[chosen] = as_text(following[period] for period in rows.period[chosen].tolist())
    labels.put(rows, chosen, Kind("reported_late", name, None, (code,), "warn"))


def _cancel_certificates(
    world: dict[str, Rows], months: list[str], labels: Labels, generator: np.random.Generator
) -> None:
    """Certificates that a later month reports as cancelled."""
    rows = world["certificate"]
    following = dict(pairwise(months))
    eligible = np.flatnonzero(
        (rows.label == CLEAN) & (rows["cert_type"] == "02") & np.isin(rows.period, list(following))
    )
    if not len(eligible):
        return
    chosen = np.sort(generator.permutation(eligible)[: max(LEAST, len(eligible) // 500)])
    later = rows.take(chosen)
    later.period[:] = as_text(following[period] for period in later.period.tolist())
    later.columns["status"][:] = "2"
    labels.put(later, np.arange(len(later)), Kind("cancelled_later", "certificate", "issue_date", ("CT006",), "warn"))
    world["certificate"] = concat([rows, later])


def _repeat(world: dict[str, Rows], name: str, labels: Labels, generator: np.random.Generator) -> None:
    """Rows that stand twice in a file: the same (all but the first are held) or contradicting (both are held)."""
    field = _REPEATED.get(name)
    rows = world[name]
    if field is None or not len(rows):
        return
    prefix = contract_of(name).prefix
    file_of = files_of(rows)
    held = np.bincount(file_of, rows.held).astype(int)
    room = np.floor(np.bincount(file_of) * HELD_SHARE).astype(int) - held - 1
    size = max(LEAST, round(DEFECT_SHARE * len(rows) / 60))
    clean = generator.permutation(np.flatnonzero((rows.label == CLEAN) & ~is_blank(rows[field])))
    same = _with_room(clean, file_of, room, size)
    again = rows.take(same)
    labels.put(again, np.arange(len(again)), Kind("row_twice", name, None, (f"{prefix}.key.duplicate",), "hold"))
    rows.label[same] = RESERVED  # the first of the two is right and stays as it is
    rest = clean[~np.isin(clean, same)]
    room -= 1
    against = _with_room(rest, file_of, room, size)
    kind = Kind("rows_contradict", name, None, (f"{prefix}.key.conflict",), "hold")
    labels.put(rows, against, kind)
    other = rows.take(against)
    column = other.columns[field]
    other.sent_column(field)[:] = column + 1 if column.dtype.kind == "f" else either(column == "60", "70", "60")
    column[:] = other.sent[field]
    world[name] = concat([rows, again, other])
