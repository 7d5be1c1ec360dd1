"""TC905: What was filed is filed still."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC905",
    dataset="training_class",
    severity="warning",
    fields=("class_id",),
    message="上一版校验通过的班级有 {rows} 个不在这一版中，也没有在别处报送。",
    why="重报以新文件为准，漏掉的班级和它的人次不再计数。",
    fix="请核对是否漏报；如确已取消，可以说明。",
    basis="数据报送约定：重报替换原报送",
    passes=[
        {
            "training_class": [],
            "submitted": [{"submission_id": "B", "dataset": "training_class"}],
            "superseded_training_class": [{"class_id": "SZ-0001"}],
            "known_class": [{"class_id": "SZ-0001"}],
        }
    ],
    fails=[
        {
            "training_class": [],
            "submitted": [{"submission_id": "B", "dataset": "training_class"}],
            "superseded_training_class": [{"class_id": "SZ-0001"}],
        }
    ],
    scope="across",
    bad_rows="""
        select
            submitted.submission_id,
            null::bigint as row_index,
            count(distinct class_id) as affected
        from superseded_training_class
        join submitted using (unit_code, period)
        anti join known_class using (class_id)
        where dataset = '{batch}'
        group by submitted.submission_id
    """,
)
