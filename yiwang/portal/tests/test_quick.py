"""`{% url %}` gives what Django's gives, and remembers no more than it may."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.template import Context, RequestContext, engines
from django.template.base import Template
from django.template.defaulttags import URLNode
from django.urls import NoReverseMatch, reverse

from yiwang.portal.templatetags import quick

CASES = (
    "{% url 'home' %}",
    "{% url 'area:list' 'offices' 'room' %}?a=1&amp;b",
    "{% url 'attachment' pk %}{% url 'attachment' pk=pk %}{% url 'attachment' '8' %}",
    "{% url name code %}{% url 'attachment' pk as here %}[{{ here }}]",
    "{% url 'nowhere' as here %}[{{ here }}]{% autoescape off %}{% url name code %}{% endautoescape %}",
)
GIVEN = {"pk": 7, "name": "paper", "code": "a'b&<c>"}


@pytest.mark.parametrize("text", CASES)
def test_as_django_has_it(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, arguments of every kind, escaping, `as`; asked twice."""
    ours = Template(text, engine=engines["django"].engine)  # type: ignore[attr-defined]
    contexts = [lambda: Context(GIVEN), lambda: RequestContext(HttpRequest(), GIVEN)]
    found = [ours.render(one()) for one in contexts * 2]
    monkeypatch.setattr(quick.QuickURL, "render", URLNode.render)
    assert found == [ours.render(one()) for one in contexts * 2]


def test_what_has_no_address() -> None:
    """It fails as ever, the second time too; True is no 1."""
    engine = engines["django"].engine  # type: ignore[attr-defined]
    for _ in range(2):
        with pytest.raises(NoReverseMatch):
            Template("{% url 'nowhere' %}", engine=engine).render(Context())
    assert Template("{% url 'attachment' 1 %}", engine=engine).render(Context()) == reverse("attachment", args=[1])
    with pytest.raises(NoReverseMatch):
        Template("{% url 'attachment' yes %}", engine=engine).render(Context({"yes": True}))


def test_bounded() -> None:
    """Addresses of single records come and go."""
    assert quick._reversed.cache_info().maxsize == quick.MOST
