"""How big the demo world is: what each department trains, certifies and supports in a year, sized to the plan.

Here: numbers, and the plain share of a department that they do not name. Not here: rows. Ends at streams and
certifiers.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from demo.senders import newcomers
from warehouse.vocabulary import reference

DISTRICTS: tuple[str, ...] = tuple(reference.codes("district"))
DISTRICT_WEIGHTS = dict(
    zip(DISTRICTS, (0.12, 0.09, 0.03, 0.14, 0.20, 0.18, 0.12, 0.05, 0.04, 0.015, 0.015), strict=True)
)
DISTRICT_SHORT = {row["key"]: row["short"] for row in reference.table("sz_districts")}
MONTH_WEIGHTS = (0.85, 0.45, 1.10, 1.15, 1.15, 1.05, 0.95, 0.95, 1.10, 0.90, 1.15, 1.20)
"""January to December: the Spring Festival empties February, the year's end is full."""

FISCAL = (("01", 5), ("02", 2), ("03", 2), ("04", 1))
INDUSTRY = (("04", 7), ("05", 2), ("01", 1))
OWN_MONEY = (("08", 8), ("09", 1), ("04", 1))


@dataclass(frozen=True)
class Stream:
    """Classes of one kind that a department runs; `yearly` participants over twelve months at scale 1."""

    department: str
    yearly: int
    action: str
    occupations: tuple[str, ...]
    program: str = ""
    funding: tuple[tuple[str, int], ...] = FISCAL
    project_types: tuple[str, ...] = ("01", "02", "06")
    levels: tuple[str, ...] = ("5", "5", "4", "3")
    class_size: tuple[int, int] = (28, 52)
    days: tuple[int, int] = (5, 20)
    hours: tuple[int, int] = (32, 88)
    categories: tuple[str, ...] = ("07", "06", "02", "03", "08", "01")
    providers: tuple[str, ...] = ("1", "2", "5", "6")
    welfare: float = 0.0
    in_districts: bool = False
    least: int = 0
    """So many classes a month at least, however small the world."""


CARE = ("养老护理员", "家政服务员", "健康照护师", "医疗护理员", "婴幼儿发展引导员")
DIGITAL = ("人工智能训练师", "数字化管理师", "工业机器人系统操作员", "物联网安装调试员", "区块链应用操作员")
CULTURE = ("导游", "讲解员", "文物修复师")
KITCHEN = ("中式烹调师", "中式面点师")
BUILDING = ("砌筑工", "混凝土工", "钢筋工", "架子工", "装配式建筑施工员")
GENERAL = (
    "电工",
    "焊工",
    "车工",
    "铣工",
    "电梯安装维修工",
    "制冷空调系统安装维修工",
    "无人机驾驶员",
    "互联网营销师",
    "保安员",
)
SAFETY = ("电工", "焊工", "制冷空调系统安装维修工")
NONE: tuple[str, ...] = ()

# fmt: off
STREAMS: tuple[Stream, ...] = (
    # T12: entry training of new building workers, mostly paid by their enterprises; never in T07 or T11
    Stream("HCD", 93_500, "08", BUILDING, "10", OWN_MONEY, ("04", "07"), NONE, (70, 120), (1, 3), (8, 24),
           ("06", "07"), ("15", "5")),
    Stream("HCD", 1_200, "04", BUILDING, "03;10", INDUSTRY, ("04",), NONE, (40, 60), (2, 4), (16, 24), ("06",),
           ("15",)),
    Stream("HCD", 1_300, "08", BUILDING, "09;10", OWN_MONEY, ("07",), NONE, (40, 60), (1, 3), (8, 24), ("07",),
           ("15",)),
    # T11: special operations and high-hazard safety
    Stream("EMB", 28_500, "08", SAFETY, "08", (("08", 5), ("09", 4), ("04", 1)), ("07",), NONE, (40, 70), (4, 9),
           (24, 56), ("07", "06"), ("15",)),
    Stream("EMB", 13_000, "08", SAFETY, "09", OWN_MONEY, ("07",), NONE, (40, 80), (2, 6), (12, 36), ("07",), ("15",)),
    Stream("HCD", 17_500, "08", BUILDING, "09", OWN_MONEY, ("07",), NONE, (50, 90), (1, 4), (8, 28), ("06", "07"),
           ("15",)),
    # T09: care
    Stream("CAB", 4_600, "06", ("养老护理员", "养老服务师", "孤残儿童护理员"), "06", project_types=("01", "02")),
    Stream("COM", 2_600, "06", ("家政服务员", "家政服务经理人"), "07", INDUSTRY, categories=("02", "03", "06")),
    Stream("HEA", 2_900, "06", ("保育师", "医疗护理员", "婴幼儿发展引导员"), "06"),
    Stream("MIB", 1_250, "06", ("健康照护师",), "06"),
    Stream("HRSS", 1_000, "06", CARE, "06"),
    Stream("HRSS", 1_600, "06", CARE, "07", in_districts=True, categories=("02", "03", "04", "06")),
    # T06: digital talent
    Stream("STI", 4_700, "03", DIGITAL, "01", INDUSTRY, ("10",), categories=("07", "01")),
    Stream("IIT", 3_700, "03", DIGITAL, "01", (("04", 8), ("08", 2)), ("10",), categories=("07",)),
    Stream("EDU", 2_600, "03", DIGITAL, "01", (("05", 1),), ("10",), categories=("15", "01"),
           providers=("2", "3", "4")),
    Stream("HRSS", 2_600, "03", DIGITAL, "01", project_types=("10",)),
    Stream("HRSS", 3_100, "03", DIGITAL, "01", project_types=("10",), in_districts=True),
    # T07: site professionals and migrant workers
    Stream("HCD", 1_900, "04", BUILDING, "02", INDUSTRY, ("02",), NONE, days=(3, 9), providers=("5", "15")),
    Stream("HCD", 1_600, "04", BUILDING, "03", INDUSTRY, ("02",), ("5", "4"), categories=("06",),
           providers=("5", "15")),
    Stream("IIT", 350, "04", ("车工", "铣工", "模具工"), "03", INDUSTRY, categories=("06",)),
    Stream("TRA", 450, "04", ("道路货运汽车驾驶员", "客运车辆驾驶员"), "03", INDUSTRY, levels=NONE, categories=("06",)),
    Stream("HRSS", 1_600, "04", ("砌筑工", "钢筋工", "缝纫工", "贵金属首饰制作工"), "03", categories=("06",),
           in_districts=True),
    # T08: culture, tourism, Cantonese chefs
    Stream("CTS", 1_900, "05", CULTURE, "04", INDUSTRY, levels=NONE),
    Stream("COM", 420, "05", KITCHEN, "05", INDUSTRY),
    Stream("TRA", 300, "05", ("讲解员",), "04", INDUSTRY, levels=NONE),
    Stream("HRSS", 620, "05", KITCHEN, "05", in_districts=True),
    # T05 in part: adaptive training of veterans
    Stream("VET", 720, "01", ("保安员", "互联网营销师"), "15", (("05", 1),), ("09",), NONE, categories=("09",)),
    # the rest of T01
    Stream("HRSS", 6_500, "02", GENERAL),
    Stream("HRSS", 3_000, "01", ("保安员", "快递员", "网约配送员"), levels=("5", "4"),
           categories=("03", "04", "14", "05")),
    Stream("HRSS", 900, "10", ("创业指导师",), "11", project_types=("03",), levels=NONE),
    Stream("HRSS", 1_100, "04", ("车工", "铣工", "模具工"), "12", (("01", 1),), ("05",), ("4", "3"), days=(185, 240),
           hours=(240, 400), categories=("07", "01"), providers=("2",)),
    Stream("HRSS", 14_000, "02", GENERAL, in_districts=True),
    Stream("HRSS", 1_600, "10", ("创业指导师",), "11", project_types=("03",), levels=NONE, in_districts=True),
    Stream("HRSS", 2_200, "05", ("网约配送员", "互联网营销师"), "14", categories=("16", "08"), in_districts=True),
    Stream("HRSS", 1_500, "02", GENERAL, funding=(("08", 1),), levels=NONE, welfare=0.3, in_districts=True),
    Stream("EDU", 2_400, "02", DIGITAL, funding=(("05", 1),), categories=("15",), providers=("2", "3", "4")),
    Stream("STI", 1_300, "02", ("半导体芯片制造工", "无人机装调检修工"), funding=INDUSTRY),
    Stream("IIT", 2_100, "02", ("工业机器人系统运维员", "智能制造系统运维员"), funding=INDUSTRY),
    Stream("TRA", 2_600, "05", ("客运车辆驾驶员", "道路货运汽车驾驶员"), "14", INDUSTRY, levels=NONE,
           categories=("16",)),
    Stream("COM", 1_500, "05", ("互联网营销师", "物流服务师"), funding=INDUSTRY),
    Stream("CTS", 800, "02", ("首饰设计师",), funding=(("07", 1),)),
    Stream("HEA", 700, "01", ("医疗护理员",), funding=(("10", 1),), welfare=0.0),
    Stream("RRC", 1_300, "07", ("乡村建设工匠", "农村集体经济经理人"), "13", (("05", 6), ("10", 4)),
           categories=("05", "02")),
    Stream("TUF", 3_400, "02", GENERAL, funding=(("06", 1),), welfare=0.6),
    Stream("DPF", 1_500, "01", ("贵金属首饰制作工", "互联网营销师", "中式面点师"), funding=(("05", 1),), welfare=0.5,
           levels=("5",), categories=("10",)),
    Stream("VET", 700, "01", ("保安员", "无人机驾驶员"), funding=(("05", 1),), categories=("09",)),
)
# fmt: on
OF_CLASSES = ("training_class", "training_record", "attendance", "certificate", "subsidy_payment", "outcome_followup")
"""The datasets whose rows come from classes: who owes one of them runs some."""
_NEWCOMERS_YEARLY = 1_500
"""Participants of a department that the plan does not name: as many as its small departments have."""


def streams() -> tuple[Stream, ...]:
    """Every stream, and one for each newcomer that owes what comes from classes."""
    return STREAMS + tuple(
        Stream(department, _NEWCOMERS_YEARLY, "02", GENERAL, least=1) for department in newcomers(*OF_CLASSES)
    )


@dataclass(frozen=True)
class Certifier:
    """Certificates that a department reports without a class: self-study, students, enterprises' own workers."""

    department: str
    yearly: int
    cert_type: str
    occupations: tuple[str, ...]
    levels: tuple[str, ...]
    mode: str
    issuer_types: tuple[str, ...] = ("7",)


# fmt: off
CERTIFIERS: tuple[Certifier, ...] = (
    Certifier("HRSS", 13_000, "02", (*GENERAL, *CARE, *DIGITAL), ("5", "4", "4", "3", "3", "2"), "1"),
    Certifier("HRSS", 3_600, "01", ("消防设施操作员",), ("5", "4", "3"), "6"),
    Certifier("HRSS", 3_200, "02", GENERAL, ("3", "2", "1"), "5"),
    Certifier("HRSS", 600, "02", GENERAL, ("3", "2"), "4", ("8",)),
    Certifier("EDU", 6_500, "02", (*DIGITAL, *GENERAL), ("4", "3"), "3"),
    Certifier("EDU", 1_500, "10", DIGITAL, (), "3"),
    Certifier("SAC", 7_000, "02", ("电工", "焊工", "客运车辆驾驶员"), ("4", "3", "2", "1"), "2", ("8",)),
    Certifier("HCD", 2_600, "05", BUILDING, (), "1"),
    Certifier("HCD", 1_800, "06", ("架子工", "电工"), (), "1"),
    Certifier("TRA", 1_200, "02", ("道路货运汽车驾驶员", "客运车辆驾驶员"), ("5", "4"), "1"),
    Certifier("CTS", 900, "12", ("导游",), (), "6"),
    Certifier("EMB", 3_000, "08", SAFETY, (), "1"),
)
# fmt: on
CERTIFIED_SHARE = 0.80
"""Of those who complete a class with a skill level, how many have the certificate within the next weeks."""


@dataclass(frozen=True)
class Opening:
    """January to October 2025 against ten twelfths of a year of the world, by target; 1: the same pace."""

    pace: dict[str, float] = field(
        default_factory=lambda: {
            "T01": 0.92,
            "T02": 0.98,
            "T03": 0.98,
            "T04": 1.05,
            "T05": 1.06,
            "T06": 0.90,
            "T07": 0.94,
            "T08": 1.12,
            "T09": 1.08,
            "T11": 0.97,
            "T12": 1.01,
        }
    )


COUNSELLINGS = 41_000
ADAPTIVE_SERVICES = 700
DEGREE_SUPPORTS = {"TUF": 2_900, "EDU": 560}
GUIDANCE = 2_500
DEGREE_SUPPORT_DOUBLES = 0.06
DOUBLE_REPORTS = 0.010
LATE_REPORTS = 0.004
_DRILL_COVERAGE = {2025: 1_062_000, 2026: 1_115_000}


def drill_coverage(year: int) -> int:
    """Workers whom the drills of a year reach; years before and after have the nearest one's."""
    return _DRILL_COVERAGE[min(_DRILL_COVERAGE, key=lambda known: abs(known - year))]


JUSTICE_YEARLY = 2_150
"""Participations in custody and drug rehabilitation, of which only totals may be sent."""
