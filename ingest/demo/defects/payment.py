"""Defects of subsidy payments."""

from __future__ import annotations

import numpy as np

from ingest.demo.defect import (
    IMPOSSIBLE,
    Defect,
    Place,
    all_of,
    always,
    cell,
    cleared,
    days_after,
    fact,
    given,
    one_of,
    other,
    period_day,
    rule,
    sent,
    texts,
)
from ingest.demo.rows import Array


def subsidy_payment() -> list[Defect]:
    name = "subsidy_payment"
    paid = one_of("status", "3")
    to_person = one_of("payee_type", "1")

    def same_year(place: Place) -> Array:
        later = place.end + np.timedelta64(15, "D")
        in_year = np.asarray(later.astype("datetime64[Y]") == place.end.astype("datetime64[Y]"))
        return np.asarray(place.equal("status", "3") & in_year)

    def not_finance(place: Place) -> Array:
        """Payments that the finance bureau does not pay again: their content may change by itself."""
        return np.asarray(place.rows.unit != "FIN")

    return [
        rule(
            "paid_after_period", name, "pay_date", "SP001", "hold", same_year, sent("pay_date", period_day("end", 15))
        ),
        rule("paid_without_date", name, "pay_date", "SP002", "hold", paid, cleared("pay_date")),
        rule(
            "approved_before_application",
            name,
            "approve_date",
            "SP003",
            "warn",
            all_of(paid, given("approve_date")),
            sent("apply_date", days_after("approve_date", 1)),
        ),
        rule(
            "payee_type_against_number",
            name,
            "payee_id",
            "SP004",
            "hold",
            one_of("payee_type", "2"),
            sent("payee_type", always("1")),
        ),
        rule(
            "payee_credit_code_checksum",
            name,
            "payee_id",
            "SP005",
            "hold",
            one_of("payee_type", "2", "3"),
            sent("payee_id", texts("payee_id", other)),
        ),
        rule(
            "payee_id_checksum",
            name,
            "payee_id",
            "SP006",
            "hold",
            to_person,
            sent("payee_id", texts("payee_id", lambda text: other(text, "0123456789X"))),
        ),
        rule(
            "beneficiary_id_checksum",
            name,
            "beneficiary_id_no",
            "SP007",
            "warn",
            all_of(to_person, given("beneficiary_id_no")),
            sent("beneficiary_id_no", texts("beneficiary_id_no", lambda text: other(text, "0123456789X"))),
        ),
        rule(
            "fiscal_year_against_date",
            name,
            "fiscal_year",
            "SP008",
            "warn",
            paid,
            sent("fiscal_year", lambda p, index: p.rows["fiscal_year"][index] - 1),
        ),
        rule("paid_nothing", name, "amount", "SP009", "hold", paid, sent("amount", always(0.0))),
        fact(name, "amount", "type", cell("amount", "面议", "按实际"), not_finance),
        fact(name, "amount", "required", cleared("amount")),
        fact(name, "amount", "range", cell("amount", "-500")),
        fact(name, "payee_name", "required", cleared("payee_name")),
        fact(name, "payee_type", "listed", cell("payee_type", "第三方"), paid),
        fact(name, "bank_account", "pattern", cell("bank_account", "6222-XY", "1234")),
        fact(name, "apply_date", "type", cell("apply_date", *IMPOSSIBLE)),
    ]
