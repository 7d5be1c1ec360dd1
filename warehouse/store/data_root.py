"""The data root: where each kind of thing lies.

Ends at names and folders: nothing here reads or writes data. The project's own files are
`warehouse.vocabulary.project`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from warehouse.store import modes
from warehouse.store.settings import settings
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PACKAGE
from warehouse.vocabulary.submission import Decision

ACCEPTED_ROWS = "accepted.parquet"
HELD_ROWS = "held.parquet"
"""The held rows among a decision's checksums; they lie under `held/`."""


@dataclass(frozen=True)
class Root:
    """A data root. `received`, `held` and `corrections` may hold identifiers, `work` while a run lasts."""

    path: Path
    frozen_logs: Path | None = None
    """Copies of the logs as they stood when a build began, which it reads while more is decided."""

    inbox_elsewhere: Path | None = field(default=None, compare=False)
    """Where departments' files are dropped, if not in the root."""

    @classmethod
    def default(cls) -> Root:
        """As the settings say, else `warehouse/data` in the project."""
        told = settings()
        return cls((told.data_root or PACKAGE / "data").resolve(), inbox_elsewhere=told.inbox)

    @property
    def inbox(self) -> Path:
        return self.inbox_elsewhere or self.path / "inbox"

    @property
    def truth(self) -> Path:
        return self.path / "truth"

    @property
    def demo_mark(self) -> Path:
        """Stands where all deliveries are the demo's; see `demo_mark`."""
        return self.path / "demo.json"

    @cached_property
    def received(self) -> Path:
        return self.path / "received"

    @cached_property
    def logs(self) -> Path:
        """The logs that deciding writes."""
        return self.frozen_logs or self.received

    @property
    def deliveries(self) -> Path:
        return self.logs / "deliveries.jsonl"

    @property
    def decisions(self) -> Path:
        """When each decision was made, and the checksum of its file."""
        return self.logs / "decisions.jsonl"

    @property
    def pulls(self) -> Path:
        """Every look into a channel that is worth a line; decides nothing."""
        return self.logs / "pulls.jsonl"

    @property
    def publications(self) -> Path:
        """Which publications were made, and how `current` moved; written by what publishes."""
        return self.received / "publications.jsonl"

    @property
    def build_record(self) -> Path:
        """On what the last build rests, and what became of it."""
        return self.work / "build.json"

    @cached_property
    def work(self) -> Path:
        return self.path / "work"

    @property
    def staged(self) -> Path:
        """What processes beside the committer decided, until it commits; identifiers in held rows."""
        return self.work / "staged"

    @property
    def decision_texts(self) -> Path:
        """The texts of all decisions together."""
        return self.work / "decisions.json"

    @property
    def looks(self) -> Path:
        """When each file on a channel was last read."""
        return self.work / "looks.json"

    @property
    def reach(self) -> Path:
        """How the last look at each source ended, and where on it the next one begins."""
        return self.work / "reach.json"

    @property
    def fetched(self) -> Path:
        """Remote files of the look that goes on, until they are stored; identifiers."""
        return self.work / "fetched"

    @property
    def register(self) -> Path:
        """Parquet tables that tell dbt what was delivered, decided and expected; no identifiers."""
        return self.work / "register"

    @property
    def snapshot_parts(self) -> Path:
        """The rows of what stands, by dataset and period; see `snapshot`."""
        return self.path / "current"

    @property
    def snapshots(self) -> Path:
        """Which rows stood, and how far the logs went."""
        return self.path / "snapshots"

    @property
    def pinned(self) -> Path:
        """The rows that the build reads: links to a snapshot's, but for what it holds back."""
        return self.work / "pinned"

    @property
    def told(self) -> Path:
        """The same tables as pages tell them: of all that is decided, with the findings of the last build."""
        return self.work / "told"

    @property
    def judged(self) -> Path:
        """What judgements found and keep for the next; no identifiers."""
        return self.work / "judged.duckdb"

    @property
    def database(self) -> Path:
        return self.work / "skills.duckdb"

    @cached_property
    def held(self) -> Path:
        return self.path / "held"

    @cached_property
    def decided(self) -> Path:
        return self.path / "decided"

    def decision_folder(self, decision: Decision) -> Path:
        """The decision's folder under `decided/`: where it stands, the submission is decided."""
        return self.decided / decision.submission.dataset / decision.folder_name

    def held_file(self, decision: Decision) -> Path:
        """The rows that the decision holds, as sent."""
        return self.held / decision.submission.dataset / f"{decision.folder_name}.parquet"

    @property
    def published(self) -> Path:
        return self.path / "published"

    @property
    def current(self) -> Path:
        return self.published / "current"

    @property
    def signal_tokens(self) -> Path:
        """Which token of what is published became which, since the key is another: until a run publishes with it."""
        return self.path / "signal_tokens.json"

    @property
    def reports(self) -> Path:
        return self.path / "reports"

    @property
    def corrections(self) -> Path:
        """Workbooks with a unit's own rows, for that unit alone."""
        return self.path / "corrections"

    @property
    def dagster(self) -> Path:
        return self.path / "dagster"

    @property
    def postgres(self) -> Path:
        """The local PostgreSQL server's files."""
        return self.path / "postgres"

    @property
    def alerts(self) -> Path:
        """What was raised, told to whom, ended; a log of its own, for no figure rests on it."""
        return self.path / "alerts" / "alerts.jsonl"

    @property
    def run_logs(self) -> Path:
        """What runs did, for engineers, where the settings name no other folder; no identifiers."""
        return self.path / "log"

    @property
    def run_outcomes(self) -> Path:
        """How the last runs ended, and how many did; the copy that metrics and alerts are told from."""
        return self.path / "alerts" / "runs.json"

    @property
    def key_file(self) -> Path:
        """Beside the root, never inside it: tokens and the key that makes them are kept apart."""
        return self.path.parent / f"{self.path.name}.key"

    @property
    def private(self) -> tuple[Path, ...]:
        """What may hold identifiers, or the key that hides them."""
        return self.received, self.held, self.corrections, self.work, self.dagster, self.key_file

    def make(self) -> Root:
        """Create the root's folders, or say in one sentence why they cannot be written.

        From now on this process writes what is its owner's alone. An inbox that is gone from a root in use is a share
        that is not mounted, or a mistake: an empty one in its place would look as if nothing came.
        """
        if self.received.is_dir() and not self.inbox.is_dir():
            raise OperatorError(
                f"The inbox {self.inbox} is gone although this data root has received files: mount or restore it, or "
                "make an empty folder there, then run again."
            )
        modes.keep_private()
        modes.close(self.private)
        try:
            modes.make_folder(self.path.parent)
            for folder in (self.path, self.inbox, self.published, self.reports):
                if not folder.is_dir():
                    folder.mkdir()
                    folder.chmod(modes.READABLE)
            for folder in (self.received, self.register, self.held, self.decided, self.corrections, self.dagster):
                folder.mkdir(parents=True, exist_ok=True)
            probe = self.work / f".writable-{os.getpid()}"  # several processes decide on one root
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise OperatorError(
                f"The data root {self.path} cannot be written ({error.strerror}): "
                "give yourself write permission or point SKILLS_HOME at a folder that you own."
            ) from None
        return self
