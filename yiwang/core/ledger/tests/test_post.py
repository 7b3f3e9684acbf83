"""post(): one entry in the caller's transaction; on SQLite its seal too."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection, transaction

from yiwang.core.ledger.chain import GENESIS, linker
from yiwang.core.ledger.models import Entry, Head, Seal
from yiwang.core.ledger.post import post


@pytest.mark.django_db
def test_an_entry_keeps_what_was_given() -> None:
    number = post(actor="user:7", act="t.change", obj="t:1", clause="c1", body={"b": Decimal("1.50"), "a": "中"})
    entry = Entry.objects.get(pk=number)
    assert (entry.actor, entry.act, entry.obj, entry.clause) == ("user:7", "t.change", "t:1", "c1")
    assert entry.body == '{"a":"中","b":"1.50"}'
    assert entry.at.endswith("Z")


@pytest.mark.django_db
def test_on_sqlite_the_seal_is_made_at_once() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("on PostgreSQL the sealer follows")
    numbers = [post(actor="system", act="t.a", obj="t:1") for _ in range(3)]
    assert list(Seal.objects.order_by("seq").values_list("seq", "entry_id")) == [
        (i + 1, n) for i, n in enumerate(numbers)
    ]
    previous, link = GENESIS, linker("sha256")
    for seal in Seal.objects.order_by("seq").select_related("entry"):
        e = seal.entry
        assert seal.hash == link(previous, seal.seq, (e.pk, e.at, e.actor, e.act, e.obj, e.clause, e.body))
        previous = seal.hash
    assert Head.objects.get().hash == previous


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused() -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        post(actor="system", act="t.a", obj="t:1")


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_act_leaves_no_entry() -> None:
    def act() -> None:
        with transaction.atomic():
            post(actor="system", act="t.a", obj="t:1", body={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act()
    assert not Entry.objects.exists()
    assert Head.objects.get().seq == 0
