"""The metrics as Superset imports them: the archive has the form of its import schemas 1.0.0, and each metric's
expression gives the metric. Superset itself is not installed."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import uuid
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from orchestration.cli import cli
from tests.warehouse import marts_world
from warehouse.published import superset
from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.metric import metrics

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
ADDRESS = "postgresql://skills_bi@db.example.invalid:5432/skills"
TEXT, FLAG, ID = {"type": "string", "minLength": 1}, {"type": "boolean"}, {"type": "string", "format": "uuid"}
TEXT_OR_NULL, WHOLE = {"type": ["string", "null"]}, {"type": "integer"}
FACTS_OR_NULL = {"type": ["object", "null"]}


def schema(required: dict[str, Any], optional: dict[str, Any]) -> dict[str, Any]:
    """Marshmallow refuses fields that it does not know."""
    return {
        "type": "object",
        "required": list(required),
        "properties": required | optional,
        "additionalProperties": False,
    }


# As superset/datasets/schemas.py, superset/databases/schemas.py and superset/commands/importers/v1/utils.py have them.
METADATA = schema({"version": {"const": "1.0.0"}}, {"type": {"const": "SqlaTable"}, "timestamp": TEXT})
DATABASE = schema(
    {"database_name": TEXT, "sqlalchemy_uri": TEXT, "uuid": ID, "version": {"const": "1.0.0"}},
    {
        "password": TEXT_OR_NULL,
        "cache_timeout": {"type": ["integer", "null"]},
        "expose_in_sqllab": FLAG,
        "allow_run_async": FLAG,
        "allow_ctas": FLAG,
        "allow_cvas": FLAG,
        "allow_dml": FLAG,
        "allow_csv_upload": FLAG,
        "impersonate_user": FLAG,
        "extra": {"type": "object"},
    },
)
COLUMN = schema(
    {"column_name": TEXT},
    {
        "verbose_name": TEXT_OR_NULL,
        "is_dttm": FLAG,
        "is_active": FLAG,
        "type": TEXT_OR_NULL,
        "groupby": FLAG,
        "filterable": FLAG,
        "expression": TEXT_OR_NULL,
        "description": TEXT_OR_NULL,
        "python_date_format": TEXT_OR_NULL,
    },
)
METRIC = schema(
    {"metric_name": TEXT, "expression": TEXT},
    {
        "verbose_name": TEXT_OR_NULL,
        "metric_type": TEXT_OR_NULL,
        "description": TEXT_OR_NULL,
        "d3format": TEXT_OR_NULL,
        "extra": FACTS_OR_NULL,
        "warning_text": TEXT_OR_NULL,
    },
)
DATASET = schema(
    {"table_name": TEXT, "uuid": ID, "version": {"const": "1.0.0"}, "database_uuid": ID},
    {
        "main_dttm_col": TEXT_OR_NULL,
        "description": TEXT_OR_NULL,
        "default_endpoint": TEXT_OR_NULL,
        "offset": WHOLE,
        "cache_timeout": {"type": ["integer", "null"]},
        "schema": TEXT_OR_NULL,
        "sql": TEXT_OR_NULL,
        "params": FACTS_OR_NULL,
        "template_params": FACTS_OR_NULL,
        "filter_select_enabled": FLAG,
        "fetch_values_predicate": TEXT_OR_NULL,
        "extra": FACTS_OR_NULL,
        "columns": {"type": "array", "items": COLUMN},
        "metrics": {"type": "array", "items": METRIC},
    },
)


@pytest.fixture(scope="module")
def files() -> dict[str, dict[str, Any]]:
    """Place in the archive, without its first folder → what stands there."""
    with zipfile.ZipFile(io.BytesIO(superset.archive(metrics(), ADDRESS, NOW))) as archive:
        assert {PurePosixPath(name).parts[0] for name in archive.namelist()} == {"skills_warehouse"}
        return {
            str(PurePosixPath(*PurePosixPath(name).parts[1:])): yaml.safe_load(archive.read(name))
            for name in archive.namelist()
        }


def datasets(files: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [facts for place, facts in files.items() if place.startswith("datasets/")]


def test_the_archive_has_the_form_that_superset_imports(files: dict[str, dict[str, Any]]) -> None:
    jsonschema.validate(files["metadata.yaml"], METADATA)
    dt.datetime.fromisoformat(files["metadata.yaml"]["timestamp"])
    [database] = [facts for place, facts in files.items() if place.startswith("databases/")]
    jsonschema.validate(database, DATABASE)
    assert database["sqlalchemy_uri"] == ADDRESS
    for dataset in datasets(files):
        jsonschema.validate(dataset, DATASET)
        assert dataset["database_uuid"] == database["uuid"]
    ids = [uuid.UUID(facts["uuid"]) for facts in files.values() if "uuid" in facts]
    assert len(set(ids)) == len(ids) == len(files) - 1
    assert all(re.fullmatch(r"metadata\.yaml|(databases|datasets/\w+)/\w+\.yaml", place) for place in files)


def test_a_dataset_has_its_columns_and_metrics_and_a_day(files: dict[str, dict[str, Any]]) -> None:
    told = {dataset["table_name"]: dataset for dataset in datasets(files)}
    assert told.keys() == {source.table for source in metrics().sources.values()}
    for name, dataset in told.items():
        columns = {column["column_name"]: column for column in dataset["columns"]}
        stored = [column for column, facts in columns.items() if facts["expression"] is None]
        assert stored == list(marts()[name].columns)
        assert columns[dataset["main_dttm_col"]]["is_dttm"]
        assert all(column["verbose_name"] for column in columns.values())
        assert not marts()[name].is_supervision and dataset["schema"] == "skills"
    written = [metric["metric_name"] for dataset in told.values() for metric in dataset["metrics"]]
    assert sorted(written) == sorted(metric.name for metric in metrics().metrics)


def test_each_expression_gives_its_metric(files: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    with marts_world.publication(tmp_path / "p", 6, {"fct_target_contribution": 400}).connect() as con:
        for dataset in datasets(files):
            for told in dataset["metrics"]:
                metric = metrics().of(told["metric_name"])
                by = [metrics().sources[metric.source].dimensions[name] for name in metric.each]
                grouped = f" group by {', '.join(by)}" if by else ""
                sql = f"select {', '.join([*by, told['expression']])} from {dataset['table_name']}{grouped}"
                shown = {row[:-1]: row[-1] for row in con.execute(sql).fetchall() if row[-1]}
                expected = {row[:-1]: row[-1] for row in con.execute(metrics().sql(metric)).fetchall() if row[-1]}
                assert shown == pytest.approx(expected) and shown, metric.name
                assert bool(told["warning_text"]) == bool(metric.each)
            for column in dataset["columns"]:
                if column["expression"]:
                    con.execute(f"select {column['expression']} from {dataset['table_name']}").fetchall()


def test_the_same_metrics_are_the_same_bytes() -> None:
    assert superset.archive(metrics(), ADDRESS, NOW) == superset.archive(metrics(), ADDRESS, NOW)


def test_the_command_writes_json_and_the_archive(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["metrics", "--json", "-"])
    told = json.loads(done.stdout)
    assert [metric["name"] for metric in told["metrics"]] == [metric.name for metric in metrics().metrics]
    assert told["dimensions"]["district"]["zh"] == "区"
    for metric in told["metrics"]:
        assert metric["sql"] == metrics().sql(metrics().of(metric["name"]))
        assert metric["dimensions"] and metric["table"] in marts()
    out = tmp_path / "metrics.zip"
    done = CliRunner().invoke(cli, ["metrics", "--export", "superset", "--out", str(out), "--database", ADDRESS])
    assert done.exit_code == 0 and f"{len(metrics().metrics)} metrics" in done.stdout
    with zipfile.ZipFile(out) as archive:
        assert ADDRESS in archive.read("skills_warehouse/databases/skills_warehouse.yaml").decode()
