"""Defects that the demo learned after the others: struck last, by generators of their own, so that what the others
strike stays as it was. Ends at a list."""

from __future__ import annotations

from demo import identity
from demo.defect import Defect, filled, rule, sent, shared


def later() -> list[Defect]:
    return [
        rule(
            "office_by_a_mobile",
            "institution_directory",
            "contact_phone",
            "IN021",
            "warn",
            filled("contact_phone"),
            sent("contact_phone", lambda place, index: identity.mobiles(place.generator, len(index))),
        ),
        rule(
            "voucher_of_two_persons",
            "training_record",
            "voucher_no",
            "TR027",
            "warn",
            filled("voucher_no"),
            shared(filled("voucher_no"), "voucher_no", unlike=("id_no",)),
        ),
    ]
