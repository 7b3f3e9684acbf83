"""Error pages and refusals: Chinese, say what to do, need no database."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from yiwang.kit.refusal import Refusal, Where
from yiwang.portal import errors
from yiwang.portal.refusals import RefusalMiddleware

REQUEST = RequestFactory().get("/x")


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (errors.bad_request(REQUEST, Exception()), 400, "刷新后重试"),
        (errors.forbidden(REQUEST, Exception()), 403, "联系管理员授权"),
        (errors.not_found(REQUEST, Exception()), 404, "搜索框"),
        (errors.server_error(REQUEST), 500, "没有保存"),
        (errors.csrf_failure(REQUEST), 403, "重新提交"),
    ],
)
def test_each_says_what_to_do(answer: HttpResponse, status: int, says: str) -> None:
    assert answer.status_code == status
    assert says in answer.content.decode()
    assert 'lang="zh-Hans"' in answer.content.decode()


@pytest.mark.parametrize(("code", "status"), [("rights.denied", 403), ("offices.over", 422)])
def test_a_refusal_becomes_its_sentence(code: str, status: int) -> None:
    middleware = RefusalMiddleware(lambda _: HttpResponse())
    refusal = Refusal(code, "面积<超过>上限,请附批准文件", where=Where(row=3))
    answer = middleware.process_exception(REQUEST, refusal)
    assert answer is not None
    assert answer.status_code == status
    assert "第 3 行:面积&lt;超过&gt;上限,请附批准文件" in answer.content.decode()


def test_htmx_gets_only_the_sentence() -> None:
    request = RequestFactory().get("/x", headers={"HX-Request": "true"})
    answer = RefusalMiddleware(lambda _: HttpResponse()).process_exception(request, Refusal("a.b", "不行,请改"))
    assert answer is not None
    assert answer.content.decode().strip() == '<p class="errors" role="alert">不行,请改</p>'


def test_other_exceptions_pass() -> None:
    assert RefusalMiddleware(lambda _: HttpResponse()).process_exception(REQUEST, ValueError()) is None
