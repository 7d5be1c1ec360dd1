"""What is built below a change is what a build in full gives, table by table, whatever changed before and whatever
ended a build half-way."""

from __future__ import annotations

import datetime as dt
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.pipeline import dbt, dbt_changes, dbt_comparison, dbt_state
from orchestration.pipeline.dbt_changes import WholeBuildNeededError
from tests.dbt_project.changing_world import ChangingWorld
from tests.dbt_project.dbt_world import World, record, training_class
from warehouse.published import mart_files
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import REFERENCE

KILLED = """
import os, pathlib, signal, sys
from orchestration.pipeline import dbt, dbt_changes, dbt_state
from warehouse.store.data_root import Root
dbt_state.REFERENCE = pathlib.Path(sys.argv[2])
work_out, left = dbt_changes._Change._work_out, [int(sys.argv[3])]
def ends(change, model, touched):
    work_out(change, model, touched)
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
dbt_changes._Change._work_out = ends
dbt.Dbt(Root(pathlib.Path(sys.argv[1]))).build()
"""


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy that may change."""
    copy = tmp_path / "reference"
    shutil.copytree(REFERENCE, copy)
    for module in (dbt, dbt_state):
        monkeypatch.setattr(module, "REFERENCE", copy)
    return copy


def rows_that_differ(left: Path, right: Path) -> dict[str, int]:
    """Table → rows that are in one of two databases alone."""
    with duckdb.connect(str(left), read_only=True) as con:
        con.execute(f"attach '{right}' as other (read_only)")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'skills' and schema_name in ('staging', 'intermediate', 'marts') order by all"
        ).fetchall()
        assert len(tables) > 80
        differing = {}
        for schema, table in tables:
            here, there = f"skills.{schema}.{table}", f"other.{schema}.{table}"
            count = con.execute(
                f"select count(*) from ((from {here} except all from {there}) "
                f"union all (from {there} except all from {here}))"
            ).fetchall()[0][0]
            if count:
                differing[table] = count
        return differing


def worked_out_whole(root: Root, folder: Path) -> Path:
    """A database in which the SQL of every model was run over all rows."""
    folder.mkdir(exist_ok=True)
    database = folder / root.database.name
    shutil.copyfile(root.database, database)
    with duckdb.connect(str(database)) as con:
        for model in dbt_state.read_project(con).models:
            con.execute(f"delete from {model.relation}")
            con.execute(f"insert into {model.relation} by name {model.sql}")
    return database


def failing_tests(root: Root) -> set[str]:
    """Over all rows."""
    with duckdb.connect(str(root.database), read_only=True) as con:
        tests = dbt_state.read_project(con).tests
        assert len(tests) > 100
        return {test.name for test in tests if con.execute(f"select 1 from ({test.sql}) limit 1").fetchall()}


def surveyed_anew(root: Root, folder: Path) -> list[mart_files.Table]:
    database = Path(shutil.copy(root.database, folder))
    with duckdb.connect(str(database)) as con:
        con.execute("drop schema survey cascade")
    return mart_files.survey(database)


def kill_a_build(root: Root, reference: Path, models: int) -> bool:
    """Ends a build after so many models; whether it came that far."""
    words = [sys.executable, "-c", KILLED, str(root.path), str(reference), str(models)]
    code = subprocess.run(words, check=False).returncode
    assert code in (0, -signal.SIGKILL)
    return code != 0


def changed_and_compared(
    folder: Path, reference: Path, seed: int, changes: int, killed: tuple[int, ...], every: int = 1
) -> Root:
    """`killed`: before the first changes are built, builds of them that end after so many models. `every`: after so
    many changes all tables are compared; what was wrong once mostly stays wrong."""
    root = Root(folder / "data")
    changing = ChangingWorld(World(root), reference, seed)
    changing.world.write()
    assert not dbt.Dbt(root).build().failed
    mart_files.survey(root.database)
    told: list[str] = []
    kills = 0
    for at, change in enumerate(changing.changes(changes)):
        told.append(change)
        if at < len(killed):
            kills += kill_a_build(root, reference, killed[at])
        built = dbt.Dbt(root).build()
        assert built.whole_because is None, f"built in full after {told}: {built.whole_because}"
        if len(told) % every == 0:
            assert not rows_that_differ(root.database, worked_out_whole(root, folder / "whole")), told
            assert failing_tests(root) == built.stored.keys(), told
            assert mart_files.survey(root.database) == surveyed_anew(root, folder / "whole"), told
    assert kills
    return root


def compared_in_full(root: Root) -> None:
    """With what dbt builds; a mart that is another is told, and the next build is a whole one."""
    assert dbt_comparison.compare_in_full(root).differing == {}
    with duckdb.connect(str(root.database)) as con:
        con.execute("update marts.dim_class set class_name = class_name || '!'")
    assert dbt_comparison.compare_in_full(root).differing.keys() == {"dim_class"}
    with pytest.raises(OperatorError, match="call skills run"):
        dbt_comparison.compare_in_full(root)


def test_what_is_below_twelve_changes_is_what_a_whole_build_gives(tmp_path: Path, reference: Path) -> None:
    changed_and_compared(tmp_path, reference, 1, 12, (5,), every=4)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 8))
def test_what_is_below_fifty_changes_is_what_a_whole_build_gives(tmp_path: Path, reference: Path, seed: int) -> None:
    compared_in_full(changed_and_compared(tmp_path, reference, seed, 50, (2, 3, 8, 20)))


def test_a_model_that_reads_nothing_of_what_changed_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file sent again has other keys in all rows, and a score is part of no sum."""
    root = Root(tmp_path / "data")
    world = World(root)
    world.submit("training_class", "CAB", "2026-01", [training_class("A", dt.date(2026, 1, 5))])
    world.submit("training_record", "CAB", "2026-01", [record("A", "p1"), record("A", "p2")])
    world.write()
    assert not dbt.Dbt(root).build().failed
    with duckdb.connect(str(root.database)) as con:
        reads = {model.name: model.reads for model in dbt_state.read_project(con).models}
    for name, summed in {
        "int_quality_count": "int_training_outcome",
        "int_occupation_supply": "int_participation",
    }.items():
        assert "person_key" in reads[name][summed] and "participation_key" not in reads[name][summed]
    worked_out: list[str] = []
    work_out = dbt_changes._Change._work_out

    def noted(change: dbt_changes._Change, model: dbt_state.Model, touched: list[str]) -> None:
        worked_out.append(model.name)
        work_out(change, model, touched)

    monkeypatch.setattr(dbt_changes._Change, "_work_out", noted)
    for people, score, are_summed in ((["p1", "p2"], 90, False), (["p1", "p3"], 90, True)):
        rows = [record("A", person, practice_score=score) for person in people]
        world.submit("training_record", "CAB", "2026-01", rows)
        world.write()
        worked_out.clear()
        assert dbt.Dbt(root).build().whole_because is None
        assert "int_training_outcome" in worked_out
        assert ("int_occupation_supply" in worked_out) == are_summed, (people, worked_out)
        assert not rows_that_differ(root.database, worked_out_whole(root, tmp_path / "whole"))


@pytest.mark.parametrize("left", ["nothing", "no database", "half a database"])
def test_what_is_no_whole_database_is_built_in_full(tmp_path: Path, left: str) -> None:
    root = Root(tmp_path)
    root.work.mkdir()
    if left == "half a database":
        root.database.write_bytes(b"half a build")
    elif left == "nothing":
        duckdb.connect(str(root.database)).close()
    with pytest.raises(WholeBuildNeededError):
        dbt_changes.apply(root, "12345678", {})


@pytest.mark.parametrize(
    ("other", "is_carried_on"),
    [({}, True), ({"root": "/elsewhere"}, False), ({"models": "87654321"}, False), ({"policy": "0"}, False)],
    ids=["the same", "another place", "other models", "other policies"],
)
def test_a_database_of_another_place_or_other_models_is_built_in_full(
    tmp_path: Path, other: dict[str, str], is_carried_on: bool
) -> None:
    root = Root(tmp_path)
    World(root).write()
    built_from = dbt_state.key(root, "12345678") | {"bytes": 10**9} | other
    with duckdb.connect(str(root.database)) as con:
        dbt_state.write(con, built_from, dbt_state.Project((), (), {}), {}, ())
    assert dbt_changes.is_possible(root, "12345678") == (not other.keys() & {"root", "models"})
    if is_carried_on:
        assert dbt_changes.apply(root, "12345678", {}) == dbt_changes.Applied({}, {})
    else:
        with pytest.raises(WholeBuildNeededError, match="are others"):
            dbt_changes.apply(root, "12345678", {})
