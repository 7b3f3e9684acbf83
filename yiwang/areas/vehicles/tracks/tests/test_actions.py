"""The verbs on terminals, and who may."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count

import pytest
from django.db import models
from django.utils import timezone

from yiwang.areas.vehicles import factories
from yiwang.areas.vehicles.gateway import bodies, book
from yiwang.areas.vehicles.models import CommandKind, SuspectPoint, Terminal, TerminalCommand
from yiwang.areas.vehicles.tracks import actions
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Alarm, Role
from yiwang.desk.testing import KindTests, World, page, world
from yiwang.kit.refusal import Refusal

NOW, TODAY = datetime(2026, 11, 20, 2, tzinfo=UTC), date(2026, 11, 20)

_numbers = count(1)


@pytest.fixture
def we(db: None) -> World:
    """Two organs."""
    return world()


def bound(we: World) -> Terminal:
    """A terminal in a car of ours."""
    return actions.bind(
        actor="user:1", vehicle=factories.vehicle(we.ours, plate="示A10001"), phone="013900000001", on=TODAY
    )


def asked(device: str = "D1", plate: str = "示A·10001") -> bodies.Registration:
    return bodies.Registration(99, 101, "YW", "M1", device, 1, plate)


def test_a_terminal_is_bound_to_its_car_and_to_its_device(we: World) -> None:
    """The first device that registers is the one; another is refused and recorded; after a release it may."""
    one = bound(we)
    assert (one.phone, one.organ_id, one.l1) == ("13900000001", we.ours.pk, we.ours.l1)
    first = book.register(one.phone, asked(), version=1, address="10.0.0.1", now=NOW)
    assert first.result == bodies.DONE
    assert book.load()[one.phone].accepts(first.code)
    assert not book.load()[one.phone].accepts("")
    for wrong, result in ((asked("D2"), bodies.TERMINAL_TAKEN), (asked(plate="示A99999"), bodies.NO_VEHICLE)):
        assert book.register(one.phone, wrong, version=0, address="10.0.0.2", now=NOW).result == result
    assert Alarm.objects.filter(kind="terminal").count() == 2
    assert book.load()[one.phone].accepts(first.code)  # the refused ones have not changed it
    clerk = we.access(Role.CLERK)
    assert actions.release(access=clerk, terminal=one.pk, now=NOW).serial == ""
    assert not book.load()[one.phone].accepts(first.code)
    assert book.register(one.phone, asked("D2"), version=0, address="10.0.0.2", now=NOW).result == bodies.DONE
    acts = set(Entry.objects.filter(obj=f"vehicles.terminal:{one.pk}").values_list("act", flat=True))
    assert acts == {"vehicles.terminal.bind", "vehicles.terminal.register", "vehicles.terminal.release"}


def test_terminals_that_may_not_speak(we: World) -> None:
    one = bound(we)
    assert book.register("1", asked(), version=0, address="", now=NOW).result == bodies.NO_TERMINAL
    Terminal.objects.update(enabled=False)
    assert book.register(one.phone, asked(), version=0, address="", now=NOW).result == bodies.NO_TERMINAL
    assert not book.load()
    Terminal.objects.update(enabled=True, vehicle=None)
    assert book.register(one.phone, asked(), version=0, address="", now=NOW).result == bodies.NO_VEHICLE


def test_a_terminal_is_stopped_and_let_in_again(we: World) -> None:
    one, clerk = bound(we), we.access(Role.CLERK)
    assert not actions.enable(access=clerk, terminal=one.pk, enabled=False).enabled
    assert not book.load()
    assert actions.enable(access=clerk, terminal=one.pk, enabled=True).enabled
    with pytest.raises(Refusal, match="范围"):
        actions.enable(access=we.access(Role.AUDITOR), terminal=one.pk, enabled=False)
    acts = Entry.objects.filter(obj=f"vehicles.terminal:{one.pk}").order_by("id").values_list("act", flat=True)
    assert [act.rpartition(".")[2] for act in acts] == ["bind", "disable", "enable"]


def test_texts_are_sent_by_those_who_may(we: World) -> None:
    one = bound(we)
    clerk, stranger = we.access(Role.CLERK), we.access(Role.CLERK, we.theirs)
    made = actions.command(access=clerk, terminal=one.pk, kind=CommandKind.TEXT, text=" 请到北门 ", now=NOW)
    assert (made.text, made.state) == ("请到北门", "WAITING")
    for access in (stranger, we.access(Role.AUDITOR)):
        with pytest.raises(Refusal) as refused:
            actions.command(access=access, terminal=one.pk, kind=CommandKind.TEXT, text="x", now=NOW)
        assert refused.value.code == "rights.denied"
        with pytest.raises(Refusal):
            actions.release(access=access, terminal=one.pk, now=NOW)
    for text in ("", "长" * 501):
        with pytest.raises(Refusal) as refused:
            actions.command(access=clerk, terminal=one.pk, kind=CommandKind.TEXT, text=text, now=NOW)
        assert refused.value.code == "terminal.text"
    Terminal.objects.update(enabled=False)
    with pytest.raises(Refusal) as refused:
        actions.command(access=clerk, terminal=one.pk, kind=CommandKind.LOCATION, now=NOW)
    assert refused.value.code == "terminal.off"
    assert TerminalCommand.objects.count() == 1


def test_a_wrong_number_or_a_second_terminal_is_refused(we: World) -> None:
    one = bound(we)
    other = factories.vehicle(we.ours)
    for phone in ("12a", "", "1" * 21, one.phone):
        with pytest.raises(Refusal):
            actions.bind(actor="user:1", vehicle=other, phone=phone, on=TODAY)
    assert Terminal.objects.count() == 1


def test_the_page_of_terminals(we: World) -> None:
    """Owner, colleague who only reads, stranger; the platform's figures are for the root."""
    one = bound(we)
    SuspectPoint.objects.create(
        terminal=one.pk, vehicle=one.vehicle_id or 0, received_at=timezone.now(), reason="jump", longitude=1, latitude=2
    )
    text = page(we.client(Role.CLERK).get("/vehicles/gateway/"))
    assert "示A10001" in text
    assert "位置跳变" in text
    assert "下发文本" in text
    assert "网关统计" not in text
    assert "下发文本" not in page(we.client(Role.AUDITOR).get("/vehicles/gateway/"))
    assert "示A10001" not in page(we.client(Role.CLERK, we.theirs).get("/vehicles/gateway/"))
    assert "网关统计" in page(we.client(Role.AUDITOR, we.province).get("/vehicles/gateway/"))
    assert we.client(Role.STAFF).get("/vehicles/gateway/").status_code == 403


def test_a_text_is_sent_from_the_page(we: World) -> None:
    one = bound(we)
    clerk = we.client(Role.CLERK)
    given = {"do": "text", "terminal": str(one.pk), "text": "请到北门"}
    assert clerk.post("/vehicles/gateway/", given).status_code == 302
    assert TerminalCommand.objects.get().text == "请到北门"
    assert "请写要下发的文字" in page(clerk.post("/vehicles/gateway/", given | {"text": " "}), 422)
    assert clerk.post("/vehicles/gateway/", {"do": "release", "terminal": str(one.pk)}).status_code == 302
    for who in (we.client(Role.AUDITOR), we.client(Role.CLERK, we.theirs)):
        assert who.post("/vehicles/gateway/", given).status_code == 403
    assert clerk.post("/vehicles/gateway/", given | {"terminal": "x"}).status_code == 403
    assert TerminalCommand.objects.count() == 1


class TestTerminal(KindTests):
    """What each kind inherits."""

    key = "vehicles.terminal"

    def make(self, organ: Organ) -> models.Model:
        one = Terminal(organ=organ, phone=f"139{next(_numbers):08}", vehicle=factories.vehicle(organ))
        one.place()
        one.save()
        return one

    def given(self, organ: Organ) -> dict[str, str]:
        return {
            "phone": f"138{organ.pk:08}",
            "vehicle": factories.vehicle(organ).plate,
            "organ": organ.name,
        }
