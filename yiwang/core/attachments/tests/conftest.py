"""A record that has a guard, people around it, and a scanner that really listens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from yiwang.core.attachments import guards
from yiwang.core.attachments.tests.clamd import Clamd
from yiwang.core.verdicts.tests.helpers import World


@pytest.fixture
def we() -> World:
    """A province with two counties."""
    return World()


@pytest.fixture(autouse=True)
def _thing(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tests.thing:<pk of an organ>` is seen by who works there."""
    monkeypatch.setattr(guards, "_GUARDS", dict(guards._GUARDS))
    guards.register("tests.thing", lambda access, pk: access.organ is not None and access.organ.pk == pk)


@pytest.fixture
def clamd(settings: object) -> Iterator[Clamd]:
    """A scanner on a free port, configured."""
    with Clamd() as server:
        settings.ATTACHMENT_SCANNER = server.address  # type: ignore[attr-defined]
        settings.ATTACHMENT_SCANNER_SECONDS = 2  # type: ignore[attr-defined]
        yield server
