"""后勤服务 of the demo province: contracts with acceptance and payments, a store, a canteen, visitors. By the verbs, on TODAY.

Everything at the bureau that runs the province's offices, so that it serves all below: a page of each topic has something on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.utils import timezone

from yiwang.areas.services.canteen import actions as canteen
from yiwang.areas.services.canteen import checks
from yiwang.areas.services.canteen.models import Canteen, Dish
from yiwang.areas.services.suppliers import actions as suppliers
from yiwang.areas.services.suppliers import payments
from yiwang.areas.services.suppliers.models import Acceptance, Contract, Supplier
from yiwang.areas.services.suppliers.standard import standard
from yiwang.areas.services.supplies import actions as supplies
from yiwang.areas.services.supplies.models import Stock, Store, Supply
from yiwang.areas.services.visitors import actions as visitors
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.core.rights.access import Access
from yiwang.kit.credit_code import generate
from yiwang.kit.pinyin import sort_key

#: name, services, price in yuan a year, service items.
SUPPLIERS = (
    ("示例清源物业服务有限公司", "物业服务", 4_860_000, ("房屋养护维护", "保洁", "安全保卫")),
    ("示例百味餐饮管理有限公司", "餐饮服务", 2_300_000, ("餐饮",)),
    ("示例绿野园林有限公司", "绿化养护", 380_000, ("绿化",)),
    ("示例恒通电梯有限公司", "电梯维护", 156_000, ("公用设施设备维护",)),
)
#: name, category, specification, unit, price in fen, approve above, received.
SUPPLIES = (
    ("A4 复印纸", "纸品", "70g 500张", "包", 2_250, 10, 400),
    ("签字笔", "文具", "黑色 0.5mm", "支", 180, 20, 600),
    ("笔记本", "文具", "B5 80页", "本", 650, 10, 200),
    ("文件夹", "文具", "A4 双夹", "个", 480, 20, 150),
    ("硒鼓", "耗材", "通用型", "只", 18_500, 2, 30),
    ("电池", "日用", "5号", "节", 150, 20, 12),
)
#: name, category, allergens, price in fen.
DISHES = (
    ("红烧肉", "荤菜", "", 1_200),
    ("清蒸鱼", "荤菜", "鱼", 1_500),
    ("宫保鸡丁", "荤菜", "花生", 1_000),
    ("番茄炒蛋", "素菜", "蛋", 600),
    ("清炒时蔬", "素菜", "", 500),
    ("麻婆豆腐", "素菜", "大豆", 500),
    ("米饭", "主食", "", 100),
    ("紫菜蛋花汤", "汤", "蛋", 200),
)
MONTHS = 5


class Services:
    """Fills one organ; `clerk` works, `boss` approves, `asking` are people of the organs below."""

    def __init__(
        self, rng: Random, organ: Organ, clerk: Access, boss: Access, asking: Sequence[Access], on: date
    ) -> None:
        self.rng, self.organ, self.clerk, self.boss, self.asking, self.on = rng, organ, clerk, boss, asking, on

    def at(self, day: date, hour: int) -> datetime:
        """A local instant."""
        return datetime.combine(day, time(hour), timezone.get_current_timezone())

    def run(self) -> dict[str, int]:
        """Everything; how many of what."""
        self.contracts()
        self.store()
        self.canteen()
        return {"contracts": len(SUPPLIERS), "visits": self.visits()}

    def _kept(self, row: Scoped) -> None:
        row.place()
        row.save()

    def contracts(self) -> None:
        """A year of each supplier: months accepted and evaluated, payments in every state."""
        begin = self.on.replace(month=1, day=1)
        for number, (name, services, price, items) in enumerate(SUPPLIERS):
            code = generate("990000", 900_000 + number, department="91")
            maker = Supplier(organ=self.organ, name=name, sort_key=sort_key(name), credit_code=code, services=services)
            self._kept(maker)
            end = self.on + timedelta(days=(20, 185, 75, 400)[number])
            one = Contract(organ=self.organ, number=f"HT-{begin.year}-{number + 1:03}", name=f"{services}合同")
            one.supplier, one.price, one.begin_date, one.end_date = maker, price * 100, begin, end
            one.frequency = "MONTHLY"
            self._kept(one)
            suppliers.set_terms(
                contract=one.pk,
                scope=[(item, None, "") for item in items],
                stages=[
                    (f"{month} 月", begin.replace(month=month, day=28), price * 100 // 12) for month in range(1, 13)
                ],
                deductions=[(90, 100), (80, 95), (70, 85)],
                weights={},
                access=self.clerk,
            )
            self._months(one, price * 100 // 12, number)

    def _months(self, one: Contract, monthly: int, number: int) -> None:
        contents = standard(self.on).contents
        stages = list(one.stages.all())
        for month in range(1, MONTHS + 1):
            since, until = self.on.replace(month=month, day=1), self.on.replace(month=month + 1, day=1)
            period = {"contract": one.pk, "valid_from": since, "valid_to": until, "access": self.clerk, "on": until}
            row = suppliers.accept(result="PASSED", amount=monthly, quantity=Decimal(1), unit="月", **period)  # type: ignore[arg-type]
            base = (93, 86, 90, 78)[number]
            points = {word: Decimal(base + self.rng.randint(-4, 4)) for word in contents}
            users = Decimal(base + self.rng.randint(-6, 4))
            suppliers.evaluate(frequency="MONTHLY", points=points, users=users, **period)  # type: ignore[arg-type]
            self._pay(row, stages[month - 1].pk, month, until)

    def _pay(self, row: Acceptance, stage: int, month: int, day: date) -> None:
        row.refresh_from_db()
        said = payments.suggest(Acceptance.objects.select_related("contract").get(pk=row.pk))
        if not said.amount:
            return
        pay = payments.propose(acceptance=row.pk, amount=said.amount, stage=stage, access=self.clerk, on=day)
        if month < MONTHS:
            payments.decide(payment=pay.pk, approve=True, access=self.boss, on=day)
        if month < MONTHS - 1:
            payments.record(payment=pay.pk, paid_date=day, voucher=f"记-{pay.pk:04}", access=self.clerk)

    def store(self) -> None:
        """A store with its articles, half a year of requests, some of them waiting."""
        place = Store(organ=self.organ, name="机关办公用品库", location="行政中心地下一层")
        self._kept(place)
        articles = list[Supply]()
        for number, (name, category, specification, unit, price, above, quantity) in enumerate(SUPPLIES, 1):
            article = Supply(organ=self.organ, code=f"BG-{number:03}", name=name, sort_key=sort_key(name))
            article.category, article.specification, article.unit = category, specification, unit
            article.price, article.approve_above = price, above
            self._kept(article)
            articles.append(article)
            day = self.on - timedelta(days=180)
            supplies.receive(
                store=place.pk, supply=article.pk, quantity=quantity, price=price, access=self.clerk, on=day
            )
        Stock.objects.filter(store=place).update(minimum=20)
        for number in range(18):
            day, access = self.on - timedelta(days=170 - 10 * number), self.asking[number % len(self.asking)]
            article = articles[number % 5]
            one = supplies.ask(store=place.pk, lines=[(article.pk, self.rng.randint(1, 2))], access=access, on=day)
            if number < 15:
                lines = {line.pk: line.quantity for line in one.lines.all()}
                supplies.issue(request=one.pk, lines=lines, access=self.clerk, on=day)
        supplies.ask(store=place.pk, lines=[(articles[4].pk, 4)], reason="年度换新", access=self.asking[0], on=self.on)

    def canteen(self) -> None:
        """A canteen with its dishes, menus of three days, orders, a group, two weeks of waste, one quarter's check."""
        place = Canteen(organ=self.organ, name="机关第一食堂", location="行政中心B座一层", opened_date=date(2026, 1, 5))
        self._kept(place)
        dishes = list[Dish]()
        for name, category, allergens, price in DISHES:
            dish = Dish(organ=self.organ, name=name, sort_key=sort_key(name), category=category, allergens=allergens)
            dish.price = price
            self._kept(dish)
            dishes.append(dish)
        now = self.at(self.on, 9)
        for ahead in (1, 2, 3):
            menu = canteen.publish_menu(
                canteen=place.pk,
                on=self.on + timedelta(days=ahead),
                meal="LUNCH",
                dishes=[(dish.pk, dish.price) for dish in dishes],
                subsidy=800,
                access=self.clerk,
                now=now,
            )
            rows = list(menu.dishes.all())
            for access in self.asking:
                canteen.order(
                    menu=menu.pk, lines=[(row.pk, 1) for row in self.rng.sample(rows, 3)], access=access, now=now
                )
        canteen.order_group(
            canteen=place.pk, on=self.on + timedelta(days=2), meal="LUNCH", kind="MEETING", persons=24, standard=4_000,
            purpose="全省机关事务工作会议", access=self.asking[0], now=now,
        )  # fmt: skip
        for back in range(14, 0, -1):
            weights = {kind: Decimal(self.rng.randint(40, 90) + back) / 10 for kind in ("KITCHEN", "LEFTOVER", "PLATE")}
            day = self.on - timedelta(days=back)
            canteen.weigh(
                canteen=place.pk, on=day, meal="LUNCH", weights=weights, diners=180, access=self.clerk, today=day
            )
        self._check(place)

    def _check(self, place: Canteen) -> None:
        day = self.on - timedelta(days=91)
        answers = {one.key: checks.Answer("MET", "制度文件和台账") for one in checks.items(day)}
        answers["4"] = checks.Answer("UNMET", "晚餐没有称重记录", "晚餐也称重", self.on + timedelta(days=10))
        checks.self_check(canteen=place.pk, answers=answers, access=self.clerk, on=day)

    def visits(self) -> int:
        """Ten days of visitors, two of today waiting."""
        names = ("林远", "周岚", "许青", "何川", "方宁")
        for back in range(9, -1, -1):
            day, access = self.on - timedelta(days=back), self.asking[back % len(self.asking)]
            for name in self.rng.sample(names, 2):
                now = self.at(day, 9)
                one = visitors.invite(
                    name=name, organ_name="示例市发展和改革委员会", phone="13900000000", on=day, reason="工作联系",
                    access=access, now=now,
                )  # fmt: skip
                if back:
                    visitors.arrive(visit=one.pk, access=self.clerk, now=now)
                    visitors.leave(visit=one.pk, access=self.clerk, now=now + timedelta(hours=1))
        return 20


def furnish(on: date) -> dict[str, int]:
    """The services of the province's own bureau. The accounts of the demo must be there."""
    from yiwang.core.rights.access import access_for
    from yiwang.core.rights.models import User

    def access(name: str) -> Access:
        return access_for(User.objects.get(username=name))

    clerk, boss = access("province-clerk"), access("province-manager")
    assert clerk.organ is not None
    asking = [access(name) for name in ("province-reader", "city-clerk", "county-clerk", "county-manager")]
    return Services(Random(20260701), clerk.organ, clerk, boss, asking, on).run()  # noqa: S311 (made-up data)
