"""Great Expectations suites → SQL, and the catalogue: `python -m expectations.compile`. Ends at the stored files."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import great_expectations.expectations as gxe
from great_expectations.expectations.expectation import Expectation

from expectations import catalogue, compiled, lookup
from expectations.compiled import Check, Examples
from expectations.fields import FieldCheck, field_checks
from expectations.gx_duckdb import Gx, within
from expectations.rule import Rule, rules
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.tables import shaped_schema

Named = tuple[FieldCheck | Rule, Expectation]


def suite(dataset: Dataset) -> list[Named]:
    """Every check of a dataset's rows with its expectation: the fields' facts, the key, the rules by code."""
    facts: list[Named] = [(check, check.expectation) for check in field_checks(dataset)]
    own = [rule for rule in rules() if rule.scope == "submission" and dataset.name in rule.datasets]
    return facts + [(rule, _dated(rule)) for rule in own]


def _dated(rule: Rule) -> Expectation:
    return within(rule.expectation(), rule.since, rule.until)


def compile_dataset(dataset: Dataset, gx: Gx) -> tuple[Check, ...]:
    """The dataset's checks as SQL; its table, empty or not, stands in the database of `gx`."""
    named = suite(dataset)
    mapped = [expectation for _, expectation in named if not isinstance(expectation, gxe.UnexpectedRowsExpectation)]
    queries = {
        id(expectation): _index_query(result, dataset.name)
        for expectation, result in zip(mapped, gx.validate(dataset.name, mapped), strict=True)
    }
    return tuple(
        _check(what, dataset.name, queries.get(id(expectation)) or _own_query(expectation, dataset.name))
        for what, expectation in named
    )


def compile_across() -> tuple[Check, ...]:
    """The rules across submissions: each is its own query."""
    return tuple(
        _check(rule, name, _own_query(_dated(rule), name))
        for rule in rules()
        if rule.scope == "across"
        for name in rule.datasets
    )


def _index_query(result: object, table: str) -> str:
    """GX's query of the unexpected rows, without the columns that it adds."""
    query = result.result.get("unexpected_index_query")  # type: ignore[attr-defined]
    if query is None:
        raise RuntimeError(f"no query: {result.expectation_config}: {result.exception_info}")  # type: ignore[attr-defined]
    return re.sub(
        r"^SELECT .*? FROM \w+ WHERE ",
        f"select submission_id, row_index from {table} where ",
        _one_line(query).rstrip("; "),
    )


def _own_query(expectation: Expectation, table: str) -> str:
    assert isinstance(expectation, gxe.UnexpectedRowsExpectation)
    return _one_line(str(expectation.unexpected_rows_query).format(batch=table))


def _one_line(sql: str) -> str:
    return re.sub(r"\s*\n\s*", " ", sql).strip()


def _check(what: FieldCheck | Rule, dataset: str, sql: str) -> Check:
    judges_blank = {field for field in what.fields if re.search(rf"\b{field} is null\b", sql, re.IGNORECASE)}
    is_key = isinstance(what, FieldCheck) and not what.is_fact
    return Check(
        code=what.code,
        dataset=dataset,
        severity=what.severity,
        fields=what.fields,
        message=what.message,
        why=what.why,
        fix=what.fix,
        expected=what.expected and _one_line(what.expected),
        unless=what.unless,
        needs=() if is_key else tuple(field for field in what.fields if field not in judges_blank),
        is_fact=isinstance(what, FieldCheck) and what.is_fact,
        basis=what.basis if isinstance(what, Rule) else None,
        since=what.since if isinstance(what, Rule) else None,
        until=what.until if isinstance(what, Rule) else None,
        sql=sql,
    )


def rule_examples() -> dict[str, dict[str, Examples]]:
    """Code → dataset → the rule's examples. One across submissions names its tables; another's rows are one table."""
    return {
        rule.code: {
            name: Examples(_worlds(rule, name, rule.passes), _worlds(rule, name, rule.fails)) for name in rule.datasets
        }
        for rule in rules()
    }


def _worlds(rule: Rule, dataset: str, given: Sequence[Any]) -> list[dict[str, list[dict[str, Any]]]]:
    if rule.scope == "submission":
        return [{dataset: [dict(row) for row in given]}]
    return [
        {table: [dict(row) for row in rows] for table, rows in world.items()} for world in given if dataset in world
    ]


def compile_all() -> dict[str, str]:
    """File name → text of everything that is generated here: `compiled/*` and `RULES.md`."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "compile.duckdb"
        with duckdb.connect(str(database)) as con:
            lookup.install(con, temporary=False)
            for dataset in contract.datasets():
                con.register("empty", shaped_schema(dataset).empty_table())
                con.execute(f"create table {dataset.name} as from empty")
                con.unregister("empty")
        gx = Gx(database)
        checks = {dataset.name: compile_dataset(dataset, gx) for dataset in contract.datasets()}
    checks[compiled.ACROSS] = compile_across()
    files = {f"compiled/{name}.sql": compiled.render(own) for name, own in checks.items()}
    return files | {
        f"compiled/{compiled.EXAMPLES}": compiled.render_examples(rule_examples()),
        "RULES.md": catalogue.render(checks),
    }


def write() -> Iterator[Path]:
    """Writes what changed."""
    for name, text in compile_all().items():
        path = Path(__file__).parent / name
        path.parent.mkdir(exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            yield path


if __name__ == "__main__":
    for changed in write():
        print(changed)
