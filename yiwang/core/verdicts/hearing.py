"""Who wants to hear of the steps of findings. What stands above this package registers here; it is called in the transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from yiwang.core.rights.access import Access
from yiwang.core.verdicts.models import Finding, FindingEvent

Listener = Callable[[Finding, FindingEvent, Access], None]
#: (the findings that the registers closed, the actor as the ledger names him, the instant)
SetListener = Callable[[Sequence[Finding], str, datetime], None]
_LISTENERS: list[Listener] = []
_OF_SETS: list[SetListener] = []


def listen(listener: Listener) -> Listener:
    """Call it after each step that a person takes; once, however often it is registered."""
    if listener not in _LISTENERS:
        _LISTENERS.append(listener)
    return listener


def tell(finding: Finding, event: FindingEvent, access: Access) -> None:
    """A step was taken."""
    for listener in _LISTENERS:
        listener(finding, event, access)


def listen_to_closing(listener: SetListener) -> SetListener:
    """Call it with the findings that had a handler and that a synchronisation closed; once, however often registered."""
    if listener not in _OF_SETS:
        _OF_SETS.append(listener)
    return listener


def tell_closed(findings: Sequence[Finding], actor: str, now: datetime) -> None:
    """The registers closed these."""
    if handled := [one for one in findings if one.handler_id is not None]:
        for listener in _OF_SETS:
            listener(handled, actor, now)
