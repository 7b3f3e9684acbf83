"""台账 of suppliers and contracts; what happens to a contract is on its page."""

from __future__ import annotations

from yiwang.areas.services.reach import may_open
from yiwang.areas.services.suppliers.models import Contract, Supplier
from yiwang.core.attachments import guards
from yiwang.core.registers.pages import guard
from yiwang.core.registers.register import Mask
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Resource, page, register

page("services", "合同与付款", "services:contracts")
guard("services:contracts", lambda access: may_open(access, "services:contracts"))


def _may_see(access: Access, pk: int) -> bool:
    """The files of a contract are for whoever sees the contract."""
    return Contract.objects.visible(access).filter(pk=pk).exists()


def _may_change(access: Access, pk: int) -> bool:
    return access.may(Verb.WRITE, "services") and _may_see(access, pk)


guards.register("services.contract", _may_see, _may_change)

SUPPLIER = register(
    Resource(
        key="services.supplier",
        label="供应商",
        model=Supplier,
        columns=(
            Column(
                path="name",
                sort="sort_key",
                synonyms=("供应商名称", "服务商", "单位名称"),
                example="示例物业服务有限公司",
            ),
            Column(path="credit_code", synonyms=("信用代码",), example="91990000100000001X"),
            Column(path="organ", label="登记单位", synonyms=("单位",)),
            Column(path="services", synonyms=("经营范围",), example="物业服务、保洁"),
            Column(path="contact", example="刘经理", reads=Verb.WRITE, mask=Mask.NAME),
            Column(path="phone", synonyms=("电话",), example="0999-1234567", reads=Verb.WRITE, mask=Mask.PHONE),
            Column(path="state"),
            Column(path="note", brief=False),
        ),
        natural=("organ", "credit_code"),
        filters=("organ", "state"),
        search=("name", "credit_code"),
        pinyin=(("sort_key", "name"),),
        order="sort_key",
        related=(("services.contract", "supplier"),),
        naming=Naming(
            model=Supplier, show=("name",), find=(("name", "credit_code"), ("credit_code",), ("name",)), narrow="organ"
        ),
    )
)

CONTRACT = register(
    Resource(
        key="services.contract",
        label="合同",
        model=Contract,
        columns=(
            Column(path="number", sort="number", synonyms=("编号",), example="HT-2026-001"),
            Column(path="name", synonyms=("名称",), example="办公区物业服务合同"),
            Column(path="organ", synonyms=("采购单位", "甲方")),
            Column(path="supplier", synonyms=("乙方", "服务商"), example="示例物业服务有限公司"),
            Column(path="procurement", brief=False),
            Column(path="price", money=True, synonyms=("合同金额", "合同价款"), example="1200000"),
            Column(path="begin_date", synonyms=("起始日期",), example="2026-01-01"),
            Column(path="end_date", sort="end_date", note="当天起失效", example="2027-01-01"),
            Column(path="accepted", money=True, edit=False),
            Column(path="paid", money=True, edit=False),
            Column(path="frequency", brief=False),
            Column(path="note", brief=False),
        ),
        natural=("organ", "number"),
        filters=("organ", "supplier", "end_date"),
        search=("number", "name", "supplier__name"),
        order="end_date",
        words=(
            ("terms", "修改约定"),
            ("accept", "验收"),
            ("evaluate", "评价"),
            ("terminate", "提前终止"),
            ("warn", "到期提醒"),
            ("propose", "申请付款"),
            ("approve", "批准付款"),
            ("reject", "驳回付款"),
            ("record", "登记付款"),
            ("void", "作废付款"),
        ),
    )
)
