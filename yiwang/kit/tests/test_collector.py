"""The collector rests meanwhile, and is as it was afterwards."""

from __future__ import annotations

import gc

import pytest

from yiwang.kit import collector


def test_paused_and_resumed() -> None:
    """Also after an error; who had it off keeps it off."""
    assert gc.isenabled()
    with collector.paused():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), collector.paused():
        1 / 0  # noqa: B018
    assert gc.isenabled()
    gc.disable()
    try:
        with collector.paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
