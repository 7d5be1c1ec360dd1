"""IN009: A name belongs to one institution."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="IN009",
    dataset="institution_directory",
    severity="warning",
    fields=("uscc", "name"),
    message="同一机构名称登记了两个不同的信用代码。",
    why="一家机构有两个代码，它的班级和证书会分到两家名下。",
    fix="请对照营业执照或登记证书核对信用代码。",
    basis="GB 32100-2015",
    passes=[{"uscc": "91350100M000100Y43", "name": "甲"}, {"uscc": "91310115MA1K3BTP2B", "name": "乙"}, {"name": "甲"}],
    fails=[{"uscc": "91350100M000100Y43", "name": "丙"}, {"uscc": "91310115MA1K3BTP2B", "name": "丙"}],
    pair=("case when uscc is not null then name end",),
    apart="uscc",
    bad_rows="""
        select submission_id, row_index
        from {batch}
        semi join (
            select submission_id, name
            from {batch}
            where uscc is not null
            group by all
            having min(uscc) <> max(uscc)
        ) using (submission_id, name)
        where uscc is not null
    """,
)
