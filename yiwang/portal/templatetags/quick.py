"""`{% url %}` that remembers: a page asks for some thirty addresses, and most of them again and again. Built in, no load."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode, url
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

register = template.Library()
MOST = 4096


@lru_cache(maxsize=MOST)
def _reversed(urlconf: str | None, prefix: str, app: str | None, name: str, args: tuple[int | str, ...]) -> str:
    """The address; `prefix` is the first part of it."""
    return reverse(name, urlconf, args, current_app=app)


def _current(context: Any) -> str | None:
    """The application by which Django would tell two instances of one apart."""
    request = getattr(context, "request", None)
    app = getattr(request, "current_app", None)
    return app or getattr(getattr(request, "resolver_match", None), "namespace", None)


class QuickURL(URLNode):
    """Django's own, but for names with plain arguments."""

    def render(self, context: template.Context) -> str:
        """The address, escaped where Django's would be."""
        name: Any = self.view_name.resolve(context)
        args = tuple(arg.resolve(context) for arg in self.args)
        if self.kwargs or self.asvar or not all(type(one) in (int, str, SafeString) for one in (name, *args)):
            return str(super().render(context))
        found = _reversed(get_urlconf(), get_script_prefix(), _current(context), name, args)
        return conditional_escape(found) if context.autoescape else found


@register.tag("url")
def quick_url(parser: Parser, token: Token) -> URLNode:
    """Parsed as Django does."""
    node = url(parser, token)
    return QuickURL(node.view_name, node.args, node.kwargs, node.asvar)
