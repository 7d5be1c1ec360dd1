"""The generated contracts say of each stored table what its own home says: columns, types, keys, descriptions."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for

from tests.warehouse import contract_tool
from warehouse.published import stored_contracts
from warehouse.published.publication import Publication
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.mart import marts
from warehouse.vocabulary.tables import accepted_schema

ROOT = Root(Path("/data"))
PUBLICATION = Publication(ROOT.published / "2026-11-20-0", {"versions": {"program": "1.2.3"}})
BOTH_LANGUAGES = re.compile(r"[\u4e00-\u9fff].*[A-Za-z]{2}", re.S)


@pytest.fixture(scope="module")
def files() -> dict[str, dict[str, Any]]:
    return stored_contracts.contracts(ROOT, PUBLICATION)


def table(facts: dict[str, Any]) -> dict[str, Any]:
    (schema,) = facts["schema"]
    return dict(schema)


def columns(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {column["name"]: column for column in table(facts)["properties"]}


def test_every_dataset_and_every_mart_has_a_contract(files: dict[str, dict[str, Any]]) -> None:
    assert set(files) == {f"accepted/{name}.odcs.yaml" for name in contract.names()} | {
        f"marts/{name}.odcs.yaml" for name in marts()
    }


def test_the_set_keeps_to_the_schema_of_the_standard(files: dict[str, dict[str, Any]]) -> None:
    schema = contract_tool.odcs_schema()
    validator = validator_for(schema)(schema)
    complaints = [
        (name, error.json_path, error.message)
        for name, facts in files.items()
        for error in validator.iter_errors(facts)
    ]
    assert not complaints


def test_accepted_columns_are_those_that_go_on(files: dict[str, dict[str, Any]]) -> None:
    for dataset in contract.datasets():
        facts = columns(files[f"accepted/{dataset.name}.odcs.yaml"])
        assert list(facts) == accepted_schema(dataset).names
        assert {name for name, column in facts.items() if column.get("required")} == set(stored_contracts.PLACE)
        tokens = {field.token: field for field in dataset.fields if field.token}
        for name, field in tokens.items():
            assert f"Keyed hash of {field.name}" in facts[name]["description"]
        codes = {field.name: field.code_list for field in dataset.fields if field.code_list and field.name in facts}
        for name, code_list in codes.items():
            assert facts[name]["relationships"] == [{"type": "foreignKey", "to": f"reference.{code_list}"}]


def test_no_accepted_contract_describes_an_identifier(files: dict[str, dict[str, Any]]) -> None:
    for dataset in contract.datasets():
        restricted = {field.name for field in dataset.fields if field.restricted}
        assert not restricted & set(columns(files[f"accepted/{dataset.name}.odcs.yaml"]))


def test_marts_come_from_their_models(files: dict[str, dict[str, Any]]) -> None:
    for mart in marts().values():
        facts = files[f"marts/{mart.name}.odcs.yaml"]
        keyed = {
            name: column["primaryKeyPosition"] for name, column in columns(facts).items() if "primaryKey" in column
        }
        links = {
            (name, link["to"]) for name, column in columns(facts).items() for link in column.get("relationships", [])
        }
        assert {name: column["physicalType"] for name, column in columns(facts).items()} == mart.columns
        assert {name: column["description"] for name, column in columns(facts).items()} == mart.descriptions
        assert sorted(keyed, key=lambda name: keyed[name]) == list(mart.primary_key)
        assert links == {(key.column, f"{key.table}.{key.field}") for key in mart.foreign_keys}
        assert table(facts)["description"] == mart.description
        assert table(facts).get("tags", []) == (["supervision"] if mart.is_supervision else [])
        assert facts["version"] == "1.2.3"


def test_what_is_no_field_of_a_dataset_is_described_in_both_languages(files: dict[str, dict[str, Any]]) -> None:
    for name, facts in files.items():
        fields = (
            {field.name for field in contract.dataset(facts["schema"][0]["name"]).fields} if "accepted/" in name else ()
        )
        described = [table(facts), *(column for column in columns(facts).values() if column["name"] not in fields)]
        assert [entry["name"] for entry in described if not BOTH_LANGUAGES.search(entry["description"])] == []


def test_a_folder_that_holds_something_is_left_as_it_is(files: dict[str, dict[str, Any]], tmp_path: Path) -> None:
    stored_contracts.write(files, tmp_path / "contracts")
    written = {
        str(path.relative_to(tmp_path / "contracts")): yaml.safe_load(path.read_text("utf-8"))
        for path in (tmp_path / "contracts").rglob("*.yaml")
    }
    assert written == files
    with pytest.raises(OperatorError, match="not empty"):
        stored_contracts.write(files, tmp_path / "contracts")
