"""P04: a right of its own, a reason each time, an entry for each reading, an assessment in force."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.areas.vehicles.watch.models import TrackReading
from yiwang.areas.vehicles.watch.rights import may_see_track, open_track, track_reading
from yiwang.areas.vehicles.watch.tests import scene
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import VERBS, Grant, OwnRole, Role, User, Verb
from yiwang.desk.testing import World, page, world
from yiwang.kit.refusal import Refusal

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
WHY = "核查 12345 转办的投诉"


@pytest.fixture
def we() -> World:
    made = world()
    scene.assessment(made.province, until=TODAY + timedelta(days=90))
    return made


def reader(at: Organ) -> User:
    """Somebody with the right of its own, beside an ordinary role."""
    user = User.objects.create(username=f"inspector{at.pk}")
    own, _ = OwnRole.objects.get_or_create(name="轨迹查阅", defaults={"pairs": " vehicles:read vehicles:track "})
    Grant.objects.create(user=user, organ=at, role=Role.OWN, own=own)
    return user


def access(at: Organ) -> Access:
    return access_for(reader(at))


def ask(car: Vehicle, by: Access, **more: object) -> TrackReading:
    given = {"vehicle": car.pk, "since": TODAY, "until": TODAY, "reason": WHY, **more}
    return open_track(access=by, now=NOW, **given)  # type: ignore[arg-type]


def test_no_built_in_role_has_the_right(we: World) -> None:
    assert all(Verb.TRACK not in verbs for verbs in VERBS.values())
    car = scene.car(we.ours)
    for role in (Role.MANAGER, Role.AUDITOR, Role.DISPATCHER, Role.LEADER):
        assert not may_see_track(we.access(role))
        with pytest.raises(Refusal, match="没有查阅车辆轨迹的权限"):
            ask(car, we.access(role))


def test_a_reading_is_opened_with_a_reason_and_leaves_an_entry(we: World) -> None:
    car, by = scene.car(we.ours), access(we.ours)
    assert track_reading(by, car.pk, TODAY, NOW) is None
    reading = ask(car, by)
    assert track_reading(by, car.pk, TODAY, NOW) == reading
    entry = Entry.objects.get(act="vehicles.track.read")
    assert (entry.actor, entry.obj) == (by.actor, f"vehicles.vehicle:{car.pk}")
    assert WHY in entry.body


def test_it_holds_for_those_days_half_an_hour_and_that_user(we: World) -> None:
    car, by = scene.car(we.ours), access(we.ours)
    ask(car, by)
    assert track_reading(by, car.pk, TODAY - timedelta(days=1), NOW) is None
    assert track_reading(by, car.pk, TODAY, NOW + timedelta(minutes=30)) is None
    assert track_reading(access(we.province), car.pk, TODAY, NOW) is None
    assert track_reading(by, scene.car(we.ours).pk, TODAY, NOW) is None


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"reason": "看看"}, "track.reason"),
        ({"reason": "      "}, "track.reason"),
        ({"until": TODAY + timedelta(days=1)}, "track.days"),
        ({"since": TODAY - timedelta(days=40)}, "track.days"),
        ({"vehicle": 0}, "track.vehicle"),
    ],
)
def test_refused(we: World, more: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal) as caught:
        ask(scene.car(we.ours), access(we.ours), **more)
    assert caught.value.code == code
    assert not TrackReading.objects.exists()
    assert not Entry.objects.filter(act="vehicles.track.read").exists()


def test_another_organ_s_car_is_not_there(we: World) -> None:
    with pytest.raises(Refusal) as caught:
        ask(scene.car(we.theirs), access(we.ours))
    assert caught.value.code == "track.vehicle"


def test_without_an_assessment_in_force_nothing_is_read() -> None:
    made = world()
    scene.assessment(made.theirs, until=TODAY + timedelta(days=90))
    scene.assessment(made.ours, until=TODAY)
    with pytest.raises(Refusal) as caught:
        ask(scene.car(made.ours), access(made.ours))
    assert caught.value.code == "track.assessment"


def test_the_page_asks_and_goes_on(we: World) -> None:
    car, client = scene.car(we.ours), Client()
    client.force_login(reader(we.ours))
    address = reverse("vehicles:track-ask")
    assert car.plate in page(client.get(f"{address}?vehicle={car.pk}&day={TODAY}&next=/vehicles/watch/"))
    given = {"verb": "open", "vehicle": car.pk, "since": TODAY, "until": TODAY, "next": "/vehicles/watch/"}
    assert "至少 6 个字" in page(client.post(address, {**given, "reason": "看"}), 422)
    done = client.post(address, {**given, "reason": WHY})
    assert (done.status_code, done["Location"]) == (302, "/vehicles/watch/")
    away = client.post(address, {**given, "reason": WHY, "next": "https://example.org/"})
    assert away["Location"] == reverse("vehicles:track-readings")


def test_by_plate(we: World) -> None:
    car, client = scene.car(we.ours), Client()
    client.force_login(reader(we.ours))
    given = {"verb": "open", "plate": car.plate, "since": TODAY, "until": TODAY, "reason": WHY}
    assert client.post(reverse("vehicles:track-ask"), given).status_code == 302
    assert TrackReading.objects.get().vehicle == car
    assert "没有这辆车" in page(client.post(reverse("vehicles:track-ask"), {**given, "plate": "示Z00000"}), 422)


def test_who_read_what_is_seen_by_managers_and_auditors_and_by_oneself(we: World) -> None:
    ask(scene.car(we.ours), access(we.ours))
    address = reverse("vehicles:track-readings")
    for client in (we.client(Role.AUDITOR), we.client(Role.MANAGER, we.province)):
        assert WHY in page(client.get(address))
    assert WHY not in page(we.client(Role.AUDITOR, we.theirs).get(address))
    assert we.client(Role.CLERK).get(address).status_code == 403
    assert we.client(Role.CLERK).get(reverse("vehicles:track-ask")).status_code == 403
    other = Client()
    other.force_login(reader(we.province))
    assert WHY not in page(other.get(address))
