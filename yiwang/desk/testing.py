"""For tests: the four people at every door, and the tests that every kind inherits.

A kind's own test says how to make one and how its form is filled, and gets the rest:

    class TestRoom(KindTests):
        key = "offices.room"

        def make(self, organ): return factories.room(factories.building(organ))
        def given(self, organ): return {"number": "0701", …}
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ, Tier
from yiwang.core.registers.drafts import Drafting
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import Grant, Role, User
from yiwang.desk.kinds import Resource, get
from yiwang.kit.paging import SIZE

COUNTS = Path(__file__).parent / "tests" / "query_counts.json"
MOST_BYTES = 60 * 1024
MOST_QUERIES = 8
_WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE) (?!.*(django_session|ledger_|rights_tally))", re.IGNORECASE)


@dataclass(frozen=True)
class World:
    """A province with two counties: `ours` below it, where we work, and `theirs` beside it."""

    province: Organ
    ours: Organ
    theirs: Organ

    def user(self, role: str = Role.CLERK, at: Organ | None = None) -> User:
        """A user with this role at the organ (ours unless said)."""
        organ = at or self.ours
        user, _ = User.objects.get_or_create(username=f"{role.lower()}{organ.pk}")
        Grant.objects.get_or_create(user=user, organ=organ, role=role)
        return user

    def access(self, role: str = Role.CLERK, at: Organ | None = None) -> Access:
        """The access of such a user."""
        return access_for(self.user(role, at))

    def client(self, role: str = Role.CLERK, at: Organ | None = None) -> Client:
        """A browser where such a user is logged in."""
        client = Client()
        client.force_login(self.user(role, at))
        return client


def world() -> World:
    """Made anew in each test; cheap."""
    province = factories.organ("示例省机关事务管理局", tier=Tier.PROVINCE, code="990000")
    ours = factories.organ("青河县财政局", province, code="990101")
    return World(province, ours, factories.organ("云岭县水利局", province, code="990102"))


class _Page(HTMLParser):
    """What a page is made of, for the house rules."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings, self.tables, self.captions = 0, 0, 0
        self.unnamed: list[str] = []
        self._labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', text))
        self._in_label = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count, and look for inputs without a name for the ear."""
        facts = dict(attrs)
        self.headings += tag == "h1"
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self._in_label += tag == "label"
        named = self._in_label or facts.get("aria-label") or facts.get("id") in self._labelled
        if tag in ("input", "select", "textarea") and facts.get("type") != "hidden" and not named:
            self.unnamed.append(str(facts))
        if "style" in facts or any(name.startswith("on") for name in facts):
            self.unnamed.append(f"inline {facts}")

    def handle_endtag(self, tag: str) -> None:
        """Labels end."""
        self._in_label -= tag == "label"


def page(response: Any, status: int = 200) -> str:
    """The text of a page that keeps the house rules: one heading, captions, named inputs, nothing inline."""
    assert response.status_code == status, (response.status_code, response.content.decode()[:2000])
    text = str(response.content.decode())
    found = _Page(text)
    assert found.headings == 1
    assert found.captions == found.tables
    assert not found.unnamed
    assert "<title> · 一网</title>" not in text
    return text


@dataclass(frozen=True)
class Scene:
    """A kind with a record of ours and one of theirs."""

    we: World
    mine: models.Model
    other: models.Model


class KindTests:
    """The tests of one kind: list, record, form, exports, JSON, import; owner, colleague, stranger, nobody."""

    key: ClassVar[str]
    pytestmark = pytest.mark.django_db

    def make(self, organ: Organ) -> models.Model:
        """A record of the organ."""
        raise NotImplementedError

    def another(self, organ: Organ, number: int) -> models.Model:
        """One more of many."""
        return self.make(organ)

    def given(self, organ: Organ) -> dict[str, str]:
        """A filled form for a new record of the organ."""
        raise NotImplementedError

    @pytest.fixture
    def scene(self) -> Scene:
        """Two records."""
        we = world()
        return Scene(we, self.make(we.ours), self.make(we.theirs))

    @property
    def kind(self) -> Resource:
        """The declaration."""
        return get(self.key)

    def addresses(self, row: models.Model) -> list[str]:
        """Every address of the kind that is read."""
        files = [f"{self.kind.file_url}.{form}" for form in ("csv", "xlsx", "json", "template")]
        record = f"{self.kind.url}{row.pk}/"
        return [self.kind.url, record, f"{record[:-1]}.json", f"{record}change/", f"{self.kind.url}new/", *files]

    def test_nobody_is_sent_to_the_door(self, scene: Scene) -> None:
        """Closed by default."""
        for address in self.addresses(scene.mine):
            answer = Client().get(address)
            assert (answer.status_code, "/login" in answer["Location"]) == (302, True), address

    def test_readers_read_and_do_not_write(self, scene: Scene) -> None:
        """The list, the record and the exports; no form."""
        client = scene.we.client(Role.READER)
        assert f"{self.kind.url}{scene.mine.pk}/" in page(client.get(self.kind.url))
        record = page(client.get(f"{self.kind.url}{scene.mine.pk}/"))
        assert "change/" not in record
        given = self.given(scene.we.ours)
        for address in (f"{self.kind.url}new/", f"{self.kind.url}{scene.mine.pk}/change/"):
            assert client.get(address).status_code == 403
            assert client.post(address, given).status_code == 403

    def test_strangers_see_nothing(self, scene: Scene) -> None:
        """No list, record, export, JSON or form shows a row of another organ; a user without a role sees nothing."""
        client = scene.we.client(Role.MANAGER, scene.we.theirs)
        assert f"{self.kind.url}{scene.mine.pk}/" not in page(client.get(self.kind.url))
        for address in (f"{scene.mine.pk}/", f"{scene.mine.pk}.json", f"{scene.mine.pk}/change/"):
            assert client.get(self.kind.url + address).status_code == 404
        assert [row["id"] for row in self.json(client)] == [scene.other.pk]
        assert len(self.csv(client)) == 1
        client.force_login(User.objects.create(username="nobody"))
        assert client.get(self.kind.url).status_code == 403

    def test_superiors_see_all_below(self, scene: Scene) -> None:
        """The province sees both counties, by list, JSON and export alike."""
        client = scene.we.client(Role.READER, scene.we.province)
        ids = {row["id"] for row in self.json(client)}
        assert {scene.mine.pk, scene.other.pk} <= ids
        listed = set(
            map(int, re.findall(rf'<th scope="row"><a href="{self.kind.url}(\d+)/"', page(client.get(self.kind.url))))
        )
        assert listed == ids
        assert len(self.csv(client)) == len(ids)

    def json(self, client: Client) -> list[dict[str, Any]]:
        """The rows of the list as JSON."""
        rows: list[dict[str, Any]] = client.get(f"{self.kind.file_url}.json").json()["rows"]
        return rows

    def csv(self, client: Client) -> list[list[str]]:
        """The rows of the export."""
        text = b"".join(client.get(f"{self.kind.file_url}.csv")).decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text)))[1:]

    def test_reading_writes_nothing(self, scene: Scene) -> None:
        """No page that is read changes a row."""
        client = scene.we.client(Role.MANAGER)
        with CaptureQueriesContext(connection) as queries:
            for address in self.addresses(scene.mine):
                answer = client.get(address)
                assert (answer.status_code, len(b"".join(answer)) > 0) == (200, True), address
        assert [one["sql"] for one in queries if _WRITES.match(one["sql"])] == []

    def test_a_list_page_is_small_and_quick(self, scene: Scene) -> None:
        """Bytes, and as many queries as the committed baseline says: a new one shows as a diff of one number."""
        client = scene.we.client()
        rows = [self.another(scene.we.ours, number) for number in range(SIZE + 1)]
        assert len(rows) > SIZE
        client.get(self.kind.url)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(self.kind.url)
        assert len(answer.content) <= MOST_BYTES
        assert len(queries) == json.loads(COUNTS.read_text())[self.key] <= MOST_QUERIES

    def test_a_form_saves_and_the_ledger_knows(self, scene: Scene) -> None:
        """A new record; then a change of it, and its history says what."""
        client, given = scene.we.client(Role.MANAGER), self.given(scene.we.ours)
        page(client.get(f"{self.kind.url}new/"))
        answer = client.post(f"{self.kind.url}new/", given)
        assert answer.status_code == 302, page(answer, 422)
        pk = int(answer["Location"].rstrip("/").rpartition("/")[2])
        entry = Entry.objects.filter(obj=f"{self.key}:{pk}").get()
        assert entry.act == f"{self.key}.create"
        assert "登记" in page(client.get(f"{self.kind.url}{pk}/"))
        page(client.get(f"{self.kind.url}{pk}/change/"))

    def test_an_empty_form_says_what_is_missing(self, scene: Scene) -> None:
        """Each required field, and nothing is kept."""
        before = self.kind.model._default_manager.count()
        text = page(scene.we.client(Role.MANAGER).post(f"{self.kind.url}new/", {}), 422)
        for bound in self.kind.inputs:
            assert (f'href="#id-{bound.key}"' in text) is (bound.required), bound.key
        assert self.kind.model._default_manager.count() == before

    def test_a_record_of_others_cannot_be_posted_into(self, scene: Scene) -> None:
        """Neither changed nor deleted nor named as owner."""
        client = scene.we.client(Role.MANAGER)
        given = self.given(scene.we.theirs)
        assert client.post(f"{self.kind.url}{scene.other.pk}/change/", given).status_code == 404
        assert client.post(f"{self.kind.url}{scene.other.pk}/delete/").status_code == 404
        assert client.post(f"{self.kind.url}new/", given).status_code == 422

    def test_an_export_comes_back_without_a_change(self, scene: Scene) -> None:
        """What was exported names every record again: an import of it changes nothing."""
        client = scene.we.client(Role.MANAGER)
        text = b"".join(client.get(f"{self.kind.file_url}.csv")).decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(text))
        keys = {re.sub(r"\(.*\)$", "", bound.label): bound.key for bound in self.kind.inputs}
        given = [
            {
                keys[word]: cell
                for word, cell in zip((re.sub(r"\(.*\)$", "", one) for one in head), row, strict=True)
                if word in keys
            }
            for row in rows
        ]
        (draft,) = Drafting(self.kind, scene.we.access(Role.MANAGER)).drafts(enumerate(given, 2))
        assert draft.errors == []
        assert (draft.pk, draft.changed) == (scene.mine.pk, {})
