"""台账 of what a car needs (证照, 年检, 保险, 维修保养), of what is said about it (违章, 监督, 投诉), and of rental firms."""

from __future__ import annotations

from yiwang.areas.vehicles.life.models import (
    Complaint,
    Inspection,
    Insurance,
    Maintenance,
    RentalContract,
    RentalRate,
    RentalSupplier,
    Supervision,
    VehicleDocument,
    Violation,
)
from yiwang.core.registers.exchange import accept
from yiwang.core.registers.register import Mask
from yiwang.core.rights.models import Verb
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Feed, Resource, register

_PLATE = ("车牌号", "号牌号码", "车号", "车牌")
_VEHICLE = Column(path="vehicle", synonyms=_PLATE, example="示A10231")
_ORGAN = Column(path="organ", edit=False)
_PLACE = Column(path="organ", synonyms=("单位名称",))
_NOTE = Column(path="note", brief=False)

DOCUMENT = register(
    Resource(
        key="vehicles.document",
        label="车辆证照",
        model=VehicleDocument,
        columns=(
            _VEHICLE,
            _ORGAN,
            Column(path="kind", synonyms=("证照名称", "证件")),
            Column(path="number", synonyms=("证件号", "编号"), example="990101000123"),
            Column(path="valid_to", synonyms=("有效期至", "到期日"), note="长期有效的空着"),
            Column(path="keeper", brief=False),
            _NOTE,
        ),
        natural=("vehicle", "kind", "number"),
        owner="vehicle",
        filters=("organ", "vehicle", "kind", "valid_to"),
        search=("number", "vehicle__plate"),
    )
)
MAINTENANCE = register(
    Resource(
        key="vehicles.maintenance",
        label="维修保养",
        model=Maintenance,
        columns=(
            Column(path="number", sort="number", synonyms=("维修单号", "结算单号"), example="WX-2026-001"),
            _VEHICLE,
            _ORGAN,
            Column(path="kind", synonyms=("维修类别",)),
            Column(path="on_date", sort="on_date", synonyms=("日期", "进厂日期")),
            Column(path="done_date", brief=False, synonyms=("出厂日期",)),
            Column(path="odometer", unit="公里", brief=False, synonyms=("里程",)),
            Column(path="items", synonyms=("维修项目", "内容")),
            Column(path="supplier", synonyms=("维修厂", "修理厂")),
            Column(path="amount", money=True, synonyms=("费用", "维修费"), example="860"),
            Column(path="warranty_until", brief=False),
            _NOTE,
        ),
        natural=("number",),
        owner="vehicle",
        filters=("organ", "vehicle", "kind", "on_date"),
        search=("number", "vehicle__plate", "supplier", "items"),
        feeds=(Feed(dataset="vehicles.maintenance", subject=("id",)),),
    )
)
INSPECTION = register(
    Resource(
        key="vehicles.inspection",
        label="年检",
        model=Inspection,
        columns=(
            _VEHICLE,
            _ORGAN,
            Column(path="on_date", sort="on_date", synonyms=("年检日期", "日期")),
            Column(path="result", synonyms=("检验结果",)),
            Column(path="valid_to", synonyms=("有效期至", "下次年检日期")),
            Column(path="station", brief=False, synonyms=("检测站",)),
            Column(path="amount", money=True, synonyms=("费用", "检测费"), example="260"),
            _NOTE,
        ),
        natural=("vehicle", "on_date"),
        owner="vehicle",
        filters=("organ", "vehicle", "result", "valid_to"),
        search=("vehicle__plate", "station"),
        feeds=(Feed(dataset="vehicles.inspection", subject=("id",)),),
    )
)
INSURANCE = register(
    Resource(
        key="vehicles.insurance",
        label="保险",
        model=Insurance,
        columns=(
            Column(path="number", sort="number", synonyms=("保险单号",), example="PDZA2026001"),
            _VEHICLE,
            _ORGAN,
            Column(path="kind", synonyms=("保险种类",)),
            Column(path="insurer", synonyms=("承保公司",)),
            Column(path="starts_date", synonyms=("生效日期",)),
            Column(path="ends_date", synonyms=("到期日期", "保险止期")),
            Column(path="amount", money=True, synonyms=("金额",), example="950"),
            _NOTE,
        ),
        natural=("number",),
        owner="vehicle",
        filters=("organ", "vehicle", "kind", "ends_date"),
        search=("number", "vehicle__plate", "insurer"),
        feeds=(Feed(dataset="vehicles.insurance", subject=("id",)),),
    )
)
VIOLATION = register(
    Resource(
        key="vehicles.violation",
        label="违章",
        model=Violation,
        columns=(
            Column(path="number", sort="number", synonyms=("文书编号",), example="990101260001"),
            _VEHICLE,
            _ORGAN,
            Column(path="driver", brief=False, synonyms=("驾驶人", "司机")),
            Column(path="on_date", sort="on_date", synonyms=("违章时间", "日期")),
            Column(path="location", brief=False, synonyms=("违章地点",)),
            Column(path="content", synonyms=("违章内容",)),
            Column(path="points", unit="分", synonyms=("扣分",)),
            Column(path="amount", money=True, synonyms=("罚款金额",), example="200"),
            Column(path="state", synonyms=("处理状态",)),
            Column(path="closed_date", brief=False),
        ),
        natural=("number",),
        owner="vehicle",
        filters=("organ", "vehicle", "state", "on_date"),
        search=("number", "vehicle__plate"),
        feeds=(Feed(dataset="vehicles.violation", subject=("id",)),),
    )
)
SUPERVISION = register(
    Resource(
        key="vehicles.supervision",
        label="监督检查",
        model=Supervision,
        columns=(
            Column(path="number", sort="number", synonyms=("编号",), example="JC-2026-001"),
            Column(path="organ", label="被检查单位", synonyms=("单位",)),
            Column(path="vehicle", brief=False, synonyms=_PLATE),
            Column(path="on_date", sort="on_date", synonyms=("日期",)),
            Column(path="inspector", synonyms=("检查部门",), example="示例市机关事务管理局"),
            Column(path="content", synonyms=("内容",), example="节假日封存停驶抽查"),
            Column(path="problem", synonyms=("问题",)),
            Column(path="measure", brief=False, synonyms=("整改情况",)),
            Column(path="closed_date"),
        ),
        natural=("number",),
        filters=("organ", "vehicle", "on_date"),
        search=("number", "content", "problem"),
        feeds=(Feed(dataset="vehicles.supervision", subject=("id",)),),
    )
)
COMPLAINT = register(
    Resource(
        key="vehicles.complaint",
        label="投诉举报",
        model=Complaint,
        columns=(
            Column(path="number", sort="number", synonyms=("工单号", "编号"), example="TS-2026-001"),
            Column(path="organ", label="被反映单位", synonyms=("单位",)),
            Column(path="vehicle", synonyms=_PLATE),
            Column(path="channel", synonyms=("渠道",)),
            Column(path="on_date", sort="on_date", synonyms=("日期", "投诉日期")),
            Column(path="content", synonyms=("内容", "反映问题"), example="非工作时间停在商场门口"),
            Column(path="finding", synonyms=("结论",)),
            Column(path="measure", brief=False, synonyms=("办理情况",)),
            Column(path="closed_date"),
        ),
        natural=("number",),
        filters=("organ", "vehicle", "channel", "finding", "on_date"),
        search=("number", "content"),
        feeds=(Feed(dataset="vehicles.complaint", subject=("id",)),),
    )
)
RENTAL_SUPPLIER = register(
    Resource(
        key="vehicles.rental_supplier",
        label="租赁供应商",
        model=RentalSupplier,
        columns=(
            Column(path="name", sort="sort_key", synonyms=("供应商名称", "公司名称"), example="示例汽车租赁有限公司"),
            Column(path="credit_code", synonyms=("信用代码",), example="91990000100000009X"),
            Column(path="organ", label="登记单位", synonyms=("单位",)),
            Column(path="contact", brief=False, reads=Verb.WRITE, mask=Mask.NAME),
            Column(path="phone", synonyms=("电话",), example="0999-1234567", reads=Verb.WRITE, mask=Mask.PHONE),
            Column(path="state"),
            _NOTE,
        ),
        natural=("organ", "credit_code"),
        filters=("organ", "state"),
        search=("name", "credit_code"),
        pinyin=(("sort_key", "name"),),
        order="sort_key",
        related=(("vehicles.rental_contract", "supplier"),),
        naming=Naming(
            model=RentalSupplier,
            show=("name",),
            find=(("name", "credit_code"), ("credit_code",), ("name",)),
            narrow="organ",
        ),
    )
)
RENTAL_CONTRACT = register(
    Resource(
        key="vehicles.rental_contract",
        label="租赁合同",
        model=RentalContract,
        columns=(
            Column(path="number", sort="number", synonyms=("合同编号",), example="ZL-2026-01"),
            Column(path="organ", label="采购单位", synonyms=("单位", "甲方")),
            Column(path="supplier", synonyms=("乙方",), example="示例汽车租赁有限公司"),
            Column(path="starts_date", example="2026-01-01"),
            Column(path="ends_date", note="从这一天起不再有效", example="2027-01-01"),
            Column(path="limit", money=True, synonyms=("限额",), example="200000"),
            _NOTE,
        ),
        natural=("number",),
        filters=("organ", "supplier", "ends_date"),
        search=("number", "supplier__name"),
        related=(("vehicles.rental_rate", "contract"),),
        naming=Naming(model=RentalContract, show=("number",), find=(("number",),)),
    )
)
RENTAL_RATE = register(
    Resource(
        key="vehicles.rental_rate",
        label="租赁单价",
        model=RentalRate,
        columns=(
            Column(path="contract", synonyms=("合同编号",), example="ZL-2026-01"),
            _ORGAN,
            Column(path="body", synonyms=("车辆类型",)),
            Column(path="unit", synonyms=("计价方式",)),
            Column(path="price", money=True, synonyms=("价格",), example="480"),
            Column(path="includes", brief=False, example="含驾驶员、燃油,限 100 公里"),
        ),
        natural=("contract", "body", "unit"),
        owner="contract",
        filters=("contract", "body", "unit"),
        search=("contract__number",),
    )
)

_SAME = ("number", "kind", "on_date", "done_date", "amount", "note")
accept(
    "vehicles.maintenance",
    MAINTENANCE,
    plate="vehicle",
    same=(*_SAME, "odometer", "items", "supplier", "warranty_until"),
)
accept(
    "vehicles.inspection",
    INSPECTION,
    plate="vehicle",
    same=("on_date", "result", "valid_to", "station", "amount", "note"),
)
accept(
    "vehicles.insurance",
    INSURANCE,
    plate="vehicle",
    valid_from="starts_date",
    valid_to="ends_date",
    same=("number", "kind", "insurer", "amount", "note"),
)
accept(
    "vehicles.violation",
    VIOLATION,
    plate="vehicle",
    place="location",
    same=("number", "driver", "on_date", "content", "points", "amount", "state", "closed_date"),
)
accept(
    "vehicles.supervision",
    SUPERVISION,
    plate="vehicle",
    same=("number", "organ", "on_date", "inspector", "content", "problem", "measure", "closed_date"),
)
accept(
    "vehicles.complaint",
    COMPLAINT,
    plate="vehicle",
    same=("number", "organ", "channel", "on_date", "content", "finding", "measure", "closed_date"),
)
