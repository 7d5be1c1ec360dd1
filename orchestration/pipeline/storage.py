"""What a data root stores, compared with what its logs say; and what is damaged made again where it can be.

Content comes back from the channel where the same bytes still lie there; a decision is dropped and decided again from
its content by the ordinary steps; the current publication is built again by the run itself, any other by `rebuild`. A
damaged log is nobody's to mend. How files are compared is `warehouse.store.integrity`. Ends at sentences.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ingest import receive
from warehouse.published import publication
from warehouse.store import decision_log, integrity, log, publication_log, register
from warehouse.store.data_root import Root
from warehouse.store.integrity import Damaged, Part
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.submission import Decision, Delivery, Submission

Content = tuple[Part, list[Delivery]]


@dataclass(frozen=True)
class Lost:
    """What could not be made again. `keys`: of which a file cannot be read, so that nothing is decided on them;
    `missing`: decisions that are gone with their content, without which no figure is right."""

    keys: frozenset[tuple[str, str, str]] = frozenset()
    missing: frozenset[str] = frozenset()
    sentences: tuple[str, ...] = ()

    def readable(self, waiting: Iterable[tuple[Submission, str]]) -> list[tuple[Submission, str]]:
        """Submissions, with the names of their files, that can be decided."""
        return [(submission, name) for submission, name in waiting if submission.key not in self.keys]

    def refuse(self) -> None:
        """No publication leaves out what counted before."""
        if self.missing:
            raise OperatorError(f"Nothing is published while what was decided cannot be read: {self.told}")

    @property
    def told(self) -> str:
        return " ".join(self.sentences)


@dataclass
class _Survey:
    """Damaged content by its folder under `received/`, damaged parts by decision folder."""

    contents: dict[str, Content] = field(default_factory=dict)
    decisions: dict[str, list[Part]] = field(default_factory=dict)


def _survey(root: Root, *, full: bool) -> _Survey:
    contents = receive.parts(root)
    told = decision_log.told(root)
    decisions = {name: register.parts(root, name, told[name]) for name in told}
    parts = [part for part, _ in contents.values()]
    parts += itertools.chain.from_iterable(decisions.values())
    damaged = set(integrity.damaged(root, parts, full=full))
    survey = _Survey({name: content for name, content in contents.items() if content[0] in damaged})
    for name, group in decisions.items():
        harmed = [part for part in group if part in damaged]
        if harmed:
            survey.decisions[name] = harmed
    return survey


def check_logs(root: Root) -> Iterator[str]:
    """One sentence for each log that is damaged, or that lacks what the newest manifest or a decision rests on."""
    readable = []
    for path in log.paths(root):
        try:
            log.read(path)
            readable.append(path)
        except OperatorError as error:
            yield str(error)
    if root.publications in readable:
        yield from _cut_off(root, readable)
    if {root.deliveries, root.decisions} <= {*readable}:
        delivered = set(receive.parts(root))
        for folder_name in decision_log.told(root):
            if folder_name.partition("@")[0] not in delivered:
                yield f"{root.deliveries} lacks the delivery of {folder_name}: restore the file from a backup."


def _cut_off(root: Root, readable: list[Path]) -> Iterator[str]:
    published = publication.publications(root)
    for file, stood in published[-1].manifest.get("logs", {}).items() if published else ():
        path = log.path(root, file)
        if "head" in stood and stood["lines"] and path not in readable:
            if path not in log.paths(root):
                yield f"{path} is gone, on which {published[-1].publication_id} rests: restore it from a backup."
        elif "head" in stood and not log.begins_with(path, stood):
            yield (
                f"{path} no longer begins with the {stood['lines']:,} lines on which "
                f"{published[-1].publication_id} rests: restore it from a backup."
            )


def verify(root: Root) -> list[str]:
    """Compares everything stored, whether it changed or not: one sentence for each damaged part, with its remedy."""
    said = list(check_logs(root))
    for sentences in (_received_and_decided, _published):
        with contextlib.suppress(OperatorError):  # a log that tells of the parts is damaged, which is said
            said += sentences(root)
    return said


def _received_and_decided(root: Root) -> list[str]:
    survey = _survey(root, full=True)
    said = [_content_sentence(*content) for content in survey.contents.values()]
    for group in survey.decisions.values():
        said += [f"{part.path} is damaged: call skills run, which decides the submission again." for part in group]
    return said


def _published(root: Root) -> list[str]:
    said: list[str] = []
    pruned = publication_log.pruned(root)
    for name in publication_log.checksums(root):
        said += _publication_sentences(root, name, is_pruned=name in pruned)
    return said


def _content_sentence(part: Part, brought_by: list[Delivery]) -> str:
    return (
        f"{part.path} is damaged: restore it from a backup, or have {brought_by[-1].department} send the same file "
        "again and call skills run."
    )


def _publication_sentences(root: Root, name: str, *, is_pruned: bool) -> list[str]:
    """Of one whose files were deleted by rule the manifest alone must be whole."""
    remedy = "skills run" if root.current.resolve().name == name else f"skills rebuild {name}"
    try:
        opened = publication.opened(root, root.published / name)
    except Damaged as error:
        return [str(error)]
    hurt = [] if is_pruned else publication.damage(root, opened, full=True)
    return [f"{path} is damaged: call {remedy}, which makes it again." for path in hurt]


def mend(root: Root, now: dt.datetime) -> Lost:
    """Before a run: whatever it may use is compared, what is damaged is put aside to be made again; the rest is lost.

    The caller holds the root's lock.
    """
    broken = list(check_logs(root))
    if broken:
        raise OperatorError(broken[0])
    survey = _survey(root, full=False)
    lost = {name: content for name, content in survey.contents.items() if not receive.restore(root, *content)}
    again = {name for name in survey.decisions if name.partition("@")[0] not in lost}
    for name in again:
        _put_aside(root, name)
    decision_log.drop(root, sorted(again), now, "damaged")
    keys = {
        delivery.submission.key for _, brought_by in lost.values() for delivery in brought_by if delivery.submission
    }
    return Lost(
        frozenset(keys),
        frozenset(survey.decisions.keys() - again),
        tuple(_content_sentence(*content) for _, content in sorted(lost.items())),
    )


def refuse_lost_content(root: Root) -> None:
    """What makes everything anew from content stops where some of it is lost."""
    broken = list(check_logs(root))
    for content in _damaged_content(root):
        if not receive.restore(root, *content):
            broken.append(_content_sentence(*content))
    if broken:
        raise OperatorError(broken[0])


def _damaged_content(root: Root) -> list[Content]:
    contents = receive.parts(root).values()
    damaged = set(integrity.damaged(root, [part for part, _ in contents]))
    return [content for content in contents if content[0] in damaged]


def refuse_damage(root: Root, decisions: Iterable[Decision]) -> None:
    """What is built from decisions alone, and mends none of them, stops at the first that is damaged."""
    told = decision_log.told(root)
    names = [decision.folder_name for decision in decisions]
    parts = [part for name in names for part in register.parts(root, name, told[name])]
    for part in integrity.damaged(root, parts):
        raise Damaged(f"{part.path} is damaged: call skills run, which decides the submission again.")


def _put_aside(root: Root, folder_name: str) -> None:
    """What is left of a damaged decision goes to `work/damaged/`, where an engineer may look at it."""
    dataset = decision_log.told(root)[folder_name].dataset
    aside = root.work / "damaged"
    for path in (root.decided / dataset / folder_name, root.held / dataset / f"{folder_name}.parquet"):
        if path.exists():
            place = aside / path.relative_to(root.path)
            shutil.rmtree(place, ignore_errors=True)
            place.parent.mkdir(parents=True, exist_ok=True)
            path.replace(place)
