"""台账 of yards, drivers, places, terms and outages; and the pages of the topic."""

from __future__ import annotations

from yiwang.areas.vehicles.trips.models import Depot, Driver, Landmark
from yiwang.areas.vehicles.trips.powers import AREA, applies, consents, dispatches, driver_of
from yiwang.areas.vehicles.trips.settling import may_see
from yiwang.areas.vehicles.trips.terms import PoolRule, Sharing, Tariff
from yiwang.core.registers.exchange import accept
from yiwang.core.registers.pages import guard
from yiwang.core.registers.register import Mask
from yiwang.core.rights.models import Role, Verb
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Feed, Resource, page, register

page("vehicles", "我要用车", "vehicles:trip-new")
page("vehicles", "我的用车", "vehicles:trips-mine")
page("vehicles", "出车任务", "vehicles:tasks")
page("vehicles", "待派车", "vehicles:trips-waiting")
page("vehicles", "调用请求", "vehicles:loans")
page("vehicles", "停用时段", "vehicles:outages")
page("vehicles", "用车结算", "vehicles:settlement")
guard("vehicles:trip-new", applies)
guard("vehicles:trips-mine", applies)
guard("vehicles:tasks", lambda access: access.has(Role.DRIVER, AREA) and driver_of(access) is not None)
guard("vehicles:trips-waiting", dispatches)
guard("vehicles:loans", consents)
guard("vehicles:outages", dispatches)
guard("vehicles:settlement", may_see)

DEPOT = register(
    Resource(
        key="vehicles.depot",
        label="车场",
        model=Depot,
        columns=(
            Column(path="name", sort="sort_key", synonyms=("停车场", "车队"), example="示例省机关车场"),
            Column(path="organ", synonyms=("管理单位",)),
            Column(path="address", synonyms=("坐落",)),
            Column(path="places", unit="个", synonyms=("停车位",), example="40"),
            Column(path="longitude", unit="度", brief=False, example="102.712300"),
            Column(path="latitude", unit="度", brief=False, example="25.046800"),
        ),
        natural=("organ", "name"),
        pinyin=(("sort_key", "name"),),
        filters=("organ",),
        search=("name", "address"),
        naming=Naming(model=Depot, show=("name",), find=(("organ__name", "name"), ("name",)), narrow="organ"),
    )
)

LANDMARK = register(
    Resource(
        key="vehicles.landmark",
        label="常用地点",
        model=Landmark,
        columns=(
            Column(path="name", sort="sort_key", synonyms=("地名", "名称"), example="示例省会展中心"),
            Column(path="organ", synonyms=("维护单位",)),
            Column(path="address", synonyms=("坐落",)),
            Column(path="longitude", unit="度", example="102.712300"),
            Column(path="latitude", unit="度", example="25.046800"),
        ),
        natural=("organ", "name"),
        pinyin=(("sort_key", "name"),),
        filters=("organ",),
        search=("name", "address"),
    )
)

DRIVER = register(
    Resource(
        key="vehicles.driver",
        label="驾驶员",
        model=Driver,
        columns=(
            Column(path="name", sort="sort_key", synonyms=("姓名", "司机"), example="马骏"),
            Column(path="organ", synonyms=("所属单位",)),
            Column(path="person", brief=False, synonyms=("人员编号",), note="有账号的驾驶员填人员,用他的账号接单"),
            Column(path="phone", synonyms=("手机", "联系电话"), reads=Verb.WRITE, mask=Mask.PHONE),
            Column(path="licence", synonyms=("驾照类型",)),
            Column(path="licence_number", brief=False, synonyms=("驾驶证编号",), reads=Verb.WRITE, mask=Mask.CODE),
            Column(path="licence_until", synonyms=("驾照有效期",)),
            Column(path="depot", brief=False),
            Column(path="state"),
        ),
        natural=("organ", "name"),
        pinyin=(("sort_key", "name"),),
        filters=("organ", "licence", "state"),
        search=("name", "phone"),
        feeds=(Feed(dataset="vehicles.driver", subject=("id",)),),
        naming=Naming(model=Driver, show=("name",), find=(("organ__name", "name"), ("name",)), narrow="organ"),
    )
)

RULE = register(
    Resource(
        key="vehicles.pool_rule",
        label="调度规则",
        model=PoolRule,
        columns=(
            Column(path="organ", synonyms=("车队", "调度单位"), note="对本单位和下级有效,下级有自己的以下级为准"),
            Column(path="papers_hours", unit="小时", synonyms=("补办时限",), example="24"),
            Column(path="before_minutes", unit="分钟", brief=False, example="15"),
            Column(path="after_minutes", unit="分钟", brief=False, example="15"),
            Column(path="duty_minutes", unit="分钟", example="600"),
            Column(path="rest_minutes", unit="分钟", example="480"),
            Column(path="absent_minutes", unit="分钟", brief=False, example="30"),
            Column(path="sealing"),
            Column(path="own_depot", brief=False),
            Column(path="valid_from", example="2026-01-01"),
            Column(path="valid_to", note="从这一天起失效"),
        ),
        natural=("organ", "valid_from"),
        exclusive=("organ",),
        filters=("organ",),
        search=("organ__name",),
        ends="valid_to",
    )
)

TARIFF = register(
    Resource(
        key="vehicles.tariff",
        label="用车收费标准",
        model=Tariff,
        columns=(
            Column(path="organ", synonyms=("车队",), note="对本单位和下级的车有效"),
            Column(path="body", note="不填就是各车型"),
            Column(path="per_trip", money=True, example="20"),
            Column(path="per_km", money=True, example="2.50"),
            Column(path="per_hour", money=True, example="15"),
            Column(path="waiting_hour", money=True, example="20"),
            Column(path="free_minutes", unit="分钟", brief=False, example="30"),
            Column(path="overtime_hour", money=True, brief=False, example="30"),
            Column(path="approval", synonyms=("文号",), example="示机管〔2026〕8号"),
            Column(path="valid_from", example="2026-01-01"),
            Column(path="valid_to", note="从这一天起失效"),
        ),
        natural=("organ", "body", "valid_from"),
        exclusive=("organ", "body"),
        filters=("organ", "body"),
        search=("approval", "organ__name"),
        ends="valid_to",
    )
)

SHARING = register(
    Resource(
        key="vehicles.sharing",
        label="共享约定",
        model=Sharing,
        columns=(
            Column(path="organ", synonyms=("出借单位",)),
            Column(path="borrower", synonyms=("借用单位",)),
            Column(path="asking", synonyms=("须同意",)),
            Column(path="per_trip", money=True, example="30"),
            Column(path="per_km", money=True, example="3"),
            Column(path="per_hour", money=True, example="20"),
            Column(path="valid_from", example="2026-01-01"),
            Column(path="valid_to", note="从这一天起失效"),
        ),
        natural=("organ", "borrower", "valid_from"),
        exclusive=("organ", "borrower"),
        filters=("organ", "borrower"),
        search=("organ__name", "borrower__name"),
        ends="valid_to",
    )
)
accept("vehicles.driver", DRIVER, driver="name", organ="organ", licence_until="licence_until")
