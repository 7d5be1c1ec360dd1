"""What a whole run stored: a flipped bit in any kind of file is noticed, what can be is made again, and what may hold
identifiers is its owner's alone. What a root that is not published yet stores is tested in tests/orchestration."""

from __future__ import annotations

import random
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestration.pipeline import storage
from tests.e2e.harness import AS_OF, Skills, copy
from tests.orchestration import stored
from warehouse.published import publication
from warehouse.store import decision_log, log
from warehouse.store.data_root import Root


def newest(folder: Path, pattern: str) -> Path:
    return max(folder.glob(pattern), key=lambda path: path.stat().st_size)


KINDS: dict[str, Callable[[Root], Path]] = {
    "content": lambda root: newest(root.received, "*/content"),
    "content of what fits no feed": lambda root: newest(root.received, "unrecognised/*/content"),
    "deliveries": lambda root: root.deliveries,
    "decisions": lambda root: root.decisions,
    "comparisons": lambda root: root.received / "comparisons.jsonl",
    "publications": lambda root: root.publications,
    "decision": lambda root: newest(root.decided, "*/*/decision.json"),
    "findings": lambda root: newest(root.decided, "*/*/findings.parquet"),
    "accepted rows": lambda root: newest(root.decided, "*/*/accepted.parquet"),
    "held rows": lambda root: newest(root.held, "*/*.parquet"),
    "manifest": lambda root: root.current.resolve() / "manifest.json",
    "published rows": lambda root: newest(root.current.resolve(), "parquet/**/*.parquet"),
    "published database": lambda root: root.current.resolve() / "warehouse.duckdb",
    "dashboard": lambda root: newest(root.current.resolve(), "dashboard/*.html"),
}


@pytest.fixture(scope="module")
def copied(skills: Skills, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Root]:
    """Each test leaves it as it was."""
    root = copy(skills.root, tmp_path_factory.mktemp("storage"))
    assert storage.verify(root) == []
    yield root


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_bit_in_every_kind_of_stored_file_is_named(copied: Root, kind: str) -> None:
    path = KINDS[kind](copied)
    content, mode = path.read_bytes(), path.stat().st_mode
    dice = random.Random(kind)
    at = dice.randrange(len(content))
    path.chmod(0o600)
    path.write_bytes(content[:at] + bytes([content[at] ^ (1 << dice.randrange(8))]) + content[at + 1 :])
    said = storage.verify(copied)
    path.write_bytes(content)
    path.chmod(mode)
    assert any(str(path) in sentence for sentence in said), said


def test_lines_taken_out_are_noticed_even_with_their_head(copied: Root) -> None:
    """The manifest and the decisions remember what a log has forgotten."""
    for path in (copied.deliveries, copied.decisions):
        entries = log.read(path)
        log.rewrite(path, entries[:-16])
        said = storage.verify(copied)
        log.rewrite(path, entries)
        assert any(f"{path} no longer begins with the {len(entries):,} lines" in sentence for sentence in said)
    assert storage.verify(copied) == []


def test_a_run_stops_at_lines_taken_out(after_run: Skills, complaint: Callable[..., str]) -> None:
    content = after_run.root.deliveries.read_bytes().splitlines(keepends=True)
    after_run.root.deliveries.write_bytes(b"".join(content[:20] + content[36:]))
    said = complaint(after_run, "run", "--as-of", AS_OF, code=2)
    assert "deliveries.jsonl, line 21 does not follow the line before it" in said


def test_another_key_is_refused_by_name(after_run: Skills, complaint: Callable[..., str]) -> None:
    said = complaint(after_run, "run", "--as-of", AS_OF, code=2, SKILLS_KEY="ab" * 32)
    assert "skills rekey" in said
    said = complaint(after_run, "run", "--as-of", AS_OF, code=2, SKILLS_TOKEN_ALGORITHM="sm3")
    assert "(sha256)" in said and "(sm3)" in said


@pytest.mark.soak
def test_what_is_damaged_is_made_again_by_the_next_run(after_run: Skills) -> None:
    root = after_run.root
    before = publication.open_current(root)
    tables = stored.tree(root.decided, root.held)
    told = len(decision_log.told(root))
    for kind in ("content", "decision", "accepted rows", "held rows", "published rows", "published database"):
        path = KINDS[kind](root)
        content = bytearray(path.read_bytes())
        content[len(content) // 3] ^= 8
        path.chmod(0o600)
        path.write_bytes(content)
    done = after_run("targets", check=False)
    assert (done.returncode, "is damaged: call skills run" in done.stderr) == (2, True)
    assert after_run("verify", check=False).returncode == 1
    after_run("run", "--as-of", AS_OF)
    assert after_run("verify").returncode == 0
    after = publication.open_current(root)
    assert (after.publication_id, after.manifest["tables"]) == (before.publication_id, before.manifest["tables"])
    assert stored.tree(root.decided, root.held) == tables
    assert len(decision_log.told(root)) == told
    assert "Nothing new" in after_run("run", "--as-of", AS_OF).stdout


@pytest.mark.soak
def test_the_first_layout_is_brought_up_to_date_by_the_next_run(after_run: Skills) -> None:
    root = after_run.root
    before = publication.open_current(root).manifest
    deliveries = log.read(root.deliveries)
    stored.to_first_layout(root)
    after_run("run", "--as-of", AS_OF)
    assert publication.open_current(root).manifest["content"] == before["content"]
    assert log.read(root.deliveries) == deliveries
    assert after_run("verify").returncode == 0


@pytest.mark.soak
def test_all_tokens_are_made_anew_for_another_key(after_run: Skills, complaint: Callable[..., str]) -> None:
    root = after_run.root
    before = publication.open_current(root)
    other = {"SKILLS_KEY": "ab" * 32}
    assert "decided anew with key" in after_run("rekey", **other).stdout
    assert "skills rekey" in complaint(after_run, "run", "--as-of", AS_OF, code=2)
    after_run("run", "--as-of", AS_OF, **other)
    after = publication.open_current(root)
    assert after.publication_id != before.publication_id
    persons = "select person_key from fct_participation where person_key is not null"
    traders = "select employer_key from fct_participation where is_employer_sole_trader"
    figures = "select target_id, reading, period, actual from rpt_target_progress order by all"
    with before.connect() as old, after.connect() as new:
        for tokens in (persons, traders):
            tokens_of_keys = [{*con.execute(tokens).fetchall()} for con in (old, new)]
            assert (
                tokens_of_keys[0]
                and len(tokens_of_keys[0]) == len(tokens_of_keys[1])
                and tokens_of_keys[0].isdisjoint(tokens_of_keys[1])
            )
        assert old.execute(figures).fetchall() == new.execute(figures).fetchall()


def test_what_may_hold_identifiers_is_its_owners_alone(skills: Skills) -> None:
    root = skills.root
    tops = [top for top in root.private if top != root.key_file]
    paths = [path for top in tops for path in [top, *top.rglob("*")] if not path.is_symlink()]
    assert len(paths) > 500
    open_to_others = [path for path in [*paths, root.key_file] if stat.S_IMODE(path.stat().st_mode) & 0o077]
    assert open_to_others == []
    for top in (root.reports, root.published):
        for path in [top, *top.rglob("*")]:
            expected = 0o755 if path.is_dir() else 0o444
            assert stat.S_IMODE(path.stat().st_mode) & expected == expected, path
    assert stat.S_IMODE(root.path.stat().st_mode) == 0o755
