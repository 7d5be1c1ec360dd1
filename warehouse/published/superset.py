"""The metrics for Apache Superset: a ZIP file as its page of datasets imports it.

`metadata.yaml`, one database, and a dataset per source of the metrics file with its columns and metrics, as Superset's
import schemas 1.0.0 have them. Only of what `skills publish` lays into PostgreSQL; charts are the analyst's. The same
metrics give the same ids, so that a later import changes the datasets that stand. Ends at the file's bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid
import zipfile
from typing import Any

import yaml

from warehouse.published.postgres.load import SCHEMA
from warehouse.vocabulary.mart import Mart, marts
from warehouse.vocabulary.metric import Metric, Metrics, Source

DATABASE = "Skills Warehouse"
VERSION = "1.0.0"
DAY = "event_day"
_ROOT = "skills_warehouse"
"""Superset takes the first folder of the archive away."""
_IDS = uuid.uuid5(uuid.NAMESPACE_DNS, "skills-warehouse")
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORMATS = {"比例": ".1%", "元": ",.2f"}
_TIMES = ("date", "timestamp")


def archive(known: Metrics, address: str, now: dt.datetime) -> bytes:
    """Args:
    address: of the PostgreSQL database as Superset reaches it, without a password.
    """
    files = {"metadata.yaml": {"version": VERSION, "type": "SqlaTable", "timestamp": now.isoformat()}}
    files[f"databases/{_ROOT}.yaml"] = _database(address)
    for name, source in known.sources.items():
        measured = [metric for metric in known.metrics if metric.source == name]
        files[f"datasets/{_ROOT}/{source.table}.yaml"] = _dataset(source, measured)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as into:
        for place, facts in files.items():
            text = yaml.dump(facts, allow_unicode=True, sort_keys=False, width=118)
            into.writestr(zipfile.ZipInfo(f"{_ROOT}/{place}", _EPOCH), text)
    return content.getvalue()


def _id(name: str) -> str:
    return str(uuid.uuid5(_IDS, name))


def _database(address: str) -> dict[str, Any]:
    return {
        "database_name": DATABASE,
        "sqlalchemy_uri": re.sub("^postgres(ql)?://", "postgresql://", address),
        "cache_timeout": None,
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "allow_csv_upload": False,
        "extra": {"schemas_allowed_for_csv_upload": []},
        "uuid": _id("database"),
        "version": VERSION,
    }


def _dataset(source: Source, measured: list[Metric]) -> dict[str, Any]:
    mart = marts()[source.table]
    columns = [_column(mart, name) for name in mart.columns]
    if source.date not in mart.columns:
        columns.append(
            {
                **_facts(DAY, "date", "这一行记在哪一天。Day that the row is dated by."),
                "expression": source.date,
            }
        )
    return {
        "table_name": mart.name,
        "main_dttm_col": source.date if source.date in mart.columns else DAY,
        "description": mart.description,
        "default_endpoint": None,
        "offset": 0,
        "cache_timeout": None,
        "schema": SCHEMA,
        "sql": None,
        "params": None,
        "template_params": None,
        "filter_select_enabled": True,
        "fetch_values_predicate": None,
        "extra": None,
        "uuid": _id(mart.name),
        "metrics": [_metric(metric) for metric in measured],
        "columns": columns,
        "version": VERSION,
        "database_uuid": _id("database"),
    }


def _column(mart: Mart, name: str) -> dict[str, Any]:
    return {**_facts(name, mart.columns[name], mart.descriptions[name]), "expression": None}


def _facts(name: str, kind: str, description: str) -> dict[str, Any]:
    return {
        "column_name": name,
        "verbose_name": re.split("[。,，;；:：]", re.sub(r"[(（].*?[)）]", "", description))[0],
        "is_dttm": kind in _TIMES,
        "is_active": True,
        "type": kind.upper(),
        "groupby": True,
        "filterable": True,
        "description": description,
        "python_date_format": None,
    }


def _metric(metric: Metric) -> dict[str, Any]:
    needs = "、".join(metric.each)
    return {
        "metric_name": metric.name,
        "verbose_name": metric.zh,
        "metric_type": None,
        "expression": metric.expression,
        "description": f"{metric.description_zh}{metric.description_en}",
        "d3format": _FORMATS.get(metric.unit, ","),
        "extra": None,
        "warning_text": f"须按 {needs} 分组，否则没有意义。" if needs else None,
    }
