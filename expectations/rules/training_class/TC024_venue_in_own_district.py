"""TC024: A district's class is held in the district."""

from __future__ import annotations

from expectations.rule import rule

rule(
    code="TC024",
    dataset="training_class",
    severity="info",
    fields=("venue_district",),
    message="区级单位报送的班开在别的区。",
    why="区级数据按报送区统计，误报会把别区的班算到本区。",
    fix="请核对开班区；确实借用外区场地的不必修改。",
    basis="数据报送约定：报送单位",
    passes=[{"unit_code": "HRSS.440305", "venue_district": "440305"}, {"venue_district": "440305"}],
    fails=[{"unit_code": "HRSS.440305", "venue_district": "440306"}],
    expected="split_part(unit_code, '.', 2)",
    bad_rows_where="""
        contains(unit_code, '.')
        and venue_district <> split_part(unit_code, '.', 2)
    """,
)
