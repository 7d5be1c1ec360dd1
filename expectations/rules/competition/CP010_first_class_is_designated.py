"""CP010: The labour bureau designates the city's first-class competitions."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CP010",
    dataset="competition",
    severity="warning",
    fields=("comp_level",),
    message="市一类赛由市人力资源社会保障部门认定，其他部门报送的不计入任务。",
    why="市一类赛有每年30项的任务，重复或自认的会使项数虚高。",
    fix="请核对赛事级别；已认定为市一类赛的由人力资源社会保障部门报送。",
    basis="深人社发〔2025〕51号（九）",
    passes=[{"comp_level": "4"}, {"department_code": "TUF", "comp_level": "5"}],
    fails=[{"department_code": "TUF", "comp_level": "4"}],
    bad_rows_where="""
        comp_level = '4'
        and department_code <> 'HRSS'
    """,
)
