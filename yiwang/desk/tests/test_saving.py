"""A form judges while it saves: hard limits need the document and the right, soft ones a reason, and nothing slips."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Occupancy, Room
from yiwang.areas.vehicles.models import VehiclePurchase
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.models import Finding, State
from yiwang.desk.models import Approval
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db
NEW = "/r/offices/occupancy/new/"
PREVIEW = "/r/offices/occupancy/preview/"


@pytest.fixture
def we() -> World:
    """Two counties."""
    return world()


def occupancy(we: World, area: str, *, rank: str = "科员") -> dict[str, Any]:
    """A filled form: somebody in a room of this size."""
    offices.room(offices.building(we.ours), "0701", area)
    who = factories.person(we.ours, "王敏", rank=rank)
    return {"room": "A座/0701", "person": f"王敏/{who.staff_number}", "organ": we.ours.name, "valid_from": "2026-01-05"}


def document() -> SimpleUploadedFile:
    """An approval."""
    return SimpleUploadedFile("批复.pdf", b"%PDF-1.4 approved", content_type="application/pdf")


def test_within_is_said_while_typing_and_saved(we: World) -> None:
    """The chip and the clause, then the record."""
    client, given = we.client(), occupancy(we, "8.5")
    text = client.post(PREVIEW, given).content.decode()
    assert "在标准内" in text
    assert "发改投资〔2014〕2674号" in text
    assert not Occupancy.objects.exists()
    assert client.post(NEW, given).status_code == 302
    assert Occupancy.objects.count() == 1
    assert not Finding.objects.exists()


def test_a_preview_leaves_nothing_behind(we: World) -> None:
    """No row, no finding, no entry, no document."""
    client, given = we.client(Role.MANAGER), occupancy(we, "30")
    before = Entry.objects.count()
    text = client.post(PREVIEW, given).content.decode()
    assert 'name="approval"' in text
    assert (Occupancy.objects.count(), Finding.objects.count(), Approval.objects.count()) == (0, 0, 0)
    assert Entry.objects.count() == before


def test_beyond_a_hard_limit_a_clerk_is_refused(we: World) -> None:
    """Even with a document: it takes the role that may attach one. The sentence names figure and clause."""
    client, given = we.client(), occupancy(we, "30")
    text = page(client.post(NEW, given), 422)
    assert "超 21 平方米" in text
    assert "请由主管附批准文件后再保存" in text
    assert client.post(NEW, {**given, "approval": document()}).status_code == 422
    assert not Occupancy.objects.exists()
    assert not Approval.objects.exists()


def test_a_manager_with_the_document_may(we: World) -> None:
    """Kept with its digest in the ledger; the finding is there all the same; who sees the record may read it."""
    client, given = we.client(Role.MANAGER), occupancy(we, "30")
    assert client.post(NEW, given).status_code == 422
    answer = client.post(NEW, {**given, "approval": document(), "approval_number": "示机管〔2026〕9号"})
    assert answer.status_code == 302
    row = Occupancy.objects.get()
    approval = Approval.objects.get(record=row.pk)
    assert (approval.number, approval.organ_id) == ("示机管〔2026〕9号", we.ours.pk)
    body = json.loads(Entry.objects.get(obj=f"offices.occupancy:{row.pk}").body)
    assert (body["digest"], body["number"]) == (approval.digest, "示机管〔2026〕9号")
    assert Finding.objects.get().state == State.OPEN
    text = page(client.get(answer["Location"]))
    assert f"/r/approvals/{approval.pk}/" in text
    assert b"".join(client.get(f"/r/approvals/{approval.pk}/")).startswith(b"%PDF")
    assert we.client(Role.MANAGER, we.theirs).get(f"/r/approvals/{approval.pk}/").status_code == 404


def test_what_was_as_bad_before_is_no_fault_of_the_change(we: World) -> None:
    """A note may be added to a record that is over, and the excess may shrink, without any approval."""
    given = occupancy(we, "30")
    manager = we.client(Role.MANAGER)
    manager.post(NEW, {**given, "approval": document()})
    row = Occupancy.objects.get()
    clerk = we.client()
    change = f"/r/offices/occupancy/{row.pk}/change/"
    assert clerk.post(change, {**given, "note": "待腾退"}).status_code == 302
    room = Room.objects.get()
    same = {"number": "0701", "building": "A座", "organ": we.ours.name}
    assert clerk.post(f"/r/offices/room/{room.pk}/change/", {**same, "usable_area": "20"}).status_code == 302
    assert clerk.post(f"/r/offices/room/{room.pk}/change/", {**same, "usable_area": "31"}).status_code == 422
    assert Room.objects.get().usable_area == 20


def test_ending_the_use_closes_the_finding(we: World) -> None:
    """By the form, on the record's page."""
    given = occupancy(we, "30")
    we.client(Role.MANAGER).post(NEW, {**given, "approval": document()})
    row = Occupancy.objects.get()
    text = page(we.client().get(f"/r/offices/occupancy/{row.pk}/"))
    assert "超 21 平方米" in text
    assert "valid_to=" in text
    ended = {**given, "valid_to": "2026-02-01"}
    assert we.client().post(f"/r/offices/occupancy/{row.pk}/change/", ended).status_code == 302
    assert Finding.objects.get().state == State.CLOSED
    text = page(we.client().get(f"/r/offices/occupancy/{row.pk}/"))
    assert "止用日期 — → 2026-02-01" in text


def purchase(we: World, **more: Any) -> dict[str, Any]:
    """A filled form of a purchase."""
    given = {"number": "CG1", "organ": we.ours.name, "use": "EMERGENCY", "body": "SEDAN", "energy": "FUEL"}
    return {**given, "price": "150000", "purchased_date": "2026-02-01", **more}


def test_a_soft_limit_asks_for_a_reason(we: World) -> None:
    """None of the year's cars runs on new energy: 原则上. The reason is in the ledger."""
    client, given = we.client(), purchase(we, displacement="1.6")
    text = client.post("/r/vehicles/purchase/preview/", given).content.decode()
    assert 'name="reason"' in text
    assert client.post("/r/vehicles/purchase/new/", given).status_code == 422
    assert client.post("/r/vehicles/purchase/new/", {**given, "reason": "高寒地区无适配车型"}).status_code == 302
    entry = Entry.objects.get(obj=f"vehicles.purchase:{VehiclePurchase.objects.get().pk}")
    assert json.loads(entry.body)["reason"] == "高寒地区无适配车型"


def test_fields_say_what_is_wrong_and_keep_what_was_typed(we: World) -> None:
    """At the field, and in the summary that leads to it."""
    text = page(we.client().post(NEW, {**occupancy(we, "8"), "valid_from": "2026-02-30"}), 422)
    assert 'href="#id-valid_from"' in text
    assert "不是存在的日期" in text
    assert 'value="2026-02-30"' in text
    assert 'aria-invalid="true"' in text


def test_two_who_change_the_same_record(we: World) -> None:
    """The second is told that the record is not what he saw."""
    room = offices.room(offices.building(we.ours), "0701", "8")
    change = f"/r/offices/room/{room.pk}/change/"
    seen = _hidden(we.client().get(change).content.decode())
    given = {"number": "0701", "building": "A座", "organ": we.ours.name, "seen": seen}
    assert we.client().post(change, {**given, "usable_area": "9"}).status_code == 302
    text = page(we.client().post(change, {**given, "usable_area": "10"}), 422)
    assert "刚被别人改过" in text
    assert Room.objects.get().usable_area == 9


def _hidden(text: str) -> str:
    return text.partition('name="seen" value="')[2].partition('"')[0]


def test_deleting(we: World) -> None:
    """Only what nothing rests on; the ledger keeps it; what has an end is ended instead."""
    room = offices.room(offices.building(we.ours), "0701", "8")
    free = offices.room(room.building, "0702", "8")
    row = offices.occupancy(room, factories.person(we.ours))
    client = we.client()
    page(client.get(f"/r/offices/room/{free.pk}/delete/"))
    assert client.post(f"/r/offices/room/{room.pk}/delete/").status_code == 422
    assert client.post(f"/r/offices/room/{free.pk}/delete/").status_code == 302
    assert client.post(f"/r/offices/occupancy/{row.pk}/delete/").status_code == 422
    assert list(Room.objects.all()) == [room]
    body = json.loads(Entry.objects.get(obj=f"offices.room:{free.pk}").body)
    assert body["before"]["number"] == "0702"


def test_suggestions_stay_within_reach(we: World) -> None:
    """Names that contain what was typed, of rows the user may point to."""
    factories.person(we.ours, "王敏"), factories.person(we.theirs, "王敏之")
    client: Client = we.client()
    text = client.get("/r/offices/occupancy/suggest/person/", {"person": "王"}).content.decode()
    assert text.count("<option") == 1
    assert "王敏/" in text
    offices.room(offices.building(we.ours), "0701", "8")
    assert "A座/0701" in client.get("/r/offices/occupancy/suggest/room/", {"room": "A座/07"}).content.decode()
    assert client.get("/r/offices/occupancy/suggest/room/", {"room": ""}).content.strip() == b""
    assert client.get("/r/offices/occupancy/suggest/nonsense/").status_code == 404
    assert client.get("/r/offices/nonsense/").status_code == 404


def test_history_names_what_changed(we: World) -> None:
    """Links by name, dates and figures as they are read."""
    old, new = offices.building(we.ours, "A座"), offices.building(we.ours, "B座")
    room = offices.room(old, "0701", "8")
    given = {"number": "0701", "building": "B座", "organ": we.ours.name, "usable_area": "9"}
    assert we.client().post(f"/r/offices/room/{room.pk}/change/", given).status_code == 302
    text = page(we.client().get(f"/r/offices/room/{room.pk}/"))
    assert f"楼栋 {old.site.name}/A座 → {new.site.name}/B座" in text
    assert "使用面积 8.00 → 9.00" in text
    assert date.today().isoformat()[:4] in text
