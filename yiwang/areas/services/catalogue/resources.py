"""台账 of the catalogue: items and service levels."""

from __future__ import annotations

from yiwang.areas.services.catalogue.models import Item, ServiceLevel
from yiwang.core.rights.models import Verb
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Resource, page, register

page("services", "服务大厅", "services:hall")

ITEM = register(
    Resource(
        key="services.item",
        label="服务事项",
        model=Item,
        columns=(
            Column(path="name", synonyms=("服务项目", "项目"), example="公用设施设备维护"),
            Column(path="code", label="事项编号", synonyms=("编号",), example="06"),
            Column(path="service_class", synonyms=("类别", "服务类别")),
            Column(path="organ", label="适用单位", synonyms=("单位",), note="本单位及下级;下级自设的优先"),
            Column(path="organization", brief=False, synonyms=("承办单位",)),
            Column(path="staff", brief=False, synonyms=("人员",)),
            Column(path="content", brief=False, synonyms=("内容",)),
            Column(path="requirement", brief=False, synonyms=("要求",)),
            Column(path="emergency", brief=False, synonyms=("应急",)),
            Column(path="roles", brief=False, note="角色代码用顿号隔开;空着就是人人可办"),
            Column(path="process", brief=False, note="流程代号;没有就空着"),
            Column(path="orders"),
            Column(path="approval_limit", money=True, brief=False, note="维修费超过这个数要先审批", example="5000"),
            Column(path="state"),
        ),
        writes=Verb.CONFIGURE,
        natural=("organ", "code"),
        filters=("organ", "service_class", "state"),
        search=("name", "content"),
        words=(("load", "装入起始目录"),),
        naming=Naming(model=Item, show=("name",), find=(("organ__name", "code"), ("code",), ("name",)), vague=True),
    )
)

LEVEL = register(
    Resource(
        key="services.level",
        label="服务水平",
        model=ServiceLevel,
        columns=(
            Column(path="urgency", synonyms=("等级",)),
            Column(path="code", synonyms=("事项",), note="空着就是全部事项", example="06"),
            Column(path="organ", label="适用单位", synonyms=("单位",), note="本单位及下级;下级自设的优先"),
            Column(path="respond_minutes", unit="分钟", synonyms=("响应时限",), example="30"),
            Column(path="arrive_minutes", unit="分钟", synonyms=("到场时限",), example="60"),
            Column(path="finish_minutes", unit="分钟", synonyms=("完成时限",), example="1440"),
            Column(path="plan_minutes", unit="分钟", synonyms=("答复方案时限",), example="2880"),
        ),
        writes=Verb.CONFIGURE,
        natural=("organ", "code", "urgency"),
        filters=("organ", "urgency"),
    )
)
