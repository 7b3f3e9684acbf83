"""What the platform wants of terminals: taken from the table of commands, sent, answered. Needs Django; may block."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from yiwang.areas.vehicles.gateway import bodies
from yiwang.areas.vehicles.tracks.models import CommandKind, CommandState, TerminalCommand

#: How long a command waits for its terminal.
LIFE = timedelta(hours=24)
MOST = 200

MESSAGES = {
    CommandKind.TEXT: bodies.TEXT,
    CommandKind.LOCATION: bodies.ASK_LOCATION,
    CommandKind.PARAMETERS: bodies.ASK_PARAMETERS,
}


def take(online: Collection[int], now: datetime) -> list[TerminalCommand]:
    """Commands for terminals (ids) that are there, marked as sent: once, whoever asks. Old ones expire."""
    waiting = TerminalCommand.objects.filter(state=CommandState.WAITING)
    waiting.filter(created_at__lt=now - LIFE).update(state=CommandState.EXPIRED)
    found = []
    for one in waiting.filter(terminal_id__among=sorted(online)).order_by("pk")[:MOST]:
        if waiting.filter(pk=one.pk).update(state=CommandState.SENT):
            found.append(one)
    return found


def body_of(one: TerminalCommand, version: int) -> bytes:
    """What is sent."""
    return bodies.write_text(one.text, version) if one.kind == CommandKind.TEXT else b""


def answered(pk: int, state: str, answer: str, now: datetime) -> None:
    """The terminal's answer."""
    TerminalCommand.objects.filter(pk=pk, state=CommandState.SENT).update(
        state=CommandState.DONE if state == "OK" else CommandState.FAILED, answered_at=now, answer=answer[:4000]
    )
