"""IN013: A private training school has a licence."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN013",
    dataset="institution_directory",
    severity="warning",
    fields=("license_no", "entity_type"),
    message="民办职业培训学校没有填写办学许可证号。",
    why="补贴性培训须由有办学许可的机构承担，没有许可证号无法核对。",
    fix="请补填办学许可证号或备案号。",
    basis="民办教育促进法第十二条",
    passes=[{"entity_type": "1", "license_no": "4403001"}, {"entity_type": "5"}],
    fails=[{"entity_type": "1"}],
    bad_rows_where="""
        entity_type = '1'
        and license_no is null
    """,
)
