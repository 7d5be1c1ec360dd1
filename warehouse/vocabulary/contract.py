"""Loads the data contracts (ODCS 3.2): the one home of a dataset's columns. Ends at `Dataset` and Arrow schemas."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast, get_args

import pyarrow as pa
import yaml
from open_data_contract_standard.model import OpenDataContractStandard, SchemaProperty
from pydantic import BaseModel, ValidationError

from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import CONTRACTS

Kind = Literal[
    "text",
    "code",
    "list",
    "int",
    "decimal",
    "percent",
    "money",
    "date",
    "time",
    "bool",
    "id",
    "uscc",
    "id_or_uscc",
    "phone",
    "office_phone",
]
Severity = Literal["critical", "warning", "info"]
SEVERITY_TITLES: dict[Severity, str] = {"critical": "须更正", "warning": "须核对", "info": "供参考"}
SEVERITY_KINDS: dict[Severity, str] = {"critical": "强制性审核", "warning": "核实性审核", "info": "提示性审核"}
"""What statistics offices call a check of a severity; said where rules are explained."""
Content = Literal["cumulative", "snapshot"]

LOGICAL: dict[Kind, str] = {
    "text": "string",
    "code": "string",
    "list": "string",
    "int": "integer",
    "decimal": "number",
    "percent": "number",
    "money": "integer",
    "date": "date",
    "time": "time",
    "bool": "boolean",
    "id": "string",
    "uscc": "string",
    "id_or_uscc": "string",
    "phone": "string",
    "office_phone": "string",
}
ARROW: dict[Kind, pa.DataType] = {
    "text": pa.string(),
    "code": pa.string(),
    "list": pa.string(),
    "int": pa.int64(),
    "decimal": pa.decimal128(18, 4),
    "percent": pa.decimal128(9, 6),
    "money": pa.int64(),
    "date": pa.date32(),
    "time": pa.string(),
    "bool": pa.bool_(),
    "id": pa.string(),
    "uscc": pa.string(),
    "id_or_uscc": pa.string(),
    "phone": pa.string(),
    "office_phone": pa.string(),
}
TYPED: frozenset[Kind] = frozenset({"int", "decimal", "percent", "money", "date", "time", "bool"})
"""Kinds whose text may fail to become a value."""
Flaw = Literal["error", "ditto", "garbled", "masked", "type", "timestamp", "month", "span", "grade"]
"""Why a text that was sent gives no value: a spreadsheet's error, 同上, characters lost in a conversion, stars in the
place of digits, no value of the kind, a number counted from 1970, a month without a day, several days in one cell, a
grade where a score is asked for."""
RowFlaw = Literal["shifted", "surplus"]
"""What is odd of a whole row: its cells stand under other headers than their own, so that none of them gives a value;
or there are more cells than headers, and those are not read."""

OPTIONS = frozenset({"minimum", "maximum", "pattern", "minLength", "maxLength"})
FIELD_PROPERTIES = frozenset({"fieldKind", "severity", "default", "idType", "presence", "nameOf", "refusedCodes"})
DATASET_PROPERTIES = frozenset({"rulePrefix", "content"})


@dataclass(frozen=True)
class Field:
    """One column of a dataset, as the contract says it. `token`, `presence`: the column that is stored in its place, a
    keyed hash of the value, or whether one was given. `name_of`: the field with the credit code of what it names.
    `refused_codes`: the name in `policy.csv` of those codes of its list that a rule of the dataset refuses."""

    name: str
    title: str
    description: str
    kind: Kind
    synonyms: tuple[str, ...] = ()
    required: bool = False
    key_position: int | None = None
    code_list: str | None = None
    minimum: str | int | float | None = None
    maximum: str | int | float | None = None
    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None
    restricted: bool = False
    token: str | None = None
    presence: str | None = None
    name_of: str | None = None
    refused_codes: str | None = None
    id_type: str | None = None
    default: str | None = None
    severity: Severity = "warning"
    example: str | None = None

    @property
    def sent(self) -> str:
        """The column with the text as sent."""
        return f"{self.name}__sent"

    @property
    def flaw(self) -> str:
        """The column that says why what was sent gives no value (a `Flaw`; null: it gives one, or nothing was sent)."""
        return f"{self.name}__flaw"

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """The flaws that a text of this kind can have."""
        flaws: list[Flaw] = ["error", "ditto", "garbled"]
        if self.restricted:
            flaws.append("masked")
        if self.kind in TYPED:
            flaws.append("type")
        if self.kind == "date":
            flaws += ["timestamp", "month", "span"]
        if self.is_score:
            flaws.append("grade")
        return tuple(flaws)

    @property
    def is_score(self) -> bool:
        """Points of a hundred."""
        return self.kind == "decimal" and self.name.endswith("_score")

    @property
    def is_key(self) -> bool:
        return self.key_position is not None

    @property
    def range_text(self) -> str:
        """The permitted range as a person reads it; empty where any value may stand."""
        if self.minimum is None and self.maximum is None:
            return ""
        if self.minimum is None:
            return f"不大于 {self._shown(self.maximum)}"
        if self.maximum is None:
            return f"不小于 {self._shown(self.minimum)}"
        return f"{self._shown(self.minimum)} 至 {self._shown(self.maximum)}"

    @property
    def length_text(self) -> str:
        """The permitted length as a person reads it; empty where any length will do."""
        if self.min_length is None and self.max_length is None:
            return ""
        if self.min_length is None:
            return f"不多于 {self.max_length} 个字符"
        if self.max_length is None:
            return f"不少于 {self.min_length} 个字符"
        return f"{self.min_length} 至 {self.max_length} 个字符"

    def _shown(self, bound: str | int | float | None) -> str:
        if isinstance(bound, int | float) and self.kind == "money":
            return f"{bound / 100:g}元"
        return f"{bound:.0%}" if isinstance(bound, int | float) and self.kind == "percent" else str(bound)


@dataclass(frozen=True)
class Dataset:
    """A dataset's contract."""

    name: str
    title: str
    description: str
    version: str
    prefix: str
    content: Content
    synonyms: tuple[str, ...]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(f"{self.name} has no field {name}")

    @property
    def key(self) -> tuple[str, ...]:
        """The natural key's columns in order."""
        keyed = [field for field in self.fields if field.key_position is not None]
        return tuple(field.name for field in sorted(keyed, key=lambda field: cast(int, field.key_position)))

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that a file or sheet of this dataset may bear."""
        return (self.name, self.title, *self.synonyms)


def _unknown_keys(value: Any, model: type[BaseModel], where: str) -> str | None:
    """The first key that the ODCS model does not know; its own sub-models ignore such keys silently."""
    known = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    for key, inner in value.items():
        if key not in known:
            return f"{where}.{key}"
        inner_model = _model_in(known[key])
        if inner_model is None:
            continue
        for number, item in enumerate(inner if isinstance(inner, list) else [inner]):
            if isinstance(item, dict):
                label = item.get("name") or number
                unknown = _unknown_keys(item, inner_model, f"{where}.{key}[{label}]")
                if unknown:
                    return unknown
    return None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        model = _model_in(inner)
        if model:
            return model
    return None


class _Strict:
    """Checks one contract file; every complaint names the file and the field."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fail(self, where: str, why: str) -> OperatorError:
        return OperatorError(f"Contract {self.path.name}, {where}: {why}")

    def custom(self, holder: Any, allowed: frozenset[str], where: str) -> dict[str, Any]:
        values = {entry.property: entry.value for entry in holder.customProperties or []}
        for name in values:
            if name not in allowed:
                raise self.fail(where, f"unknown custom property {name}; known are {', '.join(sorted(allowed))}.")
        return values

    def field(self, raw: SchemaProperty) -> Field:
        where = f"field {raw.name}"
        custom = self.custom(raw, FIELD_PROPERTIES, where)
        kind = custom.get("fieldKind")
        if kind not in get_args(Kind):
            raise self.fail(where, f"fieldKind {kind!r} is none of {', '.join(get_args(Kind))}.")
        kind = cast(Kind, kind)
        if raw.logicalType != LOGICAL[kind]:
            raise self.fail(where, f"logicalType {raw.logicalType!r} does not fit {kind}; write {LOGICAL[kind]}.")
        if not raw.businessName or not raw.description:
            raise self.fail(where, "businessName and description are needed.")
        options = raw.logicalTypeOptions or {}
        for option in options:
            if option not in OPTIONS:
                raise self.fail(where, f"unknown logicalTypeOptions.{option}.")
        targets = [str(link.to) for link in raw.relationships or []]
        lists = [target.removeprefix("reference.") for target in targets if target.startswith("reference.")]
        if kind in ("code", "list") and len(lists) != 1:
            raise self.fail(where, "a code needs exactly one relationship to reference.<list>.")
        if raw.classification not in (None, "restricted"):
            raise self.fail(where, f"classification {raw.classification!r} is not restricted.")
        if raw.encryptedName and raw.classification != "restricted":
            raise self.fail(where, "encryptedName is for restricted fields.")
        if raw.encryptedName and "presence" in custom:
            raise self.fail(where, "a field is stored as a token (encryptedName) or as its presence, not as both.")
        default_severity = "critical" if raw.required or raw.primaryKey else "warning"
        severity = custom.get("severity", default_severity)
        if severity not in get_args(Severity):
            raise self.fail(where, f"severity {severity!r} is none of {', '.join(get_args(Severity))}.")
        return Field(
            name=str(raw.name),
            title=raw.businessName,
            description=raw.description,
            kind=kind,
            synonyms=tuple(str(entry.synonym) for entry in raw.synonyms or []),
            required=bool(raw.required),
            key_position=raw.primaryKeyPosition if raw.primaryKey else None,
            code_list=lists[0] if lists else None,
            minimum=options.get("minimum"),
            maximum=options.get("maximum"),
            pattern=options.get("pattern"),
            min_length=options.get("minLength"),
            max_length=options.get("maxLength"),
            restricted=raw.classification == "restricted",
            token=raw.encryptedName,
            presence=custom.get("presence"),
            name_of=custom.get("nameOf"),
            refused_codes=custom.get("refusedCodes"),
            id_type=custom.get("idType"),
            default=custom.get("default"),
            severity=cast(Severity, severity),
            example=str(raw.examples[0]) if raw.examples else None,
        )

    def dataset(self) -> Dataset:
        try:
            text = yaml.load(self.path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
            contract = OpenDataContractStandard.model_validate(text)
        except yaml.YAMLError as error:
            raise self.fail("the file", f"is not YAML ({error}).") from None
        except ValidationError as error:
            first = error.errors()[0]
            raise self.fail(".".join(map(str, first["loc"])), first["msg"] + ".") from None
        unknown = _unknown_keys(text, OpenDataContractStandard, "contract")
        if unknown:
            raise self.fail(unknown, "is no key of the Open Data Contract Standard 3.2.")
        name = self.path.name.removesuffix(".odcs.yaml")
        if contract.id != name or not contract.version or contract.apiVersion != "v3.2.0":
            raise self.fail("the head", f"id must be {name}, version given and apiVersion v3.2.0.")
        if not contract.schema_ or len(contract.schema_) != 1 or contract.schema_[0].name != name:
            raise self.fail("schema", f"must hold exactly the table {name}.")
        table = contract.schema_[0]
        custom = self.custom(table, DATASET_PROPERTIES, "schema")
        fields = tuple(self.field(raw) for raw in table.properties or [])
        owner: dict[str, str] = {}
        for field in fields:
            for header in (field.name, field.title, *field.synonyms):
                if owner.setdefault(header, field.name) != field.name:
                    raise self.fail(f"field {field.name}", f"header {header} already belongs to {owner[header]}.")
            if field.id_type and field.id_type not in {other.name for other in fields}:
                raise self.fail(f"field {field.name}", f"idType names {field.id_type}, which is no field.")
            if field.name_of and field.name_of not in {other.name for other in fields if other.kind == "uscc"}:
                raise self.fail(
                    f"field {field.name}", f"nameOf names {field.name_of}, which is no field of a credit code."
                )
        if not any(field.is_key for field in fields):
            raise self.fail("schema", "no field is part of the primary key.")
        if "rulePrefix" not in custom or custom.get("content") not in get_args(Content):
            raise self.fail("schema", "customProperties rulePrefix and content (cumulative or snapshot) are needed.")
        return Dataset(
            name=name,
            title=str(table.businessName),
            description=str(table.description),
            version=contract.version,
            prefix=custom["rulePrefix"],
            content=custom["content"],
            synonyms=tuple(str(entry.synonym) for entry in table.synonyms or []),
            fields=fields,
        )


def load_file(path: Path) -> Dataset:
    """One contract file, strictly checked; `OperatorError` names file and field."""
    return _Strict(path).dataset()


@functools.cache
def dataset(name: str) -> Dataset:
    """The contract of a dataset; `OperatorError` when there is none of that name."""
    path = CONTRACTS / f"{name}.odcs.yaml"
    if not path.is_file():
        raise OperatorError(f"There is no dataset {name}; known are {', '.join(names())}.")
    return load_file(path)


@functools.cache
def names() -> tuple[str, ...]:
    """Every dataset that has a contract, by name."""
    return tuple(sorted(path.name.removesuffix(".odcs.yaml") for path in CONTRACTS.glob("*.odcs.yaml")))


def datasets() -> tuple[Dataset, ...]:
    return tuple(dataset(name) for name in names())
