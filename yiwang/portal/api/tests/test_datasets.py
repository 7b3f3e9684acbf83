"""Datasets over the API: the same rows as the registers, in scope, page by page, each beside its clause."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from yiwang.areas.offices import factories as offices
from yiwang.areas.vehicles import factories as vehicles
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Grant, Role
from yiwang.core.verdicts.sources import sourced
from yiwang.portal.api.datasets import feeds_of
from yiwang.portal.tests import people

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/datasets"


@pytest.fixture
def organs() -> tuple[Organ, Organ, Organ]:
    """A city bureau and two county offices below it."""
    city = factories.organ("青河市机关事务管理局", tier="CITY", code="990100")
    return city, factories.organ("云岭县财政局", city), factories.organ("白石县财政局", city)


def fleet(organ: Organ, cars: int) -> None:
    for _ in range(cars):
        vehicles.vehicle(organ)


def read(client: Client, path: str, **params: Any) -> dict[str, Any]:
    answer = client.get(f"{ROOT}/{path}", params)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_every_dataset_is_described(organs: tuple[Organ, Organ, Organ]) -> None:
    answer = people.client(organs[0], Role.READER).get(ROOT)
    described = {one["key"]: one for one in answer.json()}
    space = described["offices.person_space"]
    assert space["readable"]
    area = next(column for column in space["columns"] if column["key"] == "usable_area")
    assert (area["type"], area["unit"]) == ("number", "平方米")
    assert not described["engagements.meeting"]["readable"]
    assert {key for key, one in described.items() if one["readable"]} == {key for key in sourced() if feeds_of(key)}


def test_the_owner_the_colleague_and_the_stranger(organs: tuple[Organ, Organ, Organ], client: Client) -> None:
    city, mine, other = organs
    fleet(mine, 1)
    fleet(other, 2)
    path = "vehicles.fleet/rows"
    assert len(read(people.client(city, Role.READER), path)["rows"]) == 2
    (row,) = read(people.client(mine, Role.CLERK), path)["rows"]
    assert (row["organ"], row["values"]["organ"], row["values"]["actual"]) == (mine.pk, "云岭县财政局", "1")
    assert people.client(mine, Role.STAFF).get(f"{ROOT}/{path}").json()["code"] == "rights.denied"
    assert people.client(None).get(f"{ROOT}/{path}").status_code == 403
    answer = client.get(f"{ROOT}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (401, "api.token")


def test_a_reader_of_another_area_is_refused(organs: tuple[Organ, Organ, Organ]) -> None:
    user = people.user(organs[0])
    Grant.objects.create(user=user, organ=organs[0], role=Role.READER, area="offices")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{ROOT}/vehicles.fleet/rows").status_code == 403
    assert client.get(f"{ROOT}/offices.building/rows").status_code == 200


def test_pages_by_key_lose_nothing_and_repeat_nothing(organs: tuple[Organ, Organ, Organ]) -> None:
    city = organs[0]
    building = offices.building(city, "A座")
    for number in range(7):
        person = factories.person(organs[1 + number % 2], f"王{number}")
        offices.occupancy(offices.room(building, f"{number:03}"), person)
    client = people.client(city, Role.READER)
    whole = [row["subject"] for row in read(client, "offices.person_space/rows")["rows"]]
    assert len(whole) == 7
    found, after = [], ""
    for _ in range(10):
        page = read(client, "offices.person_space/rows", limit=2, after=after)
        found += [row["subject"] for row in page["rows"]]
        after = page["next"]
        if after is None:
            break
    assert found == whole


def test_verdicts_stand_beside_their_clause(organs: tuple[Organ, Organ, Organ]) -> None:
    fleet(organs[1], 2)
    answer = read(people.client(organs[1], Role.READER), "vehicles.fleet/verdicts", on="2026-03-01")
    assert answer["verdicts"]
    assert {"subject", "clause", "document", "article", "measure", "limit", "message"} <= answer["verdicts"][0].keys()


@pytest.mark.parametrize(
    ("path", "code", "status"),
    [
        ("no.such/rows", "api.unknown", 404),
        ("no.such", "api.unknown", 404),
        ("engagements.meeting/rows", "dataset.no-register", 422),
        ("vehicles.fleet/rows?after=7", "page.key", 422),
        ("vehicles.fleet/rows?after=[1]", "page.key", 422),
        ("vehicles.fleet/rows?after=[[1],2]", "page.key", 422),
        ('vehicles.fleet/rows?after=["x","y"]', "page.key", 422),
        ("vehicles.purchase_year/rows?after=[1,99999999999999999999]", "page.key", 422),
        ("vehicles.fleet/rows?limit=0", "api.input", 422),
        ("vehicles.fleet/rows?limit=1001", "api.input", 422),
        ("vehicles.fleet/rows?on=2026-02-30", "api.input", 422),
    ],
)
def test_bad_requests_are_answered_in_words(
    organs: tuple[Organ, Organ, Organ], path: str, code: str, status: int
) -> None:
    answer = people.client(organs[0], Role.READER).get(f"{ROOT}/{path}")
    said = answer.json()
    assert (answer.status_code, said["code"]) == (status, code)
    assert said["message"].endswith("。")


@pytest.mark.parametrize("key", [key for key in sourced() if feeds_of(key)])
def test_registers_agree_on_the_subject_of_a_dataset(key: str, organs: tuple[Organ, Organ, Organ]) -> None:
    """A page merges the registers' keys: they must be of one width."""
    assert len({len(feed.subject) for _, feed in feeds_of(key)}) == 1
    read(people.client(organs[0], Role.READER), f"{key}/rows")


def test_the_interface_describes_itself(organs: tuple[Organ, Organ, Organ], client: Client) -> None:
    described = people.client(organs[0], Role.READER).get("/api/v1/openapi.json").json()
    assert "/api/v1/datasets/{key}/rows" in described["paths"]
    assert client.get("/api/v1/openapi.json").status_code == 401
