"""`skills check`: what it loads, and when."""

from __future__ import annotations

import subprocess
import sys

from warehouse.vocabulary.project import PROJECT

LOADED = """
import sys
from orchestration.pipeline import check_file
from ingest.shape import shape
from ingest.read import read
from warehouse.vocabulary import pandas_out, reference
from warehouse.vocabulary.submission import Submission

pandas_out.keep_out()
submission = Submission("training_record", "HRSS", "HRSS", "2026-06", "0")
text = "姓名,证件号码,户籍所在地,所属行业\\n王小明,11010519491231002X,福田区,制造业\\n".encode()
rows, _ = read(text, "x.csv", "training_record", None, submission.submission_id)
assert rows.num_rows == 1
check_file.get_ready("training_record")
before = reference.aliases.cache_info().misses, reference.table.cache_info().misses, set(sys.modules)
shape("training_record", rows, {submission.submission_id: submission})
after = reference.aliases.cache_info().misses, reference.table.cache_info().misses, set(sys.modules)
print(after == before)
"""


def test_what_shaping_loads_is_there_before_the_file_is_read() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr
