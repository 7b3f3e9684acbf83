"""What the filled forms say: organs, persons and rooms of an invented county, province and university, errors included."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

D = Decimal
COUNTY_LIMITS = {"正县": 30, "副县": 24, "正科": 18, "副科": 12, "科级以下": 9}
PROVINCE_LIMITS = {"正厅级": 30, "副厅级": 24, "正处级": 18, "副处级": 12, "处级以下": 9}


@dataclass(frozen=True)
class OrganRow:
    """F1: one organ. `counts` in the order of COUNTY_LIMITS, then 借聘用人员. `entitled` is the clerk's own figure."""

    block: str
    name: str
    authorized: int
    actual: int
    counts: tuple[int, int, int, int, int, int]
    office: Decimal
    office_rooms: int
    service: Decimal
    service_rooms: int
    entitled: Decimal
    entitled_service: Decimal
    idle: Decimal | None = None
    leased: str = ""
    remark: str = ""
    wrong: str = ""  # what is wrong with the clerk's figure

    @property
    def due(self) -> Decimal:
        """The entitled area of offices by the published limits."""
        return D(sum(count * limit for count, limit in zip(self.counts, COUNTY_LIMITS.values(), strict=False)))

    @property
    def excess(self) -> Decimal:
        """The area above the clerk's own entitlement."""
        return max(D(0), self.office - self.entitled)

    @property
    def excess_service(self) -> Decimal:
        """The service area above the clerk's own entitlement."""
        return max(D(0), self.service - self.entitled_service)


ORGANS = (
    OrganRow(
        "县直机关", "示例县人民政府办公室", 46, 44, (1, 4, 6, 9, 24, 2), D("661.5"), 40, D("310"), 9, D("558"), D("322")
    ),
    OrganRow(
        "县直机关",
        "示例县财政局",
        38,
        37,
        (0, 1, 4, 7, 25, 0),
        D("398"),
        22,
        D("240.4"),
        7,
        D("423"),
        D("266"),
        D("18.6"),
    ),
    OrganRow(
        "县直机关",
        "示例县教育局",
        31,
        33,
        (0, 1, 3, 6, 21, 2),
        D("352.25"),
        21,
        D("201"),
        6,
        D("375"),
        D("217"),
        wrong="应享有写成 375,按人数应为 339",
    ),
    OrganRow(
        "县直机关",
        "示例县机关事务服务中心",
        22,
        22,
        (0, 0, 2, 5, 15, 0),
        D("289.8"),
        16,
        D("150"),
        4,
        D("231"),
        D("154"),
        D("36"),
        "出租临街门面 2 间",
        "大会议室与档案局共用",
    ),
    OrganRow("乡镇", "城关镇人民政府", 52, 49, (0, 0, 5, 11, 33, 4), D("512"), 38, D("344"), 10, D("519"), D("364")),
    OrganRow("乡镇", "河口乡人民政府", 30, 28, (0, 0, 4, 8, 16, 1), D("301.7"), 19, D("190.2"), 6, D("312"), D("210")),
    OrganRow(
        "乡镇",
        "石桥乡人民政府",
        29,
        29,
        (0, 0, 4, 7, 18, 0),
        D("1024.5"),
        45,
        D("188"),
        6,
        D("1024.5"),
        D("203"),
        D("410"),
        remark="原乡中学楼整体划入",
        wrong="应享有照抄实际面积 1024.5,按人数应为 318",
    ),
)


@dataclass(frozen=True)
class Person:
    """F2: a person and the rooms held: (room, measured usable area, sharers, remark as written)."""

    rank: str
    name: str
    division: str
    post: str
    rooms: tuple[tuple[str, Decimal, int, str], ...]
    before: Decimal
    wrong: str = ""

    @property
    def area(self) -> Decimal:
        """The usable area that counts: each room divided by those who share it."""
        return sum((area / sharers for _, area, sharers, _ in self.rooms), D(0))

    @property
    def limit(self) -> Decimal:
        """The published limit for the rank."""
        return D(PROVINCE_LIMITS[self.rank])


PERSONS = (
    Person("正厅级", "赵一平", "厅领导", "厅长", (("1号楼801", D("29.8"), 1, ""),), D("45.6")),
    Person(
        "副厅级",
        "钱二宁",
        "厅领导",
        "副厅长",
        (("1号楼802", D("18.5"), 1, ""), ("2号楼305", D("12"), 1, "分管单位办公室")),
        D("38"),
    ),
    Person("副厅级", "孙三立", "厅领导", "副厅长", (("1号楼803", D("23.6"), 1, ""),), D("31.2")),
    Person(
        "正处级", "李四方", "办公室", "主任", (("1号楼601", D("22.5"), 1, ""),), D("22.5"), "超出面积写成 0,应为 4.5"
    ),
    Person("正处级", "周五明", "人事处", "处长", (("1号楼602", D("17.9"), 1, ""),), D("24")),
    Person("副处级", "吴六合", "办公室", "副主任", (("1号楼603", D("24"), 2, "与郑七共用"),), D("24")),
    Person("副处级", "郑七", "人事处", "副处长", (("1号楼603", D("24"), 2, "与吴六合共用"),), D("24")),
    Person("处级以下", "王八方", "办公室", "一级主任科员", (("1号楼604", D("27"), 3, "3人共用"),), D("27")),
    Person("处级以下", "冯九思", "办公室", "四级主任科员", (("1号楼604", D("27"), 3, "3人共用"),), D("27")),
    Person("处级以下", "陈十全", "人事处", "科员", (("1号楼604", D("27"), 3, "3人共用"),), D("27")),
    Person("处级以下", "褚卫", "人事处", "科员", (("1号楼605", D("10.2"), 1, ""),), D("10.2"), "超出面积空着,应为 1.2"),
)


@dataclass(frozen=True)
class RoomRow:
    """F3: one room of a university. Users: (name, staff number, post, regular post, double role)."""

    category: str
    rank: str
    building: str
    floor: str
    room: str
    purpose: str
    department: str
    section: str
    area: Decimal
    entitled: Decimal | None
    users: tuple[tuple[str, str, str, bool, bool], ...] = ()
    adjusted: bool = False
    remark: str = ""
    wrong: str = ""

    @property
    def over(self) -> bool:
        """Whether the room is above what its users are entitled to."""
        return self.entitled is not None and self.area > self.entitled


def _user(
    name: str, number: int, post: str, *, regular: bool = True, double: bool = False
) -> tuple[str, str, str, bool, bool]:
    return name, f"2009{number:04d}", post, regular, double


ROOMS = (
    RoomRow(
        "局级干部办公用房",
        "局级",
        "行政楼",
        "5",
        "501",
        "办公室",
        "学校办公室",
        "校领导",
        D("23.5"),
        D("24"),
        (_user("沈修文", 1, "校长", double=True),),
    ),
    RoomRow(
        "局级干部办公用房",
        "局级",
        "行政楼",
        "5",
        "502",
        "办公室",
        "学校办公室",
        "校领导",
        D("30.1"),
        D("24"),
        (_user("韩励", 2, "党委书记"),),
        remark="含休息室 6.5",
    ),
    RoomRow(
        "正处级干部办公用房",
        "正处级",
        "行政楼",
        "3",
        "301",
        "办公室",
        "人事处",
        "综合科",
        D("16.8"),
        D("18"),
        (_user("杨致远", 11, "处长"),),
    ),
    RoomRow(
        "正处级干部办公用房",
        "正处级",
        "行政楼",
        "3",
        "302",
        "办公室",
        "财务处",
        "综合科",
        D("19.6"),
        D("18"),
        (_user("朱敏求", 12, "处长", double=True),),
        adjusted=True,
        wrong="是否超标写成否",
    ),
    RoomRow(
        "副处级干部办公用房",
        "副处级",
        "行政楼",
        "3",
        "305",
        "办公室",
        "人事处",
        "师资科",
        D("23.4"),
        D("24"),
        (_user("秦慎", 21, "副处长"), _user("尤博", 22, "副处长")),
    ),
    RoomRow(
        "处级以下人员办公用房",
        "处级以下",
        "行政楼",
        "2",
        "201",
        "办公室",
        "财务处",
        "会计科",
        D("26.4"),
        D("27"),
        (_user("许可", 31, "科长"), _user("何舟", 32, "科员"), _user("吕程", 33, "出纳", regular=False)),
    ),
    RoomRow(
        "处级以下人员办公用房",
        "处级以下",
        "行政楼",
        "2",
        "202",
        "办公室",
        "财务处",
        "资产科",
        D("21"),
        D("18"),
        (_user("施予", 34, "副科长"), _user("张弛", 35, "科员")),
        adjusted=True,
    ),
    RoomRow("服务用房", "", "行政楼", "1", "101", "会议室", "学校办公室", "", D("86"), None),
    RoomRow("服务用房", "", "行政楼", "1", "102", "接待室", "学校办公室", "", D("42.5"), None, remark="与工会共用"),
    RoomRow("设备用房", "", "行政楼", "-1", "B01", "配电室", "后勤处", "", D("31"), None),
)
