"""Check characters of resident numbers and credit codes: Great Expectations' expectations, as arithmetic in SQL.

What else an identity number must be is `identity`. Ends at expectations.
"""

from __future__ import annotations

from typing import Any, ClassVar

import sqlalchemy as sa
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import ColumnMapExpectation
from great_expectations.expectations.metrics.map_metric_provider import (
    ColumnMapMetricProvider,
    column_condition_partial,
)

from expectations import identity


class ResidentNumberCheck(ColumnMapMetricProvider):
    condition_metric_name = "column_values.resident_number_check"
    condition_value_keys = ("type_column", "types")

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(
        cls, column: sa.ColumnClause[str], type_column: str, types: tuple[str, ...], **_: Any
    ) -> sa.ColumnElement[bool]:
        judged = ", ".join(f"'{code}'" for code in types)
        return sa.literal_column(
            f"(coalesce({type_column}, '01') not in ({judged}) "
            f"or not {identity.full_match(column.name, identity.FORM_18)} or {identity.resident_check(column.name)})",
            sa.Boolean(),
        )


class ExpectColumnValuesToBeResidentNumbers(ColumnMapExpectation):
    """Values of 18 characters whose document type is one of `types` carry the right check character.

    Args:
        type_column: the column with the type of document; blank means the resident card (01).
    """

    type_column: str
    types: tuple[str, ...]

    map_metric = "column_values.resident_number_check"
    domain_keys: ClassVar[tuple[str, ...]] = ("batch_id", "table", "column")
    success_keys: ClassVar[tuple[str, ...]] = ("type_column", "types", "mostly")
    args_keys: ClassVar[tuple[str, ...]] = ("column", "type_column", "types")


class UsccCheck(ColumnMapMetricProvider):
    condition_metric_name = "column_values.uscc_check"

    @column_condition_partial(engine=SqlAlchemyExecutionEngine)
    def _sqlalchemy(cls, column: sa.ColumnClause[str], **_: Any) -> sa.ColumnElement[bool]:
        return sa.literal_column(identity.uscc_check(column.name), sa.Boolean())


class ExpectColumnValuesToBeUscc(ColumnMapExpectation):
    """Values are unified social credit codes whose check character is right."""

    map_metric = "column_values.uscc_check"
    args_keys: ClassVar[tuple[str, ...]] = ("column",)
