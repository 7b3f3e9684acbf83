"""Fixtures of the whole suite, and the order in which it runs."""

from __future__ import annotations

import copy
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, storages
from django.db.backends.base.operations import BaseDatabaseOperations
from django.test import TransactionTestCase

from yiwang.core.ledger import guards

pytest_plugins = ["tests.rows", "tests.programs"]
# The tests that every kind inherits live beside the desk, not in a test module.
pytest.register_assert_rewrite("yiwang.desk.testing")


@pytest.fixture(scope="session", autouse=True)
def _flush_lifts_the_guards() -> Iterator[None]:
    """The flush after a transactional test empties every table; the ledger's triggers refuse that.

    They are lifted for it. `flush` sends post_migrate afterwards, which puts triggers and first head back.
    """
    original = BaseDatabaseOperations.execute_sql_flush

    def flush(self: Any, sql_list: Iterable[str]) -> None:
        with guards.lifted(self.connection):
            original(self, sql_list)

    BaseDatabaseOperations.execute_sql_flush = flush  # type: ignore[method-assign]
    yield
    BaseDatabaseOperations.execute_sql_flush = original  # type: ignore[method-assign]


#: What a test asks for that may open the database of the run.
DATABASE = frozenset(("db", "transactional_db", "django_db_setup", "live_server"))


def touches_the_database(item: pytest.Item) -> bool:
    """Whether a test may open the database of the run, for what depends on it: pytest-django keeps all others from it."""
    if item.get_closest_marker("once"):
        return False
    if item.get_closest_marker("django_db") or item.get_closest_marker("postgres"):
        return True
    owner = getattr(item, "cls", None)
    return not DATABASE.isdisjoint(getattr(item, "fixturenames", ())) or (
        owner is not None and issubclass(owner, TransactionTestCase)
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files with slow tests go first, so that the workers end together.

    With YIWANG_TEST_PURE=path (set by tests/run.py for its second run) tests that touch no database, or have the mark
    `once`, are not repeated; how many is written to the file.
    """
    if target := os.environ.get("YIWANG_TEST_PURE"):
        pure = [item for item in items if not touches_the_database(item)]
        config.hook.pytest_deselected(items=pure)
        Path(target).write_text(str(len(pure)), encoding="utf-8")
        items[:] = [item for item in items if touches_the_database(item)]
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def _in_a_copy() -> Iterator[None]:
    """The storage in memory outlives a test: what is written meanwhile goes into a copy, which is thrown away."""
    storage = storages["default"]
    if not isinstance(storage, InMemoryStorage):
        yield
        return
    kept: Any = storage._root  # type: ignore[attr-defined]
    storage._root = copy.deepcopy(kept)  # type: ignore[attr-defined]
    yield
    storage._root = kept  # type: ignore[attr-defined]


@pytest.fixture(autouse=True, scope="module")
def _files_of_a_module() -> Iterator[None]:
    """What fixtures of a module keep is gone with it."""
    yield from _in_a_copy()


@pytest.fixture(autouse=True)
def _files_of_a_test(_files_of_a_module: None) -> Iterator[None]:
    """No test sees the files of another."""
    yield from _in_a_copy()
