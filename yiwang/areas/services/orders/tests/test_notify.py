"""Who is told of what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiwang.areas.services.orders import actions, repairs
from yiwang.areas.services.orders.factories import NOW
from yiwang.areas.services.orders.tests import scene as scenes
from yiwang.core.notices.models import Notice

pytestmark = pytest.mark.django_db


def told() -> set[tuple[str, str]]:
    """(what, who) of all messages, which are then forgotten."""
    rows = {(row.template.rpartition(".")[2], row.user.display_name) for row in Notice.objects.select_related("user")}
    Notice.objects.all().delete()
    return rows


def test_everybody_hears_what_is_for_him() -> None:
    scene = scenes.scene()
    pk = scene.report().pk
    assert told() == {("reported", "dispatcher")}
    actions.assign(order=pk, team=scene.team, now=NOW, access=scene.access("dispatcher"))
    assert told() == {("assigned", "repairer"), ("assigned", "other")}
    repairs.accept(order=pk, now=NOW, access=scene.access("repairer"))
    assert told() == {("accepted", "cadre")}
    repairs.decline(order=pk, note="不会", now=NOW, access=scene.access("repairer"))
    assert told() == {("declined", "dispatcher")}
    other = scene.users["other"]
    actions.assign(order=pk, team=scene.team, repairer=other, now=NOW, access=scene.access("dispatcher"))
    assert told() == {("assigned", "other")}
    repairs.accept(order=pk, now=NOW, access=scene.access("other"))
    repairs.arrive(order=pk, now=NOW, access=scene.access("other"))
    repairs.finish(order=pk, solution="好了", now=NOW, access=scene.access("other"))
    assert told() == {("accepted", "cadre"), ("finished", "cadre")}
    actions.reopen(order=pk, note="没好", now=NOW, access=scene.access("cadre"))
    assert told() == {("reopened", "other")}
    actions.tick(now=NOW + timedelta(days=2))
    assert told() == {("overdue", "dispatcher"), ("overdue", "manager"), ("overdue", "other")}
