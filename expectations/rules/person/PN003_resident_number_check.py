"""PN003: ISO 7064 MOD 11-2 over the 18 characters."""

from __future__ import annotations

from great_expectations.expectations.expectation import Expectation

from expectations.check_digits import ExpectColumnValuesToBeResidentNumbers
from expectations.rule import native_rule


@native_rule(
    code="PN003",
    dataset=("training_record", "attendance", "certificate", "talent_award", "support_service", "outcome_followup"),
    severity="critical",
    fields=("id_no",),
    message="证件号码的校验码不符，至少有一位写错。",
    why="证件号码是认人的唯一依据，写错会把培训、证书和补贴记到别人或不存在的人名下。",
    fix="请对照证件逐位核对18位号码。",
    basis="GB 11643-1999",
    passes=[
        {"id_no": "11010519491231002X"},
        {"id_no": "440524188001010014"},
        {"id_no": "110105194912310021", "id_type": "05"},
    ],
    fails=[{"id_no": "110105194912310021"}, {"id_no": "810000199408230022", "id_type": "04"}],
    unless=("PN007",),
)
def resident_number_check() -> Expectation:
    return ExpectColumnValuesToBeResidentNumbers(column="id_no", type_column="id_type", types=("01", "04"))
