"""WG008: All quantiles are in one unit."""

from __future__ import annotations

from expectations.rule import rule

OTHERS = ("p10", "p25", "p75", "p90")
FACTOR = "1e3"
"""No wage of a group is a thousand times another: WG006 finds five times odd."""
TOO_SMALL = " or ".join(f"{name} * {FACTOR} < p50" for name in OTHERS)
TOO_LARGE = " or ".join(f"{name} > {FACTOR} * p50" for name in OTHERS)
LIKELY = " ".join(
    f"when {name} * {FACTOR} < p50 then '{title} ' || printf('%.2f', {name} * 1e2) "
    f"when {name} > {FACTOR} * p50 then '{title} ' || printf('%.2f', {name} / 1000000)"
    for name, title in zip(OTHERS, ("10分位数", "25分位数", "75分位数", "90分位数"), strict=True)
)

rule(
    code="WG008",
    dataset="wage_guidance",
    severity="critical",
    fields=("p50", "p10", "p25", "p75", "p90"),
    message="有一个分位数与50分位数相差千倍以上，像是一个按元、一个按万元填写。",
    why="一行里的分位数单位不一，工资价位不能公布。",
    fix="请把各分位数都改为以元为单位的年工资。",
    basis="数据报送约定：金额单位",
    passes=[
        {"p10": 5000000, "p25": 6000000, "p50": 9600000, "p75": 12000000, "p90": 20000000},
        {"p50": 9600000},
        {"p10": 9600, "p50": 9600000},
    ],
    fails=[
        {"p10": 500, "p25": 6000000, "p50": 9600000},
        {"p50": 9600000, "p90": 2000},
        {"p50": 9600000, "p75": 120000000000},
    ],
    expected=f"case {LIKELY} end",
    unless=("WG005",),
    bad_rows_where=f"""
        {TOO_SMALL}
        or {TOO_LARGE}
    """,
)
