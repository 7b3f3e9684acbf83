"""`yiwang ledger`: the whole way from the first entry to a chain that was made anew, on a SQLite file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from yiwang.cli.tests.places import Place

MAKE = """
import os, django
django.setup()
from django.core.management import call_command
call_command("migrate", "ledger", verbosity=0, skip_checks=True)
from django.db import transaction
from yiwang.core.ledger.post import post
for i in range(5):
    with transaction.atomic():
        post(actor="user:1", act="t.a", obj=f"t:{i}", body={"n": i})
"""


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path | None) -> Place:
    place = Place(tmp_path)
    if sqlite_template:
        shutil.copyfile(sqlite_template, place.file)
    done = place.python("-c", MAKE)
    assert done.returncode == 0, done.stderr
    return place


@pytest.mark.slow
def test_from_entries_to_an_anchor_that_shows_a_cut(place: Place, tmp_path: Path) -> None:
    out = tmp_path / "anchors"
    made = place.ledger("anchor", "--out", str(out))
    assert made.returncode == 0, made.stderr
    assert "第 5 条" in made.stdout
    good = place.ledger("verify", "--anchor", str(out))
    assert good.returncode == 0, good.stdout
    assert "未发现问题" in good.stdout
    # The anchor of the database's own would show it too: whoever cuts, cuts that as well.
    place.tamper(
        "DELETE FROM ledger_entry WHERE id > 3; DELETE FROM ledger_seal WHERE seq > 3; DELETE FROM ledger_anchor;"
        "UPDATE ledger_head SET seq = 3, hash = (SELECT hash FROM ledger_seal WHERE seq = 3);"
    )
    assert place.ledger("verify").returncode == 0
    cut = place.ledger("verify", "--anchor", str(next(out.iterdir())), "--json")
    assert cut.returncode == 1
    report = json.loads(cut.stdout)
    assert [(fault["code"], fault["seq"]) for fault in report["faults"]] == [("ledger.cut", 4)]


@pytest.mark.slow
def test_an_edited_entry_ends_with_exit_code_1_and_its_name(place: Place) -> None:
    place.tamper("UPDATE ledger_entry SET body = '{\"n\":9}' WHERE id = 2")
    done = place.ledger("verify")
    assert done.returncode == 1
    assert "第 2 条(条目 2)的内容与封存时不符 [ledger.altered]" in done.stdout


@pytest.mark.slow
def test_what_does_not_apply_is_said(place: Place) -> None:
    assert "在事务内封存" in place.ledger("seal").stdout
    refused = place.ledger("roles")
    assert (refused.returncode, "ledger.roles-sqlite" in refused.stderr) == (2, True)
    assert place.ledger("anchor").returncode == 2
    key = place.ledger("key").stdout
    assert key.startswith("-----BEGIN PUBLIC KEY-----")
    assert place.ledger("key").stdout == key
