"""One contract's file (ODCS 3.2) → `Dataset`, strictly checked: what is not understood is refused by name.

Which contracts there are is `contract`, what is kept of them for other processes `compiled_contract`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast, get_args

import yaml
from open_data_contract_standard.model import OpenDataContractStandard, SchemaProperty
from pydantic import BaseModel, ValidationError

from warehouse.vocabulary.contract import Content, Dataset, Field, Kind, Severity
from warehouse.vocabulary.errors import OperatorError

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
OPTIONS = frozenset({"minimum", "maximum", "pattern", "minLength", "maxLength"})
FIELD_PROPERTIES = frozenset({"fieldKind", "severity", "default", "idType", "presence", "nameOf", "refusedCodes"})
DATASET_PROPERTIES = frozenset({"rulePrefix", "content"})


def load(path: Path) -> Dataset:
    """One contract file; `OperatorError` names file and field."""
    return _Strict(path).dataset()


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
