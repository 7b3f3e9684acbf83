"""台账 of venues: the places, their equipment, the rules by which they are booked; and the pages of the topic."""

from __future__ import annotations

from yiwang.areas.services.catalogue.registry import entry
from yiwang.areas.services.venues.models import Venue, VenueEquipment, VenueRule
from yiwang.core.registers.pages import guard
from yiwang.core.rights.models import Verb
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Resource, page, register

page("services", "会议室预约", "services:venues")
page("services", "我的预约", "services:bookings")
page("services", "场所使用情况", "services:venue-report")
guard("services:venue-report", lambda access: access.may(Verb.READ, "services"))
guard("services:venues", lambda access: access.may(Verb.APPLY, "services") or access.may(Verb.READ, "services"))
guard("services:bookings", lambda access: access.may(Verb.APPLY, "services") or access.may(Verb.READ, "services"))
entry("03", "services:venues", "预订会议室")

VENUE = register(
    Resource(
        key="services.venue",
        label="场所",
        model=Venue,
        columns=(
            Column(path="name", sort="sort_key", synonyms=("会议室", "场所名称"), example="第一会议室"),
            Column(path="organ", synonyms=("管理单位",)),
            Column(path="kind", synonyms=("场所类别",)),
            Column(path="building", synonyms=("楼", "楼号"), example="行政中心/A座"),
            Column(path="room", synonyms=("房号", "位置"), example="0301"),
            Column(path="seats", unit="座", synonyms=("座位", "容纳人数"), example="20"),
            Column(path="state"),
            Column(path="note", brief=False),
        ),
        natural=("organ", "name"),
        pinyin=(("sort_key", "name"),),
        filters=("organ", "building", "kind", "state"),
        search=("name", "room"),
        related=(("services.venue_rule", "venue"), ("services.venue_equipment", "venue")),
        words=(("code", "换门牌码"),),
        naming=Naming(model=Venue, show=("name",), find=(("organ__name", "name"), ("name",))),
    )
)

EQUIPMENT = register(
    Resource(
        key="services.venue_equipment",
        label="场所设备",
        model=VenueEquipment,
        columns=(
            Column(path="venue", synonyms=("会议室",), example="第一会议室"),
            Column(path="name", sort="name", synonyms=("设备名称",), example="投影仪"),
            Column(path="quantity", unit="件", example="1"),
            Column(path="note"),
            Column(path="organ", edit=False),
        ),
        natural=("venue", "name"),
        owner="venue",
        filters=("venue", "name"),
        search=("name", "venue__name"),
    )
)

RULE = register(
    Resource(
        key="services.venue_rule",
        label="预约规则",
        model=VenueRule,
        columns=(
            Column(path="venue", synonyms=("会议室",), example="第一会议室"),
            Column(
                path="hours",
                example="工作日 08:00-12:00,14:00-18:00;节假日 不开放",
                note="天:每天、工作日、休息日、节假日、周一…周日、周一至周五;分号隔开",
            ),
            Column(path="circle"),
            Column(path="roles", brief=False, note="角色名,顿号隔开;不填就是所有能申请服务的人", example="经办、前台"),
            Column(path="earliest_days", unit="天", brief=False, note="不填不限", example="30"),
            Column(path="latest_minutes", unit="分钟", brief=False, note="不填不限", example="30"),
            Column(path="shortest_minutes", unit="分钟", brief=False, example="30"),
            Column(path="longest_minutes", unit="分钟", note="不填不限", example="240"),
            Column(path="before_minutes", unit="分钟", brief=False, example="15"),
            Column(path="after_minutes", unit="分钟", brief=False, example="15"),
            Column(path="most_open", unit="个", brief=False, note="不填不限", example="5"),
            Column(path="approval"),
            Column(path="approval_minutes", unit="分钟", brief=False, note="审批填“超过条件的”时用", example="240"),
            Column(path="approval_people", unit="人", brief=False, note="审批填“超过条件的”时用", example="50"),
            Column(path="approval_outside", brief=False),
            Column(path="price_hour", money=True, example="100"),
            Column(path="cancel_minutes", unit="分钟", brief=False, example="30"),
            Column(path="early_minutes", unit="分钟", brief=False, example="15"),
            Column(path="release_minutes", unit="分钟", brief=False, note="不填就不要求签到", example="15"),
            Column(path="titles", brief=False),
            Column(path="valid_from", example="2026-01-01"),
            Column(path="valid_to", note="从这一天起失效"),
            Column(path="organ", edit=False),
        ),
        natural=("venue", "valid_from"),
        owner="venue",
        exclusive=("venue",),
        filters=("venue", "circle", "approval"),
        search=("venue__name",),
        ends="valid_to",
    )
)
