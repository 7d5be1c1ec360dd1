"""Commands about one file, which need no data root: check it, write a template to fill in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestration.cli.group import cli
from orchestration.cli.plain import say, say_json
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError

if TYPE_CHECKING:
    from ingest.feed import Feed
    from warehouse.vocabulary.period import Period


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
    from orchestration.pipeline import resident
    from orchestration.pipeline.check_answer import CheckAnswer

    words = {"dataset": dataset, "department": department, "period": period_text}
    with_json, with_pages = json_out is not None, report_dir is not None
    wanted = {"with_json": with_json, "with_pages": with_pages}
    told = resident.ask(Root.default().path, {"do": "check", "file": str(file.absolute()), **words, **wanted})
    if told is not None:
        answer = CheckAnswer(**told)
    else:
        from ingest.pool import Pool

        with Pool(workers=1) as readers:
            readers.get_ready()
            from orchestration.pipeline import check_file

            answer = check_file.answer(
                check_file.Asked(file, dataset, department, period_text),
                with_json=with_json,
                with_pages=with_pages,
                readers=readers,
                root=Root.default(),
            )
    text = answer.deliver(json_out, report_dir)
    if str(json_out) == "-":
        say_json(text)
    else:
        say(text)
    sys.exit(answer.code)


@cli.command()
@click.argument("dataset")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--department", default=None, help="In this department's wording, without what its feed says itself.")
@click.option("--district", default=None, help="For this district's unit of the department.")
@click.option("--period", "period_text", default=None, help="Filled in, with the day by which it is due.")
@click.option("--force", is_flag=True, help="Replace a file that stands there already.")
def template(
    dataset: str, out: Path, department: str | None, district: str | None, period_text: str | None, force: bool
) -> None:
    """Write the workbook that a department fills in: drop-downs, checks while typing, notes, an example row."""
    from pages.render.workbook_template import template as workbook
    from warehouse.vocabulary import contract

    content = workbook(contract.dataset(dataset), *_recipient(dataset, department, district, period_text))
    if out.exists() and not force:
        raise OperatorError(f"{out} stands there already: choose another name or add --force.")
    try:
        out.write_bytes(content)
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}.") from None
    say(f"{contract.dataset(dataset).title} → {out}")


def _recipient(
    dataset: str, department: str | None, district: str | None, period_text: str | None
) -> tuple[Feed | None, Period | None, str | None]:
    """Feed, period and unit; `OperatorError` where there is no such unit, or it does not report for such a period."""
    from ingest import feed as feeds
    from warehouse.vocabulary import period

    if department is None:
        if district or period_text:
            raise OperatorError("A district or a period is one of a department's: add --department.")
        return None, None, None
    feed = feeds.find(department, dataset)
    unit = f"{department}.{district}" if district else department
    if unit not in feed.units:
        raise OperatorError(
            f"{department} has no unit {district} for {dataset}; its units are {', '.join(feed.units)}."
        )
    wanted = period.parse(period_text) if period_text else None
    if period_text and (wanted is None or not feed.takes(wanted)):
        raise OperatorError(
            f"{department} reports {dataset} {feed.cadence} from {feed.first} to {feed.last}, not for {period_text}."
        )
    return feed, wanted, unit
