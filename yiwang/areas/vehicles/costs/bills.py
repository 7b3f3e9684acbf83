"""What a bill is before it is kept: its fields checked against the car, the day and the bills that are there. In sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from yiwang.areas.vehicles.costs.models import ENERGY, Cost, CostKind
from yiwang.areas.vehicles.life.models import Vehicle
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)
from yiwang.kit.refusal import Refusal, Where

#: Labels of the fields in refusals.
WORDS = {
    "plate": "车牌号",
    "number": "凭证号",
    "amount": "金额",
    "at": "时间",
    "quantity": "数量",
    "odometer": "里程表读数",
}


@dataclass
class Bill:
    """A bill as given; `row` is its line in the file (0: typed). Amount in fen; None where it could not be read."""

    row: int
    kind: str
    plate: str
    number: str
    merchant: str
    at: datetime | None
    amount: int | None
    quantity: Decimal | None = None
    odometer: int | None = None
    location: str = ""
    card: str = ""
    item: str = ""
    note: str = ""
    car: Vehicle | None = None
    wrong: list[Refusal] = field(default_factory=list)

    def refuse(self, code: str, message: str, column: str = "") -> None:
        """One more reason not to keep it."""
        where = Where(row=self.row or None, column=WORDS.get(column, column))
        self.wrong.append(Refusal(code, message, where=where))


def check(bills: Sequence[Bill], *, access: Access, now: datetime) -> None:
    """Find the cars and say what is wrong with each bill. Three queries, whatever their number.

    `cost.plate`, `cost.retired`, `cost.number`, `cost.twice`, `cost.known`, `cost.amount`, `cost.day`, `cost.quantity`.
    """
    _cars(bills, access)
    there = _known(bills)
    times = Counter((bill.number, bill.merchant) for bill in bills)
    for bill in bills:
        _figures(bill, now)
        if not bill.number:
            bill.refuse("cost.number", "没有凭证号;小票没有编号的,用交易流水号。", "number")
        elif times[bill.number, bill.merchant] > 1:
            bill.refuse(
                "cost.twice",
                f"凭证号 {bill.number} 在这份数据里出现了 {times[bill.number, bill.merchant]} 次。",
                "number",
            )
        elif (day := there.get((bill.number, bill.merchant))) is not None:
            bill.refuse("cost.known", f"凭证号 {bill.number} 已在 {day} 入账,不能再入。", "number")


def _cars(bills: Sequence[Bill], access: Access) -> None:
    """Whose cars they are; a car outside of the scope is as unknown as one that is not there."""
    plates = {form for bill in bills if bill.plate for form in (bill.plate, plain(bill.plate), _dotted(bill.plate))}
    rows = access.scope(Vehicle.objects.filter(plate__among=list(plates)), Verb.WRITE).select_related("organ")
    cars = {plain(car.plate): car for car in rows}
    for bill in bills:
        bill.car = cars.get(plain(bill.plate))
        if bill.car is None:
            said = f"没有车牌号“{bill.plate}”的车辆" if bill.plate else "没有车牌号"
            bill.refuse("cost.plate", f"{said},或不在您管理的范围内;请核对,或先登记车辆。", "plate")


def plain(plate: str) -> str:
    """A plate without the dot and blanks that some write: 示A·12345 → 示A12345."""
    return plate.replace("·", "").replace(" ", "").upper()


def _dotted(plate: str) -> str:
    """With the dot after the letter of the place."""
    text = plain(plate)
    return f"{text[:2]}·{text[2:]}"


def _known(bills: Sequence[Bill]) -> dict[tuple[str, str], str]:
    rows = Cost.objects.filter(number__among=[bill.number for bill in bills if bill.number])
    return {(number, merchant): f"{day}" for number, merchant, day in rows.values_list("number", "merchant", "day")}


def _figures(bill: Bill, now: datetime) -> None:
    """Amount, time and quantity, against the car's own life."""
    if bill.amount is None:
        bill.refuse("cost.amount", "金额不是数。", "amount")
    elif bill.amount < 0:
        bill.refuse(
            "cost.amount", f"金额 {Decimal(bill.amount) / 100} 小于 0;退款请在原凭证上更正,不记负数。", "amount"
        )
    if bill.quantity is not None and bill.quantity <= 0:
        bill.refuse("cost.quantity", f"数量 {bill.quantity} 应大于 0。", "quantity")
    if bill.kind in ENERGY and bill.quantity is None:
        bill.refuse("cost.quantity", f"{CostKind(bill.kind).label}要有数量,否则不能核对油(电)耗。", "quantity")
    if bill.at is None:
        bill.refuse("cost.day", "时间读不出来,请写成 2026-03-01 08:30。", "at")
        return
    if bill.at > now:
        bill.refuse("cost.day", f"{timezone.localtime(bill.at):%Y-%m-%d %H:%M} 还没有到。", "at")
    car, day = bill.car, timezone.localtime(bill.at).date()
    born = car and (car.registered_date or car.purchased_date)
    if born and day < born:
        bill.refuse("cost.day", f"日期 {day} 早于车辆登记日期 {born}。", "at")
    if car and car.retired_date and day > car.retired_date:
        bill.refuse("cost.retired", f"车辆已在 {car.retired_date} 处置,{day} 不应再有费用。", "at")
