"""Commands that move data: write the demo, run, decide anew, make a publication again, open Dagster."""

from __future__ import annotations

import datetime as dt
import os
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.cli.group import cli
from orchestration.cli.options import AS_OF, Moment
from orchestration.cli.plain import say, say_json
from orchestration.cli.service import DEFINITIONS
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError

if TYPE_CHECKING:
    from orchestration.cli.run_told import Done
    from orchestration.pipeline.run import Run


@cli.command()
@click.option("--months", default="2025-11:2026-10", show_default=True, help="First and last month.")
@click.option("--scale", type=click.FloatRange(0.001, 20), default=1.0, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--channels", is_flag=True, help="Start servers on loopback, and place each feed where its channel says.")
@click.option("--stop-channels", is_flag=True, help="End the servers of this data root, and do nothing else.")
def demo(months: str, scale: float, seed: int, channels: bool, stop_channels: bool) -> None:
    """Write what the departments would send into the inbox: one seeded world of synthetic people."""
    import demo as world
    from orchestration.cli import terminal
    from warehouse.store import keys
    from warehouse.vocabulary import period

    if stop_channels:
        from demo import serving

        say("The servers have ended." if serving.stop(Root.default()) else "No servers run on this data root.")
        return
    first, _, last = months.partition(":")
    bounds = [period.parse(text) for text in (first, last or first)]
    if (
        bounds[0] is None
        or bounds[1] is None
        or {bound.months for bound in bounds if bound} != {1}
        or bounds[0] > bounds[1]
    ):
        raise OperatorError(f"--months {months} is not a span of months from 2000 on: write it like 2025-11:2026-10.")
    root = Root.default().make()
    if any(root.inbox.iterdir()):
        raise OperatorError(f"The inbox {root.inbox} is not empty: move its files away or choose another SKILLS_HOME.")
    keys.make_key(root)
    summary = world.write(root, bounds[0], bounds[1], scale, seed)
    terminal.console.print(
        f"{summary.files:,} files, {summary.rows:,} rows, {summary.defects:,} injected defects of "
        f"{summary.kinds} kinds → {root.inbox}"
    )
    if channels:
        _serve(root)


def _serve(root: Root) -> None:
    from demo import serving

    note = serving.start(root)
    for server, count in note.feeds.items():
        say(f"{count:3} feeds → {server}")
    for server, reason in note.missing.items():
        say(f"LEFT IN THE INBOX: the feeds of {server}. {reason}", is_error=True)
    say(
        "The servers run until skills demo --stop-channels. For skills run and all else:\n"
        f"export SKILLS_CONNECTIONS={serving.Kept(root).connections}"
    )


@cli.command()
@click.option("--period", "periods", multiple=True, help="Pull this period's deliveries again.")
@click.option("--department", "departments", multiple=True, help="Pull this department's deliveries again.")
@AS_OF
@click.option("--replace-newer", is_flag=True, help="Show the result even where a later day is shown now.")
@click.option("--quiet", "form", flag_value="quiet", help="Print nothing but errors.")
@click.option("--json", "form", flag_value="json", help="Print one JSON document.")
def run(
    periods: tuple[str, ...],
    departments: tuple[str, ...],
    as_of: dt.date | None,
    replace_newer: bool,
    form: str | None,
) -> None:
    """Pull, check, build, publish, report; prints what became of it."""
    from orchestration.cli import run_told
    from orchestration.pipeline import run as steps
    from orchestration.pipeline import scope
    from orchestration.pipeline.watched_run import watched

    chosen = scope.periods(periods), scope.departments(departments)
    root = Root.default().make()
    prepared = steps.Run(root, as_of or clock.today(), clock.now(), *chosen, replace_newer=replace_newer)
    done = run_told.Done(prepared)
    try:
        with watched(prepared, "run") as done.watched:
            _run(prepared, done, is_shown=form is None)
    finally:
        if form == "json":
            say_json(run_told.document(done))
        elif form is None:
            run_told.show(done)


def _run(prepared: Run, done: Done, *, is_shown: bool) -> None:
    """The whole of what is due."""
    from orchestration.cli import terminal
    from orchestration.pipeline import migrations, outstanding, storage
    from orchestration.pipeline import run as steps
    from warehouse.published import publication

    root = prepared.root
    before = publication.current_if_whole(root)
    try:
        prepared.hold_both(wait_seconds=0)
        steps.refuse_empty(prepared)
        migrations.settle(prepared)
        prepared.lost = storage.mend(root, prepared.now)
        done.need = outstanding.need(prepared)
        if done.need is not None:
            from orchestration import definitions
            from orchestration.defs import execute

            jobs = execute.WHOLE if done.need == "build" else execute.REPORTS
            with terminal.progress() if is_shown else nullcontext(lambda _: None) as tell:
                execute.run(definitions.defs(), prepared, tell, jobs)
    finally:
        prepared.close()
    done.publication = publication.open_current(root)
    done.is_new = before is None or before.publication_id != done.publication.publication_id
    if prepared.lost.sentences:
        raise OperatorError(prepared.lost.told)


@cli.command()
@click.option("--engine", type=click.Choice(["spark"]), required=True, help="What builds; skills run builds by DuckDB.")
@click.option("--master", default="local[*]", show_default=True, help="A cluster's address, like spark://host:7077.")
@AS_OF
@click.option("--replace-newer", is_flag=True, help="Show the result even where a later day is shown now.")
def build(engine: str, master: str, as_of: dt.date | None, replace_newer: bool) -> None:
    """Build all marts from what stands, test and publish them; receives and decides nothing."""
    from orchestration.cli import terminal
    from orchestration.pipeline import engine_build, spark
    from orchestration.pipeline import run as steps
    from orchestration.pipeline.stages import Stages

    spark.refuse_missing()
    root = Root.default().make()
    with terminal.progress() as tell:
        prepared = steps.Run(
            root,
            as_of or clock.today(),
            clock.now(),
            replace_newer=replace_newer,
            spark_master=master,
            stages=Stages(tell),
        )
        published, is_new = engine_build.build_and_publish(prepared)
    for sentence in prepared.notes:
        say(sentence)
    state = "" if is_new else " (stood already: the same tables)"
    say(f"publication {published.publication_id} → {published.folder}{state}")


@cli.command()
@click.option("--department", "departments", multiple=True)
@click.option("--dataset", "datasets", multiple=True)
@AS_OF
def recheck(departments: tuple[str, ...], datasets: tuple[str, ...], as_of: dt.date | None) -> None:
    """Decide stored submissions under the present rules, beside the old decisions; then build and publish."""
    from orchestration import definitions
    from orchestration.cli import terminal
    from orchestration.defs import execute
    from orchestration.pipeline import deciding, migrations, scope, storage
    from orchestration.pipeline import run as steps

    chosen = scope.datasets(datasets), scope.departments(departments)
    root = Root.default().make()
    prepared = steps.Run(root, as_of or clock.today(), clock.now())
    try:
        prepared.hold_both(wait_seconds=0)
        migrations.settle(prepared)
        prepared.lost = storage.mend(root, prepared.now)
        prepared.open()
        count = deciding.recheck(prepared, *chosen)
        say(f"{count:,} submissions decided anew.")
        with terminal.progress() as tell:
            execute.run(definitions.defs(), prepared, tell)
    finally:
        prepared.close()
    for sentence in prepared.notes:
        say(sentence)


@cli.command()
@click.argument("name", metavar="PUBLICATION", required=False)
@click.option("--as-of", "moment", type=Moment(), default=None, help="Publish what was known then, beside current.")
@click.option("--full", is_flag=True, help="Build all marts of now beside those built change by change, and compare.")
def rebuild(name: str | None, moment: dt.datetime | None, full: bool) -> None:
    """Make a publication again and compare (exit 1: not the same), or publish what was known at a moment."""
    from orchestration.cli import history_tables, terminal
    from orchestration.pipeline import dbt_comparison, publication_rebuild
    from warehouse.published import publication
    from warehouse.store import lock

    if (name is not None) + (moment is not None) + full != 1:
        raise click.UsageError("Give a publication, --as-of or --full.")
    root = Root.default().make()
    with lock.hold(root, "build"), terminal.errors.status("rebuild") as shown:
        if full:
            compared = dbt_comparison.compare_in_full(root)
            say(history_tables.compared_in_full(compared))
            sys.exit(1 if compared.differing else 0)
        if moment is not None:
            rebuilt, is_new = publication_rebuild.publish_known_at(root, moment, clock.now(), shown.update)
            say(f"publication {rebuilt.publication_id} → {rebuilt.folder}{'' if is_new else ' (stood already)'}")
            return
        comparison = publication_rebuild.rebuild(root, publication.find(root, str(name)), shown.update)
    terminal.console.print(history_tables.compared(comparison), markup=False)
    sys.exit(0 if comparison.is_equal or comparison.is_mended else 1)


@cli.command()
@click.option("--port", type=int, default=3000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def ui(port: int, host: str) -> None:
    """Dagster's web interface and its daemon on the same data root: schedules and the arrival sensor run until it is
    ended."""
    from orchestration.defs import instance
    from orchestration.pipeline import companion

    root = Root.default().make()
    aside = instance.set_damaged_aside(root)
    if aside is not None:
        say(instance.told_aside(aside))
    os.environ |= {"SKILLS_HOME": str(root.path), "DAGSTER_HOME": str(instance.home(root))}
    programs = Path(sys.executable).parent
    definitions = ("-m", DEFINITIONS)
    sys.exit(
        companion.run(
            (
                [str(programs / "dagster-webserver"), *definitions, "-p", str(port), "-h", host],
                [str(programs / "dagster-daemon"), "run", *definitions],
            )
        )
    )
