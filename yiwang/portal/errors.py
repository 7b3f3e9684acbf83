"""Pages for what went wrong: each says what happened and what to do; none needs the database."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

PAGES: dict[int, tuple[str, str]] = {
    400: ("请求有误", "浏览器发来的内容看不懂。请返回上一页,刷新后重试。"),
    403: ("没有权限", "您没有办理这件事的权限。请切换到有授权的单位,或联系管理员授权。"),
    404: ("没有这一页", "地址有误,或者内容不在您的授权范围内。请从首页或搜索框重新查找。"),
    500: ("系统出错", "出错的情况已经记录,您刚才的操作没有保存。请稍后重试;仍然出错时请联系管理员。"),
}
CSRF = "页面停留太久或在别处退出了登录,刚才的内容没有保存。请返回上一页,刷新后重新提交。"


def _page(request: HttpRequest, status: int, what: str = "") -> HttpResponse:
    """An error page; without the band's queries, so that it shows even when the database is down."""
    title, advice = PAGES[status]
    context = {"title": title, "advice": what or advice, "status": status}
    return HttpResponse(render_to_string("portal/error.html", context), status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old."""
    return _page(request, 403, CSRF)
