"""The floor of checking: what one hand-written query of DuckDB needs for the 23 checks, findings written.

No facts about the checks, no suppression, no masks, no tokens; nothing that is sent may be checked in less. Two
threads, as all others have.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
from timing import CATEGORY_LIST, CLUSTERS, MOBILE, told

BAD = {
    "TR.person_name.required": "person_name is null",
    "TR.person_name.length": "length(person_name) not between 2 and 50",
    "TR.id_type.listed": "id_type not in ('01', '02', '03', '04', '05', '06', '07', '08', '99')",
    "TR.id_no.required": "id_no is null",
    "TR.sex.listed": "sex not in ('0', '1', '2', '9')",
    "TR.birth_date.range": "birth_date not between date '1900-01-01' and date '2020-12-31'",
    "TR.mobile.format": f"not regexp_matches(mobile, '{MOBILE}')",
    "TR.class_id.required": "class_id is null",
    "TR.class_id.length": "length(class_id) not between 4 and 60",
    "TR.education.listed": "education not in ('10', '20', '30', '40', '50', '60', '70', '80', '90')",
    "TR.hukou_type.listed": "hukou_type not in ('10', '11', '12', '20', '21', '22', '30', '40', '50')",
    "TR.person_category.required": "person_category is null",
    "TR.person_category.listed": f"not regexp_matches(person_category, '{CATEGORY_LIST}')",
    "TR.industry_cluster.listed": f"industry_cluster not in {CLUSTERS}",
    "TR.attended_hours.required": "attended_hours is null",
    "TR.attended_hours.range": "attended_hours not between 0 and 3000",
    "TR.attendance_rate.range": "attendance_rate not between 0 and 1",
    "TR.exam_result.required": "exam_result is null",
    "TR.exam_result.listed": "exam_result not in ('0', '1', '2', '3')",
    "TR.theory_score.range": "theory_score not between 0 and 100",
    "TR.practice_score.range": "practice_score not between 0 and 100",
    "TR.completed.required": "completed is null",
    "TR.completion_date.range": "completion_date not between date '2020-01-01' and date '2030-12-31'",
}
EITHER = " or ".join(BAD.values())
EACH = ", ".join(f"case when {condition} then '{code}' end" for code, condition in BAD.items())


def work(file: Path, out: Path) -> None:
    with duckdb.connect(config={"threads": 2, "preserve_insertion_order": False}) as con:
        con.execute(f"""
            copy (
                select submission_id, row_index, unnest(list_filter([{EACH}], code -> code is not null)) as code
                from read_parquet('{file}')
                where {EITHER}
            ) to '{out}' (format parquet)
        """)


if __name__ == "__main__":
    told(work)
