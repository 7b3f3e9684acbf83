"""Returns of the demo province: the energy quarter is open, most have reported, some wait, one was sent back, some are missing."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from yiwang.areas.reporting import opening
from yiwang.areas.reporting.calendar import containing, start_before, year_before
from yiwang.areas.reporting.figures import all_facts, draft_values, scheme_of
from yiwang.areas.reporting.models import (
    ReportingPeriod,
    Return,
    ReturnEvent,
    ReturnState,
    ReturnVersion,
    SchemeRevision,
    Source,
)
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import access_for
from yiwang.core.rights.models import Role, User
from yiwang.kit.digest import canonical, digest, merkle_root

SEED = 20260702
KIND = {"党的机关": "国家机关", "行政机关": "国家机关"}
MOST = 300  # reports that are made up, spread over the province; the rest of a large one is missing


def load_returns(*, now: datetime) -> dict[str, int]:
    """Open the last whole quarter and the one a year before; how many returns. Two entries a period, one for the reports."""
    on = timezone.localtime(now).date()
    root = Organ.objects.filter(superior=None, closed_date=None).order_by("pk")[0]
    boss = User.objects.filter(grants__organ=root, grants__role=Role.MANAGER).order_by("pk").first()
    if boss is None:
        return {}
    access = access_for(boss, root.pk)
    start = start_before("quarter", containing("quarter", on))
    with transaction.atomic():
        revision = opening.adopt(key="pi-energy", access=access, on=on)
        opening.adopt(key="vehicles", access=access, on=on)
        opening.adopt(key="office-space", access=access, on=on)
        before = opening.open_period(revision=revision.pk, start=year_before(start), access=access, now=now)
        made = _report(before, revision, boss, _noon(before), past=True)
        opening.close_period(period=before.pk, access=access, now=now)
        due = max(on + timedelta(days=2), start)
        period = opening.open_period(revision=revision.pk, start=start, access=access, now=now, due=due)
        made += _report(period, revision, boss, now)
    return {"reporting.return": period.returns.count() + before.returns.count(), "reporting.returnversion": made}


def _noon(period: ReportingPeriod) -> datetime:
    """Noon of the due day: what was reported in the hours before was in time."""
    return datetime.combine(period.due_date, time(12), tzinfo=timezone.get_current_timezone())


def _state(number: int, past: bool) -> ReturnState:
    """How far the review has come."""
    if past:
        return ReturnState.ACCEPTED
    return ReturnState.SENT_BACK if number == 12 else ReturnState.SUBMITTED if number % 5 == 1 else ReturnState.ACCEPTED


def _report(period: ReportingPeriod, revision: SchemeRevision, boss: User, now: datetime, *, past: bool = False) -> int:
    """Some of them: accepted, waiting, sent back; the organs of the demo accounts are left to be filled, but for the past."""
    rng, one = Random(SEED), scheme_of(revision)  # noqa: S311 (made-up data, not secrets)
    working = set(User.objects.filter(username__endswith="-clerk").values_list("grants__organ", flat=True))
    versions: list[ReturnVersion] = []
    events: list[ReturnEvent] = []
    rows: list[Return] = []
    every = max(1, period.returns.count() // MOST)
    for number, row in enumerate(period.returns.select_related("organ").order_by("pk")):
        if (
            (row.organ_id in working and not past)
            or number % 7 == 3
            or (number % every and row.organ_id not in working)
        ):
            continue
        values = _values(rng, row.organ.kind)
        facts = all_facts(one, draft_values(one, {"values": values}), {})
        at = now - timedelta(hours=rng.randrange(4, 200))
        mark = digest(canonical([values, {}]).encode()).hex()
        versions.append(
            ReturnVersion(
                return_row=row, number=1, values=values, rows={}, reasons={}, facts=facts, digest=mark,
                source=Source.GRID, user=boss, at=at, late=False,
            )
        )  # fmt: skip
        row.draft, row.number, row.first_date = {"values": values}, 1, timezone.localtime(at).date()
        row.state = _state(len(rows), past)
        row.accepted = row.state == ReturnState.ACCEPTED
        row.reviewer_id = row.reviewers[0] if row.state == ReturnState.SUBMITTED else None
        events.append(ReturnEvent(return_row=row, at=at, user=boss, organ=row.organ, verb="submit", number=1))
        if row.state == ReturnState.SENT_BACK:
            note = "天然气消费量比上年同期大一千倍,请核对单位。"
            events.append(
                ReturnEvent(
                    return_row=row, at=now, user=boss, organ=period.organ, verb="send_back", note=note, number=1
                )
            )
        rows.append(row)
    for version in ReturnVersion.objects.bulk_create(versions, batch_size=500):
        version.return_row.current = version
    fields = ["draft", "number", "first_date", "state", "accepted", "reviewer", "current"]
    Return.objects.bulk_update(rows, fields, batch_size=200)
    ReturnEvent.objects.bulk_create(events, batch_size=500)
    root = merkle_root(version.digest.encode() for version in versions)
    body = {"versions": len(versions), "root": root}
    post(actor="system", act="demo.furnish", obj=f"demo.returns:{period.pk}", body=body)
    return len(versions)


def _values(rng: Random, kind: str) -> dict[str, Any]:
    """A plausible quarter of an office."""
    users = rng.randrange(20, 200)
    power = users * rng.randrange(300, 900)
    water, gas = users * rng.randrange(3, 12), users * rng.randrange(0, 20)
    found: dict[str, Any] = {
        "institution_kind": KIND.get(kind, "其他事业单位"), "building_area": users * rng.randrange(20, 45), "energy_users": users,
        "electricity": power, "electricity_cost": power * 7 // 10, "water": water, "water_cost": water * 4,
    }  # fmt: skip
    if gas:
        found |= {"gas": gas, "gas_cost": gas * 3}
    return {key: str(value) for key, value in found.items()}
