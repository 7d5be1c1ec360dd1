"""The `skills` command line. Each command imports only what it needs: start-up time is part of the product."""

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from warehouse.errors import OperatorError
from warehouse.paths import Root


class _Day(click.ParamType):  # type: ignore[type-arg]
    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is not a date like 2026-11-20.", param, ctx)


class _Moment(click.ParamType):  # type: ignore[type-arg]
    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.datetime:
        try:
            moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value} is not a time like 2026-11-20T18:00+08:00 (without a zone: UTC).", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


_AS_OF = click.option("--as-of", type=_Day(), default=None, help="The day that decides what is due (default: today).")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def cli() -> None:
    """The skills-training warehouse: departments' files in, a checked and published warehouse out."""


@cli.command()
@click.option("--months", default="2025-11:2026-10", show_default=True, help="First and last month.")
@click.option("--scale", type=click.FloatRange(0.001, 20), default=1.0, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
def demo(months: str, scale: float, seed: int) -> None:
    """Write what twenty departments would send into the inbox: one seeded world of synthetic people."""
    from ingest import demo as world
    from orchestration import terminal
    from warehouse import period, privacy

    first, _, last = months.partition(":")
    bounds = [period.parse(text) for text in (first, last or first)]
    if bounds[0] is None or bounds[1] is None or {one.months for one in bounds if one} != {1} or bounds[0] > bounds[1]:
        raise OperatorError(f"--months {months} is not a span of months: write it like 2025-11:2026-10.")
    root = Root.default().make()
    if any(root.inbox.iterdir()):
        raise OperatorError(f"The inbox {root.inbox} is not empty: move its files away or choose another SKILLS_HOME.")
    privacy.make_key(root)
    summary = world.write(root, bounds[0], bounds[1], scale, seed)
    terminal.console.print(
        f"{summary.files:,} files, {summary.rows:,} rows, {summary.defects:,} injected defects of "
        f"{summary.kinds} kinds → {root.inbox}"
    )


@cli.command()
@click.option("--period", "periods", multiple=True, help="Pull this period's deliveries again.")
@click.option("--department", "departments", multiple=True, help="Pull this department's deliveries again.")
@_AS_OF
def run(periods: tuple[str, ...], departments: tuple[str, ...], as_of: dt.date | None) -> None:
    """Pull, check, build, publish, report; prints what became of it."""
    from orchestration import lock, terminal
    from orchestration import run as steps
    from warehouse import period, publication, reference

    for text in periods:
        if period.parse(text) is None:
            raise OperatorError(f"{text} is not a period: write it like 2026-01, 2026-Q2, 2026-H1 or 2026.")
    for code in departments:
        reference.check_department(code)
    root = Root.default().make()
    this = steps.Run(
        root,
        as_of or dt.date.today(),
        dt.datetime.now(dt.UTC),
        tuple(str(period.parse(text)) for text in periods),
        departments,
    )
    with lock.hold(root):
        steps.refuse_empty(this)
        if steps.is_idle(this):
            terminal.console.print("没有新的报送，发布内容不变。Nothing new since the last publication.")
        else:
            from orchestration import execute

            execute.run(this)
    current = publication.open_current(root)
    terminal.console.print(terminal.departments(current))
    terminal.console.print(terminal.targets(current))
    terminal.console.print(
        f"publication {current.publication_id} → {root.current}\nreports → {root.reports / 'index.html'}"
    )


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dataset", required=True)
@click.option("--department", required=True)
@click.option("--period", "period_text", required=True)
@click.option("--json", "json_out", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--report", "report_dir", type=click.Path(file_okay=False, path_type=Path))
def check(
    file: Path, dataset: str, department: str, period_text: str, json_out: Path | None, report_dir: Path | None
) -> None:
    """Check one file as the pipeline would; nothing is stored. Exit 0 accepted, 1 rejected or unreadable, 2 usage."""
    from orchestration import single

    sys.exit(single.check_file(file, dataset, department, period_text, json_out, report_dir))


@cli.command()
@click.argument("dataset")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--department", default=None, help="In this department's wording, without what its feed says itself.")
@click.option("--force", is_flag=True, help="Replace a file that stands there already.")
def template(dataset: str, out: Path, department: str | None, force: bool) -> None:
    """Write the workbook that a department fills in: drop-downs, notes, an example row."""
    from ingest import feed as feeds
    from ingest.template import template as workbook
    from warehouse import contract

    content = workbook(contract.dataset(dataset), feeds.find(department, dataset) if department else None)
    if out.exists() and not force:
        raise OperatorError(f"{out} stands there already: choose another name or add --force.")
    try:
        out.write_bytes(content)
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"{contract.dataset(dataset).title} → {out}")


@cli.command()
@click.option("--department", "departments", multiple=True)
@click.option("--dataset", "datasets", multiple=True)
@_AS_OF
def recheck(departments: tuple[str, ...], datasets: tuple[str, ...], as_of: dt.date | None) -> None:
    """Decide stored submissions under the present rules, beside the old decisions; then build and publish."""
    from orchestration import execute, lock, terminal
    from orchestration import run as steps

    root = Root.default().make()
    this = steps.Run(root, as_of or dt.date.today(), dt.datetime.now(dt.UTC))
    with lock.hold(root):
        this.open()
        count = steps.recheck(this, datasets, departments)
        terminal.console.print(f"{count:,} submissions decided anew.")
        execute.run(this)


@cli.group()
def rules() -> None:
    """What the rules are about to do."""


@rules.command()
@click.option("--since", default="HEAD", show_default=True, help="The git revision whose checks are compared with.")
@click.option("--department", default=None, help="Replay this department's submissions alone.")
@click.option("--dataset", default=None, help="Only changes in this dataset's checks.")
@click.option("--json", "json_out", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
def diff(since: str, department: str | None, dataset: str | None, json_out: Path | None) -> None:
    """Replay the stored submissions with the changed checks: what would newly fail or pass. Nothing is stored."""
    import json

    from orchestration import rules_diff, terminal
    from warehouse import contract, reference

    if department is not None:
        reference.check_department(department)
    if dataset is not None:
        contract.dataset(dataset)
    with terminal.errors.status("rules") as shown:
        made = rules_diff.preview(Root.default(), since, department, dataset, shown.update)
    text = json.dumps(rules_diff.as_json(made), ensure_ascii=False, indent=1) + "\n"
    if str(json_out) == "-":
        click.echo(text, nl=False)
        return
    if json_out is not None:
        json_out.write_text(text, "utf-8")
    for table in terminal.preview(made.changes, made.difference):
        terminal.console.print(table)
    for sentence in (*rules_diff.not_replayed(made), rules_diff.summary(made)):
        terminal.console.print(sentence, markup=False)


@cli.command()
@click.argument("dataset")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def suites(dataset: str, out: Path) -> None:
    """Write a dataset's checks as a Great Expectations suite and its Data Docs, without data, into a new folder."""
    from warehouse import contract

    checked = contract.dataset(dataset)
    from expectations import suite_export  # Great Expectations costs 4 s: only for a dataset that exists

    click.echo(f"{checked.title}: {suite_export.write(checked, out)} checks → {out}")


@cli.command()
@click.argument("submission_id")
@click.option("--preparer", required=True, help="Who prepared it.")
@click.option("--reviewer", required=True, help="Who reviewed it: somebody else.")
def confirm(submission_id: str, preparer: str, reviewer: str) -> None:
    """Sign a decided submission; the next run publishes how much of each figure is confirmed."""
    from orchestration import lock, recording

    root = Root.default().make()
    with lock.hold(root):
        made = recording.confirm(root, submission_id, preparer, reviewer)
    click.echo(f"{made.submission_id} confirmed by {made.preparer} and {made.reviewer}.")


@cli.command()
@click.argument("rule")
@click.option("--department", required=True)
@click.option("--rows", type=click.IntRange(1), required=True, help="In a submission with more, all of them stand.")
@click.option("--until", type=_Day(), required=True, help="For periods that end by this day.")
@click.option("--by", "approved_by", required=True, help="Who approves it.")
@click.option("--reason", required=True)
def approve(rule: str, department: str, rows: int, until: dt.date, approved_by: str, reason: str) -> None:
    """Let findings of a rule pass for a department; the next run decides what is concerned anew."""
    from orchestration import lock, recording

    root = Root.default().make()
    with lock.hold(root):
        made = recording.approve(root, rule, department, rows, until, approved_by, reason)
    click.echo(
        f"{made.exception_id}: up to {made.rows} rows of {made.rule} pass in a submission of {made.department} "
        f"for periods until {made.until}."
    )


@cli.command()
@click.argument("year", type=click.IntRange(2025, 2028))
@click.option("--by", "decided_by", required=True, help="Who decides it.")
def close(year: int, decided_by: str) -> None:
    """Make a year's published figures final; what changes in them later is marked as revised."""
    from orchestration import lock, recording

    root = Root.default().make()
    with lock.hold(root):
        made = recording.close(root, year, decided_by)
    click.echo(f"{made.year} closed with {len(made.figures)} figures of publication {made.publication_id}.")


@cli.command()
@click.option("--department", default=None)
def status(department: str | None) -> None:
    """The expected grid as published: who is late, missing or rejected."""
    from orchestration import terminal
    from warehouse import publication, reference

    if department is not None:
        reference.check_department(department)
    current = publication.open_current(Root.default())
    terminal.console.print(terminal.departments(current, department))
    terminal.console.print(terminal.overdue(current, department))


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Every period, not only those begun by the as-of date.")
def targets(everything: bool) -> None:
    """Progress against the plan's twenty targets, as published."""
    from orchestration import terminal
    from warehouse import publication

    terminal.console.print(terminal.targets(publication.open_current(Root.default()), everything=everything))


@cli.command(name="diff")
@click.argument("before", metavar="PUBLICATION")
@click.argument("after", metavar="PUBLICATION")
@click.option("--json", "json_out", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
def diff_publications(before: str, after: str, json_out: Path | None) -> None:
    """Which figures moved between two publications (ids, their beginnings, latest, previous), and because of whom."""
    from orchestration import history_tables, terminal
    from warehouse import moves, publication

    root = Root.default()
    found = moves.compare(*(publication.open_publication(root, name) for name in (before, after)))
    text = history_tables.moves_json(found)
    if str(json_out) == "-":
        click.echo(text, nl=False)
        return
    if json_out is not None:
        json_out.write_text(text, "utf-8")
    for table in history_tables.moves(found):
        terminal.console.print(table)
    terminal.console.print(history_tables.summary(found), markup=False)


@cli.command()
@click.argument("target")
@click.option("--period", required=True, help="As skills targets shows it: 2026, 2025-2027, point …")
@click.option("--reading", default="main", show_default=True)
@click.option("--department", default=None, help="Only what this department adds.")
@click.option("--publication", "name", default="latest", show_default=True)
@click.option("--csv", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write every row with its file.")
def explain(target: str, period: str, reading: str, department: str | None, name: str, out: Path | None) -> None:
    """From a figure to its components, departments, submissions, files and rows."""
    from orchestration import history_tables, places, terminal
    from warehouse import figure, publication, reference

    if department is not None:
        reference.check_department(department)
    root = Root.default()
    wanted = publication.open_publication(root, name)
    opened = figure.explain(wanted, target, reading, period, department)
    terminal.console.print(history_tables.figure_line(opened, wanted), markup=False)
    for table in history_tables.figure(opened, places.files(root, wanted, opened)):
        terminal.console.print(table)
    click.echo(f"files → {root.received}/<submission>/content")
    if out is not None:
        places.write_rows(root, wanted, opened, figure.rows(wanted, opened), out)
        click.echo(f"{sum(part.rows for part in opened.components):,} rows → {out}")
    click.echo(f"-- {wanted.folder / publication.DATABASE}\n{opened.query};")


@cli.command()
@click.argument("name", metavar="PUBLICATION", required=False)
@click.option("--as-of", "moment", type=_Moment(), default=None, help="Publish what was known then, beside current.")
def rebuild(name: str | None, moment: dt.datetime | None) -> None:
    """Make a publication again and compare (exit 1: not the same), or publish what was known at a moment."""
    from orchestration import history_tables, lock, terminal
    from orchestration import rebuild as building
    from warehouse import publication

    if (name is None) == (moment is None):
        raise click.UsageError("Give either a publication or --as-of.")
    root = Root.default().make()
    with lock.hold(root), terminal.errors.status("rebuild") as shown:
        if moment is not None:
            made, is_new = building.as_of(root, moment, dt.datetime.now(dt.UTC), shown.update)
            click.echo(f"publication {made.publication_id} → {made.folder}{'' if is_new else ' (stood already)'}")
            return
        found = building.again(root, publication.open_publication(root, str(name)), shown.update)
    terminal.console.print(history_tables.compared(found), markup=False)
    sys.exit(0 if found.is_equal else 1)


@cli.command()
def metrics() -> None:
    """The figures of warehouse/metrics.yaml: names, formulas and dimensions for BI tools and people."""
    from orchestration import terminal
    from warehouse import metric

    for table in terminal.metrics(metric.metrics()):
        terminal.console.print(table)


@cli.command()
@click.option("--to", "address", required=True, help="postgresql://user@host:5432/database, or local.")
@click.option("--publication", "publication_id", default=None, help="Another than the current one.")
def publish(address: str, publication_id: str | None) -> None:
    """Load a publication into PostgreSQL for BI tools: schema skills, with roles per department."""
    from warehouse import publication
    from warehouse.postgres import load, local

    root = Root.default()
    wanted = publication.open_publication(root, publication_id) if publication_id else publication.open_current(root)
    target = local.address(root) if address == "local" else address
    done = load.load(wanted, target)
    click.echo(
        f"publication {done.publication_id} → schema {load.SCHEMA} of {done.place}: {done.tables} tables, "
        f"{done.rows:,} rows, {done.seconds:.1f} s"
    )
    if address == "local":
        click.echo(target)


@cli.command()
@click.option("--port", type=int, default=3000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
def ui(port: int, host: str) -> None:
    """Dagster's web interface on the same data root, with schedules and the arrival sensor."""
    from orchestration import instance

    root = Root.default().make()
    os.environ |= {"SKILLS_HOME": str(root.path), "DAGSTER_HOME": str(instance.home(root))}
    program = Path(sys.executable).parent / "dagster"
    os.execv(program, [str(program), "dev", "-m", "orchestration.definitions", "-p", str(port), "-h", host])


def main() -> None:
    """Errors of people end in one sentence; anything else in a traceback without personal data."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as error:
        command = getattr(getattr(error, "ctx", None), "command_path", "skills")
        click.echo(f"{error.format_message()} See {command} --help.", err=True)
        sys.exit(error.exit_code)
    except OperatorError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_code)
    except Exception:
        from warehouse.privacy import redact

        click.echo(redact(traceback.format_exc()), err=True)
        sys.exit(70)
