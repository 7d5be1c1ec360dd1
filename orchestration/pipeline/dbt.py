"""Builds the database of a data root: what is below a change (`dbt_changes`), else all with dbt in its own process.

dagster-dbt's command starts dbt once more for its version, opens an adapter for row counts and follows the log line
by line: 8 s of a run of 35 s. Here the results are read from dbt's own `run_results.json`; the assets still come from
dagster-dbt and the manifest.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
from filelock import FileLock

from orchestration.pipeline import dbt_changes, dbt_process, dbt_state
from orchestration.pipeline.dbt_changes import WholeBuildNeededError
from warehouse.store.data_root import Root
from warehouse.store.settings import duckdb_bounds
from warehouse.vocabulary.project import PROJECT, REFERENCE

DBT_PROJECT = PROJECT / "dbt_project"
TARGET = "pipeline"
"""Of dbt's profile; by default dbt called by hand writes to another database."""
DBT = Path(sys.executable).parent / "dbt"
_PROCESS = (sys.executable, "-m", "orchestration.pipeline.dbt_process")
_MANIFEST = DBT_PROJECT / "target" / "any_root" / "manifest.json"
_PARSED = _MANIFEST.with_name("partial_parse.msgpack")
_GOOD = ("success", "pass", "warn")


@dataclass(frozen=True)
class Built:
    """What a build did: seconds by model in the order built, models and tests that failed or were skipped, with why.

    `stored`: tests of senders' data that fail on something → the table that says on what. `whole_because`: why all
    models were built in full; null where `models` are those of which rows changed.
    """

    models: dict[str, float]
    failed: dict[str, str]
    stored: dict[str, str] = field(default_factory=dict)
    whole_because: str | None = None


def _environment(root: Root) -> dict[str, str]:
    return {
        "SKILLS_HOME": str(root.path),
        "SKILLS_REFERENCE": str(REFERENCE),
        "SKILLS_DBT_MEMORY": duckdb_bounds()["memory_limit"],
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def _sources() -> list[Path]:
    files = [path for folder in ("models", "macros", "tests") for path in (DBT_PROJECT / folder).rglob("*.*")]
    return sorted([*files, DBT_PROJECT / "dbt_project.yml"])


@functools.cache
def models_version() -> str:
    """Eight hex digits that change when a model, macro, test or setting of the dbt project changes."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(str(path.relative_to(DBT_PROJECT)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def manifest() -> Path:
    """dbt's manifest of the pipeline's target for any data root, made anew when a file of the project is newer.

    Beside what dbt called by hand leaves in `target`, which may be of another target.
    """
    path = _MANIFEST
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.parent / "manifest.lock"):  # processes that start together must not read half of it
        if not _is_parsed():
            subprocess.run(
                [
                    DBT,
                    "--quiet",
                    "parse",
                    "--target",
                    TARGET,
                    "--project-dir",
                    DBT_PROJECT,
                    "--profiles-dir",
                    DBT_PROJECT,
                    "--target-path",
                    path.parent,
                ],
                check=True,
                env=os.environ | _environment(Root.default()) | dbt_process.ANYWHERE,
            )
    return path


def _is_parsed() -> bool:
    """Whether the project was parsed for any data root since it was changed."""
    newest = max(source.stat().st_mtime for source in _sources())
    return _PARSED.exists() and _MANIFEST.exists() and _MANIFEST.stat().st_mtime >= newest


class Process:
    """dbt for a target of its profile, started at once so that it has imported and parsed when `build` is called."""

    def __init__(self, root: Root, target: str, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self._results = folder / "run_results.json"
        self._process = subprocess.Popen(
            [
                *_PROCESS,
                "--quiet",
                "--log-level-file",
                "none",
                "--no-version-check",
                "--target",
                target,
                "--project-dir",
                DBT_PROJECT,
                "--profiles-dir",
                DBT_PROJECT,
                "--target-path",
                folder,
                "--log-path",
                folder,
                "--",
                "--exclude-resource-type",
                "unit_test",
                "--exclude-resource-type",
                "exposure",
                *(["--", str(_PARSED)] if target == TARGET and _is_parsed() else []),
            ],
            env=os.environ | _environment(root) | dict(settings or {}),
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def build(self) -> list[dict[str, Any]]:
        """Builds and tests all models: dbt's results."""
        self._results.unlink(missing_ok=True)
        said = self._said()
        if not self._results.is_file():
            raise RuntimeError(f"dbt ended with {self._process.returncode} before it built anything: {said[-2000:]}")
        results: list[dict[str, Any]] = json.loads(self._results.read_text("utf-8"))["results"]
        return results

    def _said(self) -> str:
        """Lets it build, and what it said by its end. Its standard input is closed only then: dbt ends with it."""
        told, heard = self._process.stdin, self._process.stdout
        assert told is not None and heard is not None
        with contextlib.suppress(BrokenPipeError):  # ended before it was asked; what it said tells why
            told.write("build\n")
            told.flush()
        said = heard.read()
        self._process.wait()
        self._process.communicate()
        return said

    def close(self) -> None:
        """Ends a process that was never asked to build."""
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate()


class Dbt:
    """The database of a data root. dbt itself is started at once where it most likely builds in full, so that it has
    imported and parsed when `build` is called."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._folder = root.work / "dbt"
        self._database = root.database
        self._process: Process | None = None
        if not dbt_changes.is_possible(root, models_version()):
            self._start()

    @property
    def is_whole(self) -> bool:
        """Whether a process of dbt is to build all models."""
        return self._process is not None

    def _start(self) -> Process:
        self._process = self._process or Process(self._root, TARGET, self._folder)
        return self._process

    def build(self) -> Built:
        """Builds and tests what is below a change, or all where that cannot be. A failed model or test is a result, not
        an exception."""
        try:
            applied = dbt_changes.apply(self._root, models_version(), duckdb_options(self._root))
        except WholeBuildNeededError as error:
            return replace(self._build_in_full(), whole_because=str(error))
        return Built(applied.seconds, {}, applied.stored)

    def _build_in_full(self) -> Built:
        """All models in a new database: what an earlier or killed build left would only be renamed and dropped (1 s of
        8), and dbt's cache of relations loses track when two threads list what is being renamed."""
        remove_database(self._root)
        told = self._start().build()
        built = built_of(told)
        if not built.failed and self._database.exists():
            self._remember(told, built)
        return built

    def _remember(self, results: list[dict[str, Any]], built: Built) -> None:
        manifest = json.loads((self._folder / "manifest.json").read_text("utf-8"))
        project = dbt_state.project(manifest, results)
        sources = dbt_state.versions(self._root, project.sources)
        facts = dbt_state.key(self._root, models_version()) | {"bytes": self._database.stat().st_size}
        with duckdb.connect(str(self._database)) as con:
            dbt_state.write(con, facts, project, sources, {test.name for test in project.tests} - built.stored.keys())

    def close(self) -> None:
        if self._process is not None:
            self._process.close()


def remove_database(root: Root) -> None:
    for left in (root.database, root.database.with_name(f"{root.database.name}.wal")):
        left.unlink(missing_ok=True)


def duckdb_options(root: Root) -> dict[str, str]:
    """As dbt's profile gives them to its DuckDB, but for its checkpoints: changes are few."""
    return duckdb_bounds() | {
        "temp_directory": str(root.work / "duckdb_tmp"),
        "force_compression": "uncompressed",
    }


def built_of(results: list[dict[str, Any]]) -> Built:
    """What dbt's results say."""
    models: dict[str, float] = {}
    failed: dict[str, str] = {}
    stored: dict[str, str] = {}
    for result in results:
        kind, name = result["unique_id"].split(".")[0], result["unique_id"].split(".")[2]
        if result["status"] not in _GOOD:
            failed[name] = result["message"] or result["status"]
        elif kind == "model":
            models[name] = result["execution_time"]
        elif result["status"] == "warn" and result["relation_name"]:
            stored[name] = result["relation_name"]
    return Built(models, failed, stored)
