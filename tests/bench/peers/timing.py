"""The clock that every validator of the comparison runs under, and the columns and checks that all of them have.

Runs in environments without the program, so it imports nothing of it. Ends at one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

COLUMNS = (
    "person_name",
    "id_type",
    "id_no",
    "sex",
    "birth_date",
    "mobile",
    "class_id",
    "education",
    "hukou_type",
    "person_category",
    "industry_cluster",
    "attended_hours",
    "attendance_rate",
    "exam_result",
    "theory_score",
    "practice_score",
    "completed",
    "completion_date",
)
KEY = ("submission_id", "row_index")
CODES = (
    "TR.person_name.required",
    "TR.person_name.length",
    "TR.id_type.listed",
    "TR.id_no.required",
    "TR.sex.listed",
    "TR.birth_date.range",
    "TR.mobile.format",
    "TR.class_id.required",
    "TR.class_id.length",
    "TR.education.listed",
    "TR.hukou_type.listed",
    "TR.person_category.required",
    "TR.person_category.listed",
    "TR.industry_cluster.listed",
    "TR.attended_hours.required",
    "TR.attended_hours.range",
    "TR.attendance_rate.range",
    "TR.exam_result.required",
    "TR.exam_result.listed",
    "TR.theory_score.range",
    "TR.practice_score.range",
    "TR.completed.required",
    "TR.completion_date.range",
)
"""The checks that a user of any validator would write: what a contract implies for a typed table."""
PERSON_CATEGORIES = "01|02|03|04|05|06|07|08|09|10|11|12|13|14|15|16|17|99"
CATEGORY_LIST = f"^({PERSON_CATEGORIES})(;({PERSON_CATEGORIES}))*$"
MOBILE = "^(([+]?86)?1[3-9][0-9]{9}|0[0-9]{9,11}|[2-8][0-9]{6,7}|([+]|00)(852|853|886)[0-9]{8,9})$"
CLUSTERS = (
    *(f"C{number:02d}" for number in range(1, 21)),
    *(f"F{number:02d}" for number in range(1, 9)),
    *(f"P{number:02d}" for number in range(1, 10)),
)


def told(work: Callable[[Path, Path], None]) -> None:
    """Runs `work` on the file and the output of the command line, imports left out, and prints what it cost."""
    file, out = map(Path, sys.argv[1:3])
    wall, begun = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    work(file, out)
    wall, ended = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_SELF)
    cpu = ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime
    # Not the maximum of getrusage: that is inherited from the process that started this one.
    peak = int(Path("/proc/self/status").read_text("ascii").split("VmHWM:")[1].split()[0]) / 1000
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mb": peak}))
