"""The entry point of `skills`: registers the commands, and turns what went wrong into a sentence and an exit code."""

from __future__ import annotations

import sys
import traceback

import click

from orchestration.cli import files, people, published, rules, runs, upkeep
from orchestration.cli.group import cli
from warehouse.vocabulary.errors import OperatorError

COMMANDS = (files, people, published, rules, runs, upkeep)
"""Modules that put their commands into the group as they are imported."""


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
        from warehouse.vocabulary.privacy import redact

        click.echo(redact(traceback.format_exc()), err=True)
        sys.exit(70)
