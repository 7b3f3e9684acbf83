"""The page that a QR code leads to: anybody may ask, nobody learns more than whether the paper still agrees.

A code cannot be guessed (130 bits); the limit of questions is there so that nobody tries, and so that the comparing, which
reads the record, cannot be used to keep the machine busy.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from yiwang.core.papers.actions import ALPHABET, LENGTH
from yiwang.core.papers.checking import check
from yiwang.core.papers.models import Paper

#: Questions of one address in so many seconds, counted in each process by itself.
MOST, SECONDS = 30, 60


@login_not_required
@require_GET
def ask(request: HttpRequest, code: str) -> HttpResponse:
    """Whether the paper with this code agrees with the record: 404 for a code that was never given out."""
    if _too_many(request.META.get("REMOTE_ADDR", "")):
        answer = render(request, "papers/public.html", {"busy": True}, status=429)
        answer.headers["Retry-After"] = str(SECONDS)
        return answer
    well_formed = len(code) == LENGTH and set(code) <= set(ALPHABET)
    row = Paper.objects.filter(code=code).select_related("organ").first() if well_formed else None
    context = {"paper": row, "check": check(row) if row else None}
    return render(request, "papers/public.html", context, status=200 if row else 404)


def _too_many(address: str) -> bool:
    key = f"papers:{address}"
    cache.add(key, 0, SECONDS)
    try:
        return int(cache.incr(key)) > MOST
    except ValueError:  # it ran out between the two lines
        return False
