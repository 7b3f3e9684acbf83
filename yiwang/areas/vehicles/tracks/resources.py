"""台账 of terminals."""

from __future__ import annotations

from yiwang.areas.vehicles.nav import reads
from yiwang.areas.vehicles.tracks.models import Terminal
from yiwang.core.registers.pages import guard
from yiwang.core.rights.naming import Naming
from yiwang.desk.kinds import Column, Resource, page, register

page("vehicles", "终端和网关", "vehicles:gateway")
guard("vehicles:gateway", reads)

TERMINAL = register(
    Resource(
        key="vehicles.terminal",
        label="车载终端",
        model=Terminal,
        columns=(
            Column(
                path="phone",
                synonyms=("SIM 卡号", "终端手机号", "终端编号"),
                note="终端上报时用的号码,不带前面的 0",
                example="13900000001",
            ),
            Column(path="vehicle", synonyms=("车牌号", "安装车辆"), example="示A12345"),
            Column(path="organ", synonyms=("所属单位",)),
            Column(path="enabled", edit=False),
            Column(path="seen_at", edit=False),
            Column(path="serial", brief=False, edit=False, note="首次注册时由终端上报并绑定"),
            Column(path="maker", brief=False, edit=False),
            Column(path="model", brief=False, edit=False),
            Column(path="version", brief=False, edit=False),
        ),
        natural=("phone",),
        filters=("organ", "enabled"),
        search=("phone", "vehicle__plate"),
        order="phone",
        naming=Naming(model=Terminal, show=("phone",), find=(("phone",),)),
    )
)
