"""The life of some demo cars: places handed down, plans on their way, papers, upkeep, oversight, rental, a disposal."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.utils import timezone

from yiwang.areas.vehicles.life import disposing, planning, quota
from yiwang.areas.vehicles.life.models import (
    Complaint,
    Disposal,
    DisposalMethod,
    DisposalState,
    DocumentKind,
    Energy,
    Inspection,
    Insurance,
    InsuranceKind,
    LineState,
    Maintenance,
    Marking,
    PlanLine,
    PurchaseCase,
    RentalContract,
    RentalRate,
    RentalSupplier,
    Supervision,
    Upkeep,
    Use,
    Vehicle,
    VehicleDocument,
    VehicleState,
    Violation,
)
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.core.rights.access import Access, access_for
from yiwang.core.rights.models import User
from yiwang.kit.pinyin import sort_key

CARS = 60  # of the province and of the county, each
INSURERS = ("示例财产保险公司", "示例互助保险公司")
SHOPS = ("示例汽车维修一厂", "示例汽车维修二厂", "示例新能源服务站")
WORK = {
    Upkeep.SERVICE: ("更换机油机滤", "常规保养"),
    Upkeep.REPAIR: ("更换刹车片", "更换蓄电池", "修理空调"),
    Upkeep.TYRES: ("更换前轮轮胎",),
}
FAULTS = (("未按导向车道行驶", 2, 10_000), ("违反禁止标线", 1, 10_000), ("超速未达 20%", 3, 20_000))
RATES = (("SEDAN", "DAY", 38_000), ("SMALL", "DAY", 48_000), ("MEDIUM", "DAY", 78_000), ("SEDAN", "KM", 220))


class Life:
    """Fills what the registers of cars hold beside the cars. Past the verbs where it is only records, by them elsewhere."""

    def __init__(self, rng: Random, on: date, now: datetime) -> None:
        self.rng, self.on, self.now = rng, on, now
        self.counts: dict[str, int] = {}

    def day(self, back: int, ahead: int = 0) -> date:
        """A day between so many days ago and so many ahead."""
        return self.on + timedelta(days=self.rng.randint(-back, ahead))

    def keep(self, row: Scoped) -> None:
        """Placed and saved; counted."""
        row.place()
        row.save()
        label = row._meta.label_lower
        self.counts[label] = self.counts.get(label, 0) + 1

    def papers(self, car: Vehicle, number: int) -> None:
        """Licence, inspection, insurance; some run out soon, a few are over."""
        about: dict[str, Any] = {"vehicle": car, "organ": car.organ}
        self.keep(VehicleDocument(**about, kind=DocumentKind.LICENCE, number=f"99{car.pk:010}", keeper="车队"))
        seen = self.day(360, -5) if number % 9 else self.on - timedelta(days=357)
        self.keep(
            Inspection(
                **about, on_date=seen, valid_to=seen + timedelta(days=364), station="示例机动车检测站", amount=26_000
            )
        )
        for kind, price in ((InsuranceKind.COMPULSORY, 95_000), (InsuranceKind.COMMERCIAL, 280_000)):
            begin = self.day(350, -10) if number % 13 else self.on - timedelta(days=370)
            self.keep(
                Insurance(
                    **about, kind=kind, number=f"PD{kind[:4]}{begin.year}{car.pk:06}", insurer=self.rng.choice(INSURERS),
                    starts_date=begin, ends_date=begin + timedelta(days=365), amount=price,
                )
            )  # fmt: skip

    def upkeep(self, car: Vehicle) -> None:
        """Visits to the workshop, now and then a violation."""
        for place in range(self.rng.randint(1, 3)):
            kind = self.rng.choice(list(WORK))
            sent = self.day(330, -5)
            self.keep(
                Maintenance(
                    vehicle=car, organ=car.organ, number=f"WX-{sent.year}-{car.pk:05}{place}", kind=kind, on_date=sent,
                    done_date=sent + timedelta(days=1), odometer=max(0, car.mileage - 800 * (place + 1)),
                    items=self.rng.choice(WORK[kind]), supplier=self.rng.choice(SHOPS),
                    amount=self.rng.randrange(30_000, 260_000, 1000),
                )
            )  # fmt: skip
        if self.rng.random() < 0.12:
            content, points, fine = self.rng.choice(FAULTS)
            self.keep(
                Violation(
                    vehicle=car, organ=car.organ, number=f"9901{car.pk:08}", on_date=self.day(200, -3), content=content,
                    points=points, amount=fine, location="示例大道与解放路口",
                )
            )  # fmt: skip

    def oversight(self, organ: Organ, car: Vehicle) -> None:
        """A check that found something, a complaint that did not."""
        self.keep(
            Supervision(
                organ=organ, vehicle=car, number=f"JC-{self.on.year}-{organ.pk:05}", on_date=self.on - timedelta(days=40),
                inspector="示例省机关事务管理局", content="节假日封存停驶抽查", problem="钥匙没有交回统一保管",
                measure="已当场改正,车队重申钥匙管理规定", closed_date=self.on - timedelta(days=35),
            )
        )  # fmt: skip
        self.keep(
            Complaint(
                organ=organ, vehicle=car, number=f"TS-{self.on.year}-{organ.pk:05}", on_date=self.on - timedelta(days=20),
                content="反映工作日中午停在商场门口",
            )
        )  # fmt: skip

    def rental(self, organ: Organ) -> None:
        """A firm, its contract and rates."""
        name = "示例汽车租赁有限公司"
        firm = RentalSupplier(organ=organ, name=name, sort_key=sort_key(name), credit_code=f"91990000{organ.pk:010}")
        self.keep(firm)
        first = date(self.on.year, 1, 1)
        paper = RentalContract(
            organ=organ, supplier=firm, number=f"ZL-{first.year}-{organ.pk:04}", starts_date=first,
            ends_date=date(first.year + 1, 1, 1), limit=30_000_000,
        )  # fmt: skip
        self.keep(paper)
        for body, unit, price in RATES:
            self.keep(RentalRate(organ=organ, contract=paper, body=body, unit=unit, price=price, includes="含驾驶员"))

    def places(self, boss: Access, below: list[Organ]) -> None:
        """New places of the year at the root, some of them handed down."""
        assert boss.organ is not None
        given = {"use": Use.EMERGENCY, "access": boss, "on": self.on, "now": self.now}
        top = quota.Order(number=12, approval=f"示机管〔{self.on.year}〕6 号", **given)  # type: ignore[arg-type]
        quota.grant(organ=boss.organ, order=top)
        for organ in below:
            quota.move(source=boss.organ, target=organ, order=quota.Order(number=2, approval="年度调剂", **given))  # type: ignore[arg-type]

    def plans(self, clerk: Access) -> None:
        """One plan that waits for its answer, one that is being drafted."""
        organ = clerk.organ
        assert organ is not None
        for number, reason in enumerate(("按年度更新安排编报。", "拟补充一辆应急用车。")):
            plan = planning.draft(organ=organ, year=self.on.year, reason=reason, access=clerk, on=self.on)
            car = self._old(organ) if number == 0 else None
            planning.add_line(
                plan=plan.pk, access=clerk, on=self.on, replaces=car.pk if car else 0,
                use=car.use if car else Use.EMERGENCY, body="SEDAN", energy=Energy.NEW_ENERGY,
                situation=PurchaseCase.ORDINARY, price=15_800_000, reason="旧车到期" if car else "应急值守需要",
            )  # fmt: skip
            if number == 0:
                planning.submit(plan=plan.pk, access=clerk, on=self.on, now=self.now)

    def _old(self, organ: Organ | None) -> Vehicle | None:
        """The organ's oldest car that no plan and no request is about."""
        wanted = PlanLine.objects.exclude(state=LineState.RELEASED).exclude(replaces=None).values("replaces")
        asked = Disposal.objects.filter(state=DisposalState.ASKED).values("vehicle")
        cars = Vehicle.objects.filter(organ=organ).exclude(state=VehicleState.RETIRED).exclude(registered_date=None)
        return cars.exclude(pk__in=wanted).exclude(pk__in=asked).order_by("registered_date", "pk").first()

    def disposal(self, clerk: Access) -> None:
        """An old car that no request is about is asked to be scrapped."""
        car = self._old(clerk.organ)
        if car is not None:
            disposing.ask(
                vehicle=car.pk, method=DisposalMethod.SCRAP, reason="车况差,维修不经济",
                original_value=car.price or 10_000_000, access=clerk, on=self.on, now=self.now,
            )  # fmt: skip


def load_life(*, now: datetime, seed: int = 20260302) -> dict[str, int]:
    """Some cars of the province and the county get their lives; counts by model. The demo's accounts must be there."""
    on = timezone.localdate(now)
    life = Life(Random(seed), on, now)  # noqa: S311 (made-up data, not secrets)
    clerks = [access_for(User.objects.get(username=f"{place}-clerk")) for place in ("province", "county")]
    for clerk in clerks:
        assert clerk.organ is not None
        rows = Vehicle.objects.within(clerk.organ).exclude(state=VehicleState.RETIRED).select_related("organ")
        cars = list(rows.order_by("organ__depth", "pk")[:CARS])
        Vehicle.objects.filter(pk__in=[car.pk for car in cars[: CARS * 3 // 4]]).update(
            marking=Marking.DONE, marked_date=on - timedelta(days=200)
        )
        for number, car in enumerate(cars):
            life.papers(car, number)
            life.upkeep(car)
        if cars:
            life.oversight(cars[0].organ, cars[0])
        life.rental(clerk.organ)
    post(actor="system", act="demo.furnish", obj="demo.life:990000", body={"rows": life.counts})
    boss = access_for(User.objects.get(username="province-manager"))
    life.places(boss, [clerk.organ for clerk in clerks[1:] if clerk.organ is not None])
    for clerk in clerks[1:]:
        life.plans(clerk)
        life.disposal(clerk)
    return life.counts
