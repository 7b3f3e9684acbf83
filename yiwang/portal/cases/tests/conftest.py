"""Every test here has the process and a small office."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from yiwang.portal.cases.tests import world


@pytest.fixture(autouse=True)
def process() -> Iterator[None]:
    """The process is registered."""
    with world.registered():
        yield


@pytest.fixture
def office() -> world.Office:
    """The office."""
    return world.Office()
