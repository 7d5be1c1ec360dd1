"""TR907: A trainee's certificate is reported by somebody: one finding per submission."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TR907",
    dataset="training_record",
    severity="info",
    fields=("cert_no",),
    message="填写的证书编号在证书明细中还没有任何单位报送，本次报送涉及 {rows} 行。",
    why="取证人次按证书明细统计，没有报送的证书不计入。",
    fix="请核对证书编号；如编号无误，请发证的部门报送证书，报送后会自动对上。",
    basis="数据报送约定：迟到的引用",
    passes=[{"training_record": [{"certificate_key": "c"}, {}], "known_certificate": [{"certificate_key": "c"}]}],
    fails=[
        {
            "training_record": [{"certificate_key": "d"}, {"certificate_key": "e"}],
            "known_certificate": [{"certificate_key": "c"}],
        }
    ],
    scope="across",
    bad_rows="""
        select submission_id, min(row_index) as row_index, count(*) as affected
        from {batch}
        anti join known_certificate using (certificate_key)
        where certificate_key is not null
        group by submission_id
    """,
)
