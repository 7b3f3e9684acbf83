"""Computed datasets over the API: in scope, over a period, with the right of their area."""

from __future__ import annotations

import pytest

from yiwang.areas.vehicles import factories
from yiwang.core.rights.models import Role
from yiwang.desk.testing import world

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/datasets/vehicles.year/figures"
YEAR: dict[str, str] = {"since": "2026-01-01", "until": "2027-01-01"}


def test_owner_colleague_and_stranger() -> None:
    we = world()
    factories.vehicle(we.ours), factories.vehicle(we.theirs), factories.vehicle(we.theirs)
    (row,) = we.client(Role.READER).get(ROOT, YEAR).json()["rows"]
    assert (row["organ"], row["held"], row["year"]) == (we.ours.name, "1", "2026")
    above = we.client(Role.READER, we.province)
    assert sorted(one["held"] for one in above.get(ROOT, YEAR).json()["rows"]) == ["1", "2"]
    (below,) = above.get(ROOT, {**YEAR, "organ": str(we.theirs.pk)}).json()["rows"]
    assert below["held"] == "2"
    assert we.client(Role.READER).get(ROOT, {**YEAR, "organ": str(we.theirs.pk)}).status_code == 403
    assert we.client(Role.STAFF).get(ROOT, YEAR).status_code == 403


def test_what_is_refused() -> None:
    client = world().client(Role.READER)
    asked: tuple[tuple[str, dict[str, str], str], ...] = (
        (ROOT, {"since": "2026-01-01", "until": "2026-01-01"}, "dataset.period"),
        (ROOT, {"since": "2001-01-01", "until": "2026-01-01"}, "dataset.period"),
        ("/api/v1/datasets/vehicles.fleet/figures", {}, "dataset.no-figures"),
        ("/api/v1/datasets/vehicles.none/figures", {}, "api.unknown"),
    )
    for path, given, code in asked:
        answer = client.get(path, given)
        assert (answer.status_code, answer.json()["code"]) in {(422, code), (404, code)}
