"""The pages: what each of applicant, approver, dispatcher, driver, colleague and stranger is shown and may do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from yiwang.areas.vehicles.trips import claims, factories, lending
from yiwang.areas.vehicles.trips.driving import CHECKS
from yiwang.areas.vehicles.trips.models import (
    Assignment,
    DriveAct,
    Expense,
    Landmark,
    Loan,
    LoanState,
    Outage,
    Trip,
    TripState,
)
from yiwang.areas.vehicles.trips.tests.scene import Pool, pool
from yiwang.core.flow.models import Case
from yiwang.core.rights.models import Role, User
from yiwang.core.workdays.current import current
from yiwang.portal.tests.people import user

pytestmark = pytest.mark.django_db


@pytest.fixture
def there() -> Pool:
    return pool()


def browser(who: User) -> Client:
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return client


def soon(hours: float = 0) -> Any:
    """Nine o'clock of the next working day but one, and so many hours."""
    day = current().add_workdays(timezone.localdate(), 2)
    return timezone.make_aware(datetime(day.year, day.month, day.day, 9)) + timedelta(hours=hours)


def form(**more: str) -> dict[str, str]:
    given = {
        "do": "send",
        "from": "机关大院",
        "to": "会展中心",
        "starts_at": f"{timezone.localtime(soon()):%Y-%m-%dT%H:%M}",
        "ends_at": f"{timezone.localtime(soon(2)):%Y-%m-%dT%H:%M}",
        "passengers": "3",
        "purpose": "MEETING",
        "reason": "参加会议",
        "free_places": "1",
        "returns": "1",
    }
    return given | more


def assigned(there: Pool) -> Trip:
    trip = factories.trip(there.bureau, there.staff, soon())
    access = there.access(there.dispatcher)
    claims.assign(trip=trip.pk, vehicle=there.car.pk, driver=there.driver.pk, access=access, now=timezone.now())
    return trip


def test_private_use_is_refused_with_the_clause_and_nothing_is_lost(there: Pool) -> None:
    answer = browser(there.staff).post("/vehicles/trips/new/", form(purpose="PRIVATE", reason="接孩子"))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "公务用车不得私用" in page
    assert "党政机关公务用车管理办法" in page
    assert "/law/" in page
    assert "接孩子" in page
    assert (Trip.objects.count(), Case.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"ends_at": "2020-01-01T09:00"}, "预计结束要晚于出发时间"),
        ({"starts_at": "2020-01-01T09:00", "ends_at": "2020-01-01T10:00"}, "已经过去"),
        ({"starts_at": "明天"}, "请填写出发时间"),
        ({"passengers": "0"}, "乘车人数要填 1 到 500"),
        ({"passengers": "三"}, "要填整数"),
        ({"to": ""}, "从哪里出发、到哪里去"),
        ({"free_places": ""}, "没有找到地点“机关大院”"),
        ({"reason": " "}, "请填写用车事由"),
        ({"reason": "很" * 201}, "最多 200 个字"),
    ],
)
def test_bad_input_is_a_sentence_and_stays_in_the_form(there: Pool, change: dict[str, str], word: str) -> None:
    answer = browser(there.staff).post("/vehicles/trips/new/", form(**change, party="李想、王敏"))
    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert "李想、王敏" in answer.content.decode()
    assert Trip.objects.count() == 0


def test_answers_are_shown_before_sending(there: Pool) -> None:
    factories.tariff(there.county, per_trip=2000)
    answer = browser(there.staff).post("/vehicles/trips/new/", form(do="check"))
    assert answer.status_code == 200
    assert "本单位车辆" in answer.content.decode()
    assert "预计 20.00 元" in answer.content.decode()
    assert Trip.objects.count() == 0


def test_a_known_place_has_its_position_and_the_way_its_length(there: Pool) -> None:
    for name, longitude in (("机关大院", "102.7"), ("会展中心", "102.8")):
        row = Landmark(organ=there.county, name=name, sort_key="", longitude=longitude, latitude="25.0")
        row.place()
        row.save()
    browser(there.staff).post("/vehicles/trips/new/", form(free_places="", key="k"))
    browser(there.staff).post("/vehicles/trips/new/", form(free_places="", key="k"))
    trip = Trip.objects.get()
    assert trip.kilometres == 28
    page = browser(there.staff).get(f"/vehicles/trips/{trip.pk}/").content.decode()
    assert "待审批" in page
    assert f"/desk/{trip.case}/" in page or f"{trip.case}" in page


def test_the_generic_form_leads_here(there: Pool) -> None:
    answer = browser(there.staff).get("/desk/start/vehicles.trip/")
    assert (answer.status_code, answer.headers.get("Location")) == (302, "/vehicles/trips/new/")


def test_who_sees_a_trip(there: Pool) -> None:
    trip, stranger = assigned(there), pool("白石县")
    colleague = user(there.bureau, Role.STAFF, name="同事")
    seeing = {"staff": there.staff, "manager": there.manager, "dispatcher": there.dispatcher, "driver": there.wheel}
    for who in seeing.values():
        assert browser(who).get(f"/vehicles/trips/{trip.pk}/").status_code == 200
    for who in (colleague, stranger.staff, stranger.dispatcher, stranger.wheel):
        assert browser(who).get(f"/vehicles/trips/{trip.pk}/").status_code == 404
        assert browser(who).post(f"/vehicles/trips/{trip.pk}/", {"do": "cancel", "reason": "x"}).status_code == 404
        assert browser(who).post(f"/vehicles/trips/{trip.pk}/drive/", {"act": "accept"}).status_code == 404
    trip.refresh_from_db()
    assert trip.state == TripState.ASSIGNED


@pytest.mark.parametrize("page", ["waiting", "loans", "settlement", "outages"])
def test_pages_of_who_dispatches(there: Pool, page: str) -> None:
    assert browser(there.dispatcher).get(f"/vehicles/trips/{page}/").status_code == 200
    assert browser(there.staff).get(f"/vehicles/trips/{page}/").status_code == 403
    assert browser(there.wheel).get(f"/vehicles/trips/{page}/").status_code == 403


def test_tasks_are_for_drivers(there: Pool) -> None:
    assert browser(there.wheel).get("/vehicles/trips/tasks/").status_code == 200
    assert browser(there.staff).get("/vehicles/trips/tasks/").status_code == 403


def test_the_dispatcher_sends_changes_and_takes_back(there: Pool) -> None:
    trip = factories.trip(there.bureau, there.staff, soon())
    page, at = browser(there.dispatcher), f"/vehicles/trips/{trip.pk}/"
    shown = page.get(at).content.decode()
    assert there.car.plate in shown
    assert "怎样保障" in shown
    assert "等车的" in page.get("/vehicles/trips/waiting/").content.decode()
    pair = {"vehicle": str(there.car.pk), "driver": str(there.driver.pk)}
    wrong = page.post(at, {"do": "assign", "vehicle": "", "driver": ""})
    assert (wrong.status_code, "车辆" in wrong.content.decode()) == (422, True)
    assert page.post(at, {"do": "assign", **pair}).status_code == 302
    assert claims.live_of(trip.pk) is not None
    assert "换车原因" in page.post(at, {"do": "assign", **pair}).content.decode()
    assert page.post(at, {"do": "release", "reason": "另有任务"}).status_code == 302
    trip.refresh_from_db()
    assert trip.state == TripState.APPROVED
    assert browser(there.staff).post(at, {"do": "assign", **pair}).status_code == 403


def test_what_cannot_go_says_why(there: Pool) -> None:
    assigned(there)
    trip = factories.trip(there.bureau, there.staff, soon(1))
    shown = browser(there.dispatcher).get(f"/vehicles/trips/{trip.pk}/").content.decode()
    assert "不能派的和原因" in shown
    assert "已派给" in shown


def test_the_phone_from_accepting_to_the_stars(there: Pool) -> None:
    trip = assigned(there)
    phone, drive = browser(there.wheel), f"/vehicles/trips/{trip.pk}/drive/"
    assert "接单" in phone.get("/vehicles/trips/tasks/").content.decode()
    checks = {f"check-{key}": "1" for key, _, _ in CHECKS}
    for act, more in (
        ("accept", {"key": "a"}),
        ("inspect", checks),
        ("start", {"odometer": "1200"}),
        ("arrive", {}),
        ("resume", {}),
        ("end", {"odometer": "1230"}),
        ("expense", {"kind": "PARKING", "amount": "12.50"}),
    ):
        answer = phone.post(drive, {"act": act, **more})
        assert answer.status_code == 302, answer.content.decode()
        assert phone.get("/vehicles/trips/tasks/").status_code == 200
    assert Expense.objects.get().amount == 1250
    at = f"/vehicles/trips/{trip.pk}/"
    owner = browser(there.staff)
    assert "确认并评价" in owner.get(at).content.decode()
    assert owner.post(at, {"do": "confirm", "stars": "9"}).status_code == 422
    assert owner.post(at, {"do": "confirm", "stars": "4", "comment": "好"}).status_code == 302
    trip.refresh_from_db()
    assert (trip.state, trip.stars) == (TripState.CONFIRMED, 4)
    month = f"{soon():%Y-%m}"
    bill = browser(there.dispatcher).get(f"/vehicles/trips/settlement/?month={month}").content.decode()
    assert "待结算" in bill
    done = browser(there.dispatcher).post("/vehicles/trips/settlement/", {"organ": there.bureau.pk, "month": month})
    assert done.status_code == 302
    again = browser(there.dispatcher).post("/vehicles/trips/settlement/", {"organ": there.bureau.pk, "month": month})
    assert again.status_code == 422
    csv = b"".join(browser(there.manager).get(f"/vehicles/trips/settlement.csv?month={month}"))
    assert trip.number in csv.decode("utf-8-sig")


def test_a_tap_sent_twice_counts_once_and_a_wrong_one_says_so(there: Pool) -> None:
    trip = assigned(there)
    phone, drive = browser(there.wheel), f"/vehicles/trips/{trip.pk}/drive/"
    for _ in range(2):
        answer = phone.post(drive, {"act": "accept", "key": "k"}, headers={"Accept": "application/json"})
        assert answer.json() == {"said": "已接单。"}
    assert DriveAct.objects.count() == 1
    wrong = phone.post(drive, {"act": "inspect", "check-tyres": "1"})
    assert wrong.status_code == 422
    assert "制动" in wrong.content.decode()
    coded = phone.post(drive, {"act": "end", "odometer": "1"}, headers={"Accept": "application/json"})
    assert (coded.status_code, coded.json()["code"]) == (422, "drive.state")
    assert phone.post(drive, {"act": "start", "odometer": "一"}).status_code == 422


def test_the_lender_answers(there: Pool) -> None:
    other = pool("白石县", there.county.superior)
    sharing = factories.sharing(other.county, there.county, per_trip=3000)
    trip = factories.trip(there.bureau, there.staff, soon())
    asked = browser(there.dispatcher).post(f"/vehicles/trips/{trip.pk}/", {"do": "ask", "sharing": str(sharing.pk)})
    assert asked.status_code == 302
    loan = Loan.objects.get()
    assert browser(other.dispatcher).get(f"/vehicles/trips/{trip.pk}/").status_code == 200
    page = browser(other.dispatcher)
    assert "同意调用" in page.get("/vehicles/trips/loans/").content.decode()
    no = page.post("/vehicles/trips/loans/", {"loan": loan.pk, "do": "decline", "reason": ""})
    assert (no.status_code, "不同意的原因" in no.content.decode()) == (422, True)
    mine = browser(there.dispatcher).post("/vehicles/trips/loans/", {"loan": loan.pk, "do": "agree"})
    assert mine.status_code == 422
    assert page.post("/vehicles/trips/loans/", {"loan": loan.pk, "do": "agree"}).status_code == 302
    loan.refresh_from_db()
    assert (loan.state, loan.price) == (LoanState.AGREED, 3000)
    assert page.post("/vehicles/trips/loans/", {"loan": loan.pk, "do": "agree"}).status_code == 422
    pair = {"do": "assign", "vehicle": str(other.car.pk), "driver": str(other.driver.pk)}
    assert browser(there.dispatcher).post(f"/vehicles/trips/{trip.pk}/", pair).status_code == 302
    assert Assignment.objects.get(trip=trip).organ == other.county


def test_a_loan_without_consent_is_agreed_at_once(there: Pool) -> None:
    other = pool("白石县", there.county.superior)
    sharing = factories.sharing(other.county, there.county, asking="NO")
    trip = factories.trip(there.bureau, there.staff, soon())
    access = there.access(there.dispatcher)
    made = lending.ask(trip=trip.pk, sharing=sharing.pk, access=access, now=timezone.now())
    assert made.state == LoanState.AGREED


def test_outages_are_kept_by_the_dispatcher(there: Pool) -> None:
    assigned(there)
    page, stranger = browser(there.dispatcher), pool("白石县")
    given = {"do": "add", "of": f"v{there.car.pk}", "kind": "MAINTENANCE", "note": "保养"}
    times = {"since": f"{soon(-1):%Y-%m-%dT%H:%M}", "until": f"{soon(3):%Y-%m-%dT%H:%M}"}
    said = page.post("/vehicles/trips/outages/", given | times, follow=True).content.decode()
    assert "已派出 1 次用车" in said
    assert there.car.plate in said
    for wrong in ({"until": times["since"]}, {"of": f"v{stranger.car.pk}"}, {"kind": "REST"}):
        assert page.post("/vehicles/trips/outages/", given | times | wrong).status_code == 422
    row = Outage.objects.get()
    gone = browser(stranger.dispatcher).post("/vehicles/trips/outages/", {"do": "remove", "outage": row.pk})
    assert gone.status_code == 422
    assert page.post("/vehicles/trips/outages/", {"do": "remove", "outage": row.pk}).status_code == 302
    assert not Outage.objects.exists()


def test_the_ticket_is_printed_for_who_sees_the_trip(there: Pool) -> None:
    trip = assigned(there)
    given = {"kind": "vehicles.trip.ticket", "pk": trip.pk}
    assert browser(there.staff).post("/papers/issue/", given).status_code == 302
    shown = browser(there.staff).get(f"/vehicles/trips/{trip.pk}/").content.decode()
    assert "公务用车派车单" in shown
    colleague = user(there.bureau, Role.STAFF, name="同事")
    assert browser(colleague).post("/papers/issue/", given).status_code in (403, 404, 422)
