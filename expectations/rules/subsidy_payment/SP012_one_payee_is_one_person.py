"""SP012: A person is paid for himself."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="SP012",
    dataset="subsidy_payment",
    severity="warning",
    fields=("person_count", "payee_type"),
    message="支付对象是个人，人数却不是1。",
    why="人数用来计算享受补贴的人次，个人补贴填多了会虚增。",
    fix="请核对支付对象；个人补贴的人数填1。",
    basis="常识",
    passes=[{"payee_type": "1", "person_count": 1}, {"payee_type": "2", "person_count": 30}, {"payee_type": "1"}],
    fails=[{"payee_type": "1", "person_count": 2}],
    expected="'1'",
    unless=("SP004",),
    bad_rows_where="""
        payee_type = '1'
        and person_count <> 1
    """,
)
