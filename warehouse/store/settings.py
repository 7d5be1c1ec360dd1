"""The settings of a house: where it lies, when it works, whom it tells, what it keeps. `deploy/skills.yaml` tells all.

Read from the file that `$SKILLS_SETTINGS` names, else from `skills.yaml` in the project's folder, else the defaults
here. Over the file stand environment variables: `SKILLS_<SECTION>__<KEY>` with the value as YAML
(`SKILLS_LOG__FILES=5`), and of old SKILLS_HOME, SKILLS_INBOX, SKILLS_CONNECTIONS, SKILLS_DAGSTER_STORAGE,
SKILLS_TIME_ZONE, SKILLS_DBT_MEMORY (with its unit) and SKILLS_LIMITS, whose file wins over `memory.run_mb`. The key of
the tokens is no setting (`store.keys`). What the values mean is said where they are used, whether they are sensible by
`skills doctor`. Ends at `Settings`.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeVar, get_type_hints

from warehouse.vocabulary import clock, typed_file
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.project import PROJECT
from warehouse.vocabulary.secret import Address, Secret

T = TypeVar("T")
AlertKind = Literal[
    "run_failed",
    "publication_blocked",
    "publication_quarantined",
    "feed_unreachable",
    "due_day_missed",
    "target_behind",
    "disk_nearly_full",
    "scanner_away",
]
ReceiverKind = Literal["smtp", "wecom", "dingtalk", "feishu", "webhook"]


@dataclass(frozen=True)
class Schedules:
    """Hours of the day or cron expressions, in the settings' time zone. On which days feeds are collected follows from
    their due days."""

    monthly_hour: int = 6
    half_yearly_hour: int = 7
    yearly_hour: int = 7
    audit: str = "0 3 20 * *"
    reminders: str = "0 8 * * *"
    prune: str = "30 2 * * *"

    def __post_init__(self) -> None:
        for name in ("monthly_hour", "half_yearly_hour", "yearly_hour"):
            if not 0 <= getattr(self, name) <= 23:
                raise ValueError(f"{name} must be an hour from 0 to 23")


@dataclass(frozen=True)
class Urls:
    """Where people open what messages link to; empty: messages name files."""

    webserver: str = ""
    pages: str = ""


@dataclass(frozen=True)
class Receiver:
    """Whom alerts go to; `kinds` empty: all of them. `secret`: what messages to DingTalk and Feishu are signed
    with, and the bearer token of a webhook."""

    name: str
    kind: ReceiverKind
    url: Address | None = None
    secret: Secret | None = None
    host: str = ""
    port: int = 25
    user: str = ""
    password: Secret | None = None
    sender: str = ""
    to: tuple[str, ...] = ()
    tls: Literal["none", "starttls", "tls"] = "starttls"
    kinds: tuple[AlertKind, ...] = ()

    def __post_init__(self) -> None:
        if self.kind == "smtp":
            missing = [key for key in ("host", "sender", "to") if not getattr(self, key)]
            if missing:
                raise ValueError(f"a receiver of kind smtp needs {', '.join(missing)}")
            if bool(self.user) != (self.password is not None):
                raise ValueError("user and password go together")
        elif self.url is None:
            raise ValueError(f"a receiver of kind {self.kind} needs url")
        elif self.kind != "webhook" and not self.url.is_reference:
            raise ValueError(f"the url of {self.kind} holds a key: write ${{NAME}} in its place, or {{file: path}}")

    @property
    def address(self) -> str:
        """As it is called, with what is secret in it; `OperatorError` where that is missing."""
        return self.url.reveal() if self.url else ""


@dataclass(frozen=True)
class Alerts:
    """`departments`: code → mail addresses of their reminders; `reminder_days`: before a due day."""

    receivers: tuple[Receiver, ...] = ()
    departments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reminder_days: tuple[int, ...] = (5, 1)
    disk_free_gb: float = 5.0


@dataclass(frozen=True)
class Retention:
    """What `skills prune` keeps of what is derived; see `deploy/skills.yaml`."""

    publications: int = 10
    month_ends: int = 24
    dagster_days: int = 90

    def __post_init__(self) -> None:
        if self.publications < 1 or self.dagster_days < 1 or self.month_ends < 0:
            raise ValueError("publications and dagster_days must be 1 or more, month_ends 0 or more")


@dataclass(frozen=True)
class Memory:
    """MB. `run_mb` empty: that of `ingest/limits.yaml`."""

    run_mb: int | None = None
    dbt_mb: int = 800

    def __post_init__(self) -> None:
        if self.dbt_mb < 1 or (self.run_mb is not None and self.run_mb < 1):
            raise ValueError("run_mb and dbt_mb must be whole numbers above 0")


@dataclass(frozen=True)
class Scanner:
    """clamd, by its socket or by host and port; both empty: files are not scanned."""

    socket: Path | None = None
    host: str = ""
    port: int = 3310


@dataclass(frozen=True)
class Log:
    """`folder` empty: `log/` in the data root."""

    folder: Path | None = None
    max_mb: int = 20
    files: int = 10

    def __post_init__(self) -> None:
        if min(self.max_mb, self.files) < 1:
            raise ValueError("max_mb and files must be whole numbers above 0")


@dataclass(frozen=True)
class Metrics:
    """For Prometheus. `file`: where the text is written; `port`: where `skills metrics-serve` answers."""

    file: Path | None = None
    port: int | None = None


@dataclass(frozen=True)
class Settings:
    """`data_root` empty: `warehouse/data` in the project; `inbox` empty: `inbox/` in the data root; `connections`
    empty: feeds come by the inbox alone; `dagster_storage`: the PostgreSQL URL of Dagster's history, empty: SQLite in
    the data root. `time_zone` is that of the schedules: the days of due dates and of what was received are those of
    `clock` always."""

    data_root: Path | None = None
    inbox: Path | None = None
    connections: Path | None = None
    dagster_storage: Secret | None = None
    time_zone: str = clock.TIME_ZONE
    schedules: Schedules = field(default_factory=Schedules)
    urls: Urls = field(default_factory=Urls)
    alerts: Alerts = field(default_factory=Alerts)
    retention: Retention = field(default_factory=Retention)
    memory: Memory = field(default_factory=Memory)
    scanner: Scanner = field(default_factory=Scanner)
    log: Log = field(default_factory=Log)
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        if not clock.is_zone(self.time_zone):
            raise ValueError(f"time_zone must be the name of a time zone, as {clock.TIME_ZONE}")


_VARIABLES = {
    "SKILLS_HOME": "data_root",
    "SKILLS_INBOX": "inbox",
    "SKILLS_CONNECTIONS": "connections",
    "SKILLS_DAGSTER_STORAGE": "dagster_storage",
    "SKILLS_TIME_ZONE": "time_zone",
}
"""Variables of keys that belong to no section."""
_READ_ELSEWHERE = {
    "SKILLS_SETTINGS",
    "SKILLS_KEY",
    "SKILLS_TOKEN_ALGORITHM",
    "SKILLS_LIMITS",
    "SKILLS_DBT_MEMORY",
    "SKILLS_DBT_THREADS",
    "SKILLS_REFERENCE",
    "SKILLS_SPARK_MASTER",
    "SKILLS_DAGSTER_POSTGRES_URL",
}
_SECTION_KEY = re.compile(r"SKILLS_(?P<section>[A-Z]+)__(?P<key>[A-Z_]+)")


def file() -> Path | None:
    """The settings file in force; none where all is by default."""
    if told := os.environ.get("SKILLS_SETTINGS"):
        return Path(told).absolute()
    beside = PROJECT / "skills.yaml"
    return beside if beside.is_file() else None


def settings() -> Settings:
    """The settings in force, read again when the file or the environment has changed; `OperatorError` names file, key
    and what is allowed."""
    variables = frozenset(item for item in os.environ.items() if item[0].startswith("SKILLS_"))
    return _settings(file(), stand(), variables)


@functools.lru_cache(maxsize=1)
def _settings(path: Path | None, stands: tuple[int, int] | None, variables: frozenset[tuple[str, str]]) -> Settings:
    told = dict(sorted(variables))
    read = Settings()
    if path is not None:
        read = typed_file.fill(Settings, typed_file.load(path), typed_file.Place(str(path), path.parent))
    for variable, key in _VARIABLES.items():
        if text := told.get(variable):
            read = _with(read, key, text, variable)
    for variable, text in told.items():
        match = _SECTION_KEY.fullmatch(variable)
        if match and text:
            name = match["section"].lower()
            changed = _with(_section(read, name, variable), match["key"].lower(), text, variable)
            read = replace(read, **{name: changed})
    return read


DUCKDB_STORAGE = "v1.3.0"
"""The oldest DuckDB that opens the files that ours writes. What older ones can read takes three times as long to
compress (7.5 s of a year's marts instead of 2.5) and is a tenth larger."""


def duckdb_bounds() -> dict[str, str]:
    """What a DuckDB may take that builds the marts, lays them into a publication or is asked for pages.

    Without a limit it keeps in memory what it reads, up to four fifths of the machine's. One thread, since two took
    twice its processor time and ended no sooner (laying a year's marts on two cores: 30 s of processor, and 16).
    """
    return {
        "threads": os.environ.get("SKILLS_DBT_THREADS") or "1",
        "memory_limit": os.environ.get("SKILLS_DBT_MEMORY") or f"{settings().memory.dbt_mb}MB",
    }


def stand() -> tuple[int, int] | None:
    """Size and time of the settings file; none where there is none, or it cannot be asked, as reading it will say."""
    path = file()
    try:
        facts = path.stat() if path else None
    except OSError:
        return None
    return (facts.st_size, facts.st_mtime_ns) if facts else None


def unread_variables() -> list[str]:
    """Variables that look like settings and are none; those of sections are refused when they are read."""
    told = {name for name in os.environ if name.startswith("SKILLS_") and not _SECTION_KEY.fullmatch(name)}
    return sorted(told - _VARIABLES.keys() - _READ_ELSEWHERE)


def _section(read: Settings, name: str, variable: str) -> Any:
    section = getattr(read, name, None)
    if not is_dataclass(section):
        sections = [key.name.upper() for key in fields(Settings) if is_dataclass(getattr(read, key.name))]
        raise OperatorError(f"{variable} is no setting; sections are {', '.join(sections)}.")
    return section


def _with(part: T, key: str, text: str, variable: str) -> T:
    """The settings or a section of them with one key as a variable of the environment says it."""
    kinds = get_type_hints(type(part))
    if key not in kinds:
        raise OperatorError(f"{variable} is no setting; keys there are {', '.join(kinds).upper()}.")
    place = typed_file.Place("The environment", Path.cwd(), variable)
    value = typed_file.value_of(kinds[key], typed_file.of_text(kinds[key], text), place)
    try:
        return replace(part, **{key: value})  # type: ignore[type-var]
    except ValueError as refused:
        raise OperatorError(f"{variable}: {refused}.") from None
