"""Reports are written from what stands: without a publication, without a register, with one lost file; what is written
after a change is what would be written from nothing."""

from __future__ import annotations

import datetime as dt
import io
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from ingest.pool import Pool
from orchestration.pipeline import deciding, workbook_on_request
from orchestration.pipeline import run as steps
from orchestration.pipeline.early_workbooks import EarlyWorkbooks
from pages import site_map
from pages.write import reports, seals
from tests.ingest.files import HEADERS, ROW, xlsx
from warehouse.store import keys, register
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

DAY = clock.today()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Root:
    """Two departments have sent a file with a row that is held."""
    data_root = Root(tmp_path / "data").make()
    keys.make_key(data_root)
    for department in ("CAB", "EDU"):
        path = data_root.inbox / department / "training_record_2026-01.xlsx"
        path.parent.mkdir()
        wrong = (*ROW[:2], f"SZ-{department}-0001", ROW[3], "x" * 3, *ROW[5:])
        path.write_bytes(xlsx([HEADERS, ROW, ("",) * 2 + wrong[2:]]))
        path.with_name(f"{path.name}.done").touch()  # nobody waits until it is quiet
    return data_root


@pytest.fixture
def run(root: Root, readers: Pool) -> Iterator[steps.Run]:
    opened = steps.Run(root, DAY, clock.now(), shared_readers=readers)
    opened.open()
    yield opened
    opened.close()


def decide(run: steps.Run) -> None:
    deciding.pull(run)
    deciding.decide(run, "training_record", deciding.undecided(run.root, "training_record"))


def test_before_anything_is_judged_the_rules_have_pages(run: steps.Run) -> None:
    assert [name for name, _ in steps.report(run)] == ["rules"]
    assert "Nothing has been judged yet" in run.notes[0]


def test_before_the_first_publication_submissions_have_pages(run: steps.Run) -> None:
    decide(run)
    steps.judge(run)
    changed = dict(steps.report(run))
    assert changed["CAB"] and changed["EDU"] and changed["status"] and "bureau" not in changed
    assert not (run.root.reports / site_map.BUREAU).exists()
    assert "wait for the first publication" in run.notes[0]


def test_reports_of_submissions_stand_before_the_pages_that_gather_them(run: steps.Run) -> None:
    decide(run)
    steps.judge(run)
    written = steps.report(run)
    assert [next(written)[0], next(written)[0]] == ["rules", "HRSS"]  # the first department, which sent nothing
    assert {path.parent.name for path in run.root.reports.glob("*/*-training_record-*.html")} == {"CAB", "EDU"}
    list(written)


def test_lost_held_rows_stop_their_own_page_only(run: steps.Run) -> None:
    decide(run)
    decisions = {options[0].submission.department: options[0] for options in register.decisions(run.root).values()}
    assert decisions["CAB"].rows.held
    lost = run.root.held_file(decisions["CAB"])
    lost.unlink()
    steps.judge(run)
    changed = dict(steps.report(run))
    assert changed["EDU"] and not changed["CAB"]
    assert any(f"The held rows {lost} are gone" in note and "restore the file" in note for note in run.notes)


def test_a_workbook_of_a_period_that_ended_long_ago_is_made_when_asked_for(run: steps.Run) -> None:
    decide(run)
    (of_cab,) = [name for name in register.decisions(run.root) if name.startswith("CAB")]
    place, page = run.root.corrections / "CAB" / f"{of_cab}.xlsx", run.root.reports / "CAB" / f"{of_cab}.html"
    list(steps.report(run))
    assert place.is_file() and "按需提供" not in page.read_text("utf-8")
    run.as_of = dt.date(2027, 2, 2)  # 367 days after January 2026
    list(steps.report(run))
    assert not place.exists() and "更正工作簿按需提供" in page.read_text("utf-8")
    book = openpyxl.load_workbook(io.BytesIO(workbook_on_request.workbook_of(run, of_cab)))
    assert book.worksheets[0].max_row > 1
    with pytest.raises(OperatorError, match="no decided submission CAB-x"):
        workbook_on_request.workbook_of(run, "CAB-x")


def seen(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_ino, facts.st_mtime_ns


def test_a_deadline_that_passes_writes_the_page_anew_and_no_workbook(root: Root, readers: Pool) -> None:
    moment = dt.datetime(2026, 11, 10, 10, tzinfo=clock.ZONE)
    run = steps.Run(root, dt.date(2026, 11, 10), moment, shared_readers=readers)
    run.open()
    decide(run)
    (of_cab,) = [name for name in register.decisions(root) if name.startswith("CAB")]
    place, page = root.corrections / "CAB" / f"{of_cab}.xlsx", root.reports / "CAB" / f"{of_cab}.html"
    stood = []
    for day in (11, 17, 18):
        run.as_of = dt.date(2026, 11, day)
        list(steps.report(run))
        stood.append((seen(page), "逾期未更正" in page.read_text("utf-8"), seen(place)))
    run.close()
    (first, _, book), (last_day, is_overdue_then, _), (overdue, is_overdue, book_then) = stood
    assert first == last_day != overdue and book == book_then
    assert (is_overdue_then, is_overdue) == (False, True)
    assert not seals.harmed(root)
    place.unlink()
    assert seals.harmed(root) == [place]


def test_workbooks_written_beside_a_build_are_those_of_the_reports(run: steps.Run) -> None:
    decide(run)
    steps.judge(run)
    beside = EarlyWorkbooks(steps.report_run(run, DAY, Pool(1)))
    beside.join()
    books = {path: seen(path) for path in run.root.corrections.rglob("*.xlsx")}
    assert {path.parent.name for path in books} == {"CAB", "EDU"}
    assert not list(run.root.reports.glob("*/*.html"))
    list(steps.report(run))
    assert {path: seen(path) for path in run.root.corrections.rglob("*.xlsx")} == books
    after = written(run.root)
    for folder in (run.root.reports, run.root.corrections):
        shutil.rmtree(folder)
    run.root.make()
    list(steps.report(run))
    assert written(run.root) == after and not seals.harmed(run.root)


@pytest.mark.parametrize(("cores", "is_beside"), [(2, False), (3, True)])
def test_workbooks_are_written_beside_a_build_on_cores_that_it_leaves(
    run: steps.Run, cores: int, is_beside: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda process: set(range(cores)))
    monkeypatch.setattr(steps, "_MANY", 1)
    decide(run)
    steps.judge(run)
    beside = run.__dict__.get("early_workbooks")
    assert (beside is not None) is is_beside


def test_a_build_that_ends_leaves_the_other_workbooks_to_the_reports(run: steps.Run) -> None:
    decide(run)
    steps.judge(run)
    first = next(iter(reports.workbooks(steps.report_run(run, DAY, run.readers))), None)
    books = list(run.root.corrections.rglob("*.xlsx"))
    sealed = [book for book in books if seals.Book(run.root, run.root.reports / book.parent.name).facts(book.stem)]
    assert first is None and len(sealed) == 1
    for book in {*books} - {*sealed}:
        book.unlink()  # as where its worker was ended before: it may just have been done with it
    list(steps.report(run))
    assert len(list(run.root.corrections.rglob("*.xlsx"))) == 2 and not seals.harmed(run.root)


CLASS = {
    "class_id": "SZ-0001",
    "class_name": "电工班",
    "org_uscc": "91350100M000100Y43",
    "org_name": "某职业技能培训学校",
    "venue_district": "440305",
    "training_mode": "1",
}


def send(root: Root, dice: random.Random, number: int) -> None:
    """One of a few changes: a file of another department or month, a correction of one, classes told of otherwise."""
    department, month = dice.choice(["CAB", "EDU", "IIT"]), dice.choice(["01", "02"])
    if dice.random() < 0.3:
        told = CLASS | {
            "org_name": dice.choice(["某职业技能培训学校", "另一所职业学校"]),
            "training_mode": dice.choice("19"),
        }
        content = xlsx([list(told), list(told.values()), [*list(told.values())[:1], "x", *list(told.values())[2:]]])
        name = f"training_class_2026-{month}_{number}.xlsx"
    else:
        rows = [(ROW[0], ROW[1], dice.choice([ROW[2], "SZ-0001", "SZ-0002"]), dice.choice([ROW[3], "x"]), *ROW[4:])]
        content = xlsx([HEADERS, *rows * dice.randrange(1, 4)])
        name = f"training_record_2026-{month}_{number}.xlsx"
    path = root.inbox / department / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    path.with_name(f"{path.name}.done").touch()  # nobody waits until it is quiet


def written(root: Root) -> dict[str, bytes]:
    return {
        path.relative_to(root.path).as_posix(): path.read_bytes()
        for folder in (root.reports, root.corrections)
        for path in folder.rglob("*")
        if path.is_file() and seals.FOLDER not in path.parts
    }


@pytest.mark.parametrize(
    ("seed", "changes"), [(0, 2), *(pytest.param(seed, 8, marks=pytest.mark.soak) for seed in range(1, 4))]
)
def test_what_is_written_after_changes_is_what_is_written_from_nothing(
    root: Root, readers: Pool, seed: int, changes: int
) -> None:
    dice = random.Random(seed)
    for number in range(changes):
        send(root, dice, number)
        run = steps.Run(root, DAY, clock.now(), shared_readers=readers)
        run.open()
        try:
            deciding.pull(run)
            for dataset in ("training_class", "training_record"):
                deciding.decide(run, dataset, deciding.undecided(root, dataset))
            changed = dict(steps.report(run))
            assert sum(changed.values()) or not number
            assert not any(changed for _, changed in steps.report(run)), "nothing is new"
            after = written(root)
            for folder in (root.reports, root.corrections):
                shutil.rmtree(folder)
            root.make()
            list(steps.report(run))
            assert written(root) == after
        finally:
            run.close()


def test_a_vanished_inbox_is_one_sentence(root: Root) -> None:
    run = steps.Run(root, DAY, clock.now())
    shutil.rmtree(root.inbox)
    with pytest.raises(OperatorError, match=f"The inbox {root.inbox} is gone .* mount or restore it"):
        run.open()
    assert not root.inbox.exists()
