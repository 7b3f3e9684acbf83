"""A workbook is answered with a receipt, whatever becomes of it; the same file twice is one submission; nothing is lost."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from yiwang.areas.reporting import actions, opening
from yiwang.areas.reporting.factories import NOW, Scene
from yiwang.areas.reporting.models import Outcome, Receipt, Return, ReturnState, ReturnVersion
from yiwang.areas.reporting.tests.test_pages import book, lines_of
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return Scene()


def sent(scene: Scene, row: Return, file: SimpleUploadedFile, **more: str) -> tuple[Receipt, str]:
    """The receipt that answers the clerk's file, and the page that he is shown."""
    file.seek(0)
    who = scene.we.client(Role.CLERK, scene.school)
    answer = who.post(f"/reporting/returns/{row.pk}/upload/", {"file": file, **more}, follow=True)
    text = answer.content.decode()
    number = re.search(r"HZ\d{8}-(\d{8})", text)
    assert number, text
    found = Receipt.objects.get(pk=int(number[1]))
    assert found.number == number[0]
    return found, text


def sound(row: Return, **cells: Any) -> SimpleUploadedFile:
    return book(row, lines_of(row, **{"users": Decimal(100), "power": Decimal(5000), **cells}), meters=[])


def test_a_receipt_says_what_was_taken(scene: Scene) -> None:
    row = scene.of(scene.open())
    found, text = sent(scene, row, sound(row), submit="1")
    version = ReturnVersion.objects.get()
    assert (found.outcome, found.version, found.taken, found.refused) == (Outcome.HANDED, version, 2, 0)
    for words in (found.digest, version.digest, "2 个数,第 1 版", "已报送", "青河县第一中学"):
        assert words in text


def test_the_same_file_twice_is_one_submission(scene: Scene) -> None:
    """While it waits, after it was accepted, and the same figures in another file; the receipt is the first one's."""
    row = scene.of(scene.open())
    file = sound(row)
    first, _ = sent(scene, row, file, submit="1")
    assert sent(scene, row, file, submit="1")[0] == first
    again = book(row, lines_of(row, users=Decimal(100), power=Decimal("5000.0")), title=" ", meters=[])
    other, _ = sent(scene, row, again, submit="1")
    assert (other.digest == first.digest, other.version, other.outcome) == (False, first.version, Outcome.HANDED)
    row.refresh_from_db()
    scene.accept(row)
    assert sent(scene, row, file, submit="1")[1].count("已报送") == 1
    assert (ReturnVersion.objects.count(), Receipt.objects.count()) == (1, 2)
    assert Entry.objects.filter(act="reporting.return.submit").count() == 1


def test_after_it_was_sent_back_the_same_file_is_a_new_version(scene: Scene) -> None:
    row = scene.of(scene.open())
    file = sound(row)
    sent(scene, row, file, submit="1")
    actions.send_back(pk=row.pk, reason="再核", access=scene.county, now=NOW + timedelta(days=1))
    found, _ = sent(scene, row, file, submit="1")
    assert found.version is not None
    assert (found.version.number, Receipt.objects.count()) == (2, 2)


def test_without_handing_in_the_draft_is_taken_once(scene: Scene) -> None:
    row = scene.of(scene.open())
    file = sound(row)
    first, text = sent(scene, row, file)
    assert (first.outcome, first.version) == (Outcome.TAKEN, None)
    assert "已导入,未报送" in text
    assert sent(scene, row, file)[0] == first
    scene.fill(row, power=4000)
    assert sent(scene, row, file)[0] != first
    row.refresh_from_db()
    assert row.draft["values"]["power"] == "5000"
    handed, _ = sent(scene, row, file, submit="1")
    assert handed.outcome == Outcome.HANDED


def test_what_the_checks_say_stands_on_the_receipt(scene: Scene) -> None:
    """The figures are in, the return is not handed in; with a reason for what is soft it is."""
    scene.accept(scene.handed(scene.open(factories.OPENED.replace(year=2026, month=8))))
    row = scene.of(scene.open())
    file = sound(row, power=Decimal(50000))
    found, text = sent(scene, row, file, submit="1")
    assert (found.outcome, found.refused) == (Outcome.TAKEN, 1)
    assert "用电 50,000,上月 5,000。" in text
    actions.save_cells(pk=row.pk, changes=[], reasons={"power_last": "新楼启用"}, access=scene.clerk, on=NOW.date())
    assert sent(scene, row, file, submit="1")[0].outcome == Outcome.HANDED


def test_an_amendment_by_workbook_waits_for_its_reason(scene: Scene) -> None:
    row = scene.accept(scene.handed(scene.open()))
    actions.send_back(pk=row.pk, reason="更正", access=scene.boss, now=NOW)
    found, text = sent(scene, row, sound(row, power=Decimal(6000)), submit="1")
    assert found.outcome == Outcome.TAKEN
    assert "更正请在报表页面写明原因" in text
    row.refresh_from_db()
    assert (row.state, row.draft["values"]["power"]) == (ReturnState.SENT_BACK, "6000")


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"power": "3.2万"}, "请按千瓦时填写完整数字"),
        ({"power": Decimal(-5)}, "不能是负数"),
        ({"power": "五百"}, "应是数字"),
        ({"power": "500千瓦时"}, "不要写“500千瓦时”"),
        ({"users": Decimal(100), "power": Decimal(5000), "per_user": Decimal(49)}, "合计不平"),
    ],
)
def test_a_refused_workbook_has_its_receipt_and_the_draft_stays(scene: Scene, cells: dict[str, Any], says: str) -> None:
    row = scene.of(scene.open())
    scene.fill(row, users=7)
    found, _ = sent(scene, row, book(row, lines_of(row, **cells), meters=[]), submit="1")
    assert (found.outcome, found.refused, found.taken, found.version) == (Outcome.REFUSED, 1, 0, None)
    assert says in found.said[0]
    assert "第 " in found.said[0]
    row.refresh_from_db()
    assert row.draft["values"] == {"users": "7"}
    own = page(scene.we.client(Role.CLERK, scene.school).get(f"/reporting/receipts/{found.pk}/"))
    assert says in own
    assert found.number in page(scene.we.client(Role.CLERK, scene.school).get(f"/reporting/returns/{row.pk}/"))


def test_half_a_file_and_a_locked_period_have_receipts_too(scene: Scene) -> None:
    period = scene.open()
    row = scene.of(period)
    whole = sound(row)
    half = SimpleUploadedFile("半份.xlsx", whole.read()[:900])
    found, text = sent(scene, row, half, submit="1")
    assert (found.outcome, found.file_name) == (Outcome.REFUSED, "半份.xlsx")
    assert "/tmp/" not in text
    opening.close_period(period=period.pk, access=scene.boss, now=NOW)
    found, _ = sent(scene, row, whole, submit="1")
    assert found.outcome == Outcome.REFUSED
    assert "已锁定" in found.said[0]
    assert not ReturnVersion.objects.exists()
    assert Return.objects.get(pk=row.pk).draft == {}


def test_who_sees_a_receipt(scene: Scene) -> None:
    """The clerk who sent it, his colleague, those above; a stranger does not, nor who may not read returns."""
    row = scene.of(scene.open())
    found, _ = sent(scene, row, sound(row))
    place = f"/reporting/receipts/{found.pk}/"
    for role, organ, status in (
        (Role.READER, scene.school, 200),
        (Role.MANAGER, scene.we.ours, 200),
        (Role.CLERK, scene.we.theirs, 404),
        (Role.STAFF, scene.school, 403),
    ):
        assert scene.we.client(role, organ).get(place).status_code == status, role
