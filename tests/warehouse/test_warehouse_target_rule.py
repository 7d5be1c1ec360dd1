"""The tables of what counts to which target: whole, in the words of the contracts, and agreeing with each other."""

from __future__ import annotations

import re

import pytest

from warehouse.vocabulary import contract, metric, reference, target_rule
from warehouse.vocabulary.project import PROJECT
from warehouse.vocabulary.target_rule import TargetRule, Term

DBT_PROJECT = PROJECT / "dbt_project"
EVENTS = "macros/target_rows.sql"
DERIVED = {"is_headline_funded", "is_designated"}
MODEL_BY_MEASURE = {
    "events": EVENTS,
    "persons": EVENTS,
    "ratio": "models/intermediate/targets/int_target_ratio.sql",
    "share_reaching": "models/intermediate/targets/int_target_ratio.sql",
    "newest_total": "models/intermediate/targets/int_target_measure.sql",
    "places": "models/intermediate/targets/int_target_place.sql",
}
"""The SQL that reads the rules of a measure."""
MODEL_BY_DATASET = dict.fromkeys(
    ("enterprise_coverage", "enterprise_register"), "models/intermediate/targets/int_target_coverage.sql"
)
"""Of a measure that rests on several datasets, the SQL that reads the rules of one."""
RULES = target_rule.rules()


def definitions() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["target_id"], row["reading"]): row for row in reference.table("target_definitions")}


def test_every_reading_has_rules_and_every_target_a_main_reading() -> None:
    assert {(rule.target_id, rule.reading) for rule in RULES} == set(definitions())
    assert [row["id"] for row in reference.table("targets") if (row["id"], "main") not in definitions()] == []


def test_what_a_reading_counts_is_among_what_it_rests_on() -> None:
    for rule in RULES:
        assert rule.dataset in definitions()[rule.target_id, rule.reading]["source"].split(" + "), rule


def test_definitions_speak_the_words_that_the_models_read() -> None:
    for row in definitions().values():
        assert row["measure"] in MODEL_BY_MEASURE
        assert row["window_kind"] in {"cumulative", "annual", "biennial", "point"}
        assert row["clock"] in {"days", "curve", "stock", "selection", "untimed"}
        assert row["opening"] in {"added", "missing", ""}
        assert row["quota"] in {"exact", ""} and row["is_sensitive"] in {"true", ""}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.target_id}-{rule.reading}-{rule.part}")
def test_rules_name_fields_and_codes_that_there_are(rule: TargetRule) -> None:
    fields = {field.name: field for field in contract.dataset(rule.dataset).fields}
    if rule.dataset == "training_record":
        fields = {field.name: field for field in contract.dataset("training_class").fields} | fields
    assert set(rule.all_of) & set(rule.none_of) == set()
    for term in (*rule.all_of, *rule.none_of):
        if term.field in DERIVED or fields[term.field].kind == "bool":
            assert term.code in ("true", "false")
        else:
            assert term.code in reference.codes(str(fields[term.field].code_list)), term


def test_the_models_know_every_field_date_and_amount_that_rules_name() -> None:
    """What a model does not know it would pass over in silence."""
    for rule, row in zip(RULES, reference.table("target_rules"), strict=True):
        model = MODEL_BY_DATASET.get(rule.dataset, MODEL_BY_MEASURE[target_rule.measure(rule.target_id, rule.reading)])
        text = (DBT_PROJECT / model).read_text("utf-8")
        named = {term.field for term in (*rule.all_of, *rule.none_of)} | {row["amount"], row["base"]} - {""}
        assert {name for name in named if f"'{name}':" not in text} == set(), row
        if model == EVENTS:
            assert re.search(rf"'{rule.dataset}'( as dataset)?,\s+'{row['event_date']}'", text), row


def test_the_first_of_several_rules_gives_the_part() -> None:
    parts = [rule.part for rule in RULES if (rule.target_id, rule.reading) == ("T08", "main")]
    assert parts == ["05", "04"]


def test_a_rule_is_read_term_by_term() -> None:
    [rule] = [rule for rule in RULES if rule.target_id == "T07" and rule.part == "02"]
    assert rule.all_of == (Term("completed", "true"), Term("programs", "02"))
    assert rule.none_of == (Term("programs", "10"),)


def test_units_that_are_reported_are_those_in_which_a_target_is_counted() -> None:
    targets_by_unit = target_rule.targets_by_unit()
    listed = [target for targets in targets_by_unit.values() for target in targets]
    assert sorted(listed) == sorted(row["id"] for row in reference.table("targets"))
    for units, targets in targets_by_unit.items():
        assert {target_rule.unit(target) for target in targets} <= set(units.split("/")) <= set(reference.codes("unit"))
    assert (target_rule.unit("T05"), target_rule.unit("T10")) == ("人", "%")


def test_exact_quotas_are_two() -> None:
    assert [row["id"] for row in reference.table("targets") if target_rule.is_exact(row["id"])] == ["T16", "T18"]


def test_the_metrics_file_takes_the_certificates_of_the_target() -> None:
    of_target = sorted(
        term.code
        for rule in RULES
        if (rule.target_id, rule.reading) == ("T02", "main")
        for term in rule.all_of
        if term.field == "cert_type"
    )
    for name in ("skill_certificates", "senior_certificates"):
        [taken] = [entry.rows for entry in metric.metrics().metrics if entry.name == name]
        [codes] = re.findall(r"certificate_type_code in \(([^)]*)\)", taken)
        assert re.findall(r"\d+", codes) == of_target


def test_awards_are_led_by_a_department_and_nothing_else_is() -> None:
    """A lead takes all of a target: of competitions and training that would be wrong."""
    leads = {row["id"]: row["lead"] for row in reference.table("targets") if row["lead"]}
    assert leads == {"T16": "HRSS", "T17": "TUF", "T18": "HRSS"}
    awards = {rule.target_id for rule in target_rule.rules() if rule.dataset == "talent_award"}
    assert leads.keys() == awards
    assert set(leads.values()) <= set(reference.codes("department"))
