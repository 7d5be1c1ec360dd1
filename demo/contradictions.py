"""Rows that contradict another dataset, each so that only its rule across submissions fires.

Here: a completion before its class, a certificate of another occupation, a payment for nobody. Not here: defects that
one row shows by itself (`defects/`). Ends at labelled rows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from demo.defect import Kind
from demo.labels import LEAST, RESERVED, Labels
from demo.rows import CLEAN, Array, Rows, as_text, concat, is_among, is_blank
from demo.senders import owes
from warehouse.vocabulary import reference

SHARE = 0.0006
_UNTAUGHT = "美容师"
_UNTAUGHT_CODE = next(code for code, title in reference.codes("occupations_2022").items() if title == _UNTAUGHT)
_BEFORE = np.timedelta64(40, "D")
"""Longer than a month: such a day lies before the period in which the class starts."""


class Contradictions:
    """Picks clean rows of a world, changes what is sent and meant, and labels them."""

    def __init__(
        self, world: dict[str, Rows], labels: Labels, generator: np.random.Generator, referred: frozenset[str]
    ) -> None:
        self.world, self._labels, self._generator, self._referred = world, labels, generator, referred
        classes = world["training_class"]
        self._class_place = {text: place for place, text in enumerate(classes["class_id"].tolist())}
        self._taught = frozenset(world["training_record"]["class_id"].tolist())

    def of_class(self, rows: Rows, field: str) -> Array:
        """For each row the field of its class; blank where the class is unknown."""
        values = self.world["training_class"][field]
        places = np.array([self._class_place.get(text, -1) for text in rows["class_id"].tolist()], dtype=int)
        blank = {"M": np.datetime64("NaT"), "f": np.nan}.get(values.dtype.kind)
        if not len(values):
            return np.full(len(places), blank, dtype=values.dtype)
        of_class = np.asarray(values[places])
        of_class[places < 0] = blank
        return of_class

    def pick(self, rows: Rows, mask: Array, once_per: tuple[str, ...] = ("class_id",)) -> Array:
        """A few clean rows where the mask holds, at most one per file and value of these fields."""
        chosen: list[int] = []
        taken: set[tuple[object, ...]] = set()
        wanted = max(LEAST, round(SHARE * len(rows)))
        free = np.flatnonzero(mask & (rows.label == CLEAN) & (rows.version == 1))
        for index in self._generator.permutation(free).tolist():
            key = (rows.unit[index], rows.period[index], *(rows[field][index] for field in once_per))
            if key not in taken:
                taken.add(key)
                chosen.append(index)
            if len(chosen) == wanted:
                break
        index = np.array(sorted(chosen), dtype=int)
        if "class_id" in once_per and rows.dataset != "training_class":
            self._reserve_classes(rows, index)
        return index

    def put(self, name: str, dataset: str, field: str, codes: tuple[str, ...], index: Array, **values: object) -> None:
        """Writes these values into the rows and labels them."""
        rows = self.world[dataset]
        for column, value in values.items():
            rows.columns[column][index] = value
        self._labels.put(rows, index, Kind(name, dataset, field, codes, "warn"))

    def make(self) -> None:
        self._records()
        self._classes()
        self._certificates()
        self._list_occupations()
        self._attendance()
        self._payments()
        self._doubles()

    def _records(self) -> None:
        name = "training_record"
        rows = self.world[name]
        start, planned = self.of_class(rows, "start_date"), self.of_class(rows, "planned_hours")
        done = (rows["completed"] == 1) & ~is_blank(rows["completion_date"]) & is_blank(rows["agreement_start"])
        index = self.pick(rows, done & ~is_blank(start))
        self.put(
            "completed_before_class",
            name,
            "completion_date",
            ("TR003", "TR903"),
            index,
            completion_date=start[index] - _BEFORE,
        )
        index = self.pick(rows, done & (planned > 0) & ~owes(rows.unit, "attendance"))
        self.put(
            "hours_beyond_class",
            name,
            "attended_hours",
            ("TR905",),
            index,
            attended_hours=planned[index] * 1.5,
            attendance_rate=np.nan,
        )
        index = self.pick(rows, done & self._attended(rows))
        self.put(
            "hours_below_attendance",
            name,
            "attended_hours",
            ("TR906",),
            index,
            attended_hours=2.0,
            attendance_rate=np.nan,
        )
        index = self.pick(rows, done & is_blank(rows["cert_no"]), once_per=())
        self.put(
            "certificate_of_nobody",
            name,
            "cert_no",
            ("TR907",),
            index,
            cert_no=as_text(f"S000044998001265{number:06d}" for number in index.tolist()),
        )
        programs = self.of_class(rows, "programs")
        index = self.pick(rows, done & np.isin(programs, ["03", "15"]) & np.isin(rows["person_category"], ["06", "09"]))
        self.put("category_against_program", name, "person_category", ("TR908",), index, person_category="02")

    def _attended(self, rows: Rows) -> Array:
        """Persons with six sessions at least in files that are accepted."""
        came = self.world["attendance"]
        came = came.take((came.label == CLEAN) & ~np.isin(came.period, np.unique(came.period.astype(str))[2:3]))
        keys, times = np.unique((came["class_id"] + "|" + came["id_no"]).astype(str), return_counts=True)
        return np.isin((rows["class_id"] + "|" + rows["id_no"]).astype(str), keys[times >= 6])

    def _classes(self) -> None:
        name = "training_class"
        rows = self.world[name]
        listed, times = np.unique(
            self.world["training_record"]["class_id"][self.world["training_record"]["completed"] == 1].astype(str),
            return_counts=True,
        )
        index = self.pick(rows, np.isin(rows["class_id"].astype(str), listed[times >= 12]))
        self.put("more_trainees_than_planned", name, "planned_persons", ("TC903",), index, planned_persons=3.0)
        index = self.pick(rows, self._empty(rows) & ~is_blank(rows["skill_level"]), once_per=("org_uscc",))
        self.put(
            "occupation_of_no_list",
            name,
            "occupation_code",
            ("TC906",),
            index,
            occupation_code=_UNTAUGHT_CODE,
            occupation_name=_UNTAUGHT,
        )
        index = self.pick(rows, ~is_blank(rows["org_uscc"]), once_per=("org_uscc",))
        self.put(
            "name_against_directory",
            name,
            "org_name",
            ("TC904",),
            index,
            org_name=as_text(f"深圳市误写{number}职业培训学校" for number in index.tolist()),
        )

    def _certificates(self) -> None:
        name = "certificate"
        rows = self.world[name]
        free = (rows["cert_type"] == "02") & ~is_among(rows["cert_no"], self._referred)
        level, start = self.of_class(rows, "skill_level"), self.of_class(rows, "start_date")
        of_class = free & ~is_blank(level)
        index = self.pick(rows, of_class & (rows["occupation_name"] != _UNTAUGHT))
        self.put(
            "certificate_of_another_occupation",
            name,
            "occupation_code",
            ("CT905",),
            index,
            occupation_code=_UNTAUGHT_CODE,
            occupation_name=_UNTAUGHT,
        )
        index = self.pick(rows, of_class & (level == "5"))
        self.put(
            "certificate_of_another_level",
            name,
            "skill_level",
            ("CT906",),
            index,
            skill_level="4",
            cert_no=as_text(f"{text[:15]}49{text[17:]}" for text in rows["cert_no"][index].tolist()),
        )
        early = start - _BEFORE
        same_year = rows["issue_date"].astype("datetime64[Y]") == early.astype("datetime64[Y]")
        index = self.pick(rows, of_class & same_year)
        self.put("issued_before_class", name, "issue_date", ("CT006", "CT907"), index, issue_date=early[index])
        index = self.pick(rows, of_class)
        instead = self._empty_classes(rows, index)
        index, instead = index[~is_blank(instead)], instead[~is_blank(instead)]
        self.put("certificate_of_an_empty_class", name, "class_id", ("CL902",), index, class_id=instead)
        index = self.pick(rows, free & is_blank(rows["class_id"]), once_per=("issuer_uscc",))
        self.put("issuer_against_number", name, "issuer_uscc", ("CT909",), index, **self._other_issuers(rows, index))

    def _list_occupations(self) -> None:
        """Every provider's directory entry names what it teaches, in all of its months."""
        classes, directory = self.world["training_class"], self.world["institution_directory"]
        taught: dict[str, set[str]] = {}
        for uscc, code in zip(classes["org_uscc"].tolist(), classes["occupation_code"].tolist(), strict=True):
            if uscc and code and code != _UNTAUGHT_CODE:
                taught.setdefault(uscc, set()).add(code)
        directory.columns["occupations"] = as_text(
            listed and ";".join(sorted({*listed.split(";"), *taught.get(uscc, ())}))
            for uscc, listed in zip(directory["uscc"].tolist(), directory["occupations"].tolist(), strict=True)
        )

    def _empty_classes(self, rows: Rows, index: Array) -> Array:
        """For each certificate a class that had ended and had nobody, made one of its occupation and level."""
        classes = self.world["training_class"]
        free = self._empty(classes) & ~np.isin(classes["project_type"], ["03", "07"])
        empty: list[str | None] = []
        for place in index.tolist():
            of_it = np.flatnonzero(free & (classes["end_date"] < rows["issue_date"][place]))[:1]
            for field in ("occupation_code", "occupation_name", "skill_level"):
                classes.columns[field][of_it] = rows[field][place]
            free[of_it] = False
            classes.label[of_it] = RESERVED
            empty += classes["class_id"][of_it].tolist() or [None]
        return as_text(empty)

    def _empty(self, classes: Rows) -> Array:
        """Clean classes that nobody attends."""
        is_empty = np.array([text not in self._taught for text in classes["class_id"].tolist()], dtype=bool)
        return np.asarray(is_empty & (classes.label == CLEAN))

    def _other_issuers(self, rows: Rows, index: Array) -> dict[str, Array]:
        """The issuers of other rows, none the row's own."""
        other = np.roll(index, 1)
        others = index.tolist()
        for number, (place, instead) in enumerate(zip(index.tolist(), other.tolist(), strict=True)):
            if rows["issuer_uscc"][place] != rows["issuer_uscc"][instead]:
                others[number] = instead
        chosen = np.array(others, dtype=int)
        return {field: rows[field][chosen].copy() for field in ("issuer_uscc", "issuer_name")}

    def _attendance(self) -> None:
        name = "attendance"
        rows = self.world[name]
        index = self.pick(rows, self.of_class(rows, "training_mode") == "1")
        self.put("platform_in_a_classroom", name, "check_method", ("AT902",), index, check_method="5")

    def _payments(self) -> None:
        name = "subsidy_payment"
        rows = self.world[name]
        personal = (rows["payee_type"] == "1") & ~is_blank(rows["cert_no"])
        index = self.pick(rows, personal)
        self.put(
            "paid_for_no_certificate",
            name,
            "cert_no",
            ("SP903",),
            index,
            cert_no=as_text(f"S000044997001265{number:06d}" for number in index.tolist()),
        )
        index = self.pick(rows, personal & np.isin(rows["skill_level"], ["5", "4"]), once_per=("payment_id",))
        self.put("paid_for_another_level", name, "skill_level", ("SP908", "SP909"), index, skill_level="3")
        index = self.pick(rows, personal, once_per=("payment_id",))
        self.put(
            "applied_before_certificate",
            name,
            "apply_date",
            ("SP907",),
            index,
            apply_date=rows["apply_date"][index] - _BEFORE,
        )
        for_class = np.isin(rows["subsidy_type"], ["02", "04"]) & ~is_blank(self.of_class(rows, "start_date"))
        index = self.pick(rows, for_class & (rows["person_count"] >= 20))
        self.put(
            "paid_beyond_completers",
            name,
            "person_count",
            ("SP905",),
            index,
            person_count=rows["person_count"][index] + 60,
        )
        classes = self.world["training_class"]
        empty = np.flatnonzero(self._empty(classes))
        empty = empty[np.argsort(classes["end_date"][empty], kind="stable")][:LEAST]
        ended = classes["end_date"][empty[-1:]]
        index = self.pick(rows, for_class & (rows["apply_date"] > ended) if len(ended) else for_class & False)
        index, empty = index[: len(empty)], empty[: len(index)]
        classes.label[empty] = RESERVED
        self.put(
            "paid_for_an_empty_class",
            name,
            "class_id",
            ("CL902",),
            index,
            class_id=classes["class_id"][empty],
        )
        dated = for_class & ~is_blank(rows["approve_date"]) & (rows["status"] == "3")
        index = self.pick(rows, dated, once_per=("payment_id",))
        pay = rows["pay_date"][index]
        self.put(
            "paid_after_years",
            name,
            "approve_date",
            ("SP021", "SP906"),
            index,
            approve_date=pay - np.timedelta64(420, "D"),
            apply_date=pay - np.timedelta64(430, "D"),
        )

    def _doubles(self) -> None:
        """The same enterprise, award or project from two units, and studies as the world has them."""
        funds = self.world["education_fund"]
        self._double("education_fund", "uscc", "EF901", funds.unit == "TUF", "SAC")
        awards = self.world["talent_award"]
        self._double("talent_award", "id_no", "TA901", (awards.unit == "TUF") & (awards["award_name"] == "2"), "HRSS")
        coverage = self.world["enterprise_coverage"]
        self._double(
            "enterprise_coverage",
            "uscc",
            "EC902",
            (coverage.unit == "IIT") & (coverage["coverage_kind"] == "2"),
            "HRSS",
        )
        projects = self.world["competition"]
        self._double(
            "competition",
            "project_name",
            "CP901",
            (projects.unit == "IIT") & (projects["status"] == "2"),
            "HCD",
            comp_id=lambda text: f"{text}-HCD",
        )
        services = self.world["support_service"]
        self._double(
            "support_service", "id_no", "SS901", (services.unit == "TUF") & (services["service_type"] == "3"), "EDU"
        )
        services = self.world["support_service"]
        studies = np.flatnonzero(services["service_type"] == "3")
        keys = list(
            zip(*(services[field][studies].tolist() for field in ("id_no", "school", "enrol_year")), strict=True)
        )
        units: dict[tuple[str, ...], set[str]] = {}
        for key, unit in zip(keys, services.unit[studies].tolist(), strict=True):
            units.setdefault(key, set()).add(unit)
        twice = np.array([len(units[key]) > 1 for key in keys], dtype=bool)
        twice &= services.label[studies] == CLEAN
        self.put("two_units_report_the_same", "support_service", "id_no", ("SS901",), studies[twice])

    def _double(
        self, dataset: str, field: str, code: str, mask: Array, unit: str, **changes: Callable[[str], str]
    ) -> None:
        rows = self.world[dataset]
        index = self.pick(rows, mask, once_per=(field,))
        self.put("two_units_report_the_same", dataset, field, (code,), index)
        copies = rows.take(index)
        copies.unit[:] = unit
        for column, change in changes.items():
            copies.columns[column] = as_text(change(text) for text in copies[column].tolist())
        self.world[dataset] = concat([rows, copies])

    def _reserve_classes(self, rows: Rows, index: Array) -> None:
        """What these rows are compared with is to stay as it is."""
        classes = self.world["training_class"]
        places = [self._class_place.get(text, -1) for text in rows["class_id"][index].tolist()]
        known = np.array([place for place in places if place >= 0], dtype=int)
        classes.label[known[classes.label[known] == CLEAN]] = RESERVED
