"""台账 of points and teams, and the register of orders, which is read here and written only by its verbs."""

from __future__ import annotations

from django.urls import reverse

from yiwang.areas.services.nav import reads_orders
from yiwang.areas.services.orders.machine import dispatches, repairs
from yiwang.areas.services.orders.models import Spot, Team, WorkOrder
from yiwang.core.registers.pages import guard
from yiwang.core.rights.models import Verb
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Feed, Resource, page, register

page("services", "我的报修", "services:mine")
page("services", "维修任务", "services:todo")
page("services", "派工台", "services:dispatch")
page("services", "工单", "services:orders")
page("services", "服务月报", "services:month")
page("services", "班组人员", "services:teams")
page("services", "点位标签", "services:labels")
guard("services:mine", lambda access: access.may(Verb.APPLY, "services"))
guard("services:todo", repairs)
guard("services:dispatch", dispatches)
guard("services:orders", reads_orders)
guard("services:month", reads_orders)
guard("services:teams", lambda access: access.may(Verb.READ, "services"))
guard("services:labels", lambda access: access.may(Verb.READ, "services"))


class OrderRegister(Resource):
    """The register of orders: its list, export and JSON are pages of this area, for no form may write it."""

    @property
    def url(self) -> str:
        """Address of the list; an order is below it."""
        return reverse("services:orders")


ORDER = OrderRegister(
    key="services.order",
    label="工单",
    model=WorkOrder,
    columns=(
        Column(path="number", sort="number"),
        Column(path="item"),
        Column(path="item__code", label="事项编号", brief=False),
        Column(path="urgency"),
        Column(path="problem", brief=False),
        Column(path="location"),
        Column(path="organ"),
        Column(path="team"),
        Column(path="supplier", brief=False),
        Column(path="state"),
        Column(path="origin", brief=False),
        Column(path="reported_date", sort="reported_date"),
        Column(path="labour_cost", money=True, brief=False),
        Column(path="parts_cost", money=True, brief=False),
        Column(path="score", unit="分"),
        Column(path="reopened", brief=False, unit="次"),
    ),
    natural=("number",),
    filters=("organ", "item_code", "urgency", "state", "team", "supplier", "reported_date"),
    search=("number", "problem", "location"),
    order="pk",
    feeds=(Feed(dataset="services.work_order", subject=("id",)),),
    words=(("report", "报修"),),
)

SPOT = register(
    Resource(
        key="services.spot",
        label="点位",
        model=Spot,
        columns=(
            Column(path="name", synonyms=("房号", "位置", "点位名称"), example="0612"),
            Column(path="building", synonyms=("楼", "建筑名称"), example="行政中心/A座"),
            Column(path="floor", synonyms=("层",), example="6层"),
            Column(path="organ", label="管理单位", synonyms=("单位",)),
            Column(path="kind", synonyms=("类型",)),
            Column(path="patrol_object", synonyms=("检查部位",)),
            Column(path="checks", brief=False, note="用顿号隔开", example="门窗、照明、消火栓"),
        ),
        natural=("building", "name"),
        filters=("organ", "building", "kind", "patrol_object"),
        search=("name",),
        naming=Naming(
            model=Spot,
            show=("building__name", "name"),
            find=(("building__site__name", "building__name", "name"), ("building__name", "name")),
            narrow="organ",
        ),
    )
)

TEAM = register(
    Resource(
        key="services.team",
        label="班组",
        model=Team,
        columns=(
            Column(path="name", synonyms=("班组名称", "维修班组"), example="水电班"),
            Column(path="organ", label="管理单位", synonyms=("单位",)),
            Column(path="skills", note="事项编号,用顿号隔开;空着就是综合班组", example="05、06"),
            Column(path="building", note="只管一栋楼的才填"),
            Column(path="supplier", synonyms=("外包单位", "服务单位"), note="外包的填供应商台账里的名称"),
            Column(path="phone", synonyms=("值班电话",)),
            Column(path="duty", brief=False, synonyms=("值班安排",), example="工作日 8:00—18:00"),
            Column(path="state"),
        ),
        natural=("organ", "name"),
        filters=("organ", "state"),
        search=("name", "supplier__name"),
        naming=Naming(model=Team, show=("name",), find=(("organ__name", "name"), ("name",)), vague=True),
    )
)
