"""Defects of subsidy payments; those of education funds are returns. Ends at a list."""

from __future__ import annotations

import numpy as np

from demo.defect import (
    IMPOSSIBLE,
    Defect,
    Place,
    all_of,
    always,
    cell,
    checked,
    cleared,
    days_after,
    fact,
    filled,
    one_of,
    other,
    period_day,
    rule,
    sent,
    texts,
)
from demo.rows import Array


def subsidy_payment() -> list[Defect]:
    name = "subsidy_payment"
    paid = one_of("status", "3")
    to_person = one_of("payee_type", "1")

    to_school = one_of("subsidy_type", "02", "04")
    to_resident = one_of("beneficiary_id_type", "01")

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
            all_of(paid, filled("approve_date")),
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
            all_of(to_person, filled("beneficiary_id_no")),
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
        rule(
            "amount_in_another_unit",
            name,
            "amount",
            "SP011",
            "warn",
            all_of(paid, not_finance),
            sent("amount", lambda p, index: p.rows["amount"][index] * 100),
        ),
        rule("person_as_three", name, "person_count", "SP012", "warn", to_person, sent("person_count", always(3.0))),
        rule(
            "paid_to_somebody_else",
            name,
            "beneficiary_id_no",
            "SP013",
            "warn",
            all_of(to_person, to_resident),
            sent("beneficiary_id_no", texts("beneficiary_id_no", lambda text: checked(text[:16] + other(text[16])))),
        ),
        rule(
            "living_costs_to_a_school",
            name,
            "subsidy_type",
            "SP014",
            "warn",
            to_school,
            sent("subsidy_type", always("06")),
        ),
        rule(
            "apprentices_paid_to_a_school",
            name,
            "payee_type",
            "SP015",
            "warn",
            to_school,
            sent("subsidy_type", always("03")),
        ),
        rule(
            "insurance_for_another_subsidy",
            name,
            "funding_source",
            "SP016",
            "warn",
            one_of("subsidy_type", "01"),
            sent("funding_source", always("03")),
        ),
        rule(
            "subsidy_of_own_money", name, "funding_source", "SP017", "warn", paid, sent("funding_source", always("08"))
        ),
        rule(
            "paid_without_certificate",
            name,
            "cert_no",
            "SP018",
            "warn",
            all_of(one_of("subsidy_type", "01"), not_finance),
            cleared("cert_no"),
        ),
        rule(
            "paid_without_class", name, "class_id", "SP019", "warn", all_of(to_school, not_finance), cleared("class_id")
        ),
        rule("dated_before_payment", name, "status", "SP020", "warn", paid, sent("status", always("2"))),
        rule(
            "person_as_company",
            name,
            "payee_name",
            "SP022",
            "warn",
            to_person,
            cell("payee_name", "深圳市某某科技有限公司"),
        ),
        rule("company_as_person", name, "payee_name", "SP023", "warn", to_school, cell("payee_name", "赵某某")),
        fact(name, "amount", "type", cell("amount", "面议", "按实际"), not_finance),
        fact(name, "amount", "required", cleared("amount")),
        fact(name, "amount", "range", cell("amount", "-500")),
        fact(name, "payee_name", "required", cleared("payee_name")),
        fact(name, "payee_type", "listed", cell("payee_type", "第三方"), paid),
        fact(name, "bank_account", "pattern", cell("bank_account", "6222-XY", "1234")),
        fact(name, "apply_date", "type", cell("apply_date", *IMPOSSIBLE)),
    ]
