"""签字盖章页: a return as it was handed in, with a number and a code by which paper and data prove each other."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from yiwang.areas.reporting.figures import scheme_of
from yiwang.areas.reporting.models import Return
from yiwang.areas.reporting.opening import AREA
from yiwang.areas.reporting.schemes.cells import loaded
from yiwang.areas.reporting.schemes.compiled import shown
from yiwang.core.orgs.models import Organ
from yiwang.core.papers.kinds import PaperKind, register
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb

KEY = "reporting.return"
_HEAD = {"what": "报表", "organ": "填报单位", "period": "报告期", "version": "版次", "by": "填报人", "at": "报送时间"}


def declare() -> None:
    """Register the kind; called when Django starts."""
    register(PaperKind(KEY, "统计报表签章页", "报表", facts, labels, _organ, _guard))


def _organ(pk: int) -> Organ:
    return Return.objects.select_related("organ").get(pk=pk).organ


def _guard(access: Access, pk: int) -> bool:
    rows = Return.objects.filter(pk=pk, current__isnull=False)
    return access.may(Verb.READ, AREA) and access.scope(rows).exists()


def _one(pk: int) -> Return:
    return Return.objects.select_related("period__revision", "current__user").get(pk=pk, current__isnull=False)


def labels(pk: int) -> dict[str, str]:
    """Head, then every item with its unit."""
    items = scheme_of(_one(pk).period.revision).scheme.items
    named = {f"i_{key}": f"{item.label}({item.unit})" if item.unit else item.label for key, item in items.items()}
    return {**_HEAD, **named, "rows": "明细行", "digest": "数据摘要"}


def facts(pk: int) -> dict[str, Any]:
    """The present version; a later one makes the paper disagree. DoesNotExist where nothing was handed in."""
    row = _one(pk)
    version = row.current
    assert version is not None
    scheme = scheme_of(row.period.revision).scheme
    values = loaded(scheme.items, version.facts)
    return {
        "what": scheme.title,
        "organ": row.organ_name,
        "period": row.period.name,
        "version": str(version),
        "by": version.user.display_name or version.user.username,
        "at": f"{timezone.localtime(version.at):%Y-%m-%d %H:%M}",
        **{f"i_{key}": shown(values.get(key)) for key in scheme.items},
        "rows": "、".join(
            f"{table.title} {len(version.rows.get(key, ()))} 行" for key, table in scheme.floating.items()
        ),
        "digest": version.digest,
    }
