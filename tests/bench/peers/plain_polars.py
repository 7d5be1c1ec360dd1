"""The 23 checks as one lazy query of polars, findings written: what a user writes who wants no validator."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
from polars import col
from timing import CATEGORY_LIST, CLUSTERS, KEY, MOBILE, told

BAD = {
    "TR.person_name.required": col("person_name").is_null(),
    "TR.person_name.length": ~col("person_name").str.len_chars().is_between(2, 50),
    "TR.id_type.listed": ~col("id_type").is_in(["01", "02", "03", "04", "05", "06", "07", "08", "99"]),
    "TR.id_no.required": col("id_no").is_null(),
    "TR.sex.listed": ~col("sex").is_in(["0", "1", "2", "9"]),
    "TR.birth_date.range": ~col("birth_date").is_between(dt.date(1900, 1, 1), dt.date(2020, 12, 31)),
    "TR.mobile.format": ~col("mobile").str.contains(MOBILE),
    "TR.class_id.required": col("class_id").is_null(),
    "TR.class_id.length": ~col("class_id").str.len_chars().is_between(4, 60),
    "TR.education.listed": ~col("education").is_in(["10", "20", "30", "40", "50", "60", "70", "80", "90"]),
    "TR.hukou_type.listed": ~col("hukou_type").is_in(["10", "11", "12", "20", "21", "22", "30", "40", "50"]),
    "TR.person_category.required": col("person_category").is_null(),
    "TR.person_category.listed": ~col("person_category").str.contains(CATEGORY_LIST),
    "TR.industry_cluster.listed": ~col("industry_cluster").is_in(CLUSTERS),
    "TR.attended_hours.required": col("attended_hours").is_null(),
    "TR.attended_hours.range": ~col("attended_hours").is_between(0, 3000),
    "TR.attendance_rate.range": ~col("attendance_rate").is_between(0, 1),
    "TR.exam_result.required": col("exam_result").is_null(),
    "TR.exam_result.listed": ~col("exam_result").is_in(["0", "1", "2", "3"]),
    "TR.theory_score.range": ~col("theory_score").is_between(0, 100),
    "TR.practice_score.range": ~col("practice_score").is_between(0, 100),
    "TR.completed.required": col("completed").is_null(),
    "TR.completion_date.range": ~col("completion_date").is_between(dt.date(2020, 1, 1), dt.date(2030, 12, 31)),
}


def work(file: Path, out: Path) -> None:
    (
        pl.scan_parquet(file)
        .select(*KEY, **{code: is_bad.fill_null(False) for code, is_bad in BAD.items()})
        .filter(pl.any_horizontal(list(BAD)))
        .unpivot(on=list(BAD), index=list(KEY), variable_name="code", value_name="is_bad")
        .filter("is_bad")
        .drop("is_bad")
        .sink_parquet(out)
    )


if __name__ == "__main__":
    told(work)
