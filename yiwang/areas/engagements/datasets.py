"""Datasets of reception, travel, meetings and training. The region of a travel record is the destination."""

from __future__ import annotations

from yiwang.core.datasets import Column, Dataset, Kind, register

ORGAN = Column(
    key="organ", label="单位", required=True, synonyms=("单位名称", "所在单位", "填报单位"), example="示例省民政厅"
)
TIER = Column(
    key="organ_tier",
    label="机关层级",
    vocabulary="organ_tier",
    synonyms=("层级", "单位层级"),
    note="中央机关、省级机关、市级机关、县级机关、乡级机关",
    example="中央机关",
)
TRAVELLER = Column(
    key="traveller",
    label="出差人",
    required=True,
    synonyms=("姓名", "出差人员", "出差人姓名"),
    personal=True,
    example="张三",
)
RANK = Column(
    key="rank",
    label="职级",
    vocabulary="rank",
    synonyms=("级别", "职务级别", "行政级别"),
    note="按本人享受的职务级别填写",
    example="正处级",
)


def number(
    key: str, label: str, unit: str, *synonyms: str, example: str = "", note: str = "", required: bool = False
) -> Column:
    """A column with a measured figure."""
    return Column(
        key=key,
        label=label,
        kind=Kind.NUMBER,
        unit=unit,
        synonyms=synonyms,
        example=example,
        note=note,
        required=required,
    )


def count(
    key: str, label: str, unit: str, *synonyms: str, example: str = "", note: str = "", required: bool = False
) -> Column:
    """A column with a whole number."""
    return Column(
        key=key,
        label=label,
        kind=Kind.INTEGER,
        unit=unit,
        synonyms=synonyms,
        example=example,
        note=note,
        required=required,
    )


def yes(key: str, label: str, *synonyms: str, example: str = "否", note: str = "") -> Column:
    """A yes-or-no column."""
    return Column(key=key, label=label, kind=Kind.BOOL, synonyms=synonyms, example=example, note=note)


RECEPTION = register(
    Dataset(
        key="engagements.reception",
        label="公务接待",
        synonyms=("公务接待台账", "国内公务接待台账", "公务接待明细"),
        subject=("organ", "activity"),
        note="一行一批接待;判定日期填接待当日。",
        columns=(
            Column(
                key="organ",
                label="接待单位",
                required=True,
                synonyms=("单位", "单位名称", "填报单位"),
                example="示例市水利局",
            ),
            Column(
                key="activity",
                label="公务活动",
                required=True,
                synonyms=("活动内容", "公务活动项目", "接待事由", "来访事由"),
                example="水利检查",
            ),
            Column(key="guest_organ", label="派出单位", synonyms=("来访单位", "接待对象单位"), example="示例省水利厅"),
            count("guests", "接待对象人数", "人", "来访人数", "来宾人数", "客人数", example="8", required=True),
            Column(
                key="guest_rank",
                label="接待对象最高职级",
                vocabulary="rank",
                synonyms=("最高职级", "主要来宾职级"),
                example="正处级",
            ),
            count("companions", "陪餐人数", "人", "陪同人数", "陪餐", "作陪人数", example="3"),
            count(
                "working_meals", "工作餐次数", "次", "安排工作餐次数", "用餐次数", example="1", note="由接待单位安排的"
            ),
            Column(
                key="alcohol",
                label="酒水",
                vocabulary="alcohol",
                synonyms=("用酒", "是否上酒", "酒类"),
                note="没有上酒填“无”",
                example="无",
            ),
            yes("luxury_alcohol", "高档酒水", "是否高档酒水", note="2025-05-01 以前的接待填写"),
            yes("luxury_dishes", "高档菜肴", "是否有高档菜肴", note="鱼翅、燕窝等"),
            yes("wild_animals", "野生保护动物菜肴", "是否有野生保护动物"),
            yes("cigarettes", "提供香烟", "香烟", "是否提供香烟"),
            Column(
                key="dining_venue",
                label="用餐场所",
                vocabulary="dining_venue",
                synonyms=("用餐地点", "就餐地点", "餐饮场所"),
                example="单位食堂",
            ),
            Column(
                key="room_type",
                label="住宿房型",
                vocabulary="room_type",
                synonyms=("房型", "房间类型"),
                example="标准间",
            ),
            yes("official_letter", "有公函", "公函", "派出单位公函", "是否有公函", example="是"),
            yes("invoice", "有财务票据", "财务票据", "发票", example="是"),
            yes("reception_list", "有接待清单", "接待清单", "是否有接待清单", example="是"),
            yes("boundary_welcome", "边界迎送", "是否迎送", note="在机场、车站、码头或辖区边界迎送"),
            number("cost", "接待费", "元", "接待费用", "支出金额", "金额", example="560"),
        ),
    )
)

LODGING = register(
    Dataset(
        key="engagements.lodging",
        label="差旅住宿",
        synonyms=("差旅住宿费", "出差住宿台账", "差旅费明细"),
        subject=("traveller", "destination"),
        note="一行一次住宿;行政区划填目的地,到地级市(表中单列的县填到县);判定日期填入住日。淡旺季分开填。",
        columns=(
            TRAVELLER,
            ORGAN,
            TIER,
            RANK,
            Column(
                key="destination",
                label="目的地",
                synonyms=("出差地点", "住宿地", "到达地", "住宿城市"),
                example="张家口市",
            ),
            number(
                "price",
                "每间每天房价",
                "元/间天",
                "房价",
                "住宿单价",
                "每间天房价",
                "住宿标准(元/间·天)",
                example="350",
                required=True,
            ),
            count("nights", "住宿天数", "天", "夜数", "间夜", "住宿夜数", example="2"),
            Column(
                key="rest_of_province",
                label="目的地不在单列城市",
                kind=Kind.BOOL,
                synonyms=("是否其他地区",),
                note="行政区划只填到省、而该省有单列城市时才填;填“是”按该省其他地区判定",
            ),
        ),
    )
)

TRANSPORT = register(
    Dataset(
        key="engagements.transport",
        label="差旅交通",
        synonyms=("城市间交通", "城市间交通费", "差旅交通费明细"),
        subject=("traveller", "journey"),
        note="一行一段行程;判定日期填乘坐日。",
        columns=(
            TRAVELLER,
            ORGAN,
            TIER,
            RANK,
            Column(key="journey", label="行程", synonyms=("起讫地点", "线路", "车次航班"), example="北京—成都"),
            Column(
                key="transport_mode",
                label="交通工具",
                vocabulary="transport_mode",
                synonyms=("乘坐交通工具", "交通方式"),
                example="火车",
            ),
            Column(
                key="seat_class",
                label="席别舱位",
                vocabulary="seat_class",
                synonyms=("席别", "舱位", "座位等级", "乘坐等级"),
                example="二等座",
            ),
            number("fare", "票价", "元", "交通费", "金额", example="600"),
        ),
    )
)

ALLOWANCE = register(
    Dataset(
        key="engagements.allowance",
        label="差旅补助",
        synonyms=("伙食补助和市内交通费", "出差补助", "差旅补助明细"),
        subject=("traveller", "destination"),
        note="一行一次出差;行政区划填目的地;天数按自然(日历)天数。",
        columns=(
            TRAVELLER,
            ORGAN,
            TIER,
            Column(key="destination", label="目的地", synonyms=("出差地点",), example="西宁市"),
            count("days", "出差天数", "天", "天数", "自然天数", example="3", required=True),
            number("meal_allowance", "伙食补助费", "元", "伙食补助", "伙食费", example="300"),
            number("transport_allowance", "市内交通费", "元", "市内交通补助", "公杂费", example="240"),
        ),
    )
)

MEAL_PAY = register(
    Dataset(
        key="engagements.meal_pay",
        label="差旅交费",
        synonyms=("协助用餐用车交费", "伙食费市内交通费交纳"),
        subject=("traveller", "destination"),
        note="一行一次出差;由接待单位协助安排用餐、用车时填写。",
        columns=(
            TRAVELLER,
            ORGAN,
            TIER,
            Column(key="destination", label="目的地", synonyms=("出差地点",), example="太原市"),
            count("breakfasts", "早餐次数", "次", "早餐", example="1"),
            count("lunches", "午餐次数", "次", "午餐", "中餐", example="1"),
            count("dinners", "晚餐次数", "次", "晚餐", example="0"),
            count("car_half_days", "用车半天数", "半天", "用车", example="2"),
            number("meal_rate", "日伙食补助标准", "元/天", "伙食补助标准", example="100"),
            number("transport_rate", "日市内交通费标准", "元/天", "市内交通费标准", example="80"),
            yes("has_tariff", "接待单位有收费标准", "有收费标准"),
            number("paid", "实交金额", "元", "交纳金额", "已交金额", example="140"),
        ),
    )
)

MEETING_CLASS = Column(
    key="meeting_class", label="会议类别", vocabulary="meeting_class", synonyms=("类别", "会议分类"), example="三类"
)

MEETING = register(
    Dataset(
        key="engagements.meeting",
        label="会议",
        synonyms=("会议费", "会议台账", "会议费明细"),
        subject=("organ", "meeting"),
        note="一行一次会议;参会人数含工作人员;人天数不填时按参会人数乘会期算。判定日期填开会日。",
        columns=(
            ORGAN,
            TIER,
            Column(key="meeting", label="会议名称", required=True, synonyms=("会议",), example="全省民政工作会议"),
            MEETING_CLASS,
            yes("briefing", "传达、布置类会议", "传达布置类", "是否传达布置类"),
            count("participants", "参会人数", "人", "会议人数", "参会人员数", example="120", note="含工作人员"),
            count("staff", "工作人员数", "人", "会议工作人员", "工作人员", example="10"),
            number("days", "会期", "天", "会议天数", "天数", example="2"),
            number("arrive_leave_days", "报到和离开天数", "天", "报到离开天数", "报到撤离天数", example="2"),
            number("person_days", "人天数", "人天", "核定人天数", example="240", note="有人提前离会时填写"),
            number("lodging_cost", "住宿费", "元", "会议住宿费", example="60000"),
            number("meal_cost", "伙食费", "元", "会议伙食费", "餐费", example="30000"),
            number("other_cost", "其他费用", "元", "场地资料交通等费用", example="18000"),
            number("total_cost", "会议费合计", "元", "会议费", "合计", "费用合计", example="108000"),
            yes("luxury_suites", "高档套房", "安排高档套房"),
            yes("luxury_dishes", "高档菜肴", "安排高档菜肴"),
            yes("banquet", "宴请", "安排宴请", "会议宴请"),
            yes("alcohol_tobacco", "烟酒", "提供烟酒"),
            yes("flowers", "会场花草", "摆放花草"),
            yes("backdrop", "背景板", "制作背景板"),
            yes("fruit", "水果", "提供水果"),
            yes("tour", "旅游和无关参观", "旅游参观", "组织参观"),
            yes("entertainment", "高消费娱乐、健身", "娱乐健身"),
            yes("souvenirs", "纪念品", "发放纪念品"),
            yes("toiletries", "额外洗漱用品", "配发洗漱用品"),
        ),
    )
)

MEETING_YEAR = register(
    Dataset(
        key="engagements.meeting_year",
        label="会议年度统计",
        synonyms=("年度会议次数",),
        subject=("organ", "year", "meeting_class"),
        note="一行一个单位一年一类会议;判定日期填当年12月31日。",
        columns=(
            ORGAN,
            TIER,
            count("year", "年度", "年", "年份", example="2024"),
            MEETING_CLASS,
            count("meetings", "会议次数", "次", "召开次数", example="1"),
        ),
    )
)

TRAINING = register(
    Dataset(
        key="engagements.training",
        label="培训",
        synonyms=("培训费", "培训班台账", "培训费明细"),
        subject=("organ", "training"),
        note="一行一个培训班;天数含报到和撤离;费用不含师资费。判定日期填开班日。",
        columns=(
            ORGAN,
            TIER,
            Column(
                key="training",
                label="培训班名称",
                required=True,
                synonyms=("培训班", "培训名称", "班次"),
                example="统计业务培训班",
            ),
            Column(
                key="training_class",
                label="培训类别",
                vocabulary="training_class",
                synonyms=("类别", "培训分类"),
                example="三类",
            ),
            count("trainees", "参训人数", "人", "培训人数", "学员人数", example="60"),
            count("staff", "工作人员数", "人", "培训工作人员", example="5"),
            number("days", "培训天数", "天", "天数", "培训时间", example="5"),
            number("arrive_days", "报到天数", "天", "报到时间", example="1"),
            number("leave_days", "撤离天数", "天", "撤离时间", "离开天数", example="1"),
            number("lodging_cost", "住宿费", "元", example="110500"),
            number("meal_cost", "伙食费", "元", "餐费", example="42250"),
            number("room_cost", "场地、资料、交通费", "元", "场地资料交通费", "场地费", example="16250"),
            number("other_cost", "其他费用", "元", example="9750"),
            number("total_cost", "培训费合计", "元", "培训费", "合计", example="178750", note="不含师资费"),
            yes("study_tour", "组织调研考察", "调研考察", "组织考察"),
        ),
    )
)

LECTURE = register(
    Dataset(
        key="engagements.lecture",
        label="讲课费",
        synonyms=("师资费", "讲课费明细", "授课费"),
        subject=("teacher", "course"),
        note="一行一位老师一次讲课;讲课费为税后。",
        columns=(
            ORGAN,
            TIER,
            Column(
                key="teacher",
                label="讲课人",
                required=True,
                synonyms=("授课人", "老师", "师资"),
                personal=True,
                example="李四",
            ),
            Column(key="course", label="课程", synonyms=("课程名称", "授课内容"), example="统计法"),
            Column(
                key="lecturer",
                label="职称",
                vocabulary="lecturer",
                synonyms=("技术职称", "专业技术职称"),
                example="教授",
            ),
            number("hours", "学时", "学时", "课时", "讲课学时", example="4"),
            number("half_days", "半天数", "半天", "讲课半天数", example="1"),
            number("fee", "税后讲课费", "元", "讲课费", "讲课费(税后)", example="4000"),
        ),
    )
)
