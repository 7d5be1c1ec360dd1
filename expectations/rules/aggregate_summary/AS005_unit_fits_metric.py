"""AS005: Each target is counted in its own unit."""

from __future__ import annotations

from expectations.rule import rule

UNITS = {
    "人次": ("T01", "T02", "T03", "T04", "T06", "T07", "T08", "T09", "T11", "T12"),
    "人/名": ("T05", "T15"),
    "名/人": ("T16", "T17", "T18"),
    "%": ("T10", "T19"),
    "项": ("T13", "T14"),
    "家": ("S01",),
}
UNIT = (
    "case "
    + " ".join(f"when list_contains({list(metrics)}, metric_id) then '{unit}'" for unit, metrics in UNITS.items())
    + " end"
)

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
