"""Great Expectations suites → SQL, and the catalogue: `python -m expectations.compile`. Ends at the stored files.

What a rule or field says belongs to `rule.py` and `fields.py`; the stored files are read by `compiled.py`.
"""

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
from expectations.gx_duckdb import Gx, rows, rows_where, within
from expectations.rule import Rule, Scope, rules
from warehouse.vocabulary import contract
from warehouse.vocabulary.contract import Dataset
from warehouse.vocabulary.tables import shaped_schema

Declaration = FieldCheck | Rule
"""What says what is checked: a field's fact or a rule."""


def suite(dataset: Dataset, scope: Scope = "submission") -> list[tuple[Declaration, Expectation]]:
    """Every check of a dataset's rows with its expectation.

    Returns:
        Within a submission the fields' facts, the key, the rules by code; across submissions the rules by code.
    """
    facts: list[tuple[Declaration, Expectation]] = []
    if scope == "submission":
        facts = [(check, check.expectation) for check in field_checks(dataset)]
    return facts + [
        (rule, _expectation(rule)) for rule in rules() if rule.scope == scope and dataset.name in rule.datasets
    ]


def _expectation(rule: Rule) -> Expectation:
    """The rule as an expectation about the rows of its dates."""
    return within(_undated(rule), rule.since, rule.until)


def _undated(rule: Rule) -> Expectation:
    if rule.native is not None:
        return rule.native()
    if rule.bad_rows_where is not None:
        return rows_where(rule.bad_rows_where)
    return rows(str(rule.bad_rows))


def compile_dataset(dataset: Dataset, gx: Gx) -> tuple[Check, ...]:
    """The dataset's checks as SQL; its table, empty or not, stands in the database of `gx`."""
    declared = suite(dataset)
    native = [expectation for _, expectation in declared if not isinstance(expectation, gxe.UnexpectedRowsExpectation)]
    queries = {
        id(expectation): _index_query(result, dataset.name)
        for expectation, result in zip(native, gx.validate(dataset.name, native), strict=True)
    }
    return tuple(
        _check(declaration, dataset.name, queries.get(id(expectation)) or _sql(expectation, dataset.name))
        for declaration, expectation in declared
    )


def compile_across() -> tuple[Check, ...]:
    """The rules across submissions, by code and then in the order of their datasets."""
    return tuple(
        _check(rule, name, _sql(_expectation(rule), name))
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
        one_line(query).rstrip("; "),
    )


def _sql(expectation: Expectation, table: str) -> str:
    """The query that an expectation written in SQL is."""
    assert isinstance(expectation, gxe.UnexpectedRowsExpectation)
    return one_line(str(expectation.unexpected_rows_query).format(batch=table))


_QUOTED_OR_SPACE = re.compile(r"(?P<quoted>'[^']*')|(?<=\()\s+|\s+(?=\))|(?P<space>\s+)")


def one_line(sql: str) -> str:
    """SQL in one line: single blanks, none after `(` or before `)`; what is quoted stays as it is."""
    return _QUOTED_OR_SPACE.sub(lambda match: match["quoted"] or (" " if match["space"] else ""), sql).strip()


def _check(declaration: Declaration, dataset: str, sql: str) -> Check:
    judges_blank = {field for field in declaration.fields if re.search(rf"\b{field} is null\b", sql, re.IGNORECASE)}
    is_key = isinstance(declaration, FieldCheck) and not declaration.is_fact
    return Check(
        code=declaration.code,
        dataset=dataset,
        severity=declaration.severity,
        fields=declaration.fields,
        message=declaration.message,
        why=declaration.why,
        fix=declaration.fix,
        workbook_fix=declaration.workbook_fix,
        pair=declaration.pair,
        apart=declaration.apart,
        expected=declaration.expected and one_line(declaration.expected),
        unless=declaration.unless,
        needs=() if is_key else tuple(field for field in declaration.fields if field not in judges_blank),
        is_fact=isinstance(declaration, FieldCheck) and declaration.is_fact,
        basis=declaration.basis if isinstance(declaration, Rule) else None,
        since=declaration.since if isinstance(declaration, Rule) else None,
        until=declaration.until if isinstance(declaration, Rule) else None,
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


def _worlds(rule: Rule, dataset: str, examples: Sequence[Any]) -> list[dict[str, list[dict[str, Any]]]]:
    if rule.scope == "submission":
        return [{dataset: [dict(row) for row in examples]}]
    return [_copy(world) for world in examples if dataset in world]


def _copy(world: Any) -> dict[str, list[dict[str, Any]]]:
    return {table: list(map(dict, table_rows)) for table, table_rows in world.items()}


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
    files = {f"compiled/{name}.sql": compiled.render(of_dataset) for name, of_dataset in checks.items()}
    return files | {
        f"compiled/{compiled.EXAMPLES}": compiled.render_examples(rule_examples()),
        "RULES.md": catalogue.render(checks),
    }


def write() -> Iterator[Path]:
    """Write the generated files that changed; yields each."""
    for name, text in compile_all().items():
        path = Path(__file__).parent / name
        path.parent.mkdir(exist_ok=True)
        if not path.is_file() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            yield path


if __name__ == "__main__":
    for changed in write():
        print(changed)
