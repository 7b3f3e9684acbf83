"""台账 of cars: vehicles, fleet quotas, purchases."""

from __future__ import annotations

from yiwang.areas.vehicles.life.models import FleetQuota, Vehicle, VehiclePurchase
from yiwang.areas.vehicles.nav import reads
from yiwang.core.attachments import guards
from yiwang.core.registers.exchange import accept
from yiwang.core.registers.pages import guard
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Feed, Resource, page, register

page("vehicles", "编制", "vehicles:quota")
page("vehicles", "配备更新", "vehicles:plans")
page("vehicles", "到期提醒", "vehicles:due")
for _name in ("vehicles:quota", "vehicles:plans", "vehicles:due"):
    guard(_name, reads)


def _may_see(access: Access, pk: int) -> bool:
    """The files of a car are for whoever reads its register."""
    return access.scope(Vehicle.objects.filter(pk=pk)).exists()


def _may_change(access: Access, pk: int) -> bool:
    return access.scope(Vehicle.objects.filter(pk=pk), Verb.WRITE).exists()


guards.register("vehicles.vehicle", _may_see, _may_change)

VEHICLE = register(
    Resource(
        key="vehicles.vehicle",
        label="车辆",
        model=Vehicle,
        columns=(
            Column(path="plate", sort="sort_key", synonyms=("车牌", "号牌号码", "车号"), example="示A10231"),
            Column(path="organ", synonyms=("使用单位", "所属单位")),
            Column(path="use", synonyms=("车辆用途", "车辆类别", "编制类别")),
            Column(path="body", synonyms=("车辆类型",)),
            Column(path="model", synonyms=("厂牌型号", "品牌", "型号")),
            Column(path="energy", synonyms=("能源类型", "动力")),
            Column(path="displacement", unit="升", synonyms=("排量",), example="1.8"),
            Column(path="price", money=True, synonyms=("购车价格", "价格", "购置金额"), example="178000"),
            Column(path="purchased_date", brief=False, synonyms=("购车日期",)),
            Column(path="registered_date", synonyms=("注册日期", "上牌日期")),
            Column(path="mileage", unit="公里", brief=False, synonyms=("行驶里程", "里程表读数")),
            Column(path="depot", brief=False, synonyms=("停放地点",)),
            Column(path="state", synonyms=("车辆状态",)),
            Column(path="marking", brief=False, synonyms=("标识", "喷涂情况")),
            Column(path="marked_date", brief=False),
            Column(path="marking_reason", brief=False),
            Column(path="vin", brief=False, synonyms=("车辆识别代号", "VIN")),
            Column(path="engine", brief=False),
            Column(path="seats", unit="人", brief=False, synonyms=("座位数", "核载人数")),
            Column(path="tank", unit="升", brief=False, synonyms=("油箱",)),
            Column(path="powertrain", brief=False, synonyms=("燃料种类",)),
            Column(path="renewal", brief=False, note="特定用途的更新不看里程"),
            Column(path="battery_decay", unit="%", brief=False, note="纯电动车填"),
            Column(path="warranty_until", brief=False),
            Column(path="retired_date", brief=False, synonyms=("报废日期",)),
            Column(path="note", brief=False),
        ),
        natural=("plate",),
        pinyin=(("sort_key", "plate"),),
        filters=("organ", "use", "body", "energy", "state"),
        search=("plate", "model"),
        feeds=(
            Feed(dataset="vehicles.fleet", subject=("organ_id", "use"), own=False),
            Feed(dataset="vehicles.renewal", subject=("renewals__id",), own=False),
            Feed(dataset="vehicles.vehicle", subject=("id",), own=False),
            Feed(dataset="vehicles.organ", subject=("organ_id",), own=False),
            Feed(dataset="vehicles.disposal", subject=("disposals__id",), own=False),
        ),
        related=(
            ("vehicles.purchase", "vehicle"),
            ("vehicles.document", "vehicle"),
            ("vehicles.inspection", "vehicle"),
            ("vehicles.insurance", "vehicle"),
            ("vehicles.maintenance", "vehicle"),
            ("vehicles.violation", "vehicle"),
        ),
        words=(
            ("register", "登记"),
            ("transfer", "划转"),
            ("retire", "处置"),
            ("lay_up", "封存停驶"),
            ("put_back", "启封"),
            ("mark", "标识化"),
        ),
        naming=Naming(model=Vehicle, show=("plate",), find=(("plate",),)),
        whole="vehicles:vehicle",
    )
)

accept(
    "vehicles.vehicle",
    VEHICLE,
    vehicle_use="use",
    same=(
        *("plate", "organ", "body", "energy", "powertrain", "model", "vin", "engine", "seats", "displacement", "tank"),
        *("price", "purchased_date", "registered_date", "mileage", "marking", "state"),
    ),
)

QUOTA = register(
    Resource(
        key="vehicles.quota",
        label="车辆编制",
        model=FleetQuota,
        columns=(
            Column(path="organ"),
            Column(path="use", synonyms=("编制类别", "车辆类别")),
            Column(path="number", unit="辆", synonyms=("核定编制", "编制数量"), example="3"),
            Column(path="approval", synonyms=("核定文号", "文号")),
            Column(path="valid_from", example="2024-01-01"),
            Column(path="valid_to", note="从这一天起失效"),
        ),
        natural=("organ", "use", "valid_from"),
        exclusive=("organ", "use"),
        filters=("organ", "use"),
        search=("approval", "organ__name"),
        feeds=(
            Feed(dataset="vehicles.fleet", subject=("organ_id", "use")),
            Feed(dataset="vehicles.organ", subject=("organ_id",), own=False),
        ),
        ends="valid_to",
        words=(("grant", "核定"), ("cut", "核减"), ("move", "调剂")),
    )
)

PURCHASE = register(
    Resource(
        key="vehicles.purchase",
        label="车辆购置",
        model=VehiclePurchase,
        columns=(
            Column(path="number", sort="number", synonyms=("采购号", "合同号"), example="CG-2026-001"),
            Column(path="organ", synonyms=("购置单位", "采购单位")),
            Column(path="use", synonyms=("车辆用途", "编制类别")),
            Column(path="body", synonyms=("车辆类型",)),
            Column(path="case", synonyms=("配备情形",)),
            Column(path="energy", synonyms=("能源类型",)),
            Column(path="price", money=True, synonyms=("购置价格", "价格", "裸车价"), example="178000"),
            Column(path="displacement", unit="升", synonyms=("排量",), example="1.8"),
            Column(path="approval", brief=False, synonyms=("审批文号", "批准文件")),
            Column(
                path="purchased_date", sort="purchased_date", synonyms=("采购日期", "购车日期"), example="2026-03-01"
            ),
            Column(path="vehicle", brief=False, synonyms=("车牌号",), note="购入的车,已登记的填车牌号"),
            Column(path="replaces", brief=False, synonyms=("旧车", "被更新车辆"), note="更新的填旧车车牌号,新增的空着"),
            Column(path="note", brief=False),
        ),
        natural=("number",),
        filters=("organ", "use", "body", "energy", "purchased_date"),
        search=("number", "approval"),
        feeds=(
            Feed(dataset="vehicles.purchase", subject=("id",)),
            Feed(dataset="vehicles.over_standard", subject=("id",), own=False),
            Feed(dataset="vehicles.renewal", subject=("id",)),
            Feed(dataset="vehicles.purchase_year", subject=("organ_id", "purchased_date__year"), own=False),
        ),
        words=(("record", "登记"),),
    )
)
