"""IN022: An enterprise stands in a register, not in a directory of institutions."""

from __future__ import annotations

from expectations.rule import rule
from warehouse.vocabulary import policy

rule(
    code="IN022",
    dataset="institution_directory",
    severity="critical",
    fields=("entity_type",),
    message="小巨人企业、单项冠军企业不是培训或评价机构，不报入机构载体目录。",
    why="机构载体目录用于核对开班和发证的机构，并据此对外公布，列入的企业会被当成机构。",
    fix="请在文件中去掉这些行，由市工业和信息化局报入企业名录；该企业同时是培训或评价机构的，把机构类别改为相应的类别。",
    basis="深人社发〔2025〕51号（四）；名录分工为数据报送约定（未确认）",
    passes=[{"entity_type": "5"}, {"entity_type": "8"}, {"entity_type": "16"}],
    fails=[{"entity_type": "18"}, {"entity_type": "19"}],
    workbook_fix="请把这些行标为作废，由市工业和信息化局报入企业名录；该企业同时是培训或评价机构的，把机构类别改为相应的类别。",
    bad_rows_where=f"""
        {policy.is_code("enterprise_type_code", "entity_type", "period_end_date")}
    """,
)
