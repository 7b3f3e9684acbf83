"""The hall leads to the form of the area that a process belongs to, in the words of who comes."""

from __future__ import annotations

import pytest
from django.urls import reverse

from yiwang.areas.services.catalogue.loading import load_catalogue
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page, world

pytestmark = pytest.mark.django_db


def test_a_cadre_finds_a_car() -> None:
    we = world()
    load_catalogue(organ=we.ours, actor="x")
    address = reverse("vehicles:trip-new")
    for query in ("", "?q=我要用车", "?q=派车"):
        text = page(we.client(Role.STAFF).get(f"{reverse('services:hall')}{query}"))
        assert "我要用车" in text
        assert f'href="{address}"' in text
    assert f'href="{address}"' not in page(we.client(Role.STAFF, we.theirs).get(reverse("services:hall")))
