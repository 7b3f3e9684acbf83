"""The sealer, step by step: late commits, long writers, full batches, another cluster, a lost connection."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from yiwang.core.ledger import sealer
from yiwang.core.ledger.models import Head, Seal
from yiwang.core.ledger.post import post
from yiwang.core.ledger.tests.helpers import check

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
INSERT = (
    "INSERT INTO ledger_entry (at, actor, act, object, clause, body)"
    " VALUES ('2026-05-09T00:00:00Z', 'system', 't', 't:1', '', '') RETURNING id"
)


def parameters() -> dict[str, Any]:
    found = sealer.parameters()
    assert found is not None
    return found


@pytest.fixture(autouse=True)
def postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite the seal is made within the transaction")


@pytest.fixture
def own() -> Iterator[sealer.Connection]:
    with sealer.connect(parameters()) as opened:
        yield opened


@pytest.fixture
def writer() -> Iterator[sealer.Connection]:
    """A second writer that commits when the test says so."""
    with psycopg.connect(**sealer.parameters() or {}) as opened:
        yield opened


def insert(through: Any) -> int:
    return int(through.execute(INSERT).fetchone()[0])


def posted() -> int:
    with transaction.atomic():
        return post(actor="system", act="t.a", obj="t:1")


def sealed() -> list[int]:
    return list(Seal.objects.order_by("seq").values_list("entry_id", flat=True))


def test_an_entry_committed_late_is_sealed_and_nobody_waited(own: Any, writer: Any) -> None:
    slow = insert(writer)
    quick = posted()
    assert slow < quick
    assert sealer.seal_all(own) == 1
    assert sealed() == [quick]
    writer.commit()
    assert sealer.seal_all(own) == 1
    assert sealed() == [quick, slow]
    assert sealer.seal_all(own) == 0


def test_a_full_batch_moves_on_without_losing_an_open_writer(own: Any, writer: Any) -> None:
    slow = insert(writer)
    quick = [posted() for _ in range(5)]
    rounds = [sealer.seal_round(own, batch=2).sealed for _ in range(3)]
    assert rounds == [2, 2, 1]
    writer.commit()
    assert sealer.seal_all(own, batch=2) == 1
    assert sealed() == [*quick, slow]


def test_one_transaction_larger_than_a_batch_is_sealed_whole(own: Any) -> None:
    with transaction.atomic():
        ids = [post(actor="system", act="t.a", obj="t:1") for _ in range(7)]
    assert sealer.seal_all(own, batch=3) == 7
    assert sealed() == ids


def test_tables_from_another_cluster_are_sealed(own: Any) -> None:
    posted()
    sealer.seal_all(own)
    Head.objects.update(horizon=2**50)
    number = posted()
    assert sealer.seal_all(own) == 1
    assert sealed()[-1] == number
    assert Head.objects.get().horizon < 2**50


def test_the_plan_walks_the_index_and_is_not_compiled(own: Any) -> None:
    statement = "EXPLAIN ANALYZE " + sealer._UNSEALED.replace("%s::text", "'3'").replace("%s", "5000")
    plan = "\n".join(row[0] for row in own.execute(statement))
    assert "ledger_entry_tx" in plan
    assert "Sort" not in plan
    assert "JIT" not in plan


def test_an_idle_round_writes_nothing(own: Any) -> None:
    posted()
    sealer.seal_all(own)
    before = Head.objects.get().horizon
    with own.transaction():
        assert sealer.seal_round(own).sealed == 0
        assert own.execute("SELECT pg_current_xact_id_if_assigned()").fetchone()[0] is None
    assert Head.objects.get().horizon == before


def test_a_forged_transaction_below_the_horizon_is_never_sealed_and_named(own: Any) -> None:
    posted()
    sealer.seal_all(own)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_entry (at, actor, act, object, clause, body, tx)"
            " VALUES ('2026-05-09T00:00:00Z', 'x', 'x', 'x', '', '', '3') RETURNING id"
        )
        number = cursor.fetchone()[0]
    assert sealer.seal_all(own) == 0
    assert [(fault.code, fault.entry) for fault in check().faults] == [("ledger.unsealed", number)]


def test_what_was_just_committed_late_is_looked_at_again(own: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    from yiwang.core.ledger import verify as verifying

    number = insert(connection.cursor())
    # The sealer comes by while verify waits; no real time, so that a busy machine does not decide.
    monkeypatch.setattr("yiwang.core.ledger.verify.time.sleep", lambda _: sealer.seal_all(own))
    assert verifying.verify(now=datetime.now(UTC), grace=0.4).ok
    assert sealed() == [number]


def test_the_loop_survives_a_lost_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer, "_RETRY", 0.01)
    stop = threading.Event()
    rounds: list[sealer.Round] = []
    loop = threading.Thread(
        target=sealer.run, args=(parameters(), stop), kwargs={"interval": 0.01, "after": rounds.append}
    )
    loop.start()
    try:
        posted()
        _until(lambda: len(sealed()) == 1)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'yiwang sealer'"
            )
        posted()
        _until(lambda: len(sealed()) == 2)
    finally:
        stop.set()
        loop.join()
    assert sum(done.sealed for done in rounds) == 2
    assert check().ok


def test_a_ledger_that_nobody_seals_refuses_new_entries(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from yiwang.core.ledger import lag
    from yiwang.kit.refusal import Refusal

    monkeypatch.setattr(lag, "_next_look", 0.0)
    settings.LEDGER_FAIL_AFTER = 60
    assert posted() > 0  # nothing waits yet
    with sealer.connect(parameters()) as own:
        sealer.seal_all(own)
    insert(connection.cursor())  # an entry of long ago
    assert posted() > 0  # looked a moment ago
    monkeypatch.setattr(lag, "_next_look", 0.0)
    with pytest.raises(Refusal) as caught:
        posted()
    assert caught.value.code == "ledger.sealer-stopped"
    with sealer.connect(parameters()) as own:
        sealer.seal_all(own)
    assert posted() > 0


def _until(condition: Any) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "not within a minute"
        time.sleep(0.01)
