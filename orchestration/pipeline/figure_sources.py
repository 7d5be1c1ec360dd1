"""The files and sheets that a figure's rows came from, by the logs and decisions in the data root; as CSV.

Which rows a figure is made of is `warehouse.published.figure_drilldown`. Ends at the CSV file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from itertools import accumulate
from pathlib import Path

from ingest import correction_chain, receive
from pages.texts import safe_cell
from warehouse.published.figure_drilldown import WITHHELD, Figure, Row
from warehouse.published.publication import Publication
from warehouse.store import register
from warehouse.store.data_root import Root
from warehouse.vocabulary.errors import OperatorError
from warehouse.vocabulary.privacy import redact
from warehouse.vocabulary.submission import Decision, Submission


@dataclass(frozen=True)
class File:
    """A file as received: its name, masked where that says more than it should, its place in the root, its digest."""

    name: str
    path: str
    sha256: str


def files(root: Root, publication: Publication, figure: Figure) -> dict[str, list[File]]:
    """A figure's submissions → the files they were read from, oldest first: a correction workbook comes after what it
    answers."""
    known = correction_chain.newest_names(receive.deliveries(root))
    with publication.connect() as con:
        merged = {
            name
            for (name,) in con.execute(
                "select submission_id from fct_submission where answers_submission_id is not null"
            ).fetchall()
        }
    files_by_submission = {}
    for name in (str(part.name) for part in figure.submissions if part.name != WITHHELD):
        if name not in known:
            raise OperatorError(
                f"{name} is not among the deliveries of {root.path}: the publication is of another data root."
            )
        line = [known[name]]
        if name in merged:
            [jobs] = correction_chain.jobs_of(root, [register.any_decision(root, known[name][0].dataset, name)])
            line = [known[job.submission_id] for job in jobs]
        files_by_submission[name] = [_file(*named) for named in line]
    return files_by_submission


def _file(submission: Submission, name: str) -> File:
    return File(redact(Path(name).name), f"received/{submission.submission_id}/content", submission.sha256)


def sheets(root: Root, names: Iterable[str]) -> Mapping[str, list[tuple[int, str | None]]]:
    """Submission → (last row index, sheet) in the order read. A correction workbook's rows keep the numbers of the file
    that it answers, so there only a single sheet is certain."""
    known = correction_chain.newest_names(receive.deliveries(root))
    return {name: _ends(register.any_decision(root, known[name][0].dataset, name)) for name in names}


def _ends(decision: Decision) -> list[tuple[int, str | None]]:
    read = decision.reading.sheets
    if decision.reading.supplement is None:
        return list(zip(accumulate(sheet.rows for sheet in read), (sheet.name for sheet in read), strict=True))
    return [(decision.rows.received + decision.rows.withdrawn, read[0].name)] if len(read) == 1 else []


def write_rows(root: Root, publication: Publication, figure: Figure, rows: Iterable[Row], out: Path) -> None:
    """Every row with its sheet and file: UTF-8 with BOM, and no cell that a spreadsheet would take for a formula."""
    files_by_submission = files(root, publication, figure)
    of = sheets(root, files_by_submission)
    columns = [column.name for column in fields(Row)]
    try:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["target_id", "reading", "period", *columns, "sheet", "file", "received", "sha256"])
            for line in _lines(rows, files_by_submission, of):
                writer.writerow([figure.target_id, figure.reading, figure.period, *line])
    except OSError as error:
        raise OperatorError(f"{out} cannot be written: {error.strerror}.") from None


def _lines(
    rows: Iterable[Row], files_by_submission: Mapping[str, list[File]], of: Mapping[str, list[tuple[int, str | None]]]
) -> Iterator[tuple[object, ...]]:
    for row in rows:
        if row.submission_id == WITHHELD:
            yield *astuple(row), None, None, None, None
            continue
        sheet = next((name for last, name in of[row.submission_id] if row.row_index <= last), None)
        received = files_by_submission[row.submission_id]
        # What a sender named may be a formula or say too much; what we named is written as it is.
        name, path, sha256 = map(" ".join, zip(*map(astuple, received), strict=True))
        yield *astuple(row), safe_cell(sheet), safe_cell(name), path, sha256
