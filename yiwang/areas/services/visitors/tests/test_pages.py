"""The pages of visitors, by who opens them."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yiwang.areas.services.visitors.models import Visit
from yiwang.areas.services.visitors.tests.test_actions import invited
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db
BASE = "/services/visitors/"


@pytest.fixture
def we() -> World:
    return world()


def today(we: World) -> Visit:
    """A visitor of today."""
    return invited(we, on=timezone.localdate(), now=timezone.now())


def test_doors(we: World) -> None:
    """Hosts see their own, reception its organ's, readers the counts only, strangers nothing."""
    one = today(we)
    own = f"{BASE}{one.pk}/"
    desk, figures = f"{BASE}reception/", f"{BASE}figures/"
    for place in (BASE, own, desk, figures, f"{figures}export.csv"):
        assert Client().get(place).status_code == 302, place
    host, reader = we.client(Role.STAFF), we.client(Role.READER)
    assert one.name in page(host.get(BASE))
    page(host.get(own))
    assert [host.get(place).status_code for place in (desk, figures, f"{figures}export.csv")] == [403, 403, 403]
    assert [reader.get(place).status_code for place in (own, desk)] == [404, 403]
    assert one.name not in page(reader.get(figures))
    assert we.client(Role.RECEPTION, we.theirs).get(own).status_code == 404
    assert one.name not in page(we.client(Role.RECEPTION, we.theirs).get(desk))
    assert one.name in page(we.client(Role.RECEPTION).get(desk))


def test_invited_on_the_page_and_received_at_the_desk(we: World) -> None:
    """The code is on the host's page; reception finds it, lets in and out; the number is shown on demand."""
    host, desk = we.client(Role.STAFF), we.client(Role.RECEPTION)
    sent = {"verb": "invite", "name": "林远", "organ_name": "水利局", "phone": "13812345678", "reason": "调研"}
    sent |= {"on": f"{timezone.localdate()}", "plate": ""}
    assert host.post(BASE, sent).status_code == 302
    one = Visit.objects.get()
    own = f"{BASE}{one.pk}/"
    text = page(host.get(own))
    assert one.code in text
    assert "<svg" in text
    assert "13812345678" not in text
    assert "13812345678" in page(host.post(own, {"verb": "phone"}))
    found = page(desk.get(f"{BASE}reception/?who={one.code.lower()}"))
    assert "138****5678" in found
    assert "没有这个来访码" in page(desk.get(f"{BASE}reception/?who=AAAA"))
    assert desk.post(f"{BASE}reception/", {"verb": "arrive", "visit": one.pk}).status_code == 302
    assert "不能这样登记" in page(desk.post(f"{BASE}reception/", {"verb": "arrive", "visit": one.pk}), 422)
    assert desk.post(own, {"verb": "leave"}).status_code == 302
    one.refresh_from_db()
    assert one.state == "LEFT"
    assert desk.post(f"{BASE}reception/", {"verb": "leave", "visit": "x"}).status_code == 404
    text = page(host.post(BASE, sent | {"phone": "abc"}), 422)
    assert "电话号码不像号码" in text
    assert 'value="水利局"' in text


def test_who_did_not_leave_stands_apart(we: World) -> None:
    one = today(we)
    before = timezone.now() - timedelta(days=2)
    Visit.objects.filter(pk=one.pk).update(on_date=before.date(), state="ARRIVED", arrived_at=before)
    assert "以前到访还没有登记离开" in page(we.client(Role.RECEPTION).get(f"{BASE}reception/"))


def test_figures_count_and_name_nobody(we: World) -> None:
    """By day and organ; cancelled ones do not count; the province sees both, the county its own."""
    for _ in range(2):
        today(we)
    Visit.objects.filter(pk=today(we).pk).update(state="CANCELLED")
    came = today(we)
    Visit.objects.filter(pk=came.pk).update(state="ARRIVED", arrived_at=timezone.now())
    invited(World(we.province, we.theirs, we.ours), on=timezone.localdate(), now=timezone.now())

    def rows(client: Client) -> list[list[str]]:
        text = b"".join(client.get(f"{BASE}figures/export.csv")).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))[1:]

    day = timezone.localdate().isoformat()
    assert rows(we.client(Role.READER)) == [[day, we.ours.name, "3", "1"]]
    assert sorted(row[2] for row in rows(we.client(Role.READER, we.province))) == ["1", "3"]
    assert "每天到访人次" in page(we.client(Role.READER).get(f"{BASE}figures/"))


def test_queries_do_not_grow(we: World) -> None:
    desk = we.client(Role.RECEPTION)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(desk.get(f"{BASE}reception/"))
        return len(queries)

    today(we)
    asked()  # the session, the organ
    few = asked()
    for _ in range(4):
        today(we)
    assert asked() == few <= 8
