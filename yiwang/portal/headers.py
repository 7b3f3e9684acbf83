"""The headers of every answer, errors included: nothing inline, nothing from elsewhere, nothing cached."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)


def policy(connects_to: Iterable[str] = ()) -> str:
    """The policy of a page; `connects_to`: the hosts of map tiles that an administrator has set, for pages with a map."""
    return POLICY.replace("connect-src 'self'", " ".join(["connect-src 'self'", *connects_to]))


class HeadersMiddleware:
    """Outermost, so that refusals of the other middleware carry the headers too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add what the answer does not say itself."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy(getattr(response, "connects_to", ())))
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
