"""TR018: A graduate of a college has a college's degree."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR018",
    dataset="training_record",
    severity="warning",
    fields=("education", "person_category"),
    message="人员类别是高校毕业生，文化程度却在大学专科以下。",
    why="高校毕业生是单独统计的重点群体，学历不符的会被剔除。",
    fix="请核对文化程度和人员类别；技工院校毕业生的文化程度填技工学校。",
    basis="深人社发〔2025〕51号（一）",
    passes=[
        {"person_category": "01", "education": "30"},
        {"person_category": "01", "education": "50"},
        {"person_category": "06", "education": "70"},
        {"person_category": "01"},
    ],
    fails=[{"person_category": "01", "education": "60"}, {"person_category": "01;08", "education": "80"}],
    bad_rows_where="""
        contains(person_category, '01')
        and education in ('40', '60', '70', '80', '90')
    """,
)
