"""Holders of a role: the nearest organ wins, other areas do not count."""

from __future__ import annotations

import pytest

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.holders import holders
from yiwang.core.rights.models import Grant, Role, User

pytestmark = pytest.mark.django_db


def _holder(organ: Organ, name: str, role: Role = Role.MANAGER, area: str = "") -> User:
    user = User.objects.create(username=name, display_name=name)
    Grant.objects.create(user=user, organ=organ, role=role, area=area)
    return user


def test_the_nearest_organ_that_has_one() -> None:
    top = factories.organ("示例省机关事务管理局", tier="PROVINCE", code="990000")
    below = factories.organ("青河县财政局", top)
    high = _holder(top, "高")
    assert holders(Role.MANAGER, below) == [high]
    near = _holder(below, "近")
    assert holders(Role.MANAGER, below) == [near]
    assert holders(Role.MANAGER, top) == [high]
    assert holders(Role.LEADER, below) == []


def test_another_area_and_the_inactive_do_not_count() -> None:
    organ = factories.organ("青河县财政局")
    _holder(organ, "车", area="vehicles")
    gone = _holder(organ, "走")
    gone.is_active = False
    gone.save()
    assert holders(Role.MANAGER, organ, "services") == []
    assert [one.display_name for one in holders(Role.MANAGER, organ, "vehicles")] == ["车"]
