"""Where a file of a channel belongs: one step for all channels, by folder, name, or content, which is looked into by a
worker, so that its bytes never come into this process.

What names and contents mean is `recognise`. Ends at files with their place, or with why they have none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO

from ingest.channels import CLOSED, UNOPENED, Changed, Found, Source
from ingest.channels.whole_files import refuse
from ingest.feed import Feed
from ingest.limits import MB, limits
from ingest.pool import Pool
from ingest.read import FAILURES
from ingest.readers import Opened, Unreadable, open_file
from ingest.recognise import Recognised, is_for_answers, owed, recognise
from warehouse.vocabulary import period, reference

_NOTHING = Opened("", None, ())
_OUT_OF_MEMORY = Unreadable("too_large", "读取这个文件需要的内存超出限制，请分成几个文件。")


@dataclass(frozen=True)
class Placing:
    """`recognise` with a look into the file, in a worker: `open` gives its bytes and can be pickled. What cannot be
    opened has no sheets."""

    department: str
    district: str | None
    name: str
    feeds: Mapping[str, Feed]
    open: Callable[[], AbstractContextManager[BinaryIO]]
    misfiled: str | None = None

    def work(self) -> Recognised | str:
        return self.by(self._look)

    def by(self, look: Callable[[], Opened | Unreadable]) -> Recognised | str:
        return recognise(self.department, self.district, self.name, self.feeds, look, self.misfiled)

    def _look(self) -> Opened | Unreadable:
        try:
            with self.open() as stream:
                return open_file(stream.read(limits().file_mb * MB + 1))
        except Unreadable as reason:
            return reason
        except MemoryError:
            return _OUT_OF_MEMORY
        except OSError:
            return _NOTHING


def place(placing: Placing, pool: Pool | None = None) -> Recognised | str:
    """By the name where it says enough, else by the content, which never comes into this process; raises what `open`
    does where the name alone is not enough for what cannot be opened."""
    try:
        return placing.by(_unread)
    except _UnreadError:
        try:
            with placing.open(), nullcontext(pool) if pool else Pool(workers=1) as workers:
                result = next(result for _, result in workers.run([placing]))
        except Changed:
            raise
        except OSError:
            named = placing.by(lambda: _NOTHING)
            if isinstance(named, str):
                raise
            return named
    if isinstance(result, str):
        reason = Unreadable(*FAILURES[result])
        return placing.by(lambda: reason)
    return result.value


class _UnreadError(Exception):
    """The name does not say enough."""


def _unread() -> Opened:
    raise _UnreadError


class Places:
    """Places files among feeds: a file is one feed's because it is no other's, so these are all there are."""

    def __init__(self, feeds: Iterable[Feed], readers: Pool | None = None) -> None:
        self._feeds: dict[str, dict[str, Feed]] = {}
        for feed in feeds:
            self._feeds.setdefault(feed.department, {})[feed.dataset] = feed
        self._readers = readers

    def by_name(self, source: Source, file: Found) -> Found | None:
        """The file with its place, where that is known without a look into it."""
        if file.problem == CLOSED:
            return file
        try:
            return _placed(file, self._known(source, file) or self._placing(source, file).by(_unread))
        except _UnreadError:
            return None

    def by_content(self, source: Source, file: Found) -> Found:
        """The same with a look into the file; one that must not be opened is placed by its name alone."""
        look = replace(file, open=refuse) if file.problem else file
        try:
            return _placed(file, place(self._placing(source, look), self._readers))
        except Changed:
            raise
        except OSError:
            return _placed(file, file.problem or UNOPENED)

    def _known(self, source: Source, file: Found) -> Recognised | str | None:
        """Where the channel itself knows all of it: a database, an interface of records."""
        if not (file.dataset and file.unit and file.period):
            return None
        feed = self._feeds.get(source.department, {}).get(file.dataset)
        wanted = period.parse(file.period)
        if feed is None or wanted is None or file.dataset not in source.datasets:
            return f"接口给出的数据集 {file.dataset} 或报告期 {file.period} 不是这个接口应报的，请核对接口的配置。"
        return owed(feed, file.unit, wanted)

    def _placing(self, source: Source, file: Found) -> Placing:
        department, *folders = PurePosixPath(file.name).parts[:-1] or ("",)
        below = [folder for folder in folders if not is_for_answers(folder)]
        feeds = self._feeds.get(department, {})
        name = PurePosixPath(file.name).name
        if not source.department:
            return Placing(
                department, below[0] if below else None, name, feeds, file.open, _misfiled(department, below, feeds)
            )
        served = {dataset: feed for dataset, feed in feeds.items() if dataset in source.datasets}
        districts = {district for feed in served.values() for district in feed.districts}
        _, _, hinted = (file.unit or "").partition(".")
        district = hinted or next((folder for folder in below if folder in districts), None)
        return Placing(department, district, name, served, file.open)


def _misfiled(department: str, folders: Sequence[str], feeds: Mapping[str, Feed]) -> str | None:
    """Why no feed is served by a folder of the drop folder; null where one is. `folders`: those below the
    department's, without those of corrections."""
    if department == "":
        return "文件直接放在收件箱里，看不出是哪个部门的；请放到以部门代码命名的文件夹，如 HRSS。"
    if department not in reference.codes("department"):
        return f"文件夹 {department} 不是部门代码；请改为部门代码，如 HRSS。"
    if not feeds:
        return f"{reference.codes('department')[department]}目前没有应报的数据。"
    if len(folders) > 1:
        return "文件放得太深：请直接放在部门文件夹或其区级文件夹里（更正件可放在其中的“更正”“补报”文件夹）。"
    if folders and not any(folders[0] in feed.districts for feed in feeds.values()):
        return f"{reference.codes('department')[department]}没有区级报送单位 {folders[0]}，请放到该部门的文件夹。"
    return None


def _placed(file: Found, place: Recognised | str) -> Found:
    if isinstance(place, str):
        return replace(file, dataset=None, unit=None, period=None, problem=place)
    return replace(file, dataset=place.feed.dataset, unit=place.unit, period=str(place.period), answers=place.answers)
