"""台账 of figures, listed places and impact assessments; the pages of the watch and of costs."""

from __future__ import annotations

from yiwang.areas.vehicles.nav import reads
from yiwang.areas.vehicles.watch.models import Assessment, ListedPlace, Threshold
from yiwang.areas.vehicles.watch.rights import may_see_track
from yiwang.core.registers.pages import guard
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.desk.kinds import Column, Resource, page, register


def _sees_readings(access: Access) -> bool:
    return reads(access) and (access.may(Verb.AUDIT) or access.approves("vehicles") or may_see_track(access))


page("vehicles", "用车监督", "vehicles:watch")
page("vehicles", "用车费用", "vehicles:costs")
page("vehicles", "用车统计", "vehicles:stats")
page("vehicles", "公示", "vehicles:publicity")
page("vehicles", "轨迹查阅", "vehicles:track-readings")
guard("vehicles:watch", reads)
guard("vehicles:costs", reads)
guard("vehicles:stats", reads)
guard("vehicles:track-readings", _sees_readings)

THRESHOLD = register(
    Resource(
        key="vehicles.threshold",
        label="监督阈值",
        model=Threshold,
        columns=(
            Column(path="organ", synonyms=("单位",)),
            Column(path="rule", synonyms=("监督规则",), example="无单移动"),
            Column(path="name", synonyms=("参数",), note="规则页上列出每条规则有哪些项目", example="上限"),
            Column(path="value", synonyms=("阈值",), example="100"),
            Column(path="valid_from", sort="valid_from"),
            Column(path="valid_to"),
            Column(path="ground", brief=False, synonyms=("文号",)),
        ),
        natural=("organ", "rule", "name", "valid_from"),
        filters=("organ", "rule"),
        search=("ground",),
        ends="valid_to",
    )
)

PLACE = register(
    Resource(
        key="vehicles.listed-place",
        label="所列场所",
        model=ListedPlace,
        columns=(
            Column(path="name", synonyms=("场所名称",), example="示例温泉度假村"),
            Column(path="kind", synonyms=("场所类型",), example="旅游景区"),
            Column(path="organ", label="列出单位", synonyms=("单位",)),
            Column(path="longitude", unit="度", brief=False, example="102.712300"),
            Column(path="latitude", unit="度", brief=False, example="25.046800"),
            Column(path="radius", unit="米", example="150"),
            Column(path="valid_from"),
            Column(path="valid_to"),
        ),
        natural=("organ", "name"),
        filters=("organ", "kind"),
        search=("name",),
        ends="valid_to",
    )
)

ASSESSMENT = register(
    Resource(
        key="vehicles.assessment",
        label="个人信息影响评估",
        model=Assessment,
        columns=(
            Column(path="title", synonyms=("评估名称",), example="公务用车轨迹查阅"),
            Column(path="organ", synonyms=("单位",)),
            Column(path="purpose", brief=False, example="核查线索和投诉;按车按日查阅轨迹"),
            Column(path="risk", brief=False, example="可推知驾驶员行踪"),
            Column(path="measures", brief=False, example="专门权限、逐次写明事由、存证、半小时失效"),
            Column(path="assessor", example="示例省机关事务管理局法规处"),
            Column(path="valid_from"),
            Column(path="valid_to"),
        ),
        natural=("organ", "title", "valid_from"),
        filters=("organ",),
        search=("title",),
        ends="valid_to",
    )
)
