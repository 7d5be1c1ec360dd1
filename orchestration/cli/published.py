"""Commands over what is published: grid, targets, differences, a figure's rows, metrics, PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.cli.group import cli
from orchestration.cli.plain import say, say_json
from warehouse.store.data_root import Root
from warehouse.vocabulary.signal import STATES, State

if TYPE_CHECKING:
    from warehouse.published.postgres.load import Loaded


@cli.command()
@click.option("--department", default=None)
@click.option(
    "--html",
    "page",
    type=click.Path(dir_okay=False),
    is_flag=False,
    flag_value="",
    help="Write the page of every feed as it is decided now; without a file name where the reports lie.",
)
def status(department: str | None, page: str | None) -> None:
    """The expected grid as published: who is late, missing or rejected."""
    from orchestration.cli import terminal
    from warehouse.published import publication
    from warehouse.vocabulary import reference

    if page is not None:
        if department is not None:
            raise click.UsageError("The page is of all departments: give --html without --department.")
        _write_status(page)
        return
    if department is not None:
        reference.check_department(department)
    current = publication.open_current(Root.default())
    terminal.console.print(terminal.departments(current, department))
    terminal.console.print(terminal.overdue(current, department))
    for line in terminal.held_back(current, department):
        terminal.console.print(line)


def _write_status(page: str) -> None:
    from pages import site_map
    from pages.write import status as status_page

    root = Root.default()
    out = Path(page) if page else root.reports / site_map.STATUS
    status_page.write_to(root, out)
    say(f"status → {out}")


@cli.command()
@click.option("--all", "everything", is_flag=True, help="Every period, not only those begun by the as-of date.")
@click.option(
    "--curve",
    metavar="TARGET",
    help="Instead, the year before as a curve of TARGET for this year: rows for target_curves.csv, to be approved.",
)
def targets(everything: bool, curve: str | None) -> None:
    """Progress against the plan's twenty targets, as published."""
    from orchestration.cli import terminal
    from warehouse.published import publication

    if curve is not None:
        _offer_curve(curve)
        return
    terminal.console.print(terminal.targets(publication.open_current(Root.default()), everything=everything))


def _offer_curve(target_id: str) -> None:
    from orchestration.pipeline import curve_offer
    from warehouse.published import publication
    from warehouse.vocabulary import reference
    from warehouse.vocabulary.errors import OperatorError

    known = [row["id"] for row in reference.table("targets")]
    if target_id not in known:
        raise OperatorError(f"There is no target {target_id}; known are {', '.join(known)}.")
    offered = curve_offer.offer(publication.open_current(Root.default()), target_id)
    for line in (curve_offer.COLUMNS, *(tuple(row.values()) for row in offered)):
        say(",".join(line))


@cli.command()
@click.option("--state", type=click.Choice(list(STATES)), help="Only those in this state.")
def signals(state: State | None) -> None:
    """Signals of supervision and how far each has been looked into, by the money at stake; for the bureau alone."""
    from orchestration.cli import terminal
    from warehouse.published import publication

    terminal.console.print(terminal.signals(publication.open_current(Root.default()), state))


@cli.command(name="diff")
@click.argument("before", metavar="PUBLICATION")
@click.argument("after", metavar="PUBLICATION")
@click.option("--json", "json_out", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
def diff_publications(before: str, after: str, json_out: Path | None) -> None:
    """Which figures moved between two publications (ids, their beginnings, latest, previous), and because of whom."""
    from orchestration.cli import history_tables, terminal
    from warehouse.published import publication, publication_diff

    root = Root.default()
    moves = publication_diff.compare(*(publication.open_publication(root, name) for name in (before, after)))
    text = history_tables.moves_json(moves)
    if str(json_out) == "-":
        say_json(text)
        return
    if json_out is not None:
        json_out.write_text(text, "utf-8")
    for table in history_tables.moves(moves):
        terminal.console.print(table)
    terminal.console.print(history_tables.summary(moves), markup=False)


@cli.command()
@click.argument("target")
@click.option("--period", required=True, help="As skills targets shows it: 2026, 2025-2027, point …")
@click.option("--reading", default="main", show_default=True)
@click.option("--department", default=None, help="Only what this department adds.")
@click.option("--publication", "name", default="latest", show_default=True)
@click.option("--csv", "out", type=click.Path(dir_okay=False, path_type=Path), help="Write every row with its file.")
def explain(target: str, period: str, reading: str, department: str | None, name: str, out: Path | None) -> None:
    """From a figure to its components, departments, submissions, files and rows."""
    from orchestration.cli import history_tables, terminal
    from orchestration.pipeline import figure_sources
    from warehouse.published import figure_drilldown, publication
    from warehouse.vocabulary import reference

    if department is not None:
        reference.check_department(department)
    root = Root.default()
    wanted = publication.open_publication(root, name)
    opened = figure_drilldown.explain(wanted, target, reading, period, department)
    terminal.console.print(history_tables.figure_line(opened, wanted), markup=False)
    for table in history_tables.figure(opened, figure_sources.files(root, wanted, opened)):
        terminal.console.print(table)
    say(f"files → {root.received}/<submission>/content")
    if out is not None:
        figure_sources.write_rows(root, wanted, opened, figure_drilldown.rows(wanted, opened), out)
        say(f"{sum(part.rows for part in opened.components):,} rows → {out}")
    say(f"-- {wanted.folder / publication.DATABASE}\n{opened.query};")


@cli.command()
@click.option("--json", "json_out", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--export", "tool", type=click.Choice(["superset"]), help="Write the metrics as a BI tool imports them.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="With --export: the file to write.")
@click.option(
    "--database",
    default="postgresql://skills_bi@localhost:5432/skills",
    show_default=True,
    help="With --export: where the tool reaches what skills publish loaded; the password is given to the tool.",
)
def metrics(json_out: Path | None, tool: str | None, out: Path | None, database: str) -> None:
    """The figures of warehouse/metrics.yaml: names, formulas and dimensions for BI tools and people."""
    from orchestration.cli import terminal
    from pages import texts
    from warehouse.published import superset
    from warehouse.vocabulary import clock, metric

    known = metric.metrics()
    if json_out is not None:
        text = texts.json_text(metric.catalogue(known))
        if str(json_out) == "-":
            say_json(text)
        else:
            json_out.write_text(text, "utf-8")
    if tool is not None:
        target = out or Path(f"skills-{tool}.zip")
        target.write_bytes(superset.archive(known, database, clock.now()))
        say(f"{len(known.metrics)} metrics of {len(known.sources)} tables → {target}")
    if json_out is None and tool is None:
        for table in terminal.metrics(known):
            terminal.console.print(table)


@cli.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--publication", "name", default="latest", show_default=True)
def contracts(out: Path, name: str) -> None:
    """Write a data contract (ODCS) for every stored and published table: accepted rows, and the publication's marts."""
    from warehouse.published import publication, stored_contracts

    root = Root.default()
    files = stored_contracts.contracts(root, publication.open_publication(root, name))
    stored_contracts.write(files, out)
    say(f"{len(files)} contracts → {out}")


@cli.command()
@click.option("--to", "address", required=True, help="postgresql://user@host:5432/database, or local.")
@click.option("--publication", "publication_id", default=None, help="Another than the current one.")
def publish(address: str, publication_id: str | None) -> None:
    """Load a publication into PostgreSQL for BI tools: schema skills, with roles per department."""
    from warehouse.published import publication
    from warehouse.published.postgres import access, load, local
    from warehouse.vocabulary import reference

    root = Root.default()
    wanted = publication.open_publication(root, publication_id) if publication_id else publication.open_current(root)
    if address != "local":
        _tell_loaded(load.load(wanted, address))
        return
    server = local.running(root)
    _tell_loaded(load.load(wanted, server.owner))
    logins = local.give_logins(root, server, reference.codes("department"))
    names = ", ".join(map(local.login_name, logins))
    say(f"logins on {local.HOST}, port {server.port}, database {local.DATABASE}: {names}")
    say(f"passwords → {local.logins_file(root)}")
    say(server.login(access.BUREAU, logins[access.BUREAU]))


def _tell_loaded(done: Loaded) -> None:
    from warehouse.published.postgres.load import SCHEMA

    say(
        f"publication {done.publication_id} → schema {SCHEMA} of {done.place}: {done.tables} tables, "
        f"{done.rows:,} rows, {done.seconds:.1f} s"
    )
    if not done.is_found_by_name:
        say(
            f"The database is another's: let its owner call alter database … set search_path to {SCHEMA}, public, or "
            f"name tables with {SCHEMA} before them."
        )
