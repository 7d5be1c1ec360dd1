"""Contracts (ODCS 3.2) of what is stored and published after tokens: generated, one for each table.

`contracts/*.odcs.yaml` say what departments send; these say what `decided/` holds (from the same contracts and
`accepted_schema`) and what a publication holds (from the models' YAML). Columns are decided there, not here. Ends at
YAML files that the standard's own tools read: no table is opened or tested here.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from warehouse.published import mart_parts
from warehouse.published.publication import DATABASE, Publication
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Dataset, Field
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.mart import Mart, marts
from warehouse.vocabulary.project import CONTRACTS
from warehouse.vocabulary.tables import accepted_schema

SERVICE = CONTRACTS / "service.yaml"
"""What every contract repeats: who answers for it, whom to ask, the agreed terms."""

SQL_TYPES: dict[pa.DataType, str] = {
    pa.string(): "varchar",
    pa.int32(): "integer",
    pa.int64(): "bigint",
    pa.date32(): "date",
    pa.bool_(): "boolean",
}
LOGICAL_TYPES = {
    "varchar": "string",
    "integer": "integer",
    "bigint": "integer",
    "decimal": "number",
    "date": "date",
    "timestamp": "timestamp",
    "boolean": "boolean",
}
PLACE = {
    "submission_id": "报送编号：报送单位、数据集、报告期与文件摘要。Submission that the row came with.",
    "row_index": "行序：按读取顺序从1起，一次报送内唯一。Position in the order read, from 1; unique within a decision.",
    "row_number": "报送人所见的行号。Row as the sender sees it.",
    "department_code": "报送部门代码。Reporting department.",
    "unit_code": "报送单位代码（部门或部门.区）。Reporting unit: department, or department and district.",
    "period": "报告期，如2026-01、2026-Q2、2026-H1、2026。Reporting period.",
    "period_start_date": "报告期首日。First day of the period.",
    "period_end_date": "报告期末日。Last day of the period.",
    "row_token": "整行内容的代号：原样再报的行相同。Keyed hash of what the row says; equal when sent again unchanged.",
}
"""The columns that every accepted row has, never null."""
DERIVED = {
    "certificate_org_code": "评价机构编码，取自证书编号前13位。Issuer prefix of the certificate number.",
    "birth_year": "出生年份，取自证件号码或出生日期。Year of birth, from the identity number or the birth date.",
    "home_province": "户籍省份代码，取自居民身份证号码前两位。Province code, from the resident identity number.",
    "office_phone": "办公电话；个人手机号不保存。An office's telephone; a person's mobile is not stored.",
    "employer_named": "是否填有工作单位名称；名称本身不保存。Whether an employer's name was given; it is not stored.",
    "voucher_used": "是否使用培训券，即填有培训券号。Whether a training voucher was used: its number was given.",
}
"""What is stored in the place of a value that is not."""
SOLE_TRADER = "个体工商户的代码以“92”加代号代替。That of a sole trader is 92 and a keyed hash."
"""Said of every credit code."""


@dataclass(frozen=True)
class Column:
    """A column of a stored table; `sql_type` as DuckDB writes it, `reference` is `table.column`."""

    name: str
    sql_type: str
    description: str
    title: str | None = None
    key_position: int | None = None
    is_required: bool = False
    reference: str | None = None


@functools.cache
def service() -> dict[str, Any]:
    """The facts of service.yaml, as the standard names them."""
    facts: dict[str, Any] = yaml.load(SERVICE.read_text("utf-8"), yaml.CSafeLoader)
    return facts


def contracts(root: Root, publication: Publication) -> dict[str, dict[str, Any]]:
    """Relative file name → contract, for the accepted rows of every dataset and every mart of a publication."""
    accepted = {f"accepted/{dataset.name}": accepted_contract(root, dataset) for dataset in contract.datasets()}
    published = {f"marts/{name}": mart_contract(publication, mart) for name, mart in marts().items()}
    return {f"{name}.odcs.yaml": facts for name, facts in (accepted | published).items()}


def write(files: Mapping[str, Mapping[str, Any]], out: Path) -> None:
    """Writes contracts into a new or empty folder; `OperatorError` where there is none to write to."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise OperatorError(f"{out} is not empty: choose another folder.")
        for name, facts in files.items():
            path = out / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(yaml.dump(facts, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120), "utf-8")
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}.") from None


class _Dumper(yaml.SafeDumper):
    """Writes a repeated object twice: anchors help no reader of a contract."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def accepted_contract(root: Root, dataset: Dataset) -> dict[str, Any]:
    """The accepted rows of a dataset over all decisions that stand in the root.

    No primary key: a submission that is decided anew has its rows in two folders, and a natural key may be sent twice.
    """
    server = {
        "server": "accepted",
        "type": "local",
        "environment": "prod",
        "description": "每次决定一个文件，重新决定的另存一份。One file per decision; a new one stands beside.",
        "path": f"{root.decided}/{dataset.name}/*/accepted.parquet",
        "format": "parquet",
    }
    table = {
        "name": dataset.name,
        "businessName": dataset.title,
        "physicalType": "file",
        "description": f"{dataset.title}：校验通过的行，标识已换成代号。Accepted rows; identifiers are tokens.",
        "dataGranularityDescription": "一行对应一次决定中校验通过的一行。One row per row accepted by a decision.",
        "properties": [_property(column) for column in _accepted_columns(dataset)],
    }
    return _contract(f"accepted-{dataset.name}", dataset.version, [server], table)


def mart_contract(publication: Publication, mart: Mart) -> dict[str, Any]:
    """A mart of a publication, as Parquet and in the DuckDB file."""
    servers = [
        {
            "server": "parquet",
            "type": "local",
            "environment": "prod",
            "path": f"{publication.folder}/{mart_parts.pattern(mart.name)}",
            "format": "parquet",
        },
        {
            "server": "duckdb",
            "type": "duckdb",
            "environment": "prod",
            "database": f"{publication.folder}/{DATABASE}",
            "schema": "main",
        },
    ]
    table = {
        "name": mart.name,
        "physicalType": "table",
        "description": mart.description,
        **({"tags": ["supervision"]} if mart.is_supervision else {}),
        "properties": [_property(column) for column in _mart_columns(mart)],
    }
    return _contract(mart.name, str(publication.manifest["versions"]["program"]), servers, table)


def _contract(name: str, version: str, servers: list[dict[str, Any]], table: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v3.2.0",
        "kind": "DataContract",
        "id": name,
        "version": version,
        "status": "active",
        "domain": "skills-training",
        "servers": servers,
        "team": service()["team"],
        "support": service()["support"],
        "schema": [table],
    }


def _property(column: Column) -> dict[str, Any]:
    facts: dict[str, Any] = {"name": column.name}
    if column.title is not None:
        facts["businessName"] = column.title
    facts["logicalType"] = LOGICAL_TYPES[column.sql_type.partition("(")[0]]
    facts["physicalType"] = column.sql_type
    facts["description"] = column.description
    if column.is_required:
        facts["required"] = True
    if column.key_position is not None:
        facts |= {"primaryKey": True, "primaryKeyPosition": column.key_position}
    if column.reference is not None:
        facts["relationships"] = [{"type": "foreignKey", "to": column.reference}]
    return facts


def _accepted_columns(dataset: Dataset) -> list[Column]:
    fields = {field.name: field for field in dataset.fields}
    tokens = {field.token: field for field in dataset.fields if field.token}
    numbers = {f"{field.name.removesuffix('_id')}_uscc": field for field in tokens.values()}
    columns = []
    for stored in accepted_schema(dataset):
        name, sql_type = stored.name, _sql_type(stored.type)
        if name in PLACE:
            column = Column(name, sql_type, PLACE[name], is_required=True)
        elif name in fields:
            column = _field_column(fields[name], sql_type)
        elif name in tokens:
            text = f"{tokens[name].title}的代号，不可还原。Keyed hash of {tokens[name].name}; cannot be reversed."
            column = Column(name, sql_type, text)
        elif name in DERIVED:
            column = Column(name, sql_type, DERIVED[name])
        else:
            sent = numbers[name]
            text = (
                f"{sent.title}中的统一社会信用代码，个体工商户的以“92”加代号代替；为个人证件号码时空。"
                f"Business number in {sent.name}, of a sole trader 92 and a keyed hash; null for a person."
            )
            column = Column(name, sql_type, text)
        columns.append(column)
    return columns


def _field_column(field: Field, sql_type: str) -> Column:
    reference = f"reference.{field.code_list}" if field.code_list else None
    text = f"{field.description}{SOLE_TRADER}" if field.kind == "uscc" else field.description
    return Column(field.name, sql_type, text, field.title, reference=reference)


def _mart_columns(mart: Mart) -> list[Column]:
    references = {key.column: f"{key.table}.{key.field}" for key in mart.foreign_keys}
    positions = {name: position for position, name in enumerate(mart.primary_key, 1)}
    return [
        Column(
            name,
            sql_type,
            mart.descriptions[name],
            key_position=positions.get(name),
            is_required=name in positions,
            reference=references.get(name),
        )
        for name, sql_type in mart.columns.items()
    ]


def _sql_type(stored: pa.DataType) -> str:
    if pa.types.is_decimal(stored):
        return f"decimal({stored.precision},{stored.scale})"
    return SQL_TYPES[stored]
