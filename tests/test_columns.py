"""D13 at the field: whatever the record page masks, no list, file, form, search, interface, import or ledger page shows.

Each guarded column of every register holds a value that stands nowhere else; every role asks every channel for it. The
owner's clerk must find it (else the law would hold of an empty page), the colleague who only reads must not, the stranger
sees no row.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import models
from django.forms.models import model_to_dict
from django.test import Client, override_settings
from openpyxl import load_workbook

from yiwang.areas.energy.factories import institution
from yiwang.areas.services.suppliers.factories import supplier
from yiwang.areas.vehicles.trips.factories import driver, rental
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs.models import Organ
from yiwang.core.registers import exchange, sight
from yiwang.core.registers.exchange import Way
from yiwang.core.registers.register import Bound, Mask
from yiwang.core.registers.writing import act, mark
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import VERBS, Grant, Role, Verb
from yiwang.core.rights.naming import _namings
from yiwang.desk import importing, kinds
from yiwang.desk.kinds import Resource, get, resources
from yiwang.desk.testing import World, page, world
from yiwang.portal.security import personal

pytestmark = pytest.mark.django_db
_numbers = count(1)
DAY, NOW = date(2026, 5, 1), datetime(2026, 5, 1, 9, tzinfo=UTC)
#: A record of each register that has guarded columns.
MAKERS: dict[str, Callable[[Organ], models.Model]] = {
    "energy.institution": institution,
    "services.supplier": supplier,
    "vehicles.driver": driver,
    "vehicles.rental_supplier": lambda organ: rental(organ).supplier,
}
KEYS = sorted(MAKERS)
#: Who reads registers; the others open none.
READERS = [role for role in Role if Verb.READ in VERBS[role]]


@dataclass(frozen=True)
class Scene:
    """A record of ours with a planted value in each guarded column, and where it is shown."""

    we: World
    kind: Resource
    row: models.Model
    planted: dict[str, str]
    changed: int  # the ledger's entry in which the values stand

    @property
    def url(self) -> str:
        """The record's page."""
        return f"{self.kind.url}{self.row.pk}/"


def planted(bound: Bound) -> str:
    """A value of the column that stands nowhere else."""
    number = next(_numbers)
    return {
        Mask.PHONE: f"1390773{number:04}",
        Mask.NAME: f"闻人{chr(0x9F00 + number)}鹤",
        Mask.CODE: f"Z7741{number:04}Q8",
    }[bound.column.mask]


def scene(key: str) -> Scene:
    """The values are written by a verb, so that the ledger has them too."""
    we, kind = world(), get(key)
    row = MAKERS[key](we.ours)
    MAKERS[key](we.theirs)
    values = {bound.key: planted(bound) for bound in kind.guarded}
    act(kind, values, actor=we.access(Role.MANAGER).actor, verb="change", on=date(2026, 5, 1), row=row)
    entry = Entry.objects.get(obj=f"{key}:{row.pk}", act=f"{key}.change")
    return Scene(we, kind, row, values, entry.pk)


def text_of(answer: Any) -> str:
    """Whatever came: page, JSON, CSV, the cells of a workbook."""
    content = b"".join(answer) if answer.streaming else answer.content
    if content[:2] == b"PK":
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        return "\n".join(str(cell.value) for line in sheet.iter_rows() for cell in line)
    return str(content.decode("utf-8-sig"))


def channels(there: Scene, client: Client) -> Iterator[tuple[str, str]]:
    """(address, text) of everything that may show the record; what is refused shows nothing."""
    kind, base = there.kind, there.kind.file_url
    hits = [f"{kind.url}?q={value[:-1]}" for value in there.planted.values()]
    addresses = [
        there.url, f"{there.url[:-1]}.json", f"{there.url}?format=json", f"{there.url}change/", f"{there.url}delete/",
        kind.url, f"{kind.url}?format=json", *(f"{base}.{form}" for form in ("json", "csv", "xlsx", "template")),
        *(f"/r/{one.area}/{one.key.partition('.')[2]}/" for one in resources(kind.area)),
        f"/search?q={there.we.ours.name[:3]}", f"/ledger/{there.changed}", "/ledger/", "/findings/", "/intake/",
        *(f"/api/v1/datasets/{feed.dataset}/{part}" for feed in kind.feeds for part in ("rows", "verdicts")),
    ]  # fmt: skip
    for address in [*addresses, *hits]:
        answer = client.get(address)
        assert answer.status_code in (200, 302, 403, 404, 422), (address, answer.status_code)
        yield address, text_of(answer) if answer.status_code == 200 else ""


def test_d13_every_register_with_guarded_columns_is_tried() -> None:
    assert [one.key for one in sight.guarded()] == KEYS


@pytest.mark.parametrize("key", KEYS)
def test_d13_no_channel_yields_what_the_record_page_masks(key: str) -> None:
    there = scene(key)
    for role in Role:
        if role is Role.OWN:
            continue
        client = there.we.client(role)
        shown = client.get(there.url)
        record = text_of(shown) if shown.status_code == 200 else ""
        for address, text in channels(there, client):
            for name, value in there.planted.items():
                assert value not in text or value in record, (role, address, name)


@pytest.mark.parametrize("key", KEYS)
def test_d13_the_owner_sees_it_the_colleague_a_mask_the_stranger_nothing(key: str) -> None:
    there = scene(key)
    masks = {name: sight.left(there.kind.of(name))(value) for name, value in there.planted.items()}
    owner, colleague = there.we.client(Role.CLERK), there.we.client(Role.READER)
    files = [f"{there.kind.file_url}.{form}" for form in ("json", "csv", "xlsx")]
    for address in (there.url, f"{there.url[:-1]}.json", *files):
        clear, masked = text_of(owner.get(address)), text_of(colleague.get(address))
        for name, value in there.planted.items():
            assert value in clear, (address, name)
            assert value not in masked, (address, name)
            assert masks[name] in masked, (address, name)
    assert all(value in text_of(owner.get(f"{there.url}change/")) for value in there.planted.values())
    stranger = there.we.client(Role.MANAGER, there.we.theirs)
    assert stranger.get(there.url).status_code == 404
    for address, text in channels(there, stranger):
        assert not [
            value for value in (*there.planted.values(), *masks.values()) if value in text and value[0] == "1"
        ], address


@pytest.mark.parametrize("key", KEYS)
def test_d13_what_is_hidden_is_not_searched(key: str) -> None:
    """Else a colleague finds the number out, digit by digit."""
    there = scene(key)
    hidden = {bound.column.path for bound in there.kind.guarded}
    for path in there.kind.search:
        if path not in hidden:
            continue
        value = there.planted[path][:7]
        for role, found in ((Role.CLERK, True), (Role.READER, False), (Role.LEADER, False)):
            client = there.we.client(role)
            assert (f'href="{there.url}"' in page(client.get(f"{there.kind.url}?q={value}"))) is found
            assert (f'href="{there.url}"' in page(client.get(f"/search?q={value}"))) is found
            assert bool(client.get(f"{there.kind.file_url}.json?q={value}").json()["rows"]) is found
    reader = page(there.we.client(Role.READER).get(there.kind.url))
    asked = re.search(r'placeholder="([^"]*)"', reader)
    assert asked is not None
    assert not [bound.label for bound in there.kind.guarded if bound.label in asked[1]]


def test_d13_the_ledger_masks_what_the_record_masks() -> None:
    """An auditor reads that the phone was changed, and what its mask leaves; who writes drivers and audits reads it whole."""
    there = scene("vehicles.driver")
    auditor = page(there.we.client(Role.AUDITOR).get(f"/ledger/{there.changed}"))
    assert there.planted["phone"] not in auditor
    assert sight.left(there.kind.of("phone"))(there.planted["phone"]) in auditor
    both = there.we.user(Role.AUDITOR)
    Grant.objects.create(user=both, organ=there.we.ours, role=Role.CLERK)
    client = Client()
    client.force_login(both)
    assert there.planted["phone"] in page(client.get(f"/ledger/{there.changed}"))
    history = page(there.we.client(Role.READER).get(there.url))
    assert there.planted["phone"] not in history
    assert "联系电话 — → 139****" in history or "电话 — → 139****" in history


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A register of which clerks may write every column but the phone, which they see, and the licence, which they do not."""
    there = scene("vehicles.driver")
    managers = frozenset({Role.MANAGER})
    wanted: dict[str, dict[str, Any]] = {"phone": {"writes": managers}, "licence_number": {"reads": managers}}
    kind = replace(there.kind, columns=tuple(replace(one, **wanted.get(one.path, {})) for one in there.kind.columns))
    monkeypatch.setitem(kinds._resources, kind.key, kind)
    monkeypatch.setitem(sight._guarded, kind.key, kind)
    return replace(there, kind=kind)


def test_d13_roles_may_be_named_and_who_does_not_see_does_not_fill(narrow: Scene) -> None:
    clerk, manager = narrow.we.access(Role.CLERK), narrow.we.access(Role.MANAGER)
    assert sorted(sight.hidden(narrow.kind, clerk)) == ["licence_number"]
    assert sorted(sight.closed(narrow.kind, clerk)) == ["licence_number", "phone"]
    assert not sight.hidden(narrow.kind, manager) | sight.closed(narrow.kind, manager)
    nobody = Access(AnonymousUser(), None)
    assert sight.hidden(narrow.kind, nobody) == {"phone", "licence_number"}


def test_d13_a_form_takes_only_what_its_user_may_fill(narrow: Scene) -> None:
    """The closed columns stand there as text, the hidden one masked; what is sent in for them is refused, the rest is kept."""
    client, url = narrow.we.client(Role.CLERK), f"{narrow.url}change/"
    form = page(client.get(url))
    assert f'<output id="id-phone">{narrow.planted["phone"]}</output>' in form
    assert '<output id="id-licence_number">****' in form
    assert narrow.planted["licence_number"] not in form
    assert 'name="phone"' not in form
    assert 'name="phone"' not in page(client.get(f"{narrow.kind.url}new/?phone=13900000000"))
    given = {"name": "马骏", "organ": narrow.we.ours.name, "licence": "C1", "state": "ON_DUTY"}
    refused = client.post(url, {**given, "name": "牛骏", "phone": "13900001111"})
    assert "不由您填写" in page(refused, 422)
    narrow.row.refresh_from_db()
    assert str(narrow.row) == "马骏"
    assert client.post(url, {**given, "name": "牛骏", "phone": ""}).status_code == 302
    narrow.row.refresh_from_db()
    assert {name: getattr(narrow.row, name) for name in narrow.planted} == narrow.planted
    assert str(narrow.row) == "牛骏"
    made = client.post(f"{narrow.kind.url}new/", {**given, "name": "新来"})
    assert made.status_code == 302, page(made, 422)


@pytest.mark.parametrize(
    ("role", "phone", "code"),
    [
        (Role.CLERK, "13900001111", "column.closed"),
        (Role.CLERK, "139****1111", "column.closed"),
        (Role.CLERK, "", ""),
        (Role.CLERK, "—", ""),
        (Role.MANAGER, "139****1111", "column.masked"),
        (Role.MANAGER, "13900001111", ""),
    ],
)
def test_d13_an_import_refuses_the_cell_by_its_place(narrow: Scene, role: Role, phone: str, code: str) -> None:
    """The row and the column; and nothing of the file is written."""
    head, row = "姓名,所属单位,电话,准驾车型", f"马骏,{narrow.we.ours.name},{phone},A1"
    file = ContentFile(f"{head}\n{row}\n".encode(), name="驾驶员.csv")
    job = importing.accept(kind=narrow.kind.key, file=file, access=narrow.we.access(role), on=DAY, now=NOW)
    trial = importing.trial(job)
    assert [(one.code, one.where.row, one.where.column) for one in trial.errors] == (
        [(code, 2, "电话")] if code else []
    )
    if not code:
        importing.confirm(job, narrow.we.access(role))
        importing.execute(job.pk, now=NOW)
    narrow.row.refresh_from_db()
    kept = narrow.planted["phone"] if role is Role.CLERK or code else phone
    now = model_to_dict(narrow.row)
    assert (now["phone"], now["licence"]) == (kept, "C1" if code else "A1")


def test_d13_an_import_with_hidden_columns_is_its_uploaders(narrow: Scene) -> None:
    """A colleague who does not see a column opens neither the import nor its marked copy."""
    file = ContentFile(f"姓名,所属单位,电话\n马骏,{narrow.we.ours.name},错\n".encode(), name="驾驶员.csv")
    job = importing.accept(kind=narrow.kind.key, file=file, access=narrow.we.access(Role.MANAGER), on=DAY, now=NOW)
    importing.trial(job)
    for address in ("", "columns/", "marked/"):
        there = f"/intake/{job.pk}/{address}"
        assert "不对您开放的列(驾驶证号)" in page(narrow.we.client(Role.CLERK).get(there), 422)
        assert "不对您开放" not in text_of(narrow.we.client(Role.MANAGER).get(there))
        assert narrow.we.client(Role.MANAGER, narrow.we.theirs).get(there).status_code == 404


def test_d13_what_is_hidden_neither_filters_nor_sorts(narrow: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    sorts = tuple(replace(one, sort=one.path) if one.path == "licence_number" else one for one in narrow.kind.columns)
    kind = replace(narrow.kind, columns=sorts, filters=(*narrow.kind.filters, "licence_number"))
    monkeypatch.setitem(kinds._resources, kind.key, kind)
    clerk, manager = narrow.we.client(Role.CLERK), narrow.we.client(Role.MANAGER)
    asked = f"{kind.url}?licence_number={narrow.planted['licence_number']}"
    assert clerk.get(asked).status_code == 422
    assert narrow.url in page(manager.get(asked))
    assert 'name="licence_number"' in page(manager.get(kind.url))
    assert 'name="licence_number"' not in page(clerk.get(kind.url))
    driver(narrow.we.ours, "后来", licence_number="Z0")
    orders = [
        [row["name"] for row in client.get(f"{kind.file_url}.json?sort=-licence_number").json()["rows"]]
        for client in (clerk, manager)
    ]
    assert orders[1] == ["马骏", "后来"]
    assert orders[0] == ["马骏", "后来"][:: 1 if narrow.kind.order == "pk" else -1]


def test_d13_a_dataset_hides_what_its_register_hides(narrow: Scene) -> None:
    """Should a guarded column ever be named in a dataset's way, rows and facts of findings are masked, and it is not writable."""
    way = Way("vehicles.driver", narrow.kind, {"driver": "name", "number": "licence_number"})
    clerk, manager = narrow.we.access(Role.CLERK), narrow.we.access(Role.MANAGER)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(exchange._ways, way.dataset, way)
        values = {"driver": "马骏", "number": "Z7741123Q8"}
        assert exchange.seen(way.dataset, values, manager) == values
        assert exchange.seen(way.dataset, values, clerk) == {"driver": "马骏", "number": "****Q8"}
        assert (exchange.open_to(way, clerk), exchange.open_to(way, manager)) == (["driver"], ["driver", "number"])
    assert exchange.seen("offices.room", {"a": 1}, clerk) == {"a": 1}


def test_d13_a_form_filled_before_a_change_is_still_told_apart() -> None:
    """The mark of a record is keyed: the digest that a form carries tells nobody who does not hold the key what it hides."""
    there = scene("vehicles.driver")
    row = there.kind.model._default_manager.filter(pk=there.row.pk).values().get()
    with_key = mark(row)
    assert with_key == mark(there.kind.model._default_manager.get(pk=there.row.pk))
    assert with_key != mark({**row, "phone": "1"})
    with override_settings(SECRET_KEY="another"):
        assert mark(row) != with_key


def test_d13_a_token_that_only_reads_sees_the_mask() -> None:
    """What a token may do is what its holder's pages are cut to."""
    there = scene("vehicles.driver")
    clerk = there.we.access(Role.CLERK)
    assert not sight.hidden(there.kind, clerk)
    assert sight.hidden(there.kind, clerk.narrowed({Verb.READ})) == {"phone", "licence_number"}


@pytest.mark.parametrize("key", KEYS)
def test_d13_no_way_around_by_other_registers_names_keys_or_orders(key: str) -> None:
    """A guarded field stands in no other register unguarded, names nothing, and neither finds nor orders records."""
    kind = get(key)
    fields = {bound.field for bound in kind.guarded}
    paths = {bound.column.path for bound in kind.guarded}
    for other in resources():
        assert not [one.key for one in other.bound if one.field in fields and one not in other.guarded], other.key
        assert not {bound.column.path for bound in other.bound if bound.field in fields} & {other.order}, other.key
        assert all(
            path.rpartition("__")[2] not in paths
            for path in other.search
            if "__" in path and _ends(other, path) in fields
        )
    assert not paths & {*kind.natural, *kind.exclusive, kind.order, kind.owner, kind.ends}
    assert not [bound.key for bound in kind.guarded if bound.required], (
        "who may not fill it could not register anything"
    )
    assert not paths & {source for pair in kind.pinyin for source in pair}
    for naming in _namings.values():
        if naming.model is kind.model:
            assert not paths & {*naming.show, *(path for way in naming.find for path in way)}


def _ends(kind: Resource, path: str) -> models.Field[Any, Any] | None:
    """The model field at the end of a path."""
    owner: Any = kind.model
    field: Any = None
    for part in path.split("__"):
        field = owner._meta.get_field(part)
        owner = field.related_model
    return field if isinstance(field, models.Field) else None


def test_d13_the_register_of_personal_data_and_the_columns_agree() -> None:
    """What `personal.yaml` says is masked is guarded with that mask, and the other way round."""
    stated = {name: one["mask"] for name, one in personal.register().items() if one.get("mask")}
    found = {}
    for kind in sight.guarded():
        for bound in kind.guarded:
            model = bound.field.model
            found[f"{model._meta.app_label}.{model.__name__}.{bound.field.name}"] = bound.column.mask.value
    assert stated == found
    assert stated
