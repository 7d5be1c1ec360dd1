"""Every defect of single rows, each made so that only its check fires. A new kind is a line in one file.

Not here: rows that contradict other datasets (`contradictions.py`), whole files (`file_faults.py`). Ends at the list.
"""

from __future__ import annotations

from demo.defect import Defect
from demo.defects.certificate import certificate
from demo.defects.events import events
from demo.defects.later import later
from demo.defects.payment import subsidy_payment
from demo.defects.person import person
from demo.defects.returns import returns
from demo.defects.supporting import supporting
from demo.defects.tasks import tasks
from demo.defects.totals import totals
from demo.defects.training import attendance, training_class, training_record

PERSONS = ("training_record", "certificate", "support_service")
AWARDED = frozenset({"id_checksum", "birth_against_id", "placeholder_name", "id_no_required"})
"""Kinds for `talent_award`: a list of so few persons bears no more."""


def row_defects() -> list[Defect]:
    """Every defect but the later ones and those of the totals."""
    defects = [defect for dataset in PERSONS for defect in person(dataset)]
    defects += [defect for defect in person("talent_award") if defect.kind.name in AWARDED]
    for more in (
        training_class,
        training_record,
        attendance,
        certificate,
        subsidy_payment,
        events,
        returns,
        supporting,
        tasks,
    ):
        defects += more()
    return defects


def later_defects() -> list[Defect]:
    """The defects that are struck when the others and the odd spellings are in place, a few rows each."""
    return later()


def totals_defects() -> list[Defect]:
    """The defects of `aggregate_summary`, which is made from the other datasets when these have theirs."""
    return totals()
