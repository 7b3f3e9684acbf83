"""What the ledger learns of every request: its number, address and unit; downloads; refusals that mount up; a stopped ledger.

Innermost, so that the user and his access are known. The number of the request is answered as X-Request-Id.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from yiwang.core.ledger.context import coming_from
from yiwang.core.ledger.post import post
from yiwang.core.rights import alarms
from yiwang.core.rights.access import Access
from yiwang.kit.refusal import Refusal
from yiwang.portal.proxies import address

#: Exports of one person in a minute.
EXPORTS = 30
SLOWER = {"title": "导出太频繁", "advice": f"每分钟最多导出 {EXPORTS} 次,请过一分钟再试。", "status": 429}


class TrailMiddleware:
    """See the module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the source of the acts known, then note a download or a refusal."""
        number = secrets.token_hex(8)
        with coming_from(lambda: _source(request, number)):
            response = self.get_response(request)
            if (access := _access(request)) is not None:
                _note(access, request, response)
        response.headers["X-Request-Id"] = number
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """Exports are costly: nobody may ask for more than so many in a minute (ASVS 2.4.1)."""
        match = request.resolver_match
        if match is None or "export" not in (match.url_name or "") or not request.user.is_authenticated:
            return None
        if alarms.tally("export", f"user:{request.user.pk}", timezone.now()) < EXPORTS:
            return None
        return render(request, "portal/error.html", SLOWER, status=429)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """A ledger that takes nothing any more raises an alarm; the act itself was rolled back."""
        stopped = isinstance(exception, Refusal) and exception.code == "ledger.sealer-stopped"
        if stopped or (isinstance(exception, DatabaseError) and "ledger" in str(exception)):
            alarms.count("ledger", "", timezone.now())


def _access(request: Any) -> Access | None:
    """Of the caller by token (the API sets `auth`), else of who is logged in; None for nobody."""
    called = getattr(request, "auth", None)
    if isinstance(called, Access):
        return called
    access: Access = request.access
    return access if request.user.is_authenticated else None


def _source(request: Any, number: str) -> dict[str, Any]:
    access = _access(request)
    organ = access.organ if access else None
    return {"unit": organ.pk if organ else "", "address": address(request), "request": number}


def _note(access: Access, request: HttpRequest, response: HttpResponseBase) -> None:
    """A file that went out is an act; a refusal is counted."""
    if response.status_code == 403:
        alarms.count("denied", access.actor, timezone.now())
    elif response.status_code == 200 and response.headers.get("Content-Disposition", "").startswith("attachment"):
        with transaction.atomic():
            alarms.add("export", access.actor, timezone.now())
            post(
                actor=access.actor,
                act="portal.file.export",
                obj=f"portal.path:{request.path}",
                body={"query": request.GET.urlencode()[:500]},
            )
