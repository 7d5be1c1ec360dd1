"""AS005: Each target is counted in its own unit."""

from __future__ import annotations

from expectations.rule import rule
from warehouse.vocabulary import target_rule


def unit_of_metric() -> str:
    """SQL for the units of a row's target, with slashes between; null for a metric that is none."""
    targets_by_unit = target_rule.targets_by_unit().items()
    cases = [f"when list_contains({targets}, metric_id) then '{unit}'" for unit, targets in targets_by_unit]
    return f"case {' '.join(cases)} end"


UNIT = unit_of_metric()

rule(
    code="AS005",
    dataset="aggregate_summary",
    severity="warning",
    fields=("unit", "metric_id"),
    message="单位与指标不符。",
    why="人次、人、项等单位不同的数不能相加，单位填错会使指标成倍偏差。",
    fix="请按方案中该指标的单位填写。",
    basis="深人社发〔2025〕51号；指标表",
    passes=[
        {"metric_id": "T01", "unit": "人次"},
        {"metric_id": "Q07", "unit": "家"},
        {"metric_id": "T16", "unit": "人"},
    ],
    fails=[{"metric_id": "T01", "unit": "人"}, {"metric_id": "T10", "unit": "人次"}],
    expected=UNIT,
    bad_rows_where=f"""
        not list_contains(string_split({UNIT}, '/'), unit)
    """,
)
