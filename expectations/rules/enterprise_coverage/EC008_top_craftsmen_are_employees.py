"""EC008: Chief and special craftsmen are employees."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="EC008",
    dataset="enterprise_coverage",
    severity="warning",
    fields=("chief_tech", "special_tech", "employees"),
    message="首席技师和特级技师合计多于从业人员数。",
    why="新八级工的人数要与企业规模相称，多填会使全市合计虚高。",
    fix="请核对三个人数。",
    basis="深人社发〔2025〕51号（十七）",
    passes=[{"employees": 10, "chief_tech": 4, "special_tech": 6}, {"employees": 10, "chief_tech": 4}],
    fails=[{"employees": 10, "chief_tech": 4, "special_tech": 7}, {"employees": 10, "special_tech": 11}],
    bad_rows_where="""
        coalesce(chief_tech, 0) + coalesce(special_tech, 0) > employees
    """,
)
