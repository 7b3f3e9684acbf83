"""Fixtures: the register in memory in place of the real one, and the world around it."""

from __future__ import annotations

import pytest

from yiwang.core.verdicts import sources
from yiwang.core.verdicts.tests.helpers import DATASET, Register, World


@pytest.fixture
def register(monkeypatch: pytest.MonkeyPatch) -> Register:
    """The only source of DATASET during the test."""
    register = Register()
    monkeypatch.setitem(sources._sources, DATASET, register)
    return register


@pytest.fixture
def world(db: None) -> World:
    """Made anew in each test."""
    return World()
