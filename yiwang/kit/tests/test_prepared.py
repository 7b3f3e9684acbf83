"""A prepared query finds what its queryset finds, whatever it is asked, with one statement."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Q, QuerySet
from django.test.utils import CaptureQueriesContext

from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.kit.prepared import prepared

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 30, 4, 5, 6, 789, tzinfo=UTC)


def _below(superior: int, on: date) -> QuerySet[Organ]:
    open_ = Q(closed_date=None) | Q(closed_date__gt=on)
    return (
        Organ.objects.filter(open_, superior=superior).select_related("superior", "superior__superior").order_by("pk")
    )


def _lasting(key: str, now: datetime) -> QuerySet[Session, tuple[Any, ...]]:
    return Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data", "expire_date")


def test_rows_as_the_queryset_has_them() -> None:
    """With what they lead to, also where it leads nowhere; the next question costs one statement."""
    root = factories.organ("示例省人民政府")
    city = factories.organ("甲市人民政府", root)
    for number in range(3):
        factories.organ(f"局{number}", city)
    Organ.objects.filter(name="局1").update(closed_date=date(2026, 5, 1))
    quick = prepared(_below)
    for organ in (city, root, city, Organ(pk=2**40)):
        for on in (date(2026, 4, 30), date(2026, 5, 1), date(2027, 1, 1)):
            found = quick(superior=organ.pk, on=on)
            assert found == list(_below(organ.pk, on))
            with CaptureQueriesContext(
                connection,
            ) as queries:
                again = quick(superior=organ.pk, on=on)
                assert [one.superior and one.superior.name for one in again] == [organ.name] * len(found)
                assert [one.superior and str(one.superior.superior) for one in again] == [str(organ.superior)] * len(
                    found
                )
            assert len(queries) == 1


def test_instants_and_texts() -> None:
    """Values are converted as ever, and what stands in quotes is no statement."""
    for number, key in enumerate(("a" * 32, "' OR 1=1 --", "%s")):
        Session.objects.create(session_key=key, session_data=f"d{number}", expire_date=NOW + timedelta(hours=number))
    quick = prepared(_lasting)
    for key in ("a" * 32, "' OR 1=1 --", "%s", "nobody", "\x02prepared-mark-0"):
        for now in (NOW - timedelta(seconds=1), NOW, NOW + timedelta(hours=1)):
            assert quick(key=key, now=now) == list(_lasting(key, now))
    assert quick(key="a" * 32, now=NOW - timedelta(days=1))[0][1] == NOW


def test_what_cannot_be_prepared() -> None:
    """A parameter that the statement does not show, and rows of another shape, are programming errors."""

    def lost(superior: int) -> QuerySet[Organ]:
        return Organ.objects.filter(superior=superior + 1)

    def shape(superior: int) -> Any:
        return Organ.objects.filter(superior=superior).values("name")

    with pytest.raises(ValueError, match="superior"):
        prepared(lost)(superior=1)
    with pytest.raises(TypeError):
        prepared(shape)(superior=1)
