"""The one Dagster instance that command line, web interface, schedules and sensor share; it lies in the data root."""

from __future__ import annotations

from pathlib import Path

from warehouse.paths import Root

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
    max_concurrent_runs: 1
"""


def home(root: Root) -> Path:
    """Dagster's home with its settings written; to be given as DAGSTER_HOME."""
    root.dagster.mkdir(parents=True, exist_ok=True)
    settings = root.dagster / "dagster.yaml"
    if not settings.exists() or settings.read_text("utf-8") != _SETTINGS:
        settings.write_text(_SETTINGS, "utf-8")
    return root.dagster
