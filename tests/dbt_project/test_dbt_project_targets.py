"""Which database dbt writes to: called by hand one of its own, from any folder; the pipeline's only when named."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.pipeline.dbt import DBT, DBT_PROJECT, TARGET
from tests.dbt_project.dbt_world import World
from warehouse.store.data_root import Root
from warehouse.vocabulary.project import REFERENCE

PIPELINES = b"what the pipeline built; no database, so that opening it fails"


def dbt(*words: str, folder: Path, skills_home: Path | str | None) -> None:
    """Calls dbt as somebody at a shell in `folder` does."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SKILLS_")}
    if skills_home is not None:
        environment["SKILLS_HOME"] = str(skills_home)
    done = subprocess.run(
        [DBT, "--quiet", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the dbt project beside the reference tables, as in the repository, and a data root at its default."""
    shutil.copytree(DBT_PROJECT, tmp_path / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse" / "reference").symlink_to(REFERENCE)
    root = Root(tmp_path / "warehouse" / "data")
    World(root).write()
    root.database.write_bytes(PIPELINES)
    return tmp_path


def test_the_default_is_dev_and_the_pipelines_target_is_its_database() -> None:
    profile = yaml.safe_load((DBT_PROJECT / "profiles.yml").read_text("utf-8"))["skills_warehouse"]
    assert profile["target"] == "dev"
    assert "'work', 'dev.duckdb'" in profile["outputs"]["dev"]["path"]
    assert f"'work', '{Root(Path()).database.name}'" in profile["outputs"][TARGET]["path"]
    outputs = [output for output in profile["outputs"].values() if output["type"] == "duckdb"]
    folders = [output["config_options"]["temp_directory"] for output in outputs]
    assert len(set(folders)) == len(folders)  # two DuckDBs in one folder would overwrite each other's spilled blocks


@pytest.mark.parametrize(
    ("folder", "words", "skills_home"),
    [
        (".", ("--project-dir", "dbt_project", "--profiles-dir", "dbt_project"), None),
        ("dbt_project", ("--target", "dev"), None),
        ("dbt_project", (), "../warehouse/data"),
    ],
    ids=["project root", "dbt_project", "relative data root"],
)
def test_dbt_called_by_hand_leaves_the_pipelines_database_alone(
    project: Path, folder: str, words: tuple[str, ...], skills_home: str | None
) -> None:
    root = Root(project / "warehouse" / "data")
    dbt("build", "--select", "stg_run", "+dim_target", *words, folder=project / folder, skills_home=skills_home)
    assert root.database.read_bytes() == PIPELINES
    with duckdb.connect(str(root.work / "dev.duckdb"), read_only=True) as connection:
        assert connection.execute("select as_of_date from staging.stg_run").fetchall() == [(World.as_of,)]
    assert {path.name for path in root.work.iterdir()} == {"register", "pinned", "dev.duckdb", root.database.name}
