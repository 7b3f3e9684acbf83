"""What the gate must know of a user, put into the session when it begins: then no page has to ask."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from yiwang.core.rights import passwords, second, sessions
from yiwang.core.rights.models import User


def facts(user: User) -> dict[str, Any]:
    """`due`: the day from which the password must be changed, "" for never; `enrolled`: a second factor is in force."""
    due = passwords.due(user)
    return {"due": due.isoformat() if due else "", "enrolled": second.enrolled(user)}


def begin(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Receiver of Django's user_logged_in: the session is noted, and what the gate must know is in it."""
    sessions.begin(request, user)
    if getattr(request, "session", None) is not None:
        request.session[sessions.GATE] = {**request.session[sessions.GATE], **facts(user)}
