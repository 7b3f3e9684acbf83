"""Typed views of the registers of office space, and of the sheets that offices keep in their place. No Django here.

Areas are square metres of usable area (使用面积) unless the label says gross floor area (建筑面积).
"""

from __future__ import annotations

from yiwang.core.datasets import Column, Dataset, Kind, register
from yiwang.core.datasets.types import ON, REGION

SQUARE_METRE = "平方米"

ORGAN = Column(
    key="organ",
    label="单位",
    synonyms=("单位名称", "使用单位", "机关名称", "所在单位", "单位全称", "占用单位"),
    example="示例省示例市财政局",
)
ORGAN_TIER = Column(
    key="organ_tier",
    label="机关层级",
    vocabulary="organ_tier",
    synonyms=("单位层级", "层级", "机关级别", "单位级别"),
    note="中央机关、省级机关、市级机关、县级机关、乡级机关;直辖市的市级机关填省级机关",
    example="市级机关",
)
RANK = Column(
    key="rank",
    label="职级",
    vocabulary="rank",
    synonyms=("职务级别", "行政级别", "职务职级", "级别", "职务层次", "人员级别", "使用人职级"),
    note="按享受的职务级别填写,如正处级、县级副职、正局(处)级、科级以下",
    example="正局(处)级",
)
ORGAN_CLASS = Column(
    key="organ_class",
    label="套用单位类别",
    vocabulary="organ_class",
    note="副省级城市、副部级单位及其组成部门,层级不齐的派出机构、事业单位才填;一般单位空着",
)
AUTHORIZED_HEADCOUNT = Column(
    key="authorized_headcount",
    label="编制定员",
    kind=Kind.INTEGER,
    unit="人",
    synonyms=("定编人数", "编制人数", "编制数", "核定编制", "人员编制", "编制定员人数"),
    example="120",
)
APPROVAL = Column(
    key="approval",
    label="批准文号",
    synonyms=("审批文号", "批准文件", "审批依据", "批复文号"),
    example="示机管〔2026〕12号",
)


def _area(key: str, label: str, *synonyms: str, note: str = "", example: str = "") -> Column:
    """A column of square metres."""
    return Column(
        key=key, label=label, kind=Kind.NUMBER, unit=SQUARE_METRE, synonyms=synonyms, note=note, example=example
    )


def _count(key: str, label: str, *synonyms: str, unit: str = "人", note: str = "", example: str = "") -> Column:
    """A column of whole numbers."""
    return Column(key=key, label=label, kind=Kind.INTEGER, unit=unit, synonyms=synonyms, note=note, example=example)


def _persons(key: str, label: str, *words: str, example: str = "") -> Column:
    """A column with the number of persons of one rank, under the words of the registration forms."""
    synonyms = tuple(form for word in words for form in (word, f"{word}人数", f"人员情况/{word}", f"其中/{word}"))
    return _count(key, label, *synonyms, note="没有的填 0", example=example)


PERSON_SPACE = register(
    Dataset(
        key="offices.person_space",
        label="办公室使用情况(按人)",
        synonyms=("办公用房使用台账", "办公用房使用情况统计表", "办公用房使用管理台账", "个人办公用房情况表"),
        columns=(
            Column(
                key="person",
                label="使用人",
                synonyms=("姓名", "使用人姓名", "使用人/姓名", "使用人员", "人员姓名"),
                required=True,
                personal=True,
                example="张三",
            ),
            ORGAN,
            ORGAN_TIER,
            RANK,
            Column(
                key="room",
                label="房号",
                synonyms=("房间", "房间号", "房间号码", "办公室", "办公室房号", "门牌号", "房间名称"),
                example="A-501",
            ),
            _area(
                "usable_area",
                "使用面积",
                "室内面积",
                "办公室使用面积",
                "办公室面积",
                "实际使用面积",
                "现使用面积",
                "房间面积",
                "房间使用面积",
                note="这一间的使用面积,含休息室和室内卫生间",
                example="23.5",
            ),
            ON,
            REGION,
            _count(
                "sharers",
                "共用人数",
                "同室人数",
                "合用人数",
                "办公人数",
                "使用人/人数",
                note="几个人合用这一间;一个人用空着",
            ),
            Column(
                key="shared",
                label="是否共用",
                kind=Kind.BOOL,
                synonyms=("共用", "合用", "是否合用"),
                note="写了共用而没有共用人数的,面积无法分摊,判定为无法判定",
            ),
            Column(key="building", label="楼栋", synonyms=("建筑名称", "楼宇", "楼名", "所在楼栋", "建筑物名称")),
            ORGAN_CLASS,
            Column(
                key="mapped_post",
                label="套用职务",
                vocabulary="mapped_post",
                note="套用单位类别填了才填:正职、副职、正局(司)级、副局(司)级",
            ),
        ),
        subject=("person", "organ"),
        sums={
            "usable_area": "usable_area / case when coalesce(shared, false) then sharers else coalesce(sharers, 1) end"
        },
        note="一行一间办公室;同一单位同一人的各间相加后判定,合用的按人数平分",
    )
)

ORGAN_SPACE = register(
    Dataset(
        key="offices.organ_space",
        label="办公用房使用情况(按单位)",
        synonyms=("机关办公用房管理使用情况登记表", "办公用房管理使用情况登记表", "单位办公用房情况表"),
        columns=(
            ORGAN,
            ORGAN_TIER,
            AUTHORIZED_HEADCOUNT,
            _count("actual_headcount", "实有人数", "在职人数", "实有人员", "编制内实有人数", example="112"),
            _persons("n_minister", "正部级人数", "正部级", "部级正职", "省级正职", "正省级", "正部"),
            _persons("n_vice_minister", "副部级人数", "副部级", "部级副职", "省级副职", "副省级", "副部"),
            _persons("n_director_general", "正厅级人数", "正厅级", "正厅局级", "正司局级", "市级正职", "正厅", "正司"),
            _persons(
                "n_deputy_director_general", "副厅级人数", "副厅级", "副厅局级", "副司局级", "市级副职", "副厅", "副司"
            ),
            _persons(
                "n_director", "正处级人数", "正处级", "正县级", "正县处级", "县级正职", "正处", "正县", example="1"
            ),
            _persons(
                "n_deputy_director",
                "副处级人数",
                "副处级",
                "副县级",
                "副县处级",
                "县级副职",
                "副处",
                "副县",
                example="4",
            ),
            _persons("n_section_chief", "正科级人数", "正科级", "正乡科级", "正科", example="12"),
            _persons("n_deputy_section_chief", "副科级人数", "副科级", "副乡科级", "副科", example="20"),
            _persons("n_section_staff", "科级以下人数", "科级以下", "科员", "科员及以下", "处级以下", example="75"),
            _persons("n_seconded", "借聘用人员数", "借聘用人员", "借用人员", "聘用人员"),
            _area(
                "total_area", "基本办公用房使用面积", "面积总计", "使用面积总计", "实际使用基本办公用房情况/面积总计"
            ),
            _count("total_rooms", "房间总数", "间数总计", unit="间"),
            _area(
                "office_area",
                "办公用房使用面积",
                "办公用房面积",
                "办公室面积",
                "办公室使用面积",
                "办公室总面积",
                example="1350",
            ),
            _count("office_rooms", "办公室间数", "办公用房间数", "办公用房面积/间数", unit="间"),
            _area(
                "service_area",
                "服务用房使用面积",
                "公共服务用房面积",
                "公共服务用房使用面积",
                "服务用房面积",
                example="900",
            ),
            _count("service_rooms", "服务用房间数", "公共服务用房间数", "公共服务用房面积/间数", unit="间"),
            _area("equipment_area", "设备用房使用面积", "设备用房面积", example="180"),
            _area("gross_area", "建筑面积", "办公用房建筑面积", "总建筑面积", note="1999年标准按人均建筑面积控制时用"),
            _area("idle_area", "闲置房面积", "闲置面积"),
            Column(key="leased_out", label="出租出借情况", synonyms=("出租出借等情况", "出租、出借情况")),
            ORGAN_CLASS,
        ),
        subject=("organ",),
        note="一行一个单位;办公室应享有面积按各职级人数乘每人上限相加,人数空着按没有",
    )
)

LEADER_OFFICE = register(
    Dataset(
        key="offices.leader_office",
        label="领导干部办公用房配备情况",
        synonyms=("领导干部办公用房备案表", "领导干部办公用房情况表"),
        columns=(
            Column(
                key="person",
                label="领导干部",
                synonyms=("姓名", "领导姓名"),
                required=True,
                personal=True,
                example="李四",
            ),
            ORGAN,
            ORGAN_TIER,
            RANK,
            _count("office_count", "办公用房处数", "处数", "办公室处数", "配备办公用房数", unit="处", example="1"),
            Column(
                key="office_case",
                label="配备情形",
                vocabulary="office_case",
                synonyms=("情形", "配备类型"),
                note="只有一处的可空着;两处的写明是不是兼职单位较远且经常工作",
                example="一般情形",
            ),
            APPROVAL,
        ),
        subject=("person", "organ"),
    )
)

ROOM_FACILITY = register(
    Dataset(
        key="offices.room_facility",
        label="领导办公室休息室和卫生间",
        synonyms=("休息室卫生间情况表", "办公室附设用房"),
        columns=(
            Column(key="person", label="使用人", synonyms=("姓名", "领导姓名"), personal=True, example="李四"),
            ORGAN,
            Column(key="room", label="房号", synonyms=("房间号", "办公室"), example="A-801"),
            Column(
                key="position",
                label="职务",
                vocabulary="leader_position",
                synonyms=("领导职务", "职务类别"),
                note="省部级领导人员、省(自治区、直辖市)所属厅(局)正职、市(地、州、盟)党政正职、县(市、区、旗)党政正职、其他职务",
                example="县(市、区、旗)党政正职",
            ),
            Column(
                key="facility",
                label="附设用房",
                vocabulary="office_facility",
                synonyms=("设施", "类别"),
                example="卫生间",
            ),
            _area("area", "附设用房面积", "面积", "休息室面积", "卫生间面积", example="5.5"),
            _area(
                "extra_area",
                "办公室以外另计面积",
                "另计面积",
                note="没有算进办公室使用面积、另外多给的部分;都算在内的填 0",
                example="0",
            ),
        ),
        subject=("person", "organ", "room"),
    )
)

ANNEX = register(
    Dataset(
        key="offices.annex",
        label="附属用房",
        synonyms=("附属用房情况表", "附属用房台账"),
        columns=(
            ORGAN,
            Column(key="name", label="名称", synonyms=("用房名称", "附属用房名称"), example="机关食堂"),
            Column(
                key="annex", label="附属用房类别", vocabulary="annex", synonyms=("类别", "用房类别"), example="食堂"
            ),
            _area("gross_area", "建筑面积", "附属用房建筑面积", "面积", example="500"),
            AUTHORIZED_HEADCOUNT,
            _count(
                "units",
                "车位、车辆或警卫人数",
                "车位数",
                "停车位",
                "辆数",
                "数量",
                "警卫人数",
                unit="辆(人)",
                note="汽车库填车位数,自行车库、电动车库填辆数,警卫用房填警卫编制定员;食堂看编制定员",
            ),
        ),
        subject=("organ", "name", "annex"),
    )
)

BUILDING = register(
    Dataset(
        key="offices.building",
        label="办公建筑使用面积系数",
        synonyms=("办公楼情况表", "办公建筑台账"),
        columns=(
            ORGAN,
            Column(key="building", label="楼栋", synonyms=("建筑名称", "楼名", "建筑物名称"), example="一号办公楼"),
            Column(
                key="building_type",
                label="建筑类型",
                vocabulary="building_type",
                synonyms=("多层高层",),
                example="多层建筑",
            ),
            _area("usable_area", "基本办公用房使用面积", "使用面积", "总使用面积", example="6500"),
            _area("gross_area", "基本办公用房建筑面积", "建筑面积", "总建筑面积", example="10000"),
        ),
        subject=("organ", "building"),
    )
)

HALL = register(
    Dataset(
        key="offices.hall",
        label="入口门厅",
        synonyms=("门厅情况表",),
        columns=(
            ORGAN,
            Column(key="building", label="楼栋", synonyms=("建筑名称", "楼名"), example="一号办公楼"),
            ORGAN_TIER,
            _area("hall_area", "门厅使用面积", "门厅面积", "入口门厅面积", example="200"),
            Column(
                key="hall_storeys",
                label="门厅高度",
                kind=Kind.NUMBER,
                unit="层",
                synonyms=("门厅层数", "门厅层高"),
                example="2",
            ),
        ),
        subject=("organ", "building"),
    )
)

SITE = register(
    Dataset(
        key="offices.site",
        label="办公用地绿地率",
        synonyms=("院区用地情况表",),
        columns=(
            ORGAN,
            Column(key="site", label="院区", synonyms=("地块", "办公区", "院落"), example="东院"),
            Column(
                key="green_ratio",
                label="绿地率",
                kind=Kind.NUMBER,
                unit="%",
                synonyms=("绿化率", "绿地率%"),
                example="35",
            ),
        ),
        subject=("organ", "site"),
    )
)

DECORATION = register(
    Dataset(
        key="offices.decoration",
        label="装修工程造价",
        synonyms=("装修项目情况表",),
        columns=(
            ORGAN,
            Column(key="project", label="项目", synonyms=("项目名称", "工程名称"), example="办公楼改造工程"),
            ORGAN_TIER,
            Column(
                key="decoration_cost",
                label="装修工程造价",
                kind=Kind.NUMBER,
                unit="元",
                synonyms=("装修造价", "室内外装修造价"),
                example="3000000",
            ),
            Column(
                key="construction_cost",
                label="建筑安装工程费用",
                kind=Kind.NUMBER,
                unit="元",
                synonyms=("建安费用", "建安工程费", "建筑安装工程费"),
                example="10000000",
            ),
        ),
        subject=("organ", "project"),
    )
)

DECORATION_SPACE = register(
    Dataset(
        key="offices.decoration_space",
        label="装修档次",
        synonyms=("装修档次情况表",),
        columns=(
            ORGAN,
            Column(key="project", label="项目", synonyms=("项目名称", "工程名称"), example="办公楼改造工程"),
            ORGAN_TIER,
            Column(key="space", label="部位", vocabulary="decoration_space", synonyms=("装修部位",), example="会议室"),
            Column(
                key="grade",
                label="装修档次",
                vocabulary="decoration_grade",
                synonyms=("档次", "装修标准"),
                example="中级",
            ),
        ),
        subject=("organ", "project", "space"),
    )
)

VACATE = register(
    Dataset(
        key="offices.vacate",
        label="办公用房腾退",
        synonyms=("腾退情况表", "办公用房腾退移交表"),
        columns=(
            ORGAN,
            Column(key="person", label="原使用人", synonyms=("姓名", "使用人"), personal=True, example="王五"),
            Column(key="room", label="腾退的用房", synonyms=("房号", "房间号", "腾退用房"), example="A-501"),
            Column(
                key="trigger",
                label="腾退情形",
                vocabulary="vacate_trigger",
                synonyms=("腾退原因", "情形"),
                example="办理退休手续",
            ),
            Column(
                key="trigger_date",
                label="情形发生日期",
                kind=Kind.DATE,
                synonyms=("搬入日期", "免职日期", "手续办理日期", "退休日期", "调离日期"),
                example="2026-03-01",
            ),
            Column(
                key="vacated_date",
                label="腾退日期",
                kind=Kind.DATE,
                synonyms=("移交日期", "收回日期"),
                note="还没有腾退的填统计日期",
                example="2026-03-20",
            ),
        ),
        subject=("organ", "person", "room"),
    )
)
