"""The generated contracts against a published root, judged by the standard's own tool and by the stored types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from tests.e2e.harness import Skills
from tests.warehouse import contract_tool

UNTESTED = {"field_type", "field_relationships"}
"""What the tool cannot test in Parquet: a column's type, and a key whose table another contract describes."""


@pytest.fixture(scope="module")
def contracts(skills: Skills, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored") / "contracts"
    skills("contracts", str(folder))
    return folder


def load(path: Path) -> dict[str, Any]:
    facts: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    return facts


def judged(files: list[Path], folder: Path, *options: str) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """The exit code and the checks by file's name of one `datacontract ci`, which is `test` for many files."""
    (answer,) = contract_tool.answers([["ci", "--json", *options, *map(str, files)]], folder)
    runs = json.loads(answer.output[answer.output.index("[\n") :])
    return answer.code, {Path(run["location"]).name: run["checks"] for run in runs}


def failures(checks: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(check["type"], check.get("field")) for check in checks if check.get("result") in ("failed", "error")]


def test_datacontract_test_passes_on_everything_stored_and_published(contracts: Path, tmp_path: Path) -> None:
    files = sorted(contracts.rglob("*.odcs.yaml"))
    code, checks = judged(files, tmp_path)
    assert code == 0, {
        name: failures(contract_checks) for name, contract_checks in checks.items() if failures(contract_checks)
    }
    assert set(checks) == {path.name for path in files}
    for contract_checks in checks.values():
        assert {check["type"] for check in contract_checks if check.get("result") != "passed"} <= UNTESTED
        assert "field_is_present" in {check["type"] for check in contract_checks if check.get("result") == "passed"}


def test_datacontract_test_itself_says_the_same_of_a_contract(contracts: Path, tmp_path: Path) -> None:
    path = contracts / "marts" / "dim_person.odcs.yaml"
    (answer,) = contract_tool.answers([["test", "--server", "duckdb", str(path)]], tmp_path)
    assert answer.code == 0
    assert "Data contract is valid" in answer.output


def test_stored_parquet_has_the_types_of_its_contract(contracts: Path) -> None:
    with duckdb.connect() as con:
        for path in sorted(contracts.rglob("*.odcs.yaml")):
            facts = load(path)
            stored = con.execute(
                f"describe select * from read_parquet('{facts['servers'][0]['path']}', union_by_name = true)"
            ).fetchall()
            promised = {column["name"]: column["physicalType"] for column in facts["schema"][0]["properties"]}
            assert {name: sql_type.lower() for name, sql_type, *_ in stored} == promised, path.name


def test_datacontract_test_knows_the_types_of_the_duckdb_file(contracts: Path, tmp_path: Path) -> None:
    files = [contracts / "marts" / f"{name}.odcs.yaml" for name in ("fct_participation", "rpt_target_progress")]
    code, checks = judged(files, tmp_path, "--server", "duckdb")
    assert code == 0
    for contract_checks in checks.values():
        assert "field_type" in {check["type"] for check in contract_checks if check.get("result") == "passed"}
        assert {check["type"] for check in contract_checks if check.get("result") != "passed"} <= {
            "field_relationships"
        }


def test_datacontract_test_fails_on_what_breaks_a_contract(contracts: Path, tmp_path: Path) -> None:
    breaks = {
        "missing_column": ("marts/dim_district", "select * exclude (district_name) from {0}"),
        "null_key": ("marts/dim_target", "select * replace (nullif(target_id, 'T09') as target_id) from {0}"),
        "key_twice": ("marts/fct_submission", "from {0} union all from {0}"),
        "no_value": ("marts/dim_date", "select * replace ('long ago' as date_day) from {0}"),
        "null_place": ("accepted/training_class", "select * replace (null as submission_id) from {0}"),
    }
    files = []
    for name, (described, query) in breaks.items():
        facts = load(contracts / f"{described}.odcs.yaml")
        server = facts["servers"][0]
        stored = f"read_parquet('{server['path']}', union_by_name = true)"
        server["path"] = str(tmp_path / f"{name}.parquet")
        duckdb.sql(query.format(stored)).write_parquet(server["path"])
        files.append(tmp_path / f"{name}.odcs.yaml")
        files[-1].write_text(yaml.safe_dump(facts, allow_unicode=True), "utf-8")
    code, checks = judged(files, tmp_path)
    assert code == 1
    assert failures(checks["missing_column.odcs.yaml"]) == [("field_is_present", "district_name")]
    assert failures(checks["null_key.odcs.yaml"]) == [("field_required", "target_id")]
    assert failures(checks["key_twice.odcs.yaml"]) == [("field_primary_key_unique", "submission_id")]
    assert failures(checks["null_place.odcs.yaml"]) == [("field_required", "submission_id")]
    assert failures(checks["no_value.odcs.yaml"]) == [("general", None)]
