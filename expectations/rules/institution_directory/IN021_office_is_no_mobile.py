"""IN021: An office is reached by its own telephone."""

from __future__ import annotations

from expectations.rule import rule
from warehouse.vocabulary.telephone import MOBILE

rule(
    code="IN021",
    dataset="institution_directory",
    severity="warning",
    fields=("contact_phone",),
    message="办公电话填的是个人手机号。",
    why="办公电话随机构目录提供查询，个人手机号属于个人信息，不入库、不公布，这家机构在目录中就没有电话。",
    fix="请填办公电话，不要填个人手机号。",
    basis="个人信息保护法第六条",
    passes=[
        {"contact_phone": "0755-22345678"},
        {"contact_phone": "400-800-1234"},
        {"contact_phone": "12333"},
        {"contact_phone": None},
    ],
    fails=[{"contact_phone": "13800000000"}, {"contact_phone": "013800000000"}],
    bad_rows_where=f"""
        regexp_full_match(contact_phone, '{MOBILE}')
    """,
)
