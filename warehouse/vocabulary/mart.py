"""The marts as their dbt models promise them: columns, keys, who may see them. Ends at `Mart`; nothing is built here.

The models' YAML is the one home of these facts; what serves marts outside DuckDB reads them from here.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from warehouse.vocabulary.project import PROJECT

MODELS = PROJECT / "dbt_project" / "models" / "marts"
_REF = re.compile(r"ref\('(\w+)'\)")
Division = Literal["period", "first_digit"]
"""How a column's value names the part that a row lies in: by the reporting period within a submission's id (a row's key
begins with it), or by the first hex digit of a token."""


@dataclass(frozen=True)
class ForeignKey:
    """A column whose values stand in a column of another mart."""

    column: str
    table: str
    field: str


@dataclass(frozen=True)
class Parts:
    """A mart that grows with what is reported is published in parts, so that a correction touches few of them."""

    column: str
    by: Division


@dataclass(frozen=True)
class Mart:
    """A mart's contract: columns (name → type as DuckDB writes it, in lower case), descriptions, keys, audience; which
    list of `dim_code` a column's codes are of; and how it is published: whole, or in parts."""

    name: str
    description: str
    columns: dict[str, str]
    descriptions: dict[str, str]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...]
    code_lists: dict[str, str]
    is_supervision: bool
    parts: Parts | None = None


@functools.cache
def marts() -> dict[str, Mart]:
    """All marts by name."""
    described = [
        _mart(model)
        for path in sorted(MODELS.rglob("*.yml"))
        for model in yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)["models"]
    ]
    return {mart.name: mart for mart in described}


def _mart(model: dict[str, Any]) -> Mart:
    tests = {name: test for entry in model["data_tests"] for name, test in entry.items()}
    config = model.get("config", {})
    links = tests.get("foreign_keys", {"arguments": {"keys": []}})["arguments"]["keys"]
    return Mart(
        name=model["name"],
        description=model["description"].strip(),
        columns={column["name"]: column["data_type"] for column in model["columns"]},
        descriptions={column["name"]: column["description"] for column in model["columns"]},
        primary_key=tuple(tests["primary_key"]["arguments"]["columns"]),
        foreign_keys=tuple(
            ForeignKey(link["column"], _referred(link["to"]), link.get("field", link["column"]))
            for link in links
            if "list" not in link
        ),
        code_lists={link["column"]: link["list"] for link in links if "list" in link},
        is_supervision="supervision" in config.get("tags", []),
        parts=Parts(**config["meta"]["parts"]) if "parts" in config.get("meta", {}) else None,
    )


def _referred(text: str) -> str:
    match = _REF.fullmatch(text)
    if match is None:
        raise ValueError(f"{text} is no reference to a model")
    return match[1]
