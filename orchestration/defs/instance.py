"""The one Dagster instance that command line, web interface, schedules and sensor share; it lies in the data root, its
history where the settings say.

Nothing of ours is in its databases: a damaged one is set aside, and Dagster begins anew.
"""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import Engine, make_url

from orchestration.defs.event_log import without_waiting
from warehouse.store.data_root import Root
from warehouse.store.settings import settings
from warehouse.vocabulary import clock

# One event log for all runs: the default writes every asset event twice, into its run's log and into an index, which
# costs 3 of the 26 seconds of processor time of a small run.
# A run whose process crashed is started again; one that failed in a step is tried again by the arrival sensor, which
# pauses longer each time.
_SETTINGS = """\
telemetry:
  enabled: false
nux:
  enabled: false
compute_logs:
  module: dagster.core.storage.noop_compute_log_manager
  class: NoOpComputeLogManager
python_logs:
  python_log_level: INFO
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: 2
    tag_concurrency_limits:
      - key: skills/rhythm
        value: intake
        limit: 1
      - key: skills/rhythm
        value: build
        limit: 1
run_retries:
  enabled: true
  max_retries: 2
  retry_on_asset_or_op_failure: false
retention:
  schedule:
    purge_after_days: {days}
  sensor:
    purge_after_days:
      skipped: 7
      failure: {days}
      success: {days}
"""
_SQLITE = """\
event_log_storage:
  module: orchestration.defs.event_log
  class: EventLog
  config:
    base_dir:
      env: DAGSTER_HOME
"""
_URL = "SKILLS_DAGSTER_POSTGRES_URL"
"""The variable in which Dagster's processes find what the settings refer to; it stands in no file."""
_POSTGRES = f"""\
storage:
  postgres:
    postgres_url:
      env: {_URL}
"""
_EVENT_LOG = "event_log.db"


def home(root: Root) -> Path:
    """Dagster's home with its settings written; to be given as DAGSTER_HOME."""
    root.dagster.mkdir(parents=True, exist_ok=True)
    path = root.dagster / "dagster.yaml"
    storage = settings().dagster_storage
    text = _SETTINGS.format(days=settings().retention.dagster_days) + (_POSTGRES if storage else _SQLITE)
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, "utf-8")
    if storage:
        os.environ[_URL] = _address(storage.reveal())
    else:
        _lay_event_log(root.dagster)
    return root.dagster


def _address(url: str) -> str:
    """With the driver that Dagster was written for: SQLAlchemy's first choice binds the parameter of its NOTIFY, which
    PostgreSQL refuses, so that no run could tell what it does."""
    address = make_url(url)
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg2")
    return address.render_as_string(hide_password=False)


def set_damaged_aside(root: Root) -> Path | None:
    """Moves Dagster's folder away when one of its databases cannot be read; where to. All of them: they speak of each
    other."""
    if all(_is_sound(database) for database in root.dagster.rglob("*.db")):
        return None
    aside = root.path / f"{root.dagster.name}.damaged-{clock.now().astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    root.dagster.replace(aside)
    return aside


def told_aside(aside: Path) -> str:
    return (
        f"Dagster's database was damaged and has been set aside as {aside}: its history of runs begins anew; nothing "
        "of the warehouse is in it."
    )


def _is_sound(database: Path) -> bool:
    try:
        with closing(sqlite3.connect(database)) as connection:
            has_tables = connection.execute("select count(*) from sqlite_master").fetchall() > [(0,)]
            return has_tables and connection.execute("pragma quick_check(1)").fetchall() == [("ok",)]
    except sqlite3.OperationalError as error:
        return "locked" in str(error)  # another process writes: it could open it
    except sqlite3.DatabaseError:
        return False


def _lay_event_log(folder: Path) -> None:
    """Dagster takes an event log that stands for whole, also one that a kill left without tables: so one that is whole
    is moved into place."""
    if not (folder / _EVENT_LOG).exists():
        from dagster._core.storage.event_log import ConsolidatedSqliteEventLogStorage

        with tempfile.TemporaryDirectory(dir=folder) as staging:
            ConsolidatedSqliteEventLogStorage(staging)
            (Path(staging) / _EVENT_LOG).replace(folder / _EVENT_LOG)


@contextmanager
def kept_open(root: Root) -> Iterator[None]:
    """Holds the instance's databases open while it lasts.

    Dagster opens connections to the others for every event, and SQLite writes its whole log back and deletes it when
    the last connection closes. And it waits for the disk at each commit.
    """
    with ExitStack() as stack:
        event.listen(Engine, "connect", without_waiting)
        stack.callback(event.remove, Engine, "connect", without_waiting)
        for database in root.dagster.rglob("*.db"):
            connection = stack.enter_context(closing(sqlite3.connect(database)))
            connection.execute("select count(*) from sqlite_master").fetchall()  # a connection opens at its first use
        yield
