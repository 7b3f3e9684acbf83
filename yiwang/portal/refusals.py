"""A Refusal that a page let through becomes its sentence: 403 for rights, 422 for the rest; never a trace."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

from yiwang.kit.refusal import Refusal


class RefusalMiddleware:
    """Innermost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; the whole transaction of the view was rolled back by then."""
        if not isinstance(exception, Refusal):
            return None
        status = 403 if exception.code.startswith("rights.") else 422
        if request.headers.get("HX-Request"):
            return HttpResponse(render_to_string("_refusal.html", {"refusal": exception}), status=status)
        context = {"title": "不能办理", "advice": str(exception), "status": status}
        return HttpResponse(render_to_string("portal/error.html", context), status=status)
