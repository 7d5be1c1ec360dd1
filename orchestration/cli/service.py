"""The commands of processes that stay."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

import click

from orchestration.cli.group import cli
from orchestration.cli.plain import say
from warehouse.store.data_root import Root
from warehouse.store.settings import settings
from warehouse.vocabulary.errors import OperatorError

DEFINITIONS = "orchestration.definitions"


@cli.command()
@click.option("--check-only", is_flag=True, help="Answer skills check alone; take no arrivals.")
def serve(check_only: bool) -> None:
    """Stay with everything loaded: answer skills check at once, and receive, decide and report what arrives."""
    from orchestration.pipeline.service import Service

    Service(Root.default().make(), say, takes_arrivals=not check_only).run()


@cli.command()
@click.argument("process", type=click.Choice(["code", "webserver", "daemon"]))
@click.option("--host", default="127.0.0.1", show_default=True, help="Where code and webserver listen.")
@click.option("--port", type=int, help="Where they listen; 4000 for code, 3000 for webserver where none is given.")
@click.option("--code", metavar="HOST:PORT", default="127.0.0.1:4000", show_default=True, help="Where code listens.")
def start(process: str, host: str, port: int | None, code: str) -> None:
    """Become one of Dagster's processes on the data root, as deploy/ runs them: code, webserver or daemon.

    All three are needed, each kept alive by what started it; skills ui starts them together for one person.
    """
    from orchestration.defs import instance

    root = Root.default().make()
    if process == "code" and (aside := instance.set_damaged_aside(root)) is not None:
        say(instance.told_aside(aside))
    os.environ |= {"SKILLS_HOME": str(root.path), "DAGSTER_HOME": str(instance.home(root))}
    if process == "code":
        words = ["dagster", "code-server", "start", "-m", DEFINITIONS, "-h", host, "-p", str(port or 4000)]
    elif process == "webserver":
        words = ["dagster-webserver", *_workspace(root, code), "-h", host, "-p", str(port or 3000)]
    else:
        words = ["dagster-daemon", "run", *_workspace(root, code)]
    program = str(Path(sys.executable).parent / words[0])
    os.execv(program, [program, *words[1:]])


def _workspace(root: Root, code: str) -> list[str]:
    """The file that tells Dagster where the code listens; beside its settings."""
    host, _, port = code.rpartition(":")
    if not host or not port.isdigit():
        raise click.UsageError(f"--code {code}: write HOST:PORT.")
    path = root.dagster / "workspace.yaml"
    path.write_text(f"load_from:\n  - grpc_server:\n      host: {host}\n      port: {port}\n", "utf-8")
    return ["-w", str(path)]


@cli.command(name="metrics-serve")
@click.option("--port", type=int, default=None, help="Default: metrics.port of the settings.")
@click.option("--host", default="127.0.0.1", show_default=True)
def metrics_serve(port: int | None, host: str) -> None:
    """Stay and answer Prometheus: runs, stages, sources, submissions, findings, alerts, publication, disk."""
    from orchestration.pipeline import run_metrics

    place = settings().metrics.port if port is None else port
    if place is None:
        raise OperatorError("No port: give --port, or metrics.port in the settings.")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    served, end = run_metrics.serve(Root.default().make(), host, place)
    say(f"Serving metrics on http://{host}:{served}/metrics.")
    ended.wait()
    end()
