"""The benchmark still measures what it says: processes with what they start, the same findings by every way, limits.

Tiny sizes; no figure is asserted. Other validators are left out: they are not installed for the tests.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ingest import feed as feeds
from tests.bench import __main__ as bench
from tests.bench import bench_check, bench_history, bench_months, bench_questions, claims, longer_reporting, tree
from tests.bench.house import House, month
from tests.bench.parts import Options
from tests.warehouse import marts_world
from warehouse.store.data_root import Root

_BURN = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"
_ORPHAN = f"""
import subprocess, sys, time
print("x" * 200_000, file=sys.stderr)
begun = subprocess.Popen([sys.executable, "-c", {_BURN!r}])
open(sys.argv[1], "w").close()
"""


def test_a_cost_counts_what_outlives_its_parent(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    spent = tree.cost(
        [sys.executable, "-c", _ORPHAN, str(mark)],
        tmp_path,
        {"stood": mark.exists, "never": (tmp_path / "never").exists},
    )
    assert spent.cpu > 0.3
    assert spent.peak_mb > 1
    assert spent.marks.keys() <= {"stood"}


def test_a_command_that_fails_ends_the_benchmark(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="ended with 3: it says why"):
        tree.cost([sys.executable, "-c", "import sys; print('it says why', file=sys.stderr); sys.exit(3)"], tmp_path)


def test_a_stage_has_what_the_tree_used_in_it() -> None:
    looks = tuple(tree.Look(at, cpu, megabytes) for at, cpu, megabytes in ((10, 0, 50), (20, 5, 300), (30, 25, 90)))
    spent = tree.Cost(25, 20, 300, 0, {}, looks)
    assert spent.within(15, 25) == (12.5, 300)
    assert spent.within(26, 30) == (8, 90)


def test_every_way_finds_the_same_and_each_of_the_checks_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_check, "TIMES", 1)
    monkeypatch.setattr(bench_check, "BAD_SHARE", 0.1)
    monkeypatch.setattr(bench_check, "PEER_PROGRAMS", {})
    report = bench_check.measure(Options(size=2_000))
    assert report["shared_checks"] == 23
    assert report["whole_findings"] >= report["shared_findings"]
    bench_check.show(report)
    claims.show(bench_check.claims(report))


def test_a_correction_changes_as_many_rows_as_stood(tmp_path: Path) -> None:
    house, period = House(Root(tmp_path / "data").make()), month("2026-10")
    folder = house.root.inbox / "HCD"
    folder.mkdir(parents=True)
    rows = "".join(f"{number}\t{60 + number % 40}\n" for number in range(200))
    (folder / "szjs_training_record_202610.txt").write_text(f"person_name\tpractice_score\n{rows}", "utf-8")
    assert house.cut(period, 100) == 100
    corrections = [house.correct(period, period, number) for number in (1, 2)]
    assert [correction.rows for correction in corrections] == [100, 100]
    assert len({correction.submission_id for correction in corrections}) == 2
    assert not any(mark() for mark in corrections[0].marks().values())


def test_longer_reporting_lasts_longer_and_is_else_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = longer_reporting.copied(tmp_path, 2042)
    longer = {path.relative_to(project / "ingest" / "feeds") for path in project.glob("ingest/feeds/*/*.yaml")}
    assert len(longer) == len(feeds.feeds())
    program = "from ingest.feed import feeds\nprint(*sorted({f'{f.cadence} {f.last}' for f in feeds()}), sep=';')"
    out = tmp_path / "lasts"
    tree.cost(
        [sys.executable, "-c", f"import sys; sys.stdout = open({str(out)!r}, 'w')\n{program}"],
        tmp_path,
        project=project,
    )
    assert out.read_text("utf-8").strip() == "half-yearly 2042-H2;monthly 2042-12;quarterly 2042-Q4;yearly 2042"


def test_growth_is_told_by_its_exponent() -> None:
    assert bench_months.exponent([3.0 * number**0.5 for number in range(1, 60)], 5) == pytest.approx(0.5)
    assert bench_months.exponent([7.0] * 40, 5) == pytest.approx(0)


def test_every_part_measures_shows_and_claims_what_has_a_limit() -> None:
    for part in bench.PARTS:
        module = bench.module(part)
        assert all(callable(getattr(module, name)) for name in ("measure", "show", "claims"))
    spent = {"cpu": 5.0, "wall": 4.0, "peak_mb": 100.0}
    year = {"empty": spent, "correction": spent | {"marks": {"published": 3.0}}}
    held = bench_history.claims({"scale": 1, "years": {"1": year, "3": year}})
    assert {claim.what for claim in held} <= claims.LIMITS.keys()
    claims.show(held)
    with pytest.raises(ValueError, match="no limit is known"):
        claims.show([claims.Claim("what nobody promised", 1)])


def test_every_question_is_timed_in_both_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_questions, "TIMES", 1)
    asked = bench_questions.timed(marts_world.publication(tmp_path / "p", 1))
    assert {engine: len(questions) for engine, questions in asked.items()} == {"DuckDB": 18, "PostgreSQL": 18}
    report = {"scale": 1, "participations": 60, "dbt": {"wall": 3.0}, "questions": asked}
    bench_questions.show(report)
    claims.show(bench_questions.claims(report))
    assert len(bench_questions.claims(report)) == 3 and bench_questions.claims(report | {"scale": 0.1}) == []
