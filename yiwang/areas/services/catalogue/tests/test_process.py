"""Which process an item of the catalogue goes through: its form is one click away, for whoever may ask."""

from __future__ import annotations

import pytest

from yiwang.areas.services.catalogue import levels
from yiwang.areas.services.catalogue.loading import load_catalogue
from yiwang.areas.services.catalogue.models import Item
from yiwang.core.flow import definitions
from yiwang.core.rights.models import Role
from yiwang.desk.testing import World, page, world

pytestmark = pytest.mark.django_db
#: The area's own form, and the generic address, which leads on to it.
FORM, START = "/vehicles/trips/new/", "/desk/start/vehicles.trip/"


@pytest.fixture
def we() -> World:
    made = world()
    load_catalogue(organ=made.province, actor="system")
    definitions.install("vehicles.trip")
    return made


def test_the_process_of_an_item_opens_its_form(we: World) -> None:
    staff = we.client(Role.STAFF)
    shown = page(staff.get("/services/item/11/"))
    assert f'href="{FORM}"' in shown
    assert "我要用车" in shown
    assert "公务用车申请" in shown
    assert staff.get(FORM).status_code == 200
    answer = staff.get(START, follow=True)
    assert (answer.status_code, answer.redirect_chain) == (200, [(FORM, 302)])
    assert f'href="{FORM}"' in page(staff.get("/services/"))


def test_a_process_without_a_page_of_its_own_opens_the_generic_form(we: World) -> None:
    definitions.install("offices.allocation")
    Item.objects.filter(code="11").update(process="offices.allocation")
    staff, form = we.client(Role.STAFF), "/desk/start/offices.allocation/"
    for address in ("/services/item/11/", "/services/"):
        assert f'href="{form}"' in page(staff.get(address))
    assert staff.get(form).status_code == 200


def test_who_may_not_ask_sees_no_way(we: World) -> None:
    shown = page(we.client(Role.AUDITOR).get("/services/item/11/"))
    assert FORM not in shown
    assert START not in shown


def test_a_process_that_is_not_there_is_named(we: World) -> None:
    """A slip in the catalogue closes the way and says so."""
    Item.objects.filter(code="11").update(process="vehicles.trop")
    shown = page(we.client(Role.STAFF).get("/services/item/11/"))
    assert "没有“vehicles.trop”这个流程" in shown
    assert FORM not in shown
    assert levels.items(we.ours)
