"""What the small world uses, reports and shows: meters of a province with three years behind them, a sign, a target, an
edition of 一张图; a return that is open, one that waits, one that was accepted; a self-evaluation, two 公示.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from yiwang.areas.energy.meters.models import Meter
    from yiwang.core.orgs.models import Organ
    from yiwang.core.rights.access import Access

#: What a month takes, January to December, in per cent of a usual one.
SEASON = (120, 110, 95, 85, 90, 110, 130, 130, 100, 85, 90, 110)
#: So many months back the meters begin.
MONTHS = 40
#: What is reported: the small scheme of the area's tests, with a cell that comes out of the buildings.
DRAWN = "  - {key: houses, label: 房屋, unit: 幢, fill: {dataset: offices.building, take: count}}\n"


def fill(province: Organ, below: list[Organ], *, today: date) -> dict[str, Any]:
    """Ids by name. `below`: organs of counties, three at least."""
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    access, now = access_for(User.objects.get(username="manager")), datetime.now(UTC)
    ids = _meters(province, below, access, today) | _judged(province, access, today, now)
    _edition(today)
    ids |= _returns(below, access, today, now)
    return ids | _evaluated(province, access, today, now) | _published(access, today, now)


def _meters(province: Organ, below: list[Organ], access: Access, today: date) -> dict[str, Any]:
    """Three kinds of meters for everybody; the province has one that is shared, one worked out, and one with bills."""
    from yiwang.areas.energy import factories
    from yiwang.areas.energy.meters import actions
    from yiwang.areas.energy.meters.models import Form
    from yiwang.areas.energy.use.spread import following
    from yiwang.core.rights.models import User

    factories.tariff(province, "0.62")
    found: dict[str, Meter] = {}
    for number, organ in enumerate((province, *below), start=1):
        factories.institution(organ, contact="李统计")
        for year in range(today.year - 3, today.year + 1):
            factories.year(organ, year, regular=60 + 15 * number, area=Decimal(1500 + 400 * number))
        for kind, name, each in (("ELECTRICITY", "总电表", 9000), ("WATER", "总水表", 300), ("GAS", "食堂燃气表", 240)):
            meter = factories.meter(organ, kind, number=f"{kind[0]}0{number}", name=name, position="地下一层")
            since, uses = _months(each * (3 + number) // 4, today)
            wrong = kind == "WATER" and organ == below[0]  # litres in a register of cubic metres
            factories.months(
                meter, since, *(use * (1000 if wrong and place == MONTHS - 3 else 1) for place, use in uses)
            )
            found[f"{number}.{kind}"] = meter
    meter, since = found["1.ELECTRICITY"], date(today.year, 1, 1)
    actions.share(
        meter=meter.pk,
        since=since,
        bases={province: Decimal(7), below[0]: Decimal(3)},
        ground="建筑面积",
        access=access,
    )
    virtual = factories.meter(province, number="X01", name="公共区域", form=Form.VIRTUAL, counts=False)
    actions.compose(meter=virtual.pk, terms={meter.number: Decimal(1)}, access=access)
    billed = factories.meter(province, "WATER", number="S02", name="绿化水表", form=Form.BILLED)
    given = actions.Bill("2026-001", since, following(since), Decimal(90), 32_400, "示例供水公司")
    actions.bill(given, meter=billed.pk, access=access, today=today)
    estimated: dict[str, Any] = {"estimated": True, "note": "表箱锁着", "user": User.objects.get(username="clerk")}
    factories.readings(
        factories.meter(province, number="E09", name="车库电表"), (since, 0), (following(since), 900), **estimated
    )
    return {"meter": meter.pk, "meter_virtual": virtual.pk, "meter_billed": billed.pk}


def _months(each: int, today: date) -> tuple[date, list[tuple[int, int]]]:
    """The first month, and what each took: (place, use)."""
    first = today.year * 12 + today.month - 1 - MONTHS
    uses = [each * SEASON[(first + place) % 12] // 100 + place for place in range(MONTHS)]
    return date(first // 12, first % 12 + 1, 1), list(enumerate(uses))


def _judged(province: Organ, access: Access, today: date, now: datetime) -> dict[str, Any]:
    """What the rules find of the last month, and a plan with its whole and a part."""
    from yiwang.areas.energy.judge import actions, targets
    from yiwang.areas.energy.judge.loading import month_before
    from yiwang.areas.energy.judge.models import Sign
    from yiwang.core.orgs.models import Organ

    actions.judge(through=month_before(today), now=now, on=today)
    years = (today.year - 1, today.year, today.year + 4)
    plan = targets.plan(
        name="全省公共机构节能规划", kind="FREE", years=years, ground="示例规划〔2026〕1号", access=access
    )
    part: dict[str, Any] = {"plan": plan.pk, "energy": "ELECTRICITY", "year": today.year, "access": access}
    targets.set_whole(amount=Decimal(900_000), **part)
    targets.give(organ=Organ.objects.get(superior=province), amount=Decimal(700_000), **part)
    return {"sign": Sign.objects.order_by("pk")[0].pk}


def _edition(today: date) -> None:
    """一张图 of the last year, out of the registers."""
    from yiwang.insight import actions

    actions.keep_year(year=today.year - 1, on=today, actor="system")


def _returns(below: list[Organ], access: Access, today: date, now: datetime) -> dict[str, Any]:
    """The province's month: open, handed in and drawn for a check, accepted; `filler` fills the second county's."""
    from yiwang.areas.reporting import actions, opening, quality, receiving
    from yiwang.areas.reporting.calendar import containing, start_before
    from yiwang.areas.reporting.factories import SMALL
    from yiwang.areas.reporting.models import Return
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    text = SMALL.replace("title: 能耗月报", "title: 全省能耗月报").replace("  - {key: gas,", f"{DRAWN}  - {{key: gas,")
    revision = opening.save_scheme(text=text, access=access)
    opening.issue_scheme(revision=revision.pk, access=access)
    month = start_before("month", containing("month", today))
    period = opening.open_period(revision=revision.pk, start=month, access=access, now=now)
    rows = {row.organ_id: row for row in Return.objects.filter(period=period)}
    for organ, power in ((below[0], "5000"), (below[2], "6100")):
        clerk = access_for(User.objects.get(username=f"clerk-{organ.pk}"))
        typed = [actions.Change(*one) for one in (("users", "", "90"), ("power", "", power), ("note", "", "含车库"))]
        row = actions.save_cells(pk=rows[organ.pk].pk, changes=typed, reasons={}, access=clerk, on=today)
        meters: list[dict[str, str]] = [{"number": "E02", "used": power}]
        actions.save_rows(pk=row.pk, table="meters", rows=meters, mark=row.mark, access=clerk, on=today)
        actions.submit(pk=row.pk, access=clerk, on=today, now=now)
    quality.draw(period=period, organ=period.organ_id, share=Decimal(1), seed=7, access=access, now=now)
    said = ["工作表“主表” 第 4 行 “本期”列:“用电量”应是数字,填的是“五百”。"]
    file = receiving.File("九月.xlsx", "0" * 64)
    refused = {
        key: receiving.refuse(row, file, said, access=access, now=now).pk for key, row in rows.items()
    }  # all of them: the crawl opens only some returns
    return {
        "receipt": refused[below[1].pk],
        "scheme": revision.pk,
        "period_above": period.pk,
        "return_own": rows[below[1].pk].pk,
        "return_handed": rows[below[0].pk].pk,
    }


def _evaluated(province: Organ, access: Access, today: date, now: datetime) -> dict[str, Any]:
    """A self-evaluation that is being filled, and a quarter that was published."""
    from yiwang.areas.evaluation import actions, publishing

    begun: dict[str, Any] = {"organ": province, "access": access, "on": today, "now": now}
    one = actions.begin(key="CONSERVING", year=today.year - 1, **begun)
    row = publishing.publish(year=today.year - 1, quarter=4, reason="", access=access, on=today, now=now)
    return {"assessment": one.pk, "publication": row.pk}


def _published(access: Access, today: date, now: datetime) -> dict[str, Any]:
    """公务用车公示 of the last quarter of last year."""
    from yiwang.areas.vehicles.stats import cube, publicity

    for month in publicity.months_of(today.year - 1, 4):
        cube.refresh(month, on=today, now=now)
    row = publicity.publish(year=today.year - 1, quarter=4, access=access, on=today, now=now)
    return {"publicity": row.pk, "last_year": today.year - 1}
