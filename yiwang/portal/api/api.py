"""`/api/v1`: the one NinjaAPI, who may call it, and how a "no" is said.

Every operation works for an `Access` as the pages do, so that rights cannot disagree. Errors are
`{"code", "message", "where", "clause"}`: the code is stable, the message is a Chinese sentence.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from django.views.decorators.cache import never_cache
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from yiwang.kit.refusal import Refusal
from yiwang.portal.api import cases, datasets, figures, returns
from yiwang.portal.api.callers import CALLERS

api = NinjaAPI(
    title="一网 API",
    version="1",
    description="机关事务一网的公共接口:数据集读取和写入、流程办理与页面同权。错误一律为 code、message、where、clause。",
    auth=CALLERS,
    docs_url=None,  # it would load scripts from elsewhere
    openapi_url=None,  # published below, to callers only
    urls_namespace="api-1",
)
api.add_router("/datasets", datasets.router)
api.add_router("/datasets", figures.router)
api.add_router("", cases.router)
api.add_router("", returns.router)


def status_of(code: str) -> int:
    """The HTTP status that a refusal is answered with."""
    if code.startswith("rights."):
        return 403
    return {"token.invalid": 401, "api.unknown": 404, "api.busy": 429, "flow.moved": 409}.get(code, 422)


def refused(request: HttpRequest, refusal: Refusal, status: int | None = None) -> HttpResponse:
    """The answer to a refusal."""
    return api.create_response(request, refusal.as_dict(), status=status or status_of(refusal.code))


@api.exception_handler(Refusal)
def _refusal(request: HttpRequest, error: Refusal) -> HttpResponse:
    return refused(request, error)


@api.exception_handler(Http404)
def _unknown(request: HttpRequest, error: Http404) -> HttpResponse:
    return refused(request, Refusal("api.unknown", "没有这条记录,或者不在您的授权范围内。"))


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return refused(request, Refusal("api.token", "没有登录或令牌无效,请在请求头 Authorization 中带上有效令牌。"), 401)


@api.exception_handler(ValidationError)
def _wrong(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """The first field that is wrong, by name."""
    places = [".".join(str(part) for part in one["loc"][1:]) or "body" for one in error.errors]
    refusal = Refusal("api.input", f"请求参数有误:{'、'.join(dict.fromkeys(places))},请对照接口说明改正。")
    return api.create_response(request, refusal.as_dict() | {"fields": places}, status=422)


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return refused(request, Refusal("api.input", "请求内容看不懂,应为 JSON。"), error.status_code)


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return refused(request, Refusal("api.input", "请求内容太大,请分批提交。"), 413)


@api.get("/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:
    """The description of this interface (OpenAPI 3), for whoever may call it."""
    return api.create_response(request, api.get_openapi_schema(path_prefix="/api/v1/"), status=200)


def urls() -> list[URLPattern | URLResolver]:
    """The addresses. Whoever is no caller is answered 401 by the operation itself, not sent to a log-in page."""
    found: list[Any] = [one for one in api.urls[0] if getattr(one, "name", "") != "api-root"]
    for one in found:
        one.callback = never_cache(login_not_required(one.callback))
    return found
