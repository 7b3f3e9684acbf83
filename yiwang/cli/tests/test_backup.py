"""`yiwang backup` and `yiwang restore` while somebody writes, on both databases: the same tables, chain and files."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.programs import postgresql_database
from yiwang.cli.tests.places import Place

pytestmark = pytest.mark.slow

FILL = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0, skip_checks=True)
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from yiwang.core.ledger import sealer
from yiwang.core.ledger.post import post
from yiwang.core.orgs.factories import organ, person
from yiwang.core.rights.models import User
with transaction.atomic():
    ours = organ("青河县财政局")
    for i in range(30):
        person(ours, f"制表符\\t换行\\n反斜杠\\\\{i}")
    post(actor="user:1", act="t.a", obj="t:1", body={"n": 1})
User.objects.create_user("王敏", password="x")
if (parameters := sealer.parameters()) is not None:
    with sealer.connect(parameters) as own:
        sealer.seal_all(own)
default_storage.save("findings/2026/批复.txt", ContentFile("同意".encode()))
default_storage.save("findings/2026/empty.bin", ContentFile(b""))
"""
#: Writes until it is told to stop; says how many were acknowledged.
WRITE = """
import sys, threading, django
django.setup()
from django.db import transaction
from yiwang.core.ledger.post import post
from yiwang.core.rights.models import User
stop = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
done = 0
while not stop.is_set():
    with transaction.atomic():
        User.objects.create(username=f"u{done}")
        post(actor="system", act="t.write", obj=f"t:{done}")
    done += 1
    if done == 20:
        print("writing", flush=True)
print(done)
"""
#: What a restored place must still be able to do.
GO_ON = """
import django
django.setup()
from django.db import connection, transaction
from yiwang.core.ledger import guards, sealer
from yiwang.core.ledger.models import Entry, Head, Seal
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Person
from yiwang.core.rights.models import User
assert guards.missing(connection) == []
with transaction.atomic():
    number = post(actor="system", act="t.after", obj="t:1")
    User.objects.create(username="after")
if (parameters := sealer.parameters()) is not None:
    with sealer.connect(parameters) as own:
        sealer.seal_all(own)
assert Entry.objects.count() == Seal.objects.count() == Head.objects.get().seq
# The user and the entry of one transaction: both or neither were in the backup.
assert User.objects.filter(username__startswith="u").count() == Entry.objects.filter(act="t.write").count()
print(Person.objects.first().name.encode())
"""


@pytest.fixture
def databases(postgresql_address: str) -> Iterator[list[str]]:
    """The addresses of a PostgreSQL database with tables and of one without, which are gone afterwards."""
    with postgresql_database() as empty:
        yield [postgresql_address, empty]


def filled(place: Place) -> None:
    done = place.python("-c", FILL)
    assert done.returncode == 0, done.stderr


def backed_up_under_load(place: Place, out: Path) -> dict[str, Any]:
    """Back up while another process writes; the manifest."""
    filled(place)
    writer = place.start("-c", WRITE)
    assert writer.stdout is not None
    first = writer.stdout.readline()
    done = place.yiwang("backup", str(out))
    written, errors = writer.communicate("stop", timeout=60)
    assert (first, writer.returncode) == ("writing\n", 0), errors
    assert done.returncode == 0, done.stderr
    manifest: dict[str, Any] = json.loads(zipfile.ZipFile(out).read("manifest.json"))
    assert 20 <= manifest["tables"]["ledger_entry"]["amount"] - 1 <= int(written)
    return manifest


def altered(source: Path, target: Path, member: str, change: Any) -> None:
    """A copy of a backup with one member changed, or taken out where the change gives None."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            data = change(data) if re.fullmatch(member, name) else data
            if data is not None:
                new.writestr(name, data)


def newer(manifest: bytes) -> bytes:
    data = json.loads(manifest)
    data["migrations"].append(["ledger", "9999_from_the_future"])
    return json.dumps(data).encode()


def refused(target: Place, whole: Path, member: str, change: Any, code: str) -> None:
    """A backup altered in this way is refused with this code."""
    bad = whole.with_name("bad")
    altered(whole, bad, member, change)
    done = target.yiwang("restore", str(bad))
    assert (done.returncode, code in done.stderr) == (2, True), done.stderr


def restored_alike(target: Place, out: Path, manifest: dict[str, Any]) -> None:
    """Restored, it is the same; it goes on working; it is not restored over."""
    done = target.yiwang("restore", str(out))
    assert done.returncode == 0, done.stderr
    assert manifest["head"][1] in done.stdout
    assert "未发现问题" in done.stdout
    # Backed up again, it is the same: every table and every file.
    second = out.with_name("second")
    assert target.yiwang("backup", str(second)).returncode == 0
    again: dict[str, Any] = json.loads(zipfile.ZipFile(second).read("manifest.json"))
    for part in ("tables", "files", "head"):
        assert again[part] == manifest[part]
    assert sorted(manifest["files"]) == ["findings/2026/empty.bin", "findings/2026/批复.txt"]
    went_on = target.python("-c", GO_ON)
    assert went_on.returncode == 0, went_on.stderr
    assert eval(went_on.stdout).decode() == "制表符\t换行\n反斜杠\\0"
    assert "restore.not-empty" in target.yiwang("restore", str(out)).stderr


def test_sqlite_there_and_back(tmp_path: Path, sqlite_address: str) -> None:
    source, target, out = Place(tmp_path / "a", sqlite_address), Place(tmp_path / "b"), tmp_path / "backup"
    manifest = backed_up_under_load(source, out)
    assert "backup.exists" in source.yiwang("backup", str(out)).stderr
    refused(target, out, "database.sqlite3", lambda data: data[:-5000] + bytes(5000), "backup.broken")
    assert not target.file.exists() or target.file.stat().st_size == 0
    assert not list((tmp_path / "b").rglob("*.txt"))
    elsewhere = Place(tmp_path / "c", "postgres://nobody@127.0.0.1:1/none")
    assert "restore.engine" in elsewhere.yiwang("restore", str(out)).stderr
    restored_alike(target, out, manifest)


@pytest.mark.postgres
def test_postgresql_there_and_back(tmp_path: Path, databases: list[str]) -> None:
    source, target = Place(tmp_path / "a", databases[0]), Place(tmp_path / "b", databases[1])
    out = tmp_path / "backup"
    manifest = backed_up_under_load(source, out)
    refused(target, out, "manifest.json", newer, "restore.newer")
    refused(target, out, "tables/orgs_organ.copy", lambda data: data[:-9], "backup.broken")
    # A digest that no table has: found only after everything is loaded, and then everything goes again.
    other = re.compile(rb'("orgs_organ": \{\s*"amount": \d+,\s*"digest": ")\w{4}')
    refused(target, out, "manifest.json", lambda data: other.sub(rb"\g<1>0000", data), "restore.differs")
    restored_alike(target, out, manifest)
