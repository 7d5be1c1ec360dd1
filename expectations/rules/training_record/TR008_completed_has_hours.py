"""TR008: Who has completed has attended."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR008",
    dataset="training_record",
    severity="warning",
    fields=("attended_hours", "completed"),
    message="已结业但实际课时为0。",
    why="没有课时的结业会被当作虚假培训，人次和补贴都会受影响。",
    fix="请填写实际课时；没有参加的请把“是否结业”改为“否”。",
    basis="课时不足",
    passes=[{"completed": True, "attended_hours": 40}, {"completed": False, "attended_hours": 0}],
    fails=[{"completed": True, "attended_hours": 0}],
    bad_rows_where="""
        completed
        and attended_hours = 0
    """,
)
