"""ER003: A department reports the registers that it holds."""

from __future__ import annotations

from expectations.rule import rule
from warehouse.vocabulary import reference

HELD = sorted({(row["register_kind"], row["department"]) for row in reference.table("enterprise_registers")})
"""Kind of register and the department that holds it; empty where none does."""
HOLDERS = " or ".join(
    f"(register_kind = '{kind}' and department_code = '{department}')" for kind, department in HELD if department
)

rule(
    code="ER003",
    dataset="enterprise_register",
    severity="critical",
    fields=("register_kind",),
    message="本部门不报送这一类名录。",
    why="名录由主管部门提供，别的部门代报会使同一类名录互相矛盾；其他规模以上企业的名录由统计部门掌握，不在报送之列。",
    fix="请核对名录类别；确不属于本部门的，在文件中去掉这些行。",
    basis="深人社发〔2025〕51号（八）（十七）；名录分工为数据报送约定（未确认）",
    passes=[
        {"register_kind": "1", "department_code": "EMB"},
        {"register_kind": "2", "department_code": "SAC"},
        {"register_kind": "4", "department_code": "IIT"},
    ],
    fails=[
        {"register_kind": "1", "department_code": "SAC"},
        {"register_kind": "5", "department_code": "IIT"},
    ],
    workbook_fix="请核对名录类别；确不属于本部门的，标为作废。",
    bad_rows_where=f"""
        not ({HOLDERS})
    """,
)
