"""CT021: An identity number stands where the certificate's belongs."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="CT021",
    dataset=("certificate", "training_record"),
    severity="warning",
    fields=("cert_no", "id_no"),
    message="证书编号填的是本人的证件号码。",
    why="证书按编号去重，填成证件号码会把同一人的几本证书当成一本。",
    fix="请填写证书上的编号。",
    basis="数据合同：证书编号",
    passes=[{"cert_no": "T11010519491231002X", "id_no": "11010519491231002X"}, {"id_no": "11010519491231002X"}],
    fails=[{"cert_no": "11010519491231002X", "id_no": "11010519491231002X"}],
    unless=("CT001", "CT004"),
    bad_rows_where="""
        cert_no = id_no
    """,
)
