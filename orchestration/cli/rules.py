"""Commands about the rules: what a change of them would do."""

from __future__ import annotations

import json
from pathlib import Path

import click

from orchestration.cli.group import cli
from orchestration.cli.plain import say, say_json
from warehouse.store.data_root import Root
from warehouse.vocabulary import pandas_out


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
    from orchestration.cli import terminal
    from orchestration.pipeline import rules_diff
    from warehouse.vocabulary import contract, reference

    if department is not None:
        reference.check_department(department)
    if dataset is not None:
        contract.dataset(dataset)
    with terminal.errors.status("rules") as shown:
        preview = rules_diff.preview(Root.default(), since, department, dataset, shown.update)
    text = json.dumps(rules_diff.as_json(preview), ensure_ascii=False, indent=1) + "\n"
    if str(json_out) == "-":
        say_json(text)
        return
    if json_out is not None:
        json_out.write_text(text, "utf-8")
    for table in terminal.preview(preview.changes, preview.difference):
        terminal.console.print(table)
    for sentence in (*rules_diff.not_replayed(preview), rules_diff.summary(preview)):
        terminal.console.print(sentence, markup=False)


@cli.command()
@click.argument("dataset")
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def suites(dataset: str, out: Path) -> None:
    """Write a dataset's checks as a Great Expectations suite and its Data Docs, without data, into a new folder."""
    from warehouse.vocabulary import contract

    checked = contract.dataset(dataset)
    pandas_out.let_in()
    from expectations import suite_export  # Great Expectations costs 4 s: only for a dataset that exists

    say(f"{checked.title}: {suite_export.write(checked, out)} checks → {out}")
