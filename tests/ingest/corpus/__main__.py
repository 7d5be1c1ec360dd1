"""`python -m tests.ingest.corpus`: writes the files and what is expected of them. Both are kept beside."""

from __future__ import annotations

import json
import shutil

from tests.ingest.corpus.cases import CASES, FILES, expected_file, sent_file

if __name__ == "__main__":
    shutil.rmtree(FILES, ignore_errors=True)
    for case in CASES:
        sent_file(case).parent.mkdir(parents=True)
        sent_file(case).write_bytes(case.content())
        expected_file(case).write_text(json.dumps(case.expected(), ensure_ascii=False, indent=1) + "\n", "utf-8")
