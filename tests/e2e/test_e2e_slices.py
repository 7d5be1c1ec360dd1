"""Slices over the demo: each holds its own institution's or district's rows and nobody else's, and its workbook comes
back by itself."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from tests.e2e.clerk import Clerk, Workbook, workbooks
from tests.e2e.harness import AS_OF, Skills
from tests.pages.report_html import Page
from warehouse.store.data_root import Root
from warehouse.vocabulary import correction_columns

OWN = {
    "training_class": ("org_uscc", "org_name"),
    "certificate": ("issuer_uscc", "issuer_name"),
    "institution_directory": ("uscc", "name"),
}
OWN_DISTRICT = {
    "training_class": "venue_district",
    "institution_directory": "district",
    "aggregate_summary": "district",
}
Told = dict[str, object]


def rows(root: Root, dataset: str, submission_id: str) -> Iterator[Told]:
    """Rows of a submission as its sender reported them, accepted and held."""
    for path in (
        *root.decided.glob(f"{dataset}/{submission_id}@*/accepted.parquet"),
        *root.held.glob(f"{dataset}/{submission_id}@*.parquet"),
    ):
        names = set(pq.read_schema(path).names)
        wanted = {"row_number", "sheet", "class_id", *OWN.get(dataset, ()), OWN_DISTRICT.get(dataset, "class_id")}
        yield from pq.read_table(path, columns=sorted(names & wanted)).to_pylist()


class World:
    """What the run's submissions say of institutions and districts, gathered row by row."""

    def __init__(self, root: Root) -> None:
        self.root = root
        self.standing = {
            row["submission_id"]: row for row in pq.read_table(root.register / "submission.parquet").to_pylist()
        }
        self.classes: dict[str, set[tuple[object, object, object]]] = defaultdict(set)
        newest: dict[str, object] = {}
        listed = [
            submission
            for submission in self.standing.values()
            if submission["dataset"] == "training_class" and submission["represents_key"]
        ]
        for submission in sorted(listed, key=lambda submission: submission["period_end_date"]):
            for row in rows(root, "training_class", submission["submission_id"]):
                name = str(row["class_id"])
                if newest.get(name, submission["period_end_date"]) != submission["period_end_date"]:
                    self.classes[name].clear()
                newest[name] = submission["period_end_date"]
                self.classes[name].add((row["org_uscc"], row["org_name"], row["venue_district"]))

    def may_see(self, dataset: str, row: Told, kind: str) -> set[object]:
        """Codes and names of the institutions, or the districts, that this row can belong to; more than the slices
        allow themselves, never less."""
        of_class = self.classes.get(str(row.get("class_id")), set())
        if kind == "district":
            row_district = row.get(OWN_DISTRICT.get(dataset, ""))
            return {row_district} if row_district else {district for _, _, district in of_class}
        institutions = {row.get(name) for name in OWN.get(dataset, ())} - {None}
        return institutions or {value for uscc, name, _ in of_class for value in (uscc, name)}

    @cache  # noqa: B019  lives as long as the test
    def placed(self, submission_id: str) -> dict[int, Told]:
        submission = self.standing[submission_id]
        return {int(str(row["row_number"])): row for row in rows(self.root, submission["dataset"], submission_id)}


def numbers_of_page(path: Path) -> set[int]:
    """The row numbers that a slice's page names."""
    return {int(number) for number in re.findall(r'data-label="行" data-sort="\d+">(\d+)<', path.read_text("utf-8"))}


def numbers_of_workbook(path: Path) -> list[int]:
    """The row numbers of all rows that a workbook holds."""
    numbers = []
    for sheet in openpyxl.load_workbook(path):
        if sheet.title in correction_columns.BESIDE:
            continue
        lines = list(sheet.iter_rows(values_only=True))
        top = next(at for at, line in enumerate(lines) if any(correction_columns.answered(str(cell)) for cell in line))
        place = next(at for at, cell in enumerate(lines[top]) if correction_columns.answered(str(cell)))
        places = [correction_columns.identified(str(line[place]))[0] for line in lines[top + 1 :]]
        numbers += [int(text.rpartition("!")[2]) for text in places]
    return numbers


def test_a_slice_never_holds_another_ones_rows(skills: Skills) -> None:
    root = skills.root
    world = World(root)
    pages = list(root.reports.glob("*/*/*.html"))
    assert len(pages) > 50
    seen: dict[tuple[str, str], set[int]] = defaultdict(set)
    for page in pages:
        submission_id, unit = page.parent.name, page.parent.parent.name
        kind = page.stem.partition("-")[0]
        dataset = world.standing[submission_id]["dataset"]
        book = root.corrections / unit / submission_id / f"{submission_id}-{page.stem}.xlsx"
        of_page, of_book = numbers_of_page(page), set(numbers_of_workbook(book))
        assert of_book and of_book <= of_page, page
        owners = [world.may_see(dataset, world.placed(submission_id)[number], kind) for number in of_page]
        assert set.intersection(*owners), page
        if kind == "district":
            assert all(page.stem == f"district-{district}" for (district,) in owners)
        assert not seen[submission_id, kind] & of_page, page
        seen[submission_id, kind] |= of_page


def test_names_of_files_tell_nothing_and_pages_lead_to_them(skills: Skills) -> None:
    for page in skills.root.reports.glob("*/*/*.html"):
        assert re.fullmatch(r"institution-[0-9a-f]{10}|district-(\d{6}|SZ-[A-Z]{2})", page.stem)
        whole = page.parent.parent / f"{page.parent.name}.html"
        assert f"{page.parent.name}/{page.name}" in {
            address.removeprefix(f"../{page.parent.parent.name}/")
            for address in Page(whole.read_text("utf-8")).addresses()
        }


@pytest.fixture
def cut(after_run: Skills) -> tuple[Workbook, Path]:
    """A workbook of participations and the slice of one institution with rows that are held."""
    for book in workbooks(after_run.root, ("partly_accepted",)):
        if book.dataset != "training_record":
            continue
        for path in sorted((book.path.parent / book.submission_id).glob("*-institution-*.xlsx")):
            if any(
                cell.fill.fgColor.rgb == "FFF8CBAD"
                for sheet in openpyxl.load_workbook(path)
                for line in sheet.iter_rows()
                for cell in line
            ):
                return book, path
    raise AssertionError("no slice has a row that is held")


def test_the_workbook_of_a_slice_comes_back_by_itself_and_rewrites_little(
    after_run: Skills, cut: tuple[Workbook, Path]
) -> None:
    root = after_run.root
    book, path = cut
    before = {row["submission_id"]: row for row in pq.read_table(root.register / "submission.parquet").to_pylist()}
    written = {file: file.stat().st_mtime_ns for file in root.reports.rglob("*.html")}
    content = Clerk(root).correct(replace(book, path=path))
    assert content is not None
    department, _, district = book.unit.partition(".")
    folder = root.inbox / department / district if district else root.inbox / department
    (folder / path.name).write_bytes(content)
    after_run("run", "--as-of", AS_OF)
    standing = pq.read_table(root.register / "submission.parquet").to_pylist()
    (new,) = [row for row in standing if row["submission_id"] not in before]
    assert (new["submission_kind"], new["answers"], new["standing"]) == ("correction", book.submission_id, "standing")
    old = before[book.submission_id]
    assert new["received_rows"] == old["received_rows"]
    assert new["held_rows"] < old["held_rows"]
    # Nothing but what has something new to say is written again.
    report = root.reports / book.unit / f"{new['submission_id']}.html"
    text = Page(report.read_text("utf-8")).text
    assert "与上一次报送相比" in text and "这份更正改动" in text
    again = {file for file, moment in written.items() if file.is_file() and file.stat().st_mtime_ns != moment}
    assert {
        root.reports / book.unit / f"{book.submission_id}.html",
        root.reports / department / "index.html",
        root.reports / "index.html",
    } <= again
    assert len(again) < len(written) / 10
    # What is no longer the newest has neither workbook nor slices.
    assert not (book.path.parent / book.submission_id).exists() and not book.path.exists()
