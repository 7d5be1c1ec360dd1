"""The institutions of the demo world: providers, evaluators, carriers, employers, and whose directory lists them.

Here: who they are and the rows of `institution_directory`. Not here: what they teach (`training.py`). Ends at
columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demo import identity
from demo.plan import DISTRICT_WEIGHTS, DISTRICTS
from demo.rows import Array, Rows, as_text, concat, either, rows
from demo.senders import newcomers
from demo.streams import apart
from warehouse.vocabulary import reference

_BRANDS = (
    "鹏程",
    "华信",
    "深蓝",
    "同创",
    "启航",
    "博艺",
    "中科",
    "粤海",
    "前沿",
    "汇智",
    "安泰",
    "卓越",
    "康宁",
    "远望",
    "新视界",
    "众诚",
    "百年",
    "天工",
    "鲁班",
    "星海",
    "联创",
    "宏图",
    "飞扬",
    "智联",
)
_SUFFIX = {
    "1": "职业培训学校",
    "2": "技工学校",
    "3": "职业技术学校",
    "4": "学院",
    "5": "企业培训中心",
    "6": "技能人才促进会",
    "7": "职业技能评价中心",
    "8": "有限公司",
    "9": "高技能人才培训基地",
    "10": "技能大师工作室",
    "11": "公共实训基地",
    "12": "产教融合实训基地",
    "13": "乡村振兴技能工作站",
    "14": "工匠学院",
    "15": "安全技术培训有限公司",
    "16": "生态链链主企业",
    "17": "产业学院",
}
_USCC_PREFIX = {"1": "52", "2": "12", "3": "12", "4": "12", "6": "51"}
_CARRIERS = frozenset({"9", "10", "11", "12", "13", "14", "16", "17"})
_CARRIER_CODES = {"9": "JD", "10": "DS", "11": "GX", "12": "CJ", "13": "XZ", "14": "GJ", "16": "LZ", "17": "CY"}
_COUNTS = {
    "1": 190,
    "2": 18,
    "3": 22,
    "4": 12,
    "5": 80,
    "6": 50,
    "7": 64,
    "8": 110,
    "9": 38,
    "10": 120,
    "11": 12,
    "12": 60,
    "13": 15,
    "14": 168,
    "15": 58,
    "16": 10,
    "17": 30,
}
_DIRECTORIES = {
    "HRSS": ("1", "2", "5", "6", "7", "8", "9", "10", "16"),
    "EDU": ("3", "4", "17", "2"),
    "DRC": ("11", "12"),
    "HCD": ("15", "5"),
    "EMB": ("15",),
    "RRC": ("13",),
    "TUF": ("14",),
}
_NEWCOMERS_DIRECTORY = ("8",)
"""The types that a department lists that is not among them."""
EMPLOYERS = 2600
_SOLE_TRADERS = 40
"""Of so many employers one is a sole trader, among carriers and those whom no register of large firms lists."""
_FIRST_DAY, _LAST_DAY = np.datetime64("2019-01-01"), np.datetime64("2025-09-30")


@dataclass(frozen=True)
class Institutions:
    """Columns, one place per institution or carrier."""

    entity_type: Array
    uscc: Array
    name: Array
    district: Array
    carrier_no: Array
    host_uscc: Array
    cert_org_code: Array
    legal_rep: Array
    phone: Array
    valid_from: Array
    valid_to: Array
    tier: Array

    def of_types(self, types: tuple[str, ...]) -> Array:
        """Places of the institutions of these types that were in the directory all the time."""
        lasting = (self.valid_from <= _LAST_DAY) & np.isnat(self.valid_to)
        return np.flatnonzero(np.isin(self.entity_type, types) & lasting)


@dataclass(frozen=True)
class Employers:
    """Enterprises that employ trainees, one place per enterprise."""

    uscc: Array
    name: Array
    industry: Array
    employees: Array


def _districts(generator: np.random.Generator, size: int) -> Array:
    return generator.choice(as_text(DISTRICTS), size, p=list(DISTRICT_WEIGHTS.values()))


def _registration(district: Array) -> Array:
    """The division code in a credit code; the two zones have none and use that of the county around them."""
    zones = {"SZ-DP": "440307", "SZ-SS": "441521"}
    return np.array([int(zones.get(key, key)) for key in district.tolist()])


def _brands(pair: Array) -> list[tuple[str, str]]:
    """Two brands each for numbers below the square of their count."""
    return [(_BRANDS[first], _BRANDS[second]) for first, second in zip(*np.divmod(pair, len(_BRANDS)), strict=True)]


def employers(generator: np.random.Generator) -> Employers:
    """The enterprises of the world, most of them small."""
    district = _districts(generator, EMPLOYERS)
    industries = as_text(row["code"] for row in reference.table("gbt4754_2017") if row["level"] == "division")
    names = reference.codes("district")
    trades = ("电子", "科技", "建筑工程", "物业", "餐饮", "物流", "智能装备", "化工", "服饰", "医疗")
    pair, trade = np.divmod(generator.permutation(len(_BRANDS) ** 2 * len(trades))[:EMPLOYERS], len(trades))
    kind = as_text(trades)[trade]
    codes = identity.credit_codes(generator, "91", _registration(district))
    place = np.arange(EMPLOYERS)
    alone = (place % _SOLE_TRADERS == 0) & ((place >= 1000) | (place >= 520) & (place < 640))
    codes[alone] = identity.of_sole_traders(codes[alone])
    traders = apart("sole traders", generator)
    owners = np.full(EMPLOYERS, None, dtype=object)
    owners[alone] = identity.names(traders, traders.random(int(alone.sum())) < 0.5)
    return Employers(
        uscc=codes,
        name=as_text(
            f"深圳市{names[key][:2]}{owner}{what}店"
            if owner
            else f"深圳市{names[key][:2]}{first}{second}{what}有限公司"
            for key, owner, (first, second), what in zip(
                district.tolist(), owners.tolist(), _brands(pair), kind.tolist(), strict=True
            )
        ),
        industry=generator.choice(industries, EMPLOYERS),
        employees=np.maximum(12, generator.lognormal(4.8, 1.1, EMPLOYERS)).astype(int),
    )


def institutions(generator: np.random.Generator) -> Institutions:
    """Every institution and carrier."""
    entity_type = as_text([kind for kind, count in _COUNTS.items() for _ in range(count)])
    size = len(entity_type)
    district = _districts(generator, size)
    uscc = np.full(size, None, dtype=object)
    for prefix in ("91", "12", "51", "52"):
        of_prefix = as_text(_USCC_PREFIX.get(kind, "91") == prefix for kind in entity_type.tolist()).astype(bool)
        uscc[of_prefix] = identity.credit_codes(generator, prefix, _registration(district[of_prefix]))
    names = reference.codes("district")
    serial, pair = np.zeros(size, dtype=int), np.zeros(size, dtype=int)
    for kind, count in _COUNTS.items():
        serial[entity_type == kind] = np.arange(1, count + 1)
        pair[entity_type == kind] = generator.permutation(len(_BRANDS) ** 2)[:count]
    is_carrier = np.isin(entity_type, list(_CARRIERS))
    valid_from = _FIRST_DAY + generator.integers(0, (_LAST_DAY - _FIRST_DAY).astype(int), size).astype("timedelta64[D]")
    valid_to = np.full(size, "NaT", dtype="datetime64[D]")
    joins_later = (generator.random(size) < 0.02) & np.isin(entity_type, ["1", "10", "12"])
    valid_from[joins_later] = np.datetime64("2026-02-01") + generator.integers(0, 150, int(joins_later.sum()))
    leaves = (generator.random(size) < 0.02) & np.isin(entity_type, ["1", "5", "10"]) & ~joins_later
    valid_to[leaves] = np.datetime64("2025-12-01") + generator.integers(0, 300, int(leaves.sum()))
    letters = {"7": "S", "8": "Y"}
    tier = np.full(size, None, dtype=object)
    college = entity_type == "14"
    tier[college] = either(serial[college] == 1, "1", either(serial[college] <= 48, "2", "3"))
    return Institutions(
        entity_type=entity_type,
        uscc=either(is_carrier, None, uscc),
        name=as_text(
            f"深圳市{names[key][:2]}{first}{second}{_SUFFIX[kind]}"
            for key, (first, second), kind in zip(district.tolist(), _brands(pair), entity_type.tolist(), strict=True)
        ),
        district=district,
        carrier_no=as_text(
            f"SZ-{_CARRIER_CODES[kind]}-2025-{number:03d}" if kind in _CARRIERS else None
            for kind, number in zip(entity_type.tolist(), serial.tolist(), strict=True)
        ),
        host_uscc=either(is_carrier, uscc, None),
        cert_org_code=as_text(
            f"{letters[kind]}000044{number + (3000 if kind == '8' else 1000):06d}" if kind in letters else None
            for kind, number in zip(entity_type.tolist(), serial.tolist(), strict=True)
        ),
        legal_rep=identity.names(generator, generator.random(size) < 0.6),
        phone=identity.office_phones(generator, size),
        valid_from=valid_from,
        valid_to=valid_to,
        tier=tier,
    )


def directory(
    institutions: Institutions, generator: np.random.Generator, periods: list[tuple[str, np.datetime64]]
) -> Rows:
    """The whole directory of every department in every period (name, last day)."""
    occupations = as_text(sorted({row["code"] for row in reference.table("plan_occupations")}))
    size = len(institutions.uscc)
    scope = as_text(";".join(sorted(set(pair))) for pair in generator.choice(occupations, (size, 2)).tolist())
    rating = generator.choice(as_text(("A", "B", "C")), size)
    level = generator.choice(as_text(("1", "2", "3", "4")), size)
    parts = []
    listing = _DIRECTORIES | dict.fromkeys(newcomers("institution_directory"), _NEWCOMERS_DIRECTORY)
    for department, types in listing.items():
        listed = np.flatnonzero(np.isin(institutions.entity_type, types))
        for period, end in periods:
            here = listed[institutions.valid_from[listed] <= end]
            kind = institutions.entity_type[here]
            gone = ~np.isnat(institutions.valid_to[here]) & (institutions.valid_to[here] <= end)
            parts.append(
                rows(
                    "institution_directory",
                    department,
                    period,
                    {
                        "uscc": institutions.uscc[here],
                        "carrier_no": institutions.carrier_no[here],
                        "host_uscc": institutions.host_uscc[here],
                        "name": institutions.name[here],
                        "entity_type": kind,
                        "cert_org_code": institutions.cert_org_code[here],
                        "license_no": either(
                            kind == "1", as_text(f"4403{1000 + place}" for place in here.tolist()), None
                        ),
                        "occupations": either(np.isin(kind, ["1", "2", "5", "7", "8"]), scope[here], None),
                        "valid_from": institutions.valid_from[here],
                        "valid_to": either(gone, institutions.valid_to[here], np.datetime64("NaT")),
                        "district": institutions.district[here],
                        "legal_rep": institutions.legal_rep[here],
                        "contact_phone": institutions.phone[here],
                        "rating": either(kind == "1", rating[here], None),
                        "status": either(gone, "3", "1"),
                        "level": either(np.isin(kind, list(_CARRIERS)), level[here], None),
                        "college_tier": institutions.tier[here],
                    },
                )
            )
    return concat(parts)
