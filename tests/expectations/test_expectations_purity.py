"""The same bytes, feed, period and rules give the same decision, whatever is decided together with them."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.check import Batch, check
from expectations.commit import commit
from tests.expectations.builder import KEY, NOW, reading, shaped, submission
from warehouse.store.data_root import Root
from warehouse.vocabulary import contract
from warehouse.vocabulary.submission import Submission

NAME = "certificate"
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "id_no": st.sampled_from(["11010519491231002X", "110105199003070017", "4.40301199001011E+17", None]),
        "id_type": st.sampled_from(["01", "05", "驾驶证"]),
        "person_name": st.sampled_from(["赵小明", "张三", None]),
        "cert_no": st.sampled_from(["S000044030001234567890", "S000044030001255567891", "x 13800000000"]),
        "cert_type": st.sampled_from(["02", "04", "99"]),
        "skill_level": st.sampled_from(["5", "4", "x"]),
        "occupation_name": st.sampled_from(["电工", "焊工13800000000"]),
        "issue_date": st.sampled_from(["2026-06-03", "2026-07-03", "2026-05-03"]),
        "row_hash": st.sampled_from(["a", "b", "c"]),
    },
)
FILES = st.lists(st.lists(ROWS, max_size=6), min_size=2, max_size=4)


def decided(home: Path, files: dict[Submission, list[dict[str, str]]], threads: int = 1) -> dict[str, bytes]:
    """Path under the root → bytes of everything that deciding these files together stores."""
    dataset = contract.dataset(NAME)
    rows = [
        {"row_index": number, "row_number": number + 1} | row | {"submission_id": sent.submission_id}
        for sent, content in files.items()
        for number, row in enumerate(content, 1)
    ]
    root = Root(home).make()
    with duckdb.connect(config={"threads": threads}) as con:
        readings = [(sent, reading(NAME)) for sent in files]
        commit(root, root.work, check(con, Batch(dataset, shaped(dataset, rows), readings, KEY)), NOW)
    return {
        str(path.relative_to(root.path)): path.read_bytes()
        for folder in (root.decided, root.held)
        for path in folder.rglob("*")
        if path.is_file()
    }


@settings(max_examples=10)
@given(contents=FILES)
def test_a_decision_is_the_same_alone_and_among_others(
    tmp_path_factory: pytest.TempPathFactory, contents: list[list[dict[str, str]]]
) -> None:
    files = {submission(NAME, f"{number:x}"): content for number, content in enumerate(contents)}
    home = tmp_path_factory.mktemp("purity")
    together = decided(home / "together", files, threads=2)
    backwards = decided(home / "backwards", dict(reversed(files.items())))
    alone: dict[str, bytes] = {}
    for number, (sent, content) in enumerate(files.items()):
        alone |= decided(home / str(number), {sent: content})
    assert len(together) >= 3 * len(files)
    assert backwards == together
    assert alone == together
