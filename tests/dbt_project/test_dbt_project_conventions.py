"""What the dbt project keeps to, read from its manifest and its SQL: who may read whom, names, keys, descriptions."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.pipeline.dbt import DBT
from warehouse.published import row_diff
from warehouse.vocabulary import contract, mart, reference, tables
from warehouse.vocabulary.project import PROJECT, REFERENCE

Node = dict[str, Any]

FOLDER = PROJECT / "dbt_project"
PREFIXES = {"staging": ("stg_",), "intermediate": ("int_",), "marts": ("fct_", "dim_", "bridge_", "rpt_")}
LONGEST_MODEL = 120
"""Lines."""
LONGER_MODELS = {
    "rpt_target_month": 144,
}
"""Models that were longer when the bound was set, with their lines: they may shrink."""
CHINESE, ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{2,}")


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """A fresh parse in which a deprecation is an error."""
    target = tmp_path_factory.mktemp("dbt_parse")
    done = subprocess.run(
        [
            DBT,
            "--quiet",
            "--no-partial-parse",
            "--warn-error-options",
            '{"error": ["Deprecations"]}',
            "parse",
            "--project-dir",
            FOLDER,
            "--profiles-dir",
            FOLDER,
            "--target-path",
            target,
            "--log-path",
            target,
        ],
        env=os.environ | {"SKILLS_HOME": str(target), "SKILLS_REFERENCE": str(REFERENCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    read: Node = json.loads((target / "manifest.json").read_text("utf-8"))
    return read


@pytest.fixture(scope="module")
def models(manifest: Node) -> dict[str, Node]:
    """Unique id → model."""
    return {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}


def layer(model: Node) -> str:
    return str(model["fqn"][1])


def marts(models: dict[str, Node]) -> list[Node]:
    return [model for model in models.values() if layer(model) == "marts"]


def generic_tests(manifest: Node, kind: str) -> Iterator[tuple[str, Node]]:
    """Model and arguments of every generic test of a kind."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == kind:
            yield node["attached_node"], node["test_metadata"]["kwargs"]


def selected_columns(sql: str) -> list[tuple[str, str]]:
    """What the last step of a staging model selects: stored name and name in staging."""
    last_step = sql.rpartition("\nselect\n")[2]
    return [(name, alias or name) for name, alias in re.findall(r"^    (\w+)(?: as (\w+))?,?$", last_step, re.M)]


def both_languages(text: str) -> bool:
    return bool(CHINESE.search(text) and ENGLISH.search(text))


def test_names_tell_the_layer(models: dict[str, Node]) -> None:
    assert [model["name"] for model in models.values() if not model["name"].startswith(PREFIXES[layer(model)])] == []


def test_a_model_has_a_description_of_its_own_beside_it(models: dict[str, Node]) -> None:
    for model in models.values():
        assert both_languages(model["description"]), model["name"]
        beside = Path(model["original_file_path"]).with_suffix(".yml").as_posix()
        assert (model["patch_path"] or "").endswith(beside), model["name"]
    for name, count in Counter(" ".join(model["description"].split()) for model in models.values()).items():
        assert count == 1, name


def test_every_column_of_a_mart_is_described_in_both_languages(models: dict[str, Node]) -> None:
    for model in marts(models):
        assert model["config"]["contract"]["enforced"] is True, model["name"]
        assert [column for column, facts in model["columns"].items() if not both_languages(facts["description"])] == []


def test_a_folder_is_a_subject_with_an_owner(manifest: Node, models: dict[str, Node]) -> None:
    """The group of a model is named as its folder, and nobody answers for two groups."""
    owners = {group["name"]: group["owner"]["email"] for group in manifest["groups"].values()}
    assert len(set(owners.values())) == len(owners)
    assert {model["group"] for model in models.values()} == owners.keys()
    for model in models.values():
        assert model["group"] == Path(model["original_file_path"]).parent.name, model["name"]


def test_dagster_takes_group_owner_and_key_from_the_model(manifest: Node, models: dict[str, Node]) -> None:
    owners = {group["name"]: group["owner"]["email"] for group in manifest["groups"].values()}
    from dagster_dbt import DagsterDbtTranslator  # 2 s, in every worker that collects this file

    translator = DagsterDbtTranslator()
    for unique_id, model in models.items():
        asset = translator.get_asset_spec(manifest, unique_id, None)
        assert asset.key.path == [layer(model), model["name"]]
        assert asset.group_name == model["group"]
        assert asset.owners == [owners[model["group"]]]


def test_dimensions_stand_together(models: dict[str, Node]) -> None:
    assert [
        model["name"] for model in marts(models) if model["name"].startswith("dim_") != (model["group"] == "dimensions")
    ] == []


def test_marts_are_public_and_a_step_is_private_unless_another_subject_reads_it(
    manifest: Node, models: dict[str, Node]
) -> None:
    read_elsewhere = {
        parent
        for model in models.values()
        for parent in model["depends_on"]["nodes"]
        if parent in models and models[parent]["group"] != model["group"]
    }
    access = {"staging": "protected", "marts": "public"}
    for key, model in models.items():
        step = "protected" if key in read_elsewhere else "private"
        assert model["access"] == access.get(layer(model), step), model["name"]


def test_every_mart_has_a_tested_key(manifest: Node, models: dict[str, Node]) -> None:
    keyed = {model for model, _ in generic_tests(manifest, "primary_key")}
    assert [model["name"] for model in marts(models) if model["unique_id"] not in keyed] == []


def test_every_staging_table_has_a_tested_key(manifest: Node, models: dict[str, Node]) -> None:
    """Findings have none: two on one cell may say the same."""
    keys = [
        key
        for name in ("every_staging_row_has_a_key", "rows_have_a_place")
        for key in manifest["nodes"][f"test.skills_warehouse.{name}"]["depends_on"]["nodes"]
    ]
    staging = {key for key, model in models.items() if layer(model) == "staging"}
    assert staging - set(keys) == {"model.skills_warehouse.stg_finding"}


@pytest.mark.parametrize("dataset", contract.names())
def test_staging_selects_what_the_contract_stores(manifest: Node, models: dict[str, Node], dataset: str) -> None:
    """Every stored column is selected or left out with a reason, and every selected one is described."""
    model = models[f"model.skills_warehouse.stg_{dataset}"]
    source = manifest["sources"][f"source.skills_warehouse.accepted.{dataset}"]
    fields = {field.name: field for field in contract.dataset(dataset).fields}
    stored = set(tables.accepted_schema(contract.dataset(dataset)).names)
    selected = dict(selected_columns(model["raw_code"]))
    left_out = model["config"]["meta"].get("left_out", {})
    everywhere = source["config"]["meta"]["left_out"]
    assert selected.keys() - stored == {"delivery_order"}  # from the register
    assert stored - selected.keys() == left_out.keys() | (everywhere.keys() & stored)
    assert all((left_out | everywhere).values())
    assert list(model["columns"]) == list(selected.values())
    for stored_name, name in selected.items():
        description = model["columns"][name]["description"]
        assert CHINESE.search(description), name
        assert name == stored_name or f"（{stored_name}）" in description, name
        assert stored_name not in fields or description.startswith(fields[stored_name].title), name


def test_every_key_of_another_table_is_tested(manifest: Node, models: dict[str, Node]) -> None:
    """A column named as the one-column key of a dimension leads to it."""
    keys = dict(generic_tests(manifest, "primary_key"))
    dimensions = {
        arguments["columns"][0]: model
        for model, arguments in keys.items()
        if models[model]["name"].startswith("dim_") and len(arguments["columns"]) == 1
    }
    tested = {
        (model, key["column"])
        for model, arguments in generic_tests(manifest, "foreign_keys")
        for key in arguments["keys"]
    }
    untested = [
        (model["name"], column)
        for model in marts(models)
        for column in model["columns"]
        if dimensions.get(column, model["unique_id"]) != model["unique_id"]
        and (model["unique_id"], column) not in tested
    ]
    assert untested == []


def data_tests(manifest: Node) -> dict[str, Node]:
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and node["config"]["meta"].get("judges") == "data"
    }


def test_a_test_is_of_senders_data_or_of_our_logic(manifest: Node) -> None:
    """Those of senders' data store what fails and stop nothing; those of our logic stop a publication."""
    of_data = data_tests(manifest)
    assert len(of_data) >= 5
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test":
            is_of_data = node["name"] in of_data
            config = node["config"]
            assert bool(config["store_failures"]) == is_of_data, node["name"]
            assert config["severity"].lower() == ("warn" if is_of_data else "error"), node["name"]
            assert ("/senders_data/" in node["original_file_path"]) == is_of_data, node["name"]


def test_a_code_that_leads_to_a_dimension_is_judged_where_it_was_sent(manifest: Node, models: dict[str, Node]) -> None:
    """A mart takes it from another table too (an occupation is the class's), where it names the wrong submission."""
    codes = data_tests(manifest)["codes_are_listed"]["raw_code"]
    judged = {
        model: set(re.findall(r"'(\w+)': ''|'(\w+)': '\w+'", body))
        for model, body in re.findall(r"'(stg_\w+)': \{(.*?)\}", codes, re.S)
    }
    columns = {
        key["column"]
        for _, arguments in generic_tests(manifest, "foreign_keys")
        for key in arguments["keys"]
        if key["to"].split("'")[1] in re.findall(r"ref\('(dim_\w+)'\)", codes)
    }
    for name in contract.names():
        model = models[f"model.skills_warehouse.stg_{name}"]
        sent = set(model["columns"]) & columns - {"department_code"}  # the sender's own is the feed's
        assert sent == {"".join(names) for names in judged.get(model["name"], set())}, model["name"]


def test_a_code_column_says_of_which_list_it_is(models: dict[str, Node]) -> None:
    """What a contract takes from a list leads, in every mart that shows it, to a dimension or to that list."""
    tabulated = {row["list"] for row in reference.table("codelists")} | {"gbt4754_2017"}
    lists: dict[str, set[str]] = {}
    for name in contract.names():
        renamed = dict(selected_columns(models[f"model.skills_warehouse.stg_{name}"]["raw_code"]))
        for field in contract.dataset(name).fields:
            if field.kind == "code" and field.code_list in tabulated and field.name in renamed:
                lists.setdefault(renamed[field.name], set()).add(field.code_list)
    unnamed = [
        (table.name, column)
        for table in mart.marts().values()
        for column in table.columns.keys() & lists.keys()
        if column not in {link.column for link in table.foreign_keys} | {*table.primary_key}
        and table.code_lists.get(column) not in lists[column]
    ]
    assert unnamed == []
    assert len({code_list for table in mart.marts().values() for code_list in table.code_lists.values()}) > 30


def test_the_day_by_which_a_fact_counts_is_its_first_date() -> None:
    undated = {"fct_task_allocation"}  # what was given for a whole window
    dates = {
        name: [column for column, kind in table.columns.items() if kind == "date"]
        for name, table in mart.marts().items()
        if name.startswith("fct_") and name not in undated
    }
    assert len(dates) > 15
    periods = {"period_start_date", "period_end_date"}
    assert [
        name for name, columns in dates.items() if [*columns, None][0] != "event_date" and not periods & {*columns}
    ] == []
    assert [name for name, columns in dates.items() if "event_date" not in columns] == []


def test_every_fact_of_sent_rows_says_whether_they_are_open_to_doubt() -> None:
    of_rows = {
        name: table
        for name, table in mart.marts().items()
        if name.startswith("fct_") and {"submission_id", "row_number"} <= table.columns.keys()
    }
    assert [name for name, table in of_rows.items() if "has_open_warning" not in table.columns] == ["fct_finding"]
    assert len(of_rows) > 15


def test_whatever_has_a_period_says_when_it_is_and_of_what_kind() -> None:
    periodic = {name: table.columns.keys() for name, table in mart.marts().items() if "period" in table.columns}
    sorting = {"period_start_date", "period_end_date", "period_kind"}
    assert [name for name, columns in periodic.items() if not sorting <= columns] == []
    assert len(periodic) > 15


def test_every_code_has_an_english_name_and_no_other_does() -> None:
    codes = [(row["list"], row["code"]) for row in reference.table("codelists")]
    names = {(row["list"], row["code"]): row["name_en"] for row in reference.table("code_names")}
    assert names.keys() == set(codes)
    assert len(names) == len(reference.table("code_names"))
    assert all(ENGLISH.search(name) and not CHINESE.search(name) for name in names.values())


def test_who_may_read_whom(models: dict[str, Node]) -> None:
    """Sources are read by staging, reference tables by dimensions too; nobody reads upwards."""
    for model in models.values():
        parents = model["depends_on"]["nodes"]
        sources = [parent for parent in parents if parent.startswith("source.")]
        above = [layer(models[parent]) for parent in parents if parent in models]
        if layer(model) == "staging":
            assert len(sources) == 1, model["name"]
            assert above == [], model["name"]
        elif layer(model) == "intermediate":
            assert sources == [], model["name"]
        else:
            assert all(source.split(".")[2] == "reference" for source in sources), model["name"]
            assert "staging" not in above or not sources, model["name"]


def test_a_source_of_rows_is_read_in_one_place(manifest: Node, models: dict[str, Node]) -> None:
    readers = Counter(parent for model in models.values() for parent in model["depends_on"]["nodes"])
    rows = [key for key, source in manifest["sources"].items() if source["source_name"] != "reference"]
    assert len(rows) == len(contract.names()) + 11
    assert [key for key in rows if readers[key] != 1] == []
    assert [key for key in manifest["sources"] if readers[key] == 0] == []


def test_nothing_is_built_that_nobody_reads(manifest: Node, models: dict[str, Node]) -> None:
    read = {parent for model in models.values() for parent in model["depends_on"]["nodes"]}
    assert [
        model["name"] for model in models.values() if layer(model) != "marts" and model["unique_id"] not in read
    ] == []


def test_a_step_that_one_mart_reads_has_logic_of_its_own(manifest: Node, models: dict[str, Node]) -> None:
    """Intermediate: shared by two models, or under a unit test."""
    readers = Counter(parent for model in models.values() for parent in model["depends_on"]["nodes"])
    under_test = {test["model"] for test in manifest["unit_tests"].values()}
    lonely = [
        model["name"]
        for model in models.values()
        if layer(model) == "intermediate" and readers[model["unique_id"]] < 2 and model["name"] not in under_test
    ]
    assert lonely == []


def test_a_change_is_carried_on_by_keys_that_the_inputs_have(manifest: Node, models: dict[str, Node]) -> None:
    """An input that is declared is read; it has as many key columns as the model, or goes through one that has."""
    declared = {model["name"]: model for model in models.values() if "change" in model["config"]["meta"]}
    assert len(declared) > 20
    for name, model in declared.items():
        change = model["config"]["meta"]["change"]
        read = {
            manifest["nodes"][parent]["name"] for parent in model["depends_on"]["nodes"] if parent in manifest["nodes"]
        }
        assert set(change) == {"key", "changed_by"} and set(change["changed_by"]) <= read, name
        direct = {told: by["columns"] for told, by in change["changed_by"].items() if "columns" in by}
        assert all(len(columns) == len(change["key"]) for columns in direct.values()), name
        through = [by for by in change["changed_by"].values() if "columns" not in by]
        assert all(set(by) == {"through", "by"} and by["through"] in direct for by in through), name


def test_no_table_is_named_but_by_ref_and_source(models: dict[str, Node]) -> None:
    """After `from` and `join` stands a step of the same query, a subquery or a macro."""
    for model in models.values():
        sql = re.sub(r"--[^\n]*", "", model["raw_code"])
        steps = {
            name
            for pair in re.findall(r"(?:with|,)\s+(\w+)(?: \([\w, ]+\))? as \(|recursive (\w+)", sql)
            for name in pair
        }
        # `extract(year from day)` is no table.
        named = re.findall(r"(?:\bfrom|\bjoin)\s+([a-z_][\w.]*)", re.sub(r"extract\(\w+ from", "", sql))
        assert set(named) - steps == set(), model["name"]


def test_a_model_is_short_enough_to_be_read(models: dict[str, Node]) -> None:
    lines = {model["name"]: model["raw_code"].count("\n") + 1 for model in models.values()}
    assert {name: count for name, count in lines.items() if count > LONGER_MODELS.get(name, LONGEST_MODEL)} == {}
    assert {name for name in LONGER_MODELS if lines[name] <= LONGEST_MODEL} == set()


def portable_sql() -> dict[str, str]:
    """File → what it says of SQL, without comments and Jinja: models, tests, and macros outside `macros/engine`."""
    jinja = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|--[^\n]*", re.S)
    paths = [path for folder in ("models", "tests", "macros") for path in (FOLDER / folder).rglob("*.sql")]
    return {path.name: jinja.sub("", path.read_text("utf-8")) for path in paths if path.parent.name != "engine"}


def imitated_tables(manifest: Node) -> dict[str, str]:
    """Unit test and table → the SQL that gives its rows."""
    return {
        f"{test['name']}, {table['input']}": table["rows"]
        for test in manifest["unit_tests"].values()
        for table in test["given"]
        if table["format"] == "sql"
    }


def test_what_another_engine_spells_differently_stands_in_macros(manifest: Node) -> None:
    """`varchar` needs a length in Spark, and text in double quotes is a literal there: it builds, and is wrong."""
    foreign = re.compile(
        r"regexp_|string_agg|\blist_|unnest|::|\bilike\b|\bqualify\b|\bexclude\b|strftime|hugeint|//|\btry_cast\b"
        r"|generate_series|read_\w+\(|\binterval\b|\bisodow\b|\bepoch\b|\bvarchar\b|\btext\b|\bby all\b|[\"`\[\]]"
        r"|\barg_m|\bstring_split|\bsplit|\bto_\w+\(|\bcurrent_(date|timestamp)\b",
        re.I,
    )
    imitated = imitated_tables(manifest)
    assert len(imitated) > 10
    assert {name for name, sql in (portable_sql() | imitated).items() if foreign.search(sql)} == set()


def test_what_is_put_in_order_says_where_missing_values_go() -> None:
    """DuckDB puts them last, Spark first where the order ascends; these columns are never missing."""
    never_missing = re.compile(
        r"(\w+\.)?(\w+_order|submission_id|row_index|unit_code|period_(start|end)_date|month_date|\w+_number|"
        r"(participation|fact|signal)_key)|case .* end|contributions\.event_date"
    )
    orders = re.compile(r"order by\s((?:[^()]|\([^()]*\))*?)(?:\)|\srows )")
    unclear = [
        (name, column)
        for name, sql in portable_sql().items()
        for order in orders.findall(sql)
        for column in re.split(r", (?![^(]*\))", " ".join(order.split()))
        if column and not (column.endswith((" desc", " nulls last")) or never_missing.fullmatch(column))
    ]
    assert unclear == []


NUMBERED = re.compile(r"(?<!cast\()\b(?:rank|dense_rank|row_number|ntile)\([^)]*\) over ")


def behind(window: str) -> str:
    """What stands behind the window's brackets."""
    depth = 0
    for at, sign in enumerate(window):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0:
            return window[at + 1 :]
    raise AssertionError(window)


def test_the_place_of_a_row_is_cast_where_a_mart_tells_it(models: dict[str, Node]) -> None:
    """One engine counts places as bigint, another as integer, which the contract of a mart does not take."""
    uncast = [
        (model["name"], name)
        for model in marts(models)
        for hit in NUMBERED.finditer(model["raw_code"])
        for name in re.findall(r"^\s*(?:end )?as (\w+)", behind(model["raw_code"][hit.end() :]))
        if name in model["columns"]
    ]
    assert not uncast


def test_what_supervision_sees_is_marked_and_on_no_page() -> None:
    shown = [path for folder in ("pages", "orchestration") for path in (PROJECT / folder).rglob("*.py")]
    assert len(shown) > 20
    named = [path.name for path in shown if re.search(r"risk_(signal|rule|row)", path.read_text("utf-8"))]
    assert sorted(named) == ["signal_renewal.py", "supervision.py"]
    readers = [
        path.name for path in shown if re.search(r"import supervision\b|, supervision\b", path.read_text("utf-8"))
    ]
    assert sorted(readers) == ["people.py", "terminal.py"]  # the bureau's command line


def test_supervision_is_a_tag_of_exactly_the_risk_tables(models: dict[str, Node]) -> None:
    marked = {model["name"] for model in marts(models) if "supervision" in model["config"]["tags"]}
    assert marked == {model["name"] for model in marts(models) if "risk" in model["name"]} != set()
    assert all(
        model["config"]["meta"]["audience"] == "supervision" for model in marts(models) if model["name"] in marked
    )


def test_the_rules_that_give_signals_are_those_that_the_table_names() -> None:
    signal_codes = {
        code
        for path in (FOLDER / "models" / "intermediate" / "supervision").glob("int_risk_*.sql")
        for code in re.findall(r"'(R\d\d)'", path.read_text("utf-8"))
    }
    rules = reference.table("risk_rules")
    assert [rule["code"] for rule in rules] == [f"R{number:02d}" for number in range(1, 30)]
    assert signal_codes == {rule["code"] for rule in rules if rule["runs_as"] == "signal"}
    assert all(rule["audience"] == "supervision" for rule in rules if rule["runs_as"] == "signal")
    assert {rule["code"] for rule in rules if not rule["runs_as"]} <= {
        row["code"] for row in reference.table("missing_sources")
    }


def test_every_threshold_that_a_model_asks_for_stands_in_the_table() -> None:
    asked = {
        name
        for path in (FOLDER / "models").rglob("*.sql")
        for name in re.findall(r"join_threshold\('\w+', '(\w+)'", path.read_text("utf-8"))
    }
    assert len(asked) > 10
    assert asked <= {row["name"] for row in reference.table("thresholds")}


def test_the_weights_of_the_index_of_each_kind_are_whole() -> None:
    """On every day on which a row begins to hold."""
    components = reference.table("quality_components")
    kinds = {row["kind"] for row in reference.table("quality_kinds")} - {"pass_only"}
    assert {row["kind"] for row in components} == kinds
    for day in {row["since"] for row in components}:
        held = [row for row in components if row["since"] <= day and (not row["until"] or day <= row["until"])]
        for kind in kinds:
            assert sum(round(float(row["weight"]) * 1000) for row in held if row["kind"] == kind) == 1000


def test_natural_keys_are_those_of_the_contracts(models: dict[str, Node]) -> None:
    macro = (FOLDER / "macros" / "newest_per_key.sql").read_text("utf-8")
    said = dict(re.findall(r"'(\w+)': '([^']+)'", macro))
    assert set(said) == set(contract.names())
    for dataset, columns in said.items():
        staging = models[f"model.skills_warehouse.stg_{dataset}"]["raw_code"]
        sent = {new: old for old, new in re.findall(r"^    (\w+) as (\w+)", staging, re.M)}
        key = {sent.get(name, name) for name in re.findall(r"\w+", columns.replace("coalesce", ""))}
        # A person's token stands for type and number, a certificate's for its number, the period for its name.
        tokens = {"person_key": {"id_type", "id_no"}, "certificate_key": {"cert_no"}, "period": {"report_period"}}
        meant = {name for column in key for name in tokens.get(column, {column})}
        assert meant == set(contract.dataset(dataset).key), dataset


TAKES_EFFECT = {
    "dim_enterprise": "a register begins",
    "dim_institution": "an institution joins or leaves",
    "fct_enterprise_register": "a register begins",
    "fct_risk_signal_row": "an institution joins or leaves",
    "fct_target_contribution": "a register begins",
    "rpt_closed_month": "a figure that rests on one of them",
    "rpt_enterprise_register": "a register begins",
    "rpt_risk_rule": "an institution joins or leaves",
    "rpt_risk_signal": "an institution joins or leaves",
    "rpt_row_reconciliation": "a figure that rests on one of them",
    "rpt_target_breakdown": "a college joins or leaves",
}
"""Marts of which a row is another because something that was sent began or ended, which is no mere turn of the day."""


def test_marts_that_the_day_moves_are_compared_as_such(manifest: Node) -> None:
    """A mart that comes to rest on the day of the run fails here until `row_diff` knows what of it the day moves."""
    [run] = [key for key in manifest["nodes"] if key.endswith(".stg_run")]
    below, waiting = set(), [run]
    while waiting:
        children = [key for key in manifest["child_map"][waiting.pop()] if key.startswith("model.")]
        waiting += [key for key in children if key not in below]
        below.update(children)
    rest_on_the_day = {key.rpartition(".")[2] for key in below} & mart.marts().keys()
    compared = row_diff.BY_DAY.keys() | row_diff.WINDOWS | row_diff.BEGUN.keys()
    assert not compared & TAKES_EFFECT.keys()
    assert rest_on_the_day == compared | TAKES_EFFECT.keys()
