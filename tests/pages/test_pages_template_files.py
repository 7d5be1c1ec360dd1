"""The templates of the reports site: one for each dataset of a unit, in its name, made once."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, cast

import openpyxl
import pytest

from ingest.pool import Done, Pool
from pages.gather.sending import SendingDay
from pages.write import project_files, template
from pages.write.seals import Book
from pages.write.template import TemplateJob
from tests.pages import report_samples as samples
from warehouse.store.data_root import Root

JOBS = [TemplateJob("CAB", "certificate", "CAB"), TemplateJob("HRSS", "certificate", "HRSS.440305")]


class Workers:
    """A pool whose workers die of every job but the first."""

    def __init__(self) -> None:
        self.times = 0

    def run(self, jobs: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        self.times += 1
        yield from ((number, "died" if number else Done(job.work())) for number, job in enumerate(jobs))


@pytest.mark.parametrize(("unit", "name"), [("HRSS", "深圳市人力资源和社会保障局"), ("HRSS.440305", "南山区")])
def test_a_template_is_filled_in_with_its_unit(unit: str, name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(TemplateJob("HRSS", "certificate", unit).work()))
    line = "".join(str(cell.value or "") for cell in book.worksheets[0][1])
    assert name in line


def test_every_template_that_a_page_leads_to_is_written() -> None:
    places = {job.place for job in template.jobs()}
    day = SendingDay(samples.AS_OF)
    for unit in ("CAB", "HRSS", "HRSS.440305", "HRSS.SZ-DP"):
        assert {f"{unit}/template-{dataset}.xlsx" for dataset in day.of_unit(unit).datasets} <= places


def test_they_are_made_once_and_written_where_they_do_not_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(template, "jobs", lambda: JOBS)
    monkeypatch.setattr(project_files, "FOLDER", tmp_path / "site")
    workers = Workers()
    root = Root(tmp_path / "data")

    def write() -> int:
        books = {code: Book(root, root.reports / code) for code in ("CAB", "HRSS")}
        changed = template.write(root, books, cast(Pool, workers))
        for book in books.values():
            book.save()
        return changed

    assert [write(), write()] == [2, 0]
    place = root.reports / "HRSS.440305" / "template-certificate.xlsx"
    before = place.read_bytes()
    place.unlink()
    assert write() == 1 and place.read_bytes() == before and workers.times == 1
