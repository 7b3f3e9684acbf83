"""账号解锁 by the security administrator only."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.factories import organ as new_organ
from yiwang.core.rights import second
from yiwang.core.rights.models import Role
from yiwang.portal.me.tests.flow import account, enrolled, inside, log_in

pytestmark = pytest.mark.django_db


@override_settings(AXES_ENABLED=True)
def test_d04_the_page_unlocks_with_a_reason() -> None:
    organ = new_organ()
    account(Role.CLERK, organ=organ)
    account(Role.SECURITY_ADMIN, name="keeper", organ=organ)
    account(Role.MANAGER, name="chief", organ=organ)
    for _ in range(5):
        log_in(Client(), "wrong")
    assert inside("chief").get("/security/locks").status_code == 403
    keeper = inside("keeper")
    assert "wangmin" in keeper.get("/security/locks").content.decode()
    form = {"act": "unlock", "username": "wangmin", "reason": ""}
    assert keeper.post("/security/locks", form).status_code == 422
    assert inside("chief").post("/security/locks", form | {"reason": "电话核实本人"}).status_code == 403
    assert keeper.post("/security/locks", form | {"reason": "电话核实本人"}).status_code == 302
    assert "没有锁定的账号" in keeper.get("/security/locks").content.decode()
    assert log_in(Client()) == 302
    assert Entry.objects.filter(act="rights.session.unlock").count() == 1


def test_a_lost_factor_is_reset_for_another_person() -> None:
    organ = new_organ()
    user = account(Role.MANAGER, organ=organ)
    account(Role.SECURITY_ADMIN, name="keeper", organ=organ)
    enrolled(user)
    keeper = inside("keeper")
    form = {"act": "reset", "username": "wangmin", "reason": "当面申请换手机"}
    for changed in ({"username": "nobody"}, {"reason": "x"}, {"username": "keeper"}):
        assert keeper.post("/security/locks", form | changed).status_code == 422
    assert keeper.post("/security/locks", form).status_code == 302
    assert not second.enrolled(user)
