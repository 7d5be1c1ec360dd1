"""The marts' contracts as their models' YAML promises them."""

from __future__ import annotations

from warehouse.vocabulary.mart import MODELS, marts


def test_every_model_of_the_marts_has_its_contract() -> None:
    assert set(marts()) == {path.stem for path in MODELS.rglob("*.sql")}
    for mart in marts().values():
        assert set(mart.primary_key) <= set(mart.columns), mart.name
        assert mart.columns.keys() == mart.descriptions.keys(), mart.name


def test_a_foreign_key_leads_to_the_whole_key_of_another_mart() -> None:
    for mart in marts().values():
        for key in mart.foreign_keys:
            there = marts()[key.table]
            assert there.primary_key == (key.field,), (mart.name, key)
            assert mart.columns[key.column] == there.columns[key.field], (mart.name, key)


def test_the_supervisions_marts_are_known_by_their_tag() -> None:
    assert [name for name, mart in marts().items() if mart.is_supervision] == [
        "fct_risk_signal_row",
        "rpt_risk_rule",
        "rpt_risk_signal",
    ]
