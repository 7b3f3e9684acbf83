"""The page of a meter and the phone page: owner, colleague, stranger; every verb; queries bounded."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from yiwang.areas.energy import factories
from yiwang.areas.energy.meters.pages import pairs
from yiwang.areas.energy.models import EnergyBill, MeterShare, MeterTerm, Reading, UseMonth
from yiwang.core.attachments.models import Attachment
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture
def we() -> World:
    return world()


def first(back: int = 0) -> date:
    """The first day of this month or of one so many months back."""
    day = timezone.localdate().replace(day=1)
    for _ in range(back):
        day = (day - timedelta(days=1)).replace(day=1)
    return day


def photo() -> SimpleUploadedFile:
    held = io.BytesIO()
    Image.new("RGB", (8, 8)).save(held, "JPEG")
    return SimpleUploadedFile("dial.jpg", held.getvalue(), "image/jpeg")


def test_a_reading_by_phone_with_its_photo(we: World) -> None:
    meter = factories.meter(we.ours, number="B1", position="配电室")
    client, url = we.client(Role.CLERK), reverse("energy:read")
    assert "配电室" in page(client.get(url))
    assert "第一次抄表" in page(client.get(f"{url}?meter=B1"))
    day = timezone.localdate()
    answer = client.post(f"{url}?meter=B1", {"verb": "record", "day": f"{day}", "value": "12.5", "file": photo()})
    assert answer.status_code == 302
    kept = Reading.objects.get()
    assert (kept.value, kept.user) == (Decimal("12.5"), we.user(Role.CLERK))
    file = Attachment.objects.get(about=f"energy.reading:{kept.pk}")
    assert file.image
    assert meter.name not in page(client.get(url)) or day.day < meter.read_day
    text = page(client.get(reverse("energy:meter", args=[meter.pk])))
    assert reverse("attachment", args=[file.pk]) in text
    assert we.client(Role.CLERK, we.theirs).get(reverse("attachment", args=[file.pk])).status_code == 404


def test_refused_on_the_phone_nothing_is_kept(we: World) -> None:
    factories.readings(factories.meter(we.ours, number="B1"), (first(1), 100))
    url = f"{reverse('energy:read')}?meter=B1"
    given = {"verb": "record", "day": f"{first()}", "value": "50", "file": photo()}
    assert "小于" in page(we.client(Role.CLERK).post(url, given), 422)
    assert (Reading.objects.count(), Attachment.objects.count()) == (1, 0)
    assert "没有表号 B1" in page(we.client(Role.CLERK, we.theirs).get(url))
    assert we.client(Role.READER).get(url).status_code == 403


def test_the_page_of_a_meter_by_owner_colleague_and_stranger(we: World) -> None:
    meter = factories.meter(we.ours)
    factories.readings(meter, (first(2), 0), (first(1), 310), (first(), 400))
    url = reverse("energy:meter", args=[meter.pk])
    assert "登记读数" in page(we.client(Role.CLERK).get(url))
    read_only = page(we.client(Role.READER).get(url))
    assert "登记读数" not in read_only
    assert "310" in read_only
    assert we.client(Role.MANAGER, we.theirs).get(url).status_code == 404
    posted = {"verb": "record", "day": f"{timezone.localdate()}", "value": "500"}
    assert we.client(Role.READER).post(url, posted).status_code == 403
    assert Reading.objects.count() == 3


def test_every_verb_on_the_page(we: World) -> None:
    main = factories.meter(we.ours, number="总")
    rest = factories.meter(we.ours, number="余", form="VIRTUAL", counts=False)
    one, *_ = factories.readings(main, (first(3), 5), (first(2), 100))
    client = we.client(Role.CLERK, we.province)
    url = reverse("energy:meter", args=[main.pk])
    done = [
        (url, {"verb": "correct", "reading": f"{one.pk}", "value": "7", "note": "看错"}),
        (url, {"verb": "share", "since": f"{first(2)}", "bases": f"{we.ours} 1200㎡\n{we.theirs},800", "ground": "协议"}),
        (url, {"verb": "bill", "number": "Z1", "since": f"{first(3)}", "until": f"{first(2)}", "quantity": "93", "amount": "60"}),
        (url, {"verb": "record", "day": f"{first()}", "value": "200", "estimated": "1"}),
        (url, {"verb": "rework"}),
        (reverse("energy:meter", args=[rest.pk]), {"verb": "compose", "terms": "总 0.5"}),
        (url, {"verb": "strike", "reading": f"{one.pk}", "note": "不是这块表"}),
    ]  # fmt: skip
    for address, posted in done:
        answer = client.post(address, posted)
        assert answer.status_code == 302, page(answer, 422)
    assert sorted(MeterShare.objects.values_list("part", flat=True)) == [4000, 6000]
    assert (EnergyBill.objects.get().amount, MeterTerm.objects.count(), Reading.objects.count()) == (6000, 1, 2)
    assert sum(UseMonth.objects.filter(meter=main).values_list("quantity", flat=True)) == 100_000
    text = page(client.get(url))
    assert "60.00%" in text
    assert "估读" in text


@pytest.mark.parametrize(
    "posted",
    [
        {"verb": "没有"},
        {"verb": "record", "day": "2026-01-01"},
        {"verb": "share", "since": "2026-01-01", "bases": "没有的单位 3"},
        {"verb": "compose", "terms": "总 1"},
        {"verb": "strike", "note": "空"},
    ],
)
def test_wrong_forms_say_what_is_wrong(we: World, posted: dict[str, str]) -> None:
    meter = factories.meter(we.ours)
    answer = we.client(Role.CLERK).post(reverse("energy:meter", args=[meter.pk]), posted)
    assert answer.status_code in (403, 422)


def test_lines_of_names_and_figures() -> None:
    assert pairs("示例局 1200\n\n另一局,30.5㎡\n某局\t25%") == [
        ("示例局", Decimal(1200)), ("另一局", Decimal("30.5")), ("某局", Decimal(25)),
    ]  # fmt: skip
    with pytest.raises(Refusal, match="每行一个"):
        pairs("示例局")


def test_queries_do_not_grow(we: World) -> None:
    meter = factories.meter(we.ours)
    factories.readings(meter, *((first(back), 100 - back) for back in range(20, 0, -1)))
    client = we.client(Role.CLERK)
    for address, most in ((reverse("energy:meter", args=[meter.pk]), 18), (reverse("energy:read"), 9)):
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            page(client.get(address))
        assert len(queries) <= most
