"""Asking an address as a user, without the cost of the way there: the view itself, with the access of the user.

What middleware does on the way is done here: a refusal is 403 or 422, a missing thing 404. POSTs are undone.
"""

from __future__ import annotations

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote

from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.cache import SessionStore
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone
from django_htmx.middleware import HtmxDetails

from tests.tenancy.world import BODIES, CODES, IDS, PUBLIC
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

_factory = RequestFactory()
#: Headers that change with the second.
CLOCKS = ("Expires", "Date", "Last-Modified")


@dataclass(frozen=True)
class Address:
    """An address of the URLconf: its name (of the API how it is declared), how it is declared, its arguments."""

    name: str
    template: str
    arguments: tuple[str, ...]

    def path(self, arguments: Mapping[str, Any]) -> str:
        """The address with its arguments filled in."""
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: quote(str(arguments[found[1]])), self.template)

    @property
    def public(self) -> bool:
        """Shows nothing of any organ."""
        return self.name.startswith(PUBLIC)


@dataclass(frozen=True)
class Answer:
    """What came back: the status, and everything that a person could read in it."""

    status: int
    text: str


def addresses() -> list[Address]:
    """Every address of the URLconf, in its order."""
    return list(_walk(get_resolver().url_patterns, (), "/"))


def _walk(patterns: list[Any], spaces: tuple[str, ...], prefix: str) -> Iterator[Address]:
    for pattern in patterns:
        template = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, (*spaces, *filter(None, [pattern.namespace])), template)
        elif isinstance(pattern, URLPattern):
            name = template if template.startswith("/api/") else ":".join((*spaces, pattern.name or ""))
            yield Address(name, template, tuple(pattern.pattern.converters))


@dataclass(frozen=True)
class Caller:
    """A user with his access, looked up once."""

    user: User
    access: Access

    @property
    def address(self) -> str:
        """Each asks from an address of his own, as the limits of questions count by address."""
        return f"10.0.{self.user.pk // 250}.{self.user.pk % 250}"

    @classmethod
    def of(cls, user: User) -> Caller:
        """On today's grants."""
        return cls(user, access_for(user, on=timezone.localdate()))

    def ask(
        self,
        address: Address,
        arguments: Mapping[str, Any],
        method: str = "GET",
        given: Mapping[str, Any] = MappingProxyType({}),
    ) -> Answer:
        """The answer of an address; `given`: query or form, with `htmx` as htmx asks."""
        logging.getLogger("django.request").setLevel(logging.CRITICAL)
        headers = {"HX-Request": "true", "HX-Target": "list"} if "htmx" in given else {}
        path = address.path(arguments)
        where: dict[str, Any] = {"headers": headers, "REMOTE_ADDR": self.address}
        sent: Any = dict(given)
        if method == "POST" and address.name in BODIES:
            sent, where["content_type"] = BODIES[address.name], "application/json"
        request: Any = getattr(_factory, method.lower())(path, sent, **where)
        request.user, request.access, request.session = self.user, self.access, SessionStore()
        request.htmx, request.COOKIES["sessionid"] = HtmxDetails(request), "x"
        request._messages, request._dont_enforce_csrf_checks = CookieStorage(request), True
        request.resolver_match = found = resolve(path)
        return self._undone(request, found) if method == "POST" else _answer(request, found)

    def _undone(self, request: Any, found: Any) -> Answer:
        """A POST in a transaction that is rolled back."""
        with transaction.atomic():
            answer = _answer(request, found)
            transaction.set_rollback(True)
        return answer


def _answer(request: Any, found: Any) -> Answer:
    try:
        response = found.func(request, *found.args, **found.kwargs)
    except Refusal as refusal:
        return Answer(403 if refusal.code.startswith("rights.") else 422, str(refusal))
    except (Http404, PermissionDenied) as error:
        return Answer(404 if isinstance(error, Http404) else 403, str(error))
    said = "".join(str(message) for message in request._messages)
    heads = {name: value for name, value in response.headers.items() if name not in CLOCKS}
    text = said + _text(response) + str(heads)
    return Answer(response.status_code, text + unquote(text) if "%" in text else text)


def _text(response: Any) -> str:
    """The body as text; of a workbook the text of its sheets."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    for close in response._resource_closers:  # not response.close(), which would end the request and its connection
        close()
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(packed.read(one) for one in packed.namelist() if one.endswith(".xml"))
    text = bytes(content).decode("utf-8", errors="replace")
    if "json" in response.headers.get("Content-Type", ""):  # where a name may stand as \\u9752\\u6cb3
        return json.dumps(json.loads(text), ensure_ascii=False)
    return text


def unknown(names: Mapping[str, Any]) -> list[Address]:
    """Addresses with arguments that nobody has given examples for."""
    return [
        one
        for one in addresses()
        if one.arguments and not one.public and one.name not in names | IDS.keys() | CODES.keys()
    ]
