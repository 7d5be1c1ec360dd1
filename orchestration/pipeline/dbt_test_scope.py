"""Which rows a test need look at that passed before: those that came, those of values that changed, or all.

Rows that did not change passed by themselves or with their like. Ends at the test's SQL; what runs it is `dbt_changes`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from orchestration.pipeline.dbt_state import Test


def scoped_sql(test: Test, touched: Collection[str], changed: Collection[str], relations: Mapping[str, str]) -> str:
    """The test's SQL over the rows that it need look at.

    Args:
        touched: inputs of the test that changed.
        changed: models of which the temporary tables `gone_…` and `came_…` hold rows.
        relations: of all models.
    """
    if not set(touched) <= test.judged_by.keys() | test.leads_to.keys():
        return test.sql
    values = " union ".join(
        f"select {', '.join(columns)} from (from gone_{name} union all from came_{name})"
        for name, columns in test.judged_by.items()
        if columns and name in changed
    )
    sql = test.sql
    for name, columns in test.judged_by.items():
        relation = relations[name]
        if not columns:
            sql = sql.replace(relation, f"({_rows_alone(test, name, changed, relation)})")
        elif values:
            sql = sql.replace(relation, f"({_rows_of(values, columns, relation)})")
    return sql


def _rows_of(values: str, columns: Sequence[str], relation: str) -> str:
    """Rows with one of the values, and nothing is one as well. It is asked for by itself where it can be: DuckDB leaves
    out whole groups of rows for `=` alone."""
    if len(columns) > 1:
        on = " and ".join(f"here.{column} is not distinct from there.{column}" for column in columns)
        return f"select here.* from {relation} as here semi join ({values}) as there on {on}"
    [column] = columns
    return (
        f"select here.* from {relation} as here semi join ({values}) as there on here.{column} = there.{column} "
        f"union all from {relation} where {column} is null and exists (from ({values}) where {column} is null)"
    )


def _rows_alone(test: Test, name: str, changed: Collection[str], relation: str) -> str:
    """Rows that came, and those that lead to a row that is gone."""
    came = f"(from came_{name})" if name in changed else f"(from {relation} limit 0)"
    left = [
        f"select here.* from {relation} as here semi join gone_{table} as there on here.{column} = there.{field}"
        for table, pairs in test.leads_to.items()
        if table in changed
        for column, field in pairs
    ]
    return " union all ".join([came, *left])
