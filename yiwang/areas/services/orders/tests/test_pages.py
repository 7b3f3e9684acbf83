"""The pages of reporting and of work orders: owner, colleague, stranger; what a form does."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from yiwang.areas.services.orders import photos, repairs
from yiwang.areas.services.orders.factories import NOW
from yiwang.areas.services.orders.models import OrderState, WorkOrder
from yiwang.areas.services.orders.tests import scene as scenes
from yiwang.areas.services.orders.tests.scene import Scene
from yiwang.core.flow.actions import act
from yiwang.core.flow.models import Task
from yiwang.desk.testing import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return scenes.scene()


def photo(name: str = "灯.jpg") -> SimpleUploadedFile:
    """A small real picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


#: address → who may open it.
STAFF = {"cadre", "colleague", "dispatcher", "repairer", "other", "reader", "manager", "stranger"}
OPEN = {
    "": STAFF,
    "item/06/": STAFF,
    "report/": STAFF,
    "mine/": STAFF,
    "todo/": {"dispatcher", "repairer", "other", "manager", "stranger"},
    "dispatch/": {"dispatcher", "manager", "stranger"},
    "orders/": {"dispatcher", "reader", "manager", "stranger"},
    "orders.csv": {"dispatcher", "reader", "manager", "stranger"},
    "orders.json": {"dispatcher", "reader", "manager", "stranger"},
    "month/": {"dispatcher", "reader", "manager", "stranger"},
    "month.csv": {"dispatcher", "reader", "manager", "stranger"},
    "labels/": {"reader", "manager", "stranger"},
    "teams/": {"reader", "manager", "stranger"},
}


@pytest.mark.parametrize("address", OPEN)
def test_who_opens_what(scene: Scene, address: str) -> None:
    """Each page for those whose work it is; the others are refused, not shown less."""
    answers = {name: scene.client(name).get(f"/services/{address}") for name in scene.everybody}
    for answer in answers.values():
        b"".join(answer)  # to the end, or the file stays open
    assert {name for name, answer in answers.items() if answer.status_code == 200} == OPEN[address]
    assert {answer.status_code for name, answer in answers.items() if name not in OPEN[address]} == {403}
    if address.endswith("/") or not address:
        for name in OPEN[address]:
            page(answers[name])


def test_the_nav_shows_what_one_can_open(scene: Scene) -> None:
    for name in ("cadre", "repairer", "dispatcher", "manager"):
        text = scene.client(name).get("/services/").content.decode()
        nav = text[text.index('aria-label="后勤服务"') :].partition("</nav>")[0]
        linked = {one for one in OPEN if re.search(rf'href="/services/{re.escape(one)}"', nav)}
        assert linked == {one for one in OPEN if name in OPEN[one]} - {"item/06/", "report/", "orders.csv", "orders.json", "month.csv"}  # fmt: skip


def test_an_order_is_for_owner_and_service_not_for_colleague_and_stranger(scene: Scene) -> None:
    pk = scene.report().pk
    codes = {name: scene.client(name).get(f"/services/orders/{pk}/").status_code for name in scene.everybody}
    assert {name for name, code in codes.items() if code == 200} == {"cadre", "dispatcher", "reader", "manager"}
    assert {code for code in codes.values() if code != 200} == {404}
    posts = {
        name: scene.client(name).post(f"/services/orders/{pk}/", {"verb": "cancel", "note": "x"}).status_code
        for name in ("colleague", "stranger", "nobody", "repairer", "reader")
    }
    assert posts == {"colleague": 404, "stranger": 404, "nobody": 404, "repairer": 404, "reader": 422}
    assert WorkOrder.objects.get(pk=pk).state == OrderState.NEW


def test_a_cadre_scans_reports_with_a_photo_and_sees_it(scene: Scene) -> None:
    browser = scene.client("cadre")
    answer = browser.get(f"/services/s/{scene.spot.token}/")
    form = page(browser.get(answer["Location"]))
    assert "A座 0612" in form
    key = re.search(r'name="key" value="(\w+)"', form.replace("\n", " ").replace("  ", ""))
    given = {
        "problem": "顶灯不亮",
        "item": "06",
        "urgency": "NORMAL",
        "key": key.group(1) if key else "k",
        "photos": photo(),
    }
    made = browser.post(answer["Location"], given)
    one = WorkOrder.objects.get()
    assert made["Location"] == f"/services/orders/{one.pk}/"
    assert (one.spot, one.organ, one.reporter) == (scene.spot, scene.organ, scene.users["cadre"])
    text = page(browser.get(made["Location"]))
    (kept,) = photos.of(one)
    assert f'src="/files/{kept.pk}/"' in text
    assert "还有" in text or "已超" in text, "the clocks are shown"
    assert b"".join(browser.get(f"/files/{kept.pk}/"))
    assert scene.client("stranger").get(f"/files/{kept.pk}/").status_code == 404
    again = browser.post(answer["Location"], {**given, "photos": photo()})
    assert again["Location"] == made["Location"], "the same form again makes no second order"
    assert len(photos.of(one)) == 1


def test_a_wrong_form_keeps_what_was_typed(scene: Scene) -> None:
    text = page(scene.client("cadre").post("/services/report/", {"problem": "灯<b>坏", "item": "06", "key": "k"}), 422)
    assert "请填写地点" in text
    assert "灯&lt;b&gt;坏" in text
    assert 'value="k"' in text
    bad = SimpleUploadedFile("x.jpg", b"<script>")
    wrong = {"problem": "x", "item": "06", "place": "y", "photos": bad}
    page(scene.client("cadre").post("/services/report/", wrong), 422)
    assert WorkOrder.objects.count() == 0, "no order without its photo"


def test_an_unknown_code_is_not_found(scene: Scene) -> None:
    for address in ("s/nothing/", "report/nothing/", "s/nothing/look/"):
        assert scene.client("manager").get(f"/services/{address}").status_code == 404


def test_the_dispatcher_gives_it_out_at_one_tap(scene: Scene) -> None:
    pk = scene.report().pk
    browser = scene.client("dispatcher")
    text = page(browser.get("/services/dispatch/"))
    assert f"派给{scene.team}" in text
    given = {"verb": "assign", "team": str(scene.team.pk), "back": "dispatch"}
    assert browser.post(f"/services/orders/{pk}/", given)["Location"] == "/services/dispatch/"
    assert WorkOrder.objects.get(pk=pk).team == scene.team
    part = browser.get("/services/dispatch/", headers={"HX-Request": "true", "HX-Target": "board"}).content.decode()
    assert part.lstrip().startswith("<div")


def test_three_taps_of_the_repairer(scene: Scene) -> None:
    pk = scene.report().pk
    scene.client("dispatcher").post(f"/services/orders/{pk}/", {"verb": "assign", "team": f"{scene.team.pk}"})
    browser = scene.client("repairer")
    for verb, state in (("accept", OrderState.ACCEPTED), ("arrive", OrderState.ARRIVED)):
        assert f'value="{verb}"' in page(browser.get("/services/todo/"))
        assert browser.post("/services/todo/", {"order": pk, "verb": verb}).status_code == 302
        assert WorkOrder.objects.get(pk=pk).state == state
    assert f'href="/services/orders/{pk}/#do"' in page(browser.get("/services/todo/"))
    given = {"verb": "finish", "solution": "换灯管", "labour": "50.50", "photos": photo("好了.jpg")}
    assert browser.post(f"/services/orders/{pk}/", given).status_code == 302
    one = WorkOrder.objects.get(pk=pk)
    assert (one.state, one.labour_cost, len(photos.of(one))) == (OrderState.FINISHED, 5050, 1)
    text = page(scene.client("other").post("/services/todo/", {"order": pk, "verb": "accept"}), 422)
    assert "不能接单" in text
    assert scene.client("cadre").post(f"/services/orders/{pk}/", {"verb": "confirm", "score": "5"}).status_code == 302


def test_every_offer_of_a_repairer_is_a_form_that_works(scene: Scene) -> None:
    pk, browser = scene.arrived().pk, scene.client("repairer")
    steps = [
        ({"verb": "add_part", "part": "灯管", "quantity": "2", "price": "18.5"}, OrderState.ARRIVED),
        ({"verb": "answer", "note": "明天换"}, OrderState.ARRIVED),
        ({"verb": "pause", "pause": "PARTS", "remark": "等灯管"}, OrderState.PAUSED),
        ({"verb": "resume"}, OrderState.ARRIVED),
        ({"verb": "ask", "amount": "6000", "note": "换线"}, OrderState.APPROVING),
    ]
    for given, state in steps:
        answer = browser.post(f"/services/orders/{pk}/", given)
        assert answer.status_code == 302, page(answer, 422)
        assert WorkOrder.objects.get(pk=pk).state == state
    page(scene.client("manager").get(f"/services/orders/{pk}/"))
    task, manager = Task.objects.get(state="OPEN"), scene.access("manager")
    act(task=task.pk, verdict="approve", access=manager, on=NOW.date(), now=timezone.now())
    given = {"verb": "hand_over", "colleague": str(scene.users["other"].pk)}
    assert browser.post(f"/services/orders/{pk}/", given).status_code == 302
    assert scene.client("other").post(f"/services/orders/{pk}/", {"verb": "accept"}).status_code == 302
    text = page(browser.get(f"/services/orders/{pk}/"))
    assert "37.00 元" in text
    assert repairs.arrive(order=pk, now=NOW, access=scene.access("other")).state == OrderState.ARRIVED


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"verb": "nothing"}, "没有这种办理"),
        ({"verb": "finish", "solution": "x", "labour": "1.234"}, "应为金额"),
        ({"verb": "finish", "solution": "x", "labour": "1e999999"}, "应为金额"),
        ({"verb": "finish", "solution": "x", "labour": "NaN"}, "应为金额"),
        ({"verb": "add_part", "part": "x", "quantity": "很多", "price": "1"}, "应为整数"),
        ({"verb": "hand_over", "colleague": "0"}, "请选择一位同事"),
        ({"verb": "confirm", "score": "5"}, "不能确认"),
    ],
)
def test_what_is_wrong_is_said(scene: Scene, given: dict[str, str], said: str) -> None:
    pk = scene.arrived().pk
    text = page(scene.client("repairer").post(f"/services/orders/{pk}/", given), 422)
    assert said in text
    assert WorkOrder.objects.get(pk=pk).state == OrderState.ARRIVED


def test_declined_leads_back_to_the_list(scene: Scene) -> None:
    pk = scene.report().pk
    scene.client("dispatcher").post(f"/services/orders/{pk}/", {"verb": "assign", "team": f"{scene.team.pk}"})
    answer = scene.client("repairer").post(f"/services/orders/{pk}/", {"verb": "decline", "note": "不会"})
    assert answer["Location"] == "/services/todo/"


def test_the_register_filters_exports_and_keeps_to_the_organ(scene: Scene) -> None:
    mine = scene.report()
    foreign = scene.access("stranger")
    from yiwang.areas.services.orders import actions

    other = actions.report(access=foreign, item="05", problem="门坏", place="B座", now=NOW)
    for name, number in (("reader", mine.number), ("dispatcher", mine.number), ("stranger", other.number)):
        browser = scene.client(name)
        rows = browser.get("/services/orders.json").json()["rows"]
        assert [row["number"] for row in rows] == [number]
        assert number in page(browser.get("/services/orders/"))
        text = b"".join(browser.get("/services/orders.csv")).decode("utf-8-sig")
        assert text.count("\n") == 2
        assert number in text
    browser = scene.client("reader")
    assert browser.get("/services/orders.json?item_code=05").json()["rows"] == []
    assert len(browser.get("/services/orders.json?state=待派工&item_code=06&q=顶灯").json()["rows"]) == 1
    assert len(b"".join(browser.get("/services/orders.xlsx"))) > 1000
    assert browser.get("/services/orders.exe").status_code == 404


def test_labels_for_every_room_once(scene: Scene) -> None:
    from yiwang.areas.offices import factories as offices

    at = scene.spot.building
    offices.room(at, "0701")
    offices.room(at, "0612")  # has its label already
    address = f"/services/labels/{at.pk}/make"
    assert scene.client("reader").post(address).status_code == 403
    assert scene.client("stranger").post(address).status_code == 404
    browser = scene.client("manager")
    browser.post(address)
    browser.post(address)
    text = page(browser.get(f"/services/labels/?building={at.pk}"))
    assert text.count("data:image/svg+xml") == 2
    assert scene.client("stranger").get(f"/services/labels/?building={at.pk}").status_code == 404
    assert f"/services/labels/?building={at.pk}" in page(browser.get("/services/labels/"))


def test_who_is_in_a_team(scene: Scene) -> None:
    from yiwang.areas.services.orders import factories
    from yiwang.core.rights.models import Role

    new = factories.user(scene.organ, Role.REPAIRER, name="新人")
    address = f"/services/teams/{scene.team.pk}/"
    given = {"user": str(new.pk), "day1": "1", "day7": "1", "hour_from": "0", "hour_to": "24", "leads": "1"}
    assert scene.client("reader").post(address, given).status_code == 422
    assert scene.client("stranger").post(address, given).status_code == 404
    browser = scene.client("manager")
    page(browser.get(address))
    assert browser.post(address, given).status_code == 302
    member = scene.team.members.get(user=new)
    assert (member.weekdays, member.hour_from, member.hour_to, member.leads) == ("17", 0, 24, True)
    page(browser.post(address, {**given, "hour_from": "9", "hour_to": "9"}), 422)
    page(browser.post(address, {**given, "user": str(scene.users["cadre"].pk)}), 422)
    browser.post(address, {"verb": "out", "user": str(new.pk)})
    assert not scene.team.members.filter(user=new).exists()


def test_the_catalogue_is_loaded_by_who_configures(scene: Scene) -> None:
    assert scene.client("cadre").post("/services/catalogue/load").status_code == 403
    assert scene.client("manager").post("/services/catalogue/load").status_code == 302
    assert scene.client("manager").get("/services/item/99/").status_code == 404


def test_the_board_costs_no_more_with_more_orders(scene: Scene) -> None:
    """Teams and suppliers are proposed in sets."""
    browser = scene.client("dispatcher")
    counts = []
    for _ in range(2):
        for _ in range(6):
            scene.report()
        browser.get("/services/dispatch/")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/services/dispatch/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15
