"""Contracts: all of them load, and a broken one is refused with file and field named."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from warehouse.vocabulary import contract, contract_file, policy, reference
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import CONTRACTS


def test_every_contract_is_a_dataset_with_a_prefix_of_its_own() -> None:
    files = {path.name.removesuffix(".odcs.yaml") for path in CONTRACTS.glob("*.odcs.yaml")}
    prefixes = {dataset.name: dataset.prefix for dataset in contract.datasets()}
    assert set(contract.names()) == set(prefixes) == files
    assert len(set(prefixes.values())) == len(prefixes)


def test_every_code_list_exists() -> None:
    for dataset in contract.datasets():
        for field in dataset.fields:
            if field.code_list:
                assert reference.codes(field.code_list)


def test_what_rules_refuse_is_on_the_fields_list_and_named_in_the_policy() -> None:
    refusing = [field for dataset in contract.datasets() for field in dataset.fields if field.refused_codes]
    assert [field.name for field in refusing] == ["entity_type"]
    for field in refusing:
        refused = policy.always(str(field.refused_codes))
        assert refused
        assert refused < reference.codes(str(field.code_list)).keys()


def test_key_and_severity_come_from_the_contract() -> None:
    dataset = contract.dataset("training_record")
    assert dataset.key == ("class_id", "id_type", "id_no")
    assert dataset.field("id_no").severity == "critical"
    assert dataset.field("mobile").severity == "warning"
    assert dataset.field("id_no").token == "person_key"


@pytest.fixture
def broken(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    text = yaml.safe_load((CONTRACTS / "attendance.odcs.yaml").read_text("utf-8"))
    request.param(text)
    path = tmp_path / "attendance.odcs.yaml"
    path.write_text(yaml.safe_dump(text, allow_unicode=True), "utf-8")
    return path


def field(text: dict, name: str) -> dict:
    return next(column for column in text["schema"][0]["properties"] if column["name"] == name)


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (lambda text: field(text, "hours").update(logicalTyp="number"), "hours].logicalTyp"),
        (lambda text: field(text, "hours")["customProperties"][0].update(value="hour"), "fieldKind 'hour'"),
        (lambda text: field(text, "hours").pop("customProperties"), "fieldKind None"),
        (lambda text: field(text, "hours").update(logicalType="string"), "field hours"),
        (lambda text: field(text, "hours").update(logicalTypeOptions={"maximal": 1}), "field hours"),
        (lambda text: field(text, "id_type").pop("relationships"), "field id_type"),
        (lambda text: field(text, "remark").update(businessName="学时"), "field remark"),
        (lambda text: text.update(owner="x"), "owner"),
        (lambda text: text.update(id="other"), "id must be attendance"),
        (lambda text: text["schema"][0]["customProperties"].pop(), "schema"),
        (lambda text: [column.pop("primaryKey", None) for column in text["schema"][0]["properties"]], "primary key"),
    ],
    indirect=["broken"],
)
def test_a_broken_contract_names_file_and_field(broken: Path, named: str) -> None:
    with pytest.raises(OperatorError) as caught:
        contract_file.load(broken)
    assert "attendance.odcs.yaml" in str(caught.value)
    assert named in str(caught.value)


def test_an_unknown_dataset_is_named() -> None:
    with pytest.raises(OperatorError, match="no dataset nonsense"):
        contract.dataset("nonsense")


def test_what_a_token_is_made_of_is_never_only_doubted() -> None:
    types = {
        (dataset.name, field.id_type): dataset.field(field.id_type).severity
        for dataset in contract.datasets()
        for field in dataset.fields
        if field.token and field.id_type
    }
    assert ("certificate", "id_type") in types
    assert set(types.values()) == {"critical"}
