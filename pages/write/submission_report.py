"""Writes one submission's report and the pages of its slices, in a worker process. Ends at `reports/<unit>/`."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa

from expectations import compiled
from pages import site_map
from pages.render import slices
from pages.render.submission import Context, submission_files
from pages.write import files
from warehouse.store.data_root import Root
from warehouse.vocabulary.submission import Decision


@dataclass(frozen=True)
class Report:
    """One submission's report to write. `findings`: all of it, also against other submissions (`tables.HISTORY`);
    `context` lacks these and the checks."""

    root: Root
    decision: Decision
    findings: pa.Table
    context: Context

    def work(self) -> int:
        """How many files changed."""
        decision, unit = self.decision, self.decision.submission.unit
        found = self.findings.to_pylist()
        context = replace(
            self.context,
            checks=compiled.of(decision.submission.dataset),
            across=[finding for finding in found if finding["scope"] == "across"],
        )
        own = [finding for finding in found if finding["scope"] == "submission"]
        texts = {
            self.root.reports / unit / name: text for name, text in submission_files(decision, own, context).items()
        }
        for one, workbook in context.slices:
            page = slices.slice_page(decision, one, found, workbook, context.checks, context.exceptions)
            texts[self.root.reports / site_map.slice_report(unit, decision.submission_id, one.name)] = page
        return sum(files.write(path, text) for path, text in texts.items())
