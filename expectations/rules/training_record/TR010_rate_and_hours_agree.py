"""TR010: A rate above nought needs hours and the other way round."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR010",
    dataset="training_record",
    severity="warning",
    fields=("attendance_rate", "attended_hours"),
    message="出勤率与实际课时矛盾：一项为0，另一项不为0。",
    why="两项都说明学员来没来，矛盾时课时不可信。",
    fix="请核对出勤率和实际课时。",
    basis="常识",
    passes=[
        {"attendance_rate": 0, "attended_hours": 0},
        {"attendance_rate": 0.95, "attended_hours": 38},
        {"attended_hours": 38},
    ],
    fails=[{"attendance_rate": 0, "attended_hours": 38}, {"attendance_rate": 0.9, "attended_hours": 0}],
    unless=("TR008",),
    bad_rows_where="""
        (attendance_rate = 0) <> (attended_hours = 0)
    """,
)
