"""Whether a house can work: its settings and its machine, subject by subject, each complaint with what to do.

Looks only; nothing is written but a file that is taken away at once. What is stored is compared by `storage.verify`,
departments' servers are tried by the test of connections. Ends at sentences.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import os
import re
import resource
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import psycopg

from ingest import connections, scanner
from ingest.limits import limits
from orchestration.pipeline import spark
from pages.write import dashboard
from warehouse.store import house, keys, log, settings
from warehouse.store.data_root import Root
from warehouse.store.settings import Settings
from warehouse.vocabulary import clock, reference
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.secret import Secret

GB, MB = 2**30, 2**20
_LEAST_OPEN_FILES = 1024
"""A build reads up to 600 files at once, its workers and Dagster some hundred more."""
_CLOCK_TOLERANCE = dt.timedelta(minutes=5)
_OTHERS = 0o077
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_WEB = re.compile(r"https?://[^\s/]+\S*")
_ANSWER_SECONDS = 3


@dataclass(frozen=True)
class Asked:
    """What is looked at. `is_cron`: whether the scheduler takes an expression; `engine`: what is to build."""

    root: Root
    settings: Settings
    is_cron: Callable[[str], bool]
    engine: str = "duckdb"


@dataclass(frozen=True)
class Answer:
    """`complaints`: what is wrong and what to do, one sentence each; none: all is well."""

    subject: str
    complaints: tuple[str, ...]


def examine(is_cron: Callable[[str], bool], engine: str = "duckdb") -> Iterator[Answer]:
    """One answer for each subject; where the settings themselves cannot be read, that alone."""
    try:
        told = settings.settings()
    except OperatorError as error:
        yield Answer("settings", (str(error),))
        return
    asked = Asked(Root.default(), told, is_cron, engine)
    for subject, check in _CHECKS.items():
        yield Answer(subject, tuple(_complaints(check, asked)))


def _complaints(check: Callable[[Asked], Iterable[str]], asked: Asked) -> Iterator[str]:
    try:
        yield from check(asked)
    except OperatorError as error:
        yield str(error)


def _settings(asked: Asked) -> Iterator[str]:
    for variable in settings.unread_variables():
        yield f"The variable {variable} is read by nothing: write it as deploy/skills.yaml says, or unset it."


def _data_root(asked: Asked) -> Iterator[str]:
    root = asked.root
    place = root.path if root.path.is_dir() else _standing(root.path)
    if not os.access(place, os.W_OK | os.X_OK):
        yield f"{place} cannot be written: give this account write permission, or set data_root elsewhere."
    free = shutil.disk_usage(place).free / GB
    if free < asked.settings.alerts.disk_free_gb:
        yield (
            f"{place} has {free:.1f} GB free, less than {asked.settings.alerts.disk_free_gb:g}: make room "
            "(skills prune), or lower alerts.disk_free_gb."
        )
    for path in root.private:
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & _OTHERS:
            yield f"{path} can be read by others on this machine: chmod -R go-rwx {path}."


def _standing(path: Path) -> Path:
    """The nearest folder above that stands."""
    return next(folder for folder in path.parents if folder.is_dir())


def _layout(asked: Asked) -> Iterator[str]:
    present = house.read(asked.root)
    if present is None and asked.root.received.is_dir() and any(asked.root.received.iterdir()):
        yield f"{asked.root.path} has no house.json: restore it from a backup, or call skills run, which upgrades it."
    elif present is not None and present.layout < house.LAYOUT:
        yield (
            f"{asked.root.path} has layout {present.layout}, this program {house.LAYOUT}: make a backup (skills "
            "backup), then call skills run, which upgrades it."
        )
    house.refuse_moving(asked.root)


def _inbox(asked: Asked) -> Iterator[str]:
    inbox = asked.root.inbox
    is_new = inbox == asked.root.path / "inbox" and not asked.root.received.is_dir()
    if not inbox.is_dir() and not is_new:
        yield f"The inbox {inbox} is gone: mount or restore it, or make an empty folder there."
    elif inbox.is_dir() and not os.access(inbox, os.R_OK | os.X_OK):
        yield f"The inbox {inbox} cannot be read: give this account permission to read it."


def _key(asked: Asked) -> Iterator[str]:
    key = keys.key_set(asked.root)
    present = house.read(asked.root)
    if present is not None and not present.moving and present.layout == house.LAYOUT:
        house.admit(asked.root, key)
    yield from ()


def _connections(asked: Asked) -> Iterator[str]:
    for connection in connections.connections().connections:
        for field in dataclasses.fields(cast(Any, connection.settings)):
            value = getattr(connection.settings, field.name)
            if isinstance(value, Secret):
                yield from _secret(f"connections.{connection.name}.{field.name}", value)


def _dagster(asked: Asked) -> Iterator[str]:
    storage = asked.settings.dagster_storage
    if storage is None:
        return
    yield from _secret("dagster_storage", storage)
    with contextlib.suppress(OperatorError):
        from sqlalchemy.engine import make_url  # 0.2 s, which only who keeps the history there has to wait
        from sqlalchemy.exc import ArgumentError

        try:
            # Dagster's address may name a driver (postgresql+psycopg2), which is SQLAlchemy's business alone.
            url = make_url(storage.reveal()).set(drivername="postgresql").render_as_string(hide_password=False)
            psycopg.connect(url, connect_timeout=_ANSWER_SECONDS).close()
        except (psycopg.Error, ArgumentError) as error:
            yield (
                f"Dagster's PostgreSQL cannot be reached ({type(error).__name__}): start it, or correct the address "
                "that dagster_storage refers to."
            )


def _clock(asked: Asked) -> Iterator[str]:
    newest = max((entry.at for path in log.paths(asked.root) for entry in log.read(path)[-1:]), default=None)
    if newest and clock.now() + _CLOCK_TOLERANCE < dt.datetime.fromisoformat(newest):
        yield (
            f"The machine's clock says {clock.utc_text(clock.now())}, and the logs go on to {newest}: set the clock, "
            "and let it be kept right (NTP)."
        )


def _schedules(asked: Asked) -> Iterator[str]:
    for name in ("audit", "reminders", "prune"):
        expression = getattr(asked.settings.schedules, name)
        if not asked.is_cron(expression):
            yield (
                f"schedules.{name} is {expression}, which is no cron expression: write minute, hour, day, month and "
                'weekday, as "30 2 * * *".'
            )


def _alerts(asked: Asked) -> Iterator[str]:
    alerts = asked.settings.alerts
    names = [receiver.name for receiver in alerts.receivers]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"alerts.receivers has {name} more than once: give each a name of its own."
    for receiver in alerts.receivers:
        place = f"alerts.receivers, {receiver.name}"
        for secret in (receiver.url, receiver.secret, receiver.password):
            yield from _secret(place, secret)
        if receiver.url is not None and not _is_web(receiver.url):
            yield f"{place}: url is no web address: it begins with https:// or http://."
        yield from _addresses(place, [*receiver.to, *filter(None, [receiver.sender])])
    for code, addresses in alerts.departments.items():
        with contextlib.suppress(OperatorError):
            reference.check_department(code)
            yield from _addresses(f"alerts.departments, {code}", addresses)
            continue
        yield f"alerts.departments names {code}, which is no department: write a code of departments.csv."
    if not alerts.receivers:
        yield "alerts.receivers is empty, so nobody is told when a run fails: name a receiver in the settings."


def _secret(place: str, secret: Secret | None) -> Iterator[str]:
    if secret is None:
        return
    try:
        secret.reveal()
    except OperatorError as error:
        yield f"{place}: {error}"
        return
    if secret.file is not None and stat.S_IMODE(secret.file.stat().st_mode) & _OTHERS:
        yield f"{place}: {secret.file} can be read by others on this machine: chmod go-rwx {secret.file}."


def _is_web(url: Secret) -> bool:
    """What cannot be resolved is said by its secret."""
    try:
        return bool(_WEB.fullmatch(url.reveal()))
    except OperatorError:
        return True


def _addresses(place: str, addresses: Iterable[str]) -> Iterator[str]:
    for address in addresses:
        if not _ADDRESS.fullmatch(address):
            yield f"{place}: {address} is no mail address: write name@domain."


def _urls(asked: Asked) -> Iterator[str]:
    for name in ("webserver", "pages"):
        url = getattr(asked.settings.urls, name)
        if url and not _WEB.fullmatch(url):
            yield f"urls.{name} is no web address: it begins with https:// or http://; empty: messages name files."


def _memory(asked: Asked) -> Iterator[str]:
    wanted = limits().run_mb + asked.settings.memory.dbt_mb
    there = _memory_mb()
    if wanted > there:
        yield (
            f"A run may take {limits().run_mb:,} MB and dbt {asked.settings.memory.dbt_mb:,} MB, and the machine gives "
            f"{there:,.0f} MB: lower memory.run_mb and memory.dbt_mb, or give it more."
        )


def _memory_mb() -> float:
    """Of the machine, or of the container where that has less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    with contextlib.suppress(OSError, ValueError):
        machine = min(machine, int(Path("/sys/fs/cgroup/memory.max").read_text("ascii")))
    return machine / MB


def _scanner(asked: Asked) -> Iterator[str]:
    if sentence := scanner.complaint(asked.settings.scanner):
        yield sentence


def _log_and_metrics(asked: Asked) -> Iterator[str]:
    folders = {"log.folder": asked.settings.log.folder}
    if asked.settings.metrics.file is not None:
        folders["metrics.file"] = asked.settings.metrics.file.parent
    for name, folder in folders.items():
        if folder is not None and not os.access(folder if folder.is_dir() else _standing(folder), os.W_OK | os.X_OK):
            yield f"{name}: {folder} cannot be written: give this account write permission, or name another folder."


def _dashboard(asked: Asked) -> Iterator[str]:
    if not dashboard.LIBRARY.is_file():
        yield (
            f"{dashboard.LIBRARY} is not there, so that the dashboard has tables without charts: install Node.js with "
            "npm and call make setup."
        )


def _open_files(asked: Asked) -> Iterator[str]:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < _LEAST_OPEN_FILES:
        yield f"A process may open {soft:,} files, a build needs {_LEAST_OPEN_FILES:,}: ulimit -n {_LEAST_OPEN_FILES}."


def _engine(asked: Asked) -> Iterator[str]:
    if asked.engine == "spark":
        spark.refuse_missing()
    yield from ()


_CHECKS: dict[str, Callable[[Asked], Iterable[str]]] = {
    "settings": _settings,
    "data root": _data_root,
    "layout": _layout,
    "inbox": _inbox,
    "key": _key,
    "connections": _connections,
    "dagster": _dagster,
    "clock": _clock,
    "schedules": _schedules,
    "alerts": _alerts,
    "urls": _urls,
    "memory": _memory,
    "scanner": _scanner,
    "log and metrics": _log_and_metrics,
    "dashboard": _dashboard,
    "open files": _open_files,
    "engine": _engine,
}
