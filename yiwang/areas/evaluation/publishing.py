"""公示: the figures of a quarter, fixed by their hash. A correction is a new version with its reason; both stay readable.

Each quarter an organ shows its use of energy and water (节约型机关评分表 管理制度-3-4: 每季度在本单位至少公示一次) and the
state of its programmes.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from yiwang.areas.evaluation.models import Assessment, Publication, State
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.core.verdicts.sources import source_of
from yiwang.kit.digest import canonical, digest
from yiwang.kit.refusal import Refusal

AREA, USE = "evaluation", "energy.consumption_month"


def facts_of(organ: Organ, year: int, quarter: int, on: date) -> dict[str, Any]:
    """What is shown: use by kind in the three months, and the programmes as they stand. Texts and numbers only."""
    months = {f"{year}-{3 * quarter - back:02}" for back in range(3)}
    use: dict[str, dict[str, Any]] = {}
    try:
        rows = list(source_of(USE)(on=on))
    except KeyError:
        rows = []
    for row in rows:
        given = row.values
        if row.organ_id == organ.pk and str(given["month"])[:7] in months and given.get("quantity") is not None:
            line = use.setdefault(str(given["energy"]), {"quantity": 0.0, "unit": given.get("unit") or "", "months": 0})
            line["quantity"] = round(line["quantity"] + float(given["quantity"]), 3)
            line["months"] += 1
    reached = Assessment.objects.filter(organ=organ, state=State.REACHED, decided_on__lte=on).order_by(
        "decided_on", "pk"
    )
    return {
        "organ": organ.name,
        "year": year,
        "quarter": quarter,
        "use": [{"energy": name, **line} for name, line in sorted(use.items())],
        "programmes": [{"label": one.declared.label, "year": one.year, "score": str(one.score)} for one in reached],
    }


@transaction.atomic
def publish(*, year: int, quarter: int, reason: str, access: Access, on: date, now: datetime) -> Publication:
    """公示 a quarter that is over, for the organ worked for; again only as a correction with a reason, if something changed.

    Refusals `rights.denied`, `publication.quarter`, `publication.reason`, `publication.same`.
    """
    access.need(access.approves(AREA), "公示")
    organ, user = access.organ, access.user
    assert organ is not None
    assert isinstance(user, User)
    if quarter not in (1, 2, 3, 4) or not 2000 <= year <= on.year or (year, quarter) >= (on.year, (on.month + 2) // 3):
        raise Refusal("publication.quarter", "只能公示已经结束的季度,请核对年度和季度。")
    Organ.objects.filter(pk=organ.pk).update(depth=F("depth"))  # one publication of an organ at a time
    before = Publication.objects.filter(organ=organ, year=year, quarter=quarter).order_by("-version").first()
    text = canonical(facts_of(organ, year, quarter, on))
    key = digest(text.encode()).hex()
    if before is not None and not reason.strip():
        raise Refusal("publication.reason", f"{year} 年第 {quarter} 季度已公示,要更正请写明原因。")
    if before is not None and before.digest == key:
        raise Refusal("publication.same", "数据与上一版相同,不需要更正。")
    row = Publication(
        organ=organ, year=year, quarter=quarter, version=before.version + 1 if before else 1,
        title=f"{organ.name} {year} 年第 {quarter} 季度用能公示"[:120], facts=text, digest=key,
        reason=reason.strip()[:200] if before else "", user=user, published_at=now,
    )  # fmt: skip
    row.place()
    row.save()
    body = access.facts(
        Verb.APPROVE, AREA, year=year, quarter=quarter, version=row.version, digest=key, reason=row.reason
    )
    post(actor=access.actor, act="evaluation.publication.publish", obj=f"evaluation.publication:{row.pk}", body=body)
    return row


def intact(row: Publication) -> bool:
    """Whether the text still has the hash that it was published with."""
    return digest(row.facts.encode()).hex() == row.digest


def shown(row: Publication) -> dict[str, Any]:
    """The facts as they were published."""
    found: dict[str, Any] = json.loads(row.facts)
    return found
