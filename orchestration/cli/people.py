"""Commands by which people decide: sign-off, answers, exceptions, releases, closed years and months, opening balances,
steps of signals, which the next run publishes; and what is shown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from orchestration.cli.group import cli
from orchestration.cli.options import Day
from orchestration.cli.plain import say
from warehouse.store.data_root import Root
from warehouse.vocabulary import clock
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.signal import STATES, State


@cli.command()
@click.argument("submission_id")
@click.option("--preparer", required=True, help="Who prepared it.")
@click.option("--reviewer", required=True, help="Who reviewed it: somebody else.")
def confirm(submission_id: str, preparer: str, reviewer: str) -> None:
    """Sign a decided submission; the next run publishes how much of each figure is confirmed."""
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        confirmation = sign_off.confirm(root, submission_id, preparer, reviewer)
    say(f"{confirmation.submission_id} confirmed by {confirmation.preparer} and {confirmation.reviewer}.")


@cli.command()
@click.argument("submission_id")
@click.option("--yes/--no", "is_replacement", default=None, required=True, help="Does it replace what stands?")
@click.option("--by", "answered_by", required=True, help="Who answers.")
@click.option("--bureau-reason", help="The bureau answers in the unit's place: why.")
def replace(submission_id: str, is_replacement: bool, answered_by: str, bureau_reason: str | None) -> None:
    """Answer whether a submission that loses much of what stands replaces it; the next run acts on it."""
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        answer = sign_off.answer(root, submission_id, is_replacement, answered_by, bureau_reason)
    told = "replaces what stands" if answer.is_replacement else "replaces nothing"
    say(f"{answer.submission_id} {told}, says {answer.answered_by}.")


@cli.command()
@click.argument("rule")
@click.option("--department", required=True)
@click.option("--rows", type=click.IntRange(1), required=True, help="In a submission with more, all of them stand.")
@click.option("--until", type=Day(), required=True, help="For periods that end by this day.")
@click.option("--by", "approved_by", required=True, help="Who approves it.")
@click.option("--reason", required=True)
def approve(rule: str, department: str, rows: int, until: dt.date, approved_by: str, reason: str) -> None:
    """Let findings of a rule pass for a department; the next run decides what is concerned anew."""
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        exception = sign_off.approve(root, rule, department, rows, until, approved_by, reason)
    say(
        f"{exception.exception_id}: up to {exception.rows} rows of {exception.rule} pass in a submission of "
        f"{exception.department} for periods until {exception.until}."
    )


@cli.command()
@click.argument("submission_id")
@click.option("--by", "released_by", required=True, help="Who releases it.")
@click.option("--reason", required=True)
def release(submission_id: str, released_by: str, reason: str) -> None:
    """Let a submission count that is held back because a test of senders' data fails on it."""
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        released = sign_off.release(root, submission_id, released_by, reason)
    say(f"{released.submission_id} released by {released.released_by}: the next run counts it.")


@cli.command()
@click.argument("signal_id", metavar="SIGNAL")
@click.argument("state", type=click.Choice([state for state in STATES if state != "new"]))
@click.option("--by", "decided_by", required=True, help="Who decides it.")
@click.option("--reason", default="", help="What was found; a signal is cleared with a reason only.")
def signal(signal_id: str, state: State, decided_by: str, reason: str) -> None:
    """Say how far a signal of supervision has been looked into; the next run publishes it to the supervising role."""
    from orchestration.pipeline import supervision
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        step = supervision.signal_step(root, signal_id, state, decided_by, reason)
    say(f"{step.signal_id} is {step.state} ({STATES[step.state]}), says {step.decided_by}.")


@cli.command()
@click.argument("year", type=click.IntRange(2025, 2028))
@click.option("--by", "decided_by", required=True, help="Who decides it.")
def close(year: int, decided_by: str) -> None:
    """Make a year's published figures final; what changes in them later is marked as revised."""
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        final_year = sign_off.close(root, year, decided_by)
    say(f"{final_year.year} closed with {len(final_year.figures)} figures of publication {final_year.publication_id}.")


_BOTH = "Who decides it; twice, for two different persons of the bureau."


@cli.command("close-month")
@click.argument("month")
@click.option("--by", "people", required=True, multiple=True, help=_BOTH)
@click.option("--yes", is_flag=True, help="Close it without being asked, whatever is open.")
def close_month(month: str, people: tuple[str, ...], yes: bool) -> None:
    """Close a month (关账) after showing what is open of it; figures of it that change later are marked as revised."""
    from orchestration.cli import terminal
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    both = sign_off.two_persons(people)
    root = Root.default().make()
    shown = sign_off.closing(root, month)
    say("\n".join(terminal.month_end(shown)))
    if not yes:
        click.confirm(f"Close {shown.month} with {len(shown.figures)} figures?", abort=True)
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        closed = sign_off.close_month(root, shown, both)
    say(
        f"{closed.month} closed by {closed.decided_by} and {closed.countersigned_by} with {len(closed.figures)} "
        f"figures of publication {closed.publication_id}."
    )


@cli.command("reopen-month")
@click.argument("month")
@click.option("--by", "people", required=True, multiple=True, help=_BOTH)
@click.option("--reason", required=True)
def reopen_month(month: str, people: tuple[str, ...], reason: str) -> None:
    """Open a closed month again; the closing and the reason stay in the records."""
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        opened = sign_off.reopen_month(root, month, people, reason)
    say(f"{opened.month} opened again by {opened.decided_by} and {opened.countersigned_by}.")


@cli.command("complete-back-files")
@click.argument("unit")
@click.argument("dataset")
@click.option("--preparer", required=True, help="Who prepared them.")
@click.option("--reviewer", required=True, help="Who reviewed them: somebody else.")
@click.option("--reopen", "reason", metavar="REASON", help="They are not complete after all: why.")
def complete_back_files(unit: str, dataset: str, preparer: str, reviewer: str, reason: str | None) -> None:
    """Sign that a unit's back-files of a dataset are complete, January to October 2025; what has no row counts no
    more."""
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        signed = sign_off.sign_back_files(root, unit, dataset, preparer, reviewer, reason)
    told = "are complete" if signed.is_complete else "are open again"
    say(f"The back-files of {signed.dataset} by {signed.unit} {told}, say {signed.preparer} and {signed.reviewer}.")


@cli.command("recognise-balance")
@click.argument("unit")
@click.argument("target")
@click.option("--document", required=True, help="The number of the document by which it is recognised.")
@click.option("--by", "recognised_by", required=True, help="Who decides it.")
def recognise_balance(unit: str, target: str, document: str, recognised_by: str) -> None:
    """Recognise the opening balance of a unit that has no rows of a target, as it is published now."""
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "intake", wait_seconds=lock.SHORTLY):
        recognised = sign_off.recognise_balance(root, unit, target, document, recognised_by)
    say(f"{recognised.unit} {recognised.target_id}: {recognised.declared} recognised by {recognised.document}.")


@cli.command()
@click.argument("name", metavar="PUBLICATION")
@click.option("--by", "chosen_by", required=True, help="Who decides it.")
@click.option("--reason", required=True)
def use(name: str, chosen_by: str, reason: str) -> None:
    """Show another publication (an id, its beginning, previous): current turns to it, and the reports follow."""
    from orchestration import definitions
    from orchestration.cli import terminal
    from orchestration.defs import execute
    from orchestration.pipeline import run as steps
    from orchestration.pipeline import sign_off
    from warehouse.store import lock

    root = Root.default().make()
    with lock.hold(root, "build", wait_seconds=lock.SHORTLY):
        before, chosen = sign_off.use(root, name, chosen_by, reason)
        prepared = steps.Run(root, dt.date.fromisoformat(chosen.manifest["as_of_date"]), clock.now())
        with terminal.progress() as tell:
            execute.run(definitions.defs(), prepared, tell, execute.REPORTS)
    say(
        "\n".join(
            (
                f"{before.publication_id} → {chosen.publication_id}, chosen by {chosen_by.strip()}.",
                *prepared.notes,
                f"reports → {root.reports / 'index.html'}",
                "PostgreSQL shows it after skills publish.",
            )
        )
    )


@cli.command()
@click.argument("submission_id")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def workbook(submission_id: str, out: Path) -> None:
    """Write the correction workbook of a submission, also of a period that ended long ago; it holds personal data."""
    from orchestration.pipeline import run as steps
    from orchestration.pipeline import workbook_on_request
    from warehouse.store import durable

    root = Root.default().make()
    content = workbook_on_request.workbook_of(steps.Run(root, clock.today(), clock.now()), submission_id)
    if out.exists():
        raise OperatorError(f"{out} stands there already: choose another name.")
    try:
        durable.write(out, content)
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}.") from None
    say(f"{submission_id} → {out}; it can be sent back under the name {submission_id}.xlsx.")
