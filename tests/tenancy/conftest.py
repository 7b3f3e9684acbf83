"""The world of a module, and the option that writes the matrix anew."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.tenancy.world import World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Built once, in a transaction that is rolled back after the last test of the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """For `tests/tenancy/test_matrix.py`; known only where this folder is named on the command line."""
    parser.addoption("--write-matrix", action="store_true", default=False, help="write tests/tenancy/matrix.json anew")
