"""The pages of quotas, plans, one car and what runs out: for the owner, the colleague and the stranger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.life.balance import of_use
from yiwang.areas.vehicles.life.models import (
    Disposal,
    Inspection,
    Marking,
    PlanLine,
    PlanState,
    ProvisionPlan,
    Use,
    Vehicle,
    VehicleState,
)
from yiwang.areas.vehicles.life.parts import Part, _parts, register_part
from yiwang.areas.vehicles.life.tests.scene import people
from yiwang.core.attachments.models import Attachment
from yiwang.core.flow.models import Case
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return people()


def page(client: Client, path: str, status: int = 200, /, **posted: Any) -> str:
    answer = client.post(path, posted, follow=True) if posted else client.get(path)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def test_the_tree_of_quotas(we: World) -> None:
    """Granted at the root and moved down by form; the figures of each organ, the history, the clause."""
    boss = we.client(Role.MANAGER, we.province)
    factories.vehicle(we.theirs)
    form = {"verb": "change", "use": Use.EMERGENCY, "approval": "示机管〔2026〕1号"}
    made = page(boss, "/vehicles/quota/", act="GRANT", target=we.province.pk, number="5", **form)
    assert "现有编制 5 个" in made
    moved = page(boss, "/vehicles/quota/", act="MOVE", source=we.province.pk, target=we.ours.pk, number="2", **form)
    assert "已向“青河县财政局”调剂 2 个编制" in moved
    assert "超 1" in moved  # a car at theirs without a place
    assert moved.count("机关事务管理条例") >= 1
    assert "待核" in moved
    assert (of_use(we.province, Use.EMERGENCY).granted, of_use(we.ours, Use.EMERGENCY).granted) == (3, 2)
    refused = page(
        boss, "/vehicles/quota/", 422, act="MOVE", source=we.ours.pk, target=we.theirs.pk, number="3", **form
    )
    assert "只有编制 2 个" in refused
    for act, number, sentence in (("", "1", "请填写事项"), ("FLY", "1", "请选择核定"), ("CUT", "x", "不是数")):
        assert sentence in page(boss, "/vehicles/quota/", 422, act=act, target=we.ours.pk, number=number, **form)
    below = page(boss, f"/vehicles/quota/?organ={we.ours.pk}")
    assert "青河县财政局的车辆编制" in below


def test_who_sees_quotas(we: World) -> None:
    """Readers read; only who approves gets the form; another's organ is not there."""
    reader = page(we.client(Role.READER), "/vehicles/quota/")
    assert "调整编制" not in reader
    page(we.client(Role.READER), f"/vehicles/quota/?organ={we.theirs.pk}", 404)
    page(we.client(Role.STAFF), "/vehicles/quota/", 403)
    clerk = we.client(Role.CLERK)
    page(clerk, "/vehicles/quota/", 403, verb="change", act="GRANT", target=we.ours.pk, number="1", use=Use.OTHER)


def test_a_plan_by_form(we: World) -> None:
    """Drafted, filled, judged beside each car, sent up."""
    factories.quota(we.ours, 1)
    old = factories.vehicle(we.ours, plate="示A10001")
    clerk = we.client(Role.CLERK)
    year = timezone.localdate().year
    assert "还没有车辆" in page(clerk, "/vehicles/plans/", verb="draft", year=str(year), reason="年度更新")
    plan = ProvisionPlan.objects.get()
    form = {
        "verb": "add", "use": "EMERGENCY", "body": "SEDAN", "energy": "NEW_ENERGY", "situation": "ORDINARY",
        "price": "185000", "reason": "旧车到期", "replaces": str(old.pk),
    }  # fmt: skip
    path = f"/vehicles/plans/{plan.pk}/"
    shown = page(clerk, path, **form)
    assert "185,000" in shown
    assert "▲" in shown
    assert "更新年限" in shown or "已使用年限" in shown
    assert "已在另一份计划中更新" in page(clerk, path, 422, **form)
    assert "请选择车型" in page(clerk, path, 422, **{**form, "body": "BOAT"})
    line = PlanLine.objects.get()
    page(clerk, path, verb="drop", line=str(line.pk))
    page(clerk, path, **{**form, "price": "150000"})
    assert "已报批,编号 JH" in page(clerk, path, verb="submit")
    plan.refresh_from_db()
    assert plan.state == PlanState.ASKED
    assert "列入一辆" not in page(we.client(Role.MANAGER), path)
    listed = page(we.client(Role.READER), "/vehicles/plans/?state=ASKED")
    assert "报批中" in listed
    assert str(plan) in listed
    page(we.client(Role.CLERK, we.theirs), path, 404)
    assert str(plan) not in page(we.client(Role.CLERK, we.theirs), "/vehicles/plans/")


def test_one_car_on_one_page(we: World) -> None:
    """Everything there is; the parts of other topics where they have something to show."""
    factories.quota(we.ours, 1)
    car = factories.vehicle(we.ours, plate="示A10001")
    row = Inspection(vehicle=car, organ=we.ours, on_date=timezone.localdate() - timedelta(days=359))
    row.valid_to = timezone.localdate() + timedelta(days=5)
    row.place()
    row.save()
    register_part(
        Part(
            key="probe",
            label="探针",
            template="vehicles/life/_places.html",
            context=lambda access, one, on: {} if one == car else None,
        )
    )
    try:
        clerk = we.client(Role.CLERK)
        path = f"/vehicles/{car.pk}/"
        shown = page(clerk, path)
        assert 'id="probe"' in shown
        assert "年检还有 5 天" in shown
        assert "示A10001" in page(clerk, "/vehicles/due/")
        assert "免喷涂要写明理由" in page(clerk, path, 422, verb="mark", marking="EXEMPT", marked_date="2026-03-01")
        page(clerk, path, verb="mark", marking="DONE", marked_date="2026-03-01")
        page(clerk, path, verb="seal")
        car.refresh_from_db()
        assert (car.marking, car.state) == (Marking.DONE, VehicleState.LAID_UP)
        assert "标识化" in page(clerk, path)
        other = factories.vehicle(we.ours)
        assert 'id="probe"' not in page(clerk, f"/vehicles/{other.pk}/")
    finally:
        _parts.pop("probe")


def test_files_and_disposal_of_a_car(we: World) -> None:
    """A file is kept with the car; a disposal is asked for from its page."""
    car = factories.vehicle(we.ours)
    clerk, path = we.client(Role.CLERK), f"/vehicles/{car.pk}/"
    assert "请选择要添加的文件" in page(clerk, path, 422, verb="file", label="行驶证")
    page(clerk, path, verb="file", label="行驶证", file=SimpleUploadedFile("行驶证.txt", "示".encode()))
    assert Attachment.objects.get().about == f"vehicles.vehicle:{car.pk}"
    form = {"verb": "dispose", "method": "SCRAP", "reason": "老旧", "original_value": "120000"}
    assert "账面原值" in page(clerk, path, 422, **{**form, "original_value": ""})
    assert "已申请处置,编号 CC" in page(clerk, path, **form)
    assert Disposal.objects.get().case == Case.objects.get().pk
    assert "报批中" in page(we.client(Role.READER), path)


def test_strangers_and_readers_of_a_car(we: World) -> None:
    """Another county's car is not there; a reader may look and not act."""
    car = factories.vehicle(we.ours)
    path = f"/vehicles/{car.pk}/"
    page(we.client(Role.CLERK, we.theirs), path, 404)
    page(we.client(Role.STAFF), path, 404)
    reader = we.client(Role.READER)
    assert "申请处置" not in page(reader, path)
    page(reader, path, 403, verb="seal")
    assert Vehicle.objects.get().state == VehicleState.IN_USE
    page(we.client(Role.STAFF), "/vehicles/due/", 403)
    assert "没有要到期的" in page(we.client(Role.CLERK, we.theirs), "/vehicles/due/")
    gone = factories.vehicle(we.ours, state=VehicleState.RETIRED, retired_date=timezone.localdate())
    assert "编制已空出" in page(reader, f"/vehicles/{gone.pk}/")
