"""能源对账单: a supplier's file as bills; all or its good rows; the same file twice is one; its columns are remembered."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from yiwang.areas.energy.meters.models import EnergyBill, Meter, UtilityForm, UtilityStatement
from yiwang.areas.energy.use.computing import recompute
from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.register import Column, Register
from yiwang.core.registers.statements import StatementRows, read_statement
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)
from yiwang.kit.digest import canonical, merkle_root
from yiwang.kit.refusal import Refusal, Where

AREA = "energy"
#: The columns that a statement may have, as a register would have them; the headers of utilities beside.
ROWS = Register(
    key="energy.statement-row",
    label="能源对账单",
    model=EnergyBill,
    columns=(
        Column(path="meter__number", label="表号", synonyms=("户号", "用户编号", "客户编号", "表计编号", "电表号", "水表号", "用户号", "计量点编号")),
        Column(path="number", synonyms=("账单编号", "发票号码", "流水号", "结算单号")),
        Column(path="valid_from", synonyms=("上次抄表日期", "起始日", "开始日期", "计费起始", "上期抄表日")),
        Column(path="valid_to", synonyms=("本次抄表日期", "截止日", "结束日期", "抄表日期", "计费截止", "本期抄表日")),
        Column(path="quantity", synonyms=("用电量", "用水量", "用气量", "结算电量", "电量", "水量", "气量", "本期用量", "实用量")),
        Column(path="amount", money=True, synonyms=("金额(元)", "电费", "水费", "气费", "应收金额", "费用", "合计金额", "应缴金额")),
        Column(path="supplier", synonyms=("供电公司", "供水公司", "供气公司")),
    ),
    natural=("number",),
)  # fmt: skip
NEEDED = ("meter_number", "valid_to", "quantity", "amount")
WORDS = {"number": "账单号", "valid_from": "起始日期", "valid_to": "截止日期", "quantity": "用量", "amount": "金额"}


@dataclass
class Line:
    """A line of a statement; quantity in units, amount in fen. `wrong`: why it is not kept."""

    row: int
    meter_number: str
    number: str
    since: date | None
    until: date | None
    quantity: Decimal | None
    amount: int | None
    meter: Meter | None = None
    wrong: list[Refusal] = field(default_factory=list)

    def refuse(self, code: str, message: str, column: str = "") -> None:
        """One more reason."""
        self.wrong.append(Refusal(code, message, where=Where(row=self.row, column=WORDS.get(column, column))))


@dataclass(frozen=True)
class Taken:
    """What became of a statement: bills kept, lines refused; `again`: the file was taken before, nothing was done."""

    kept: int = 0
    refused: list[Line] = field(default_factory=list)
    statement: UtilityStatement | None = None
    again: bool = False


def figure(value: Any) -> Decimal | None:
    """A number, grouped or not; None for what is none."""
    text = "" if value is None else str(value).strip().replace(",", "").replace("元", "")
    try:
        found = Decimal(text)
    except ArithmeticError:
        return None
    return found if found.is_finite() and abs(found) < 10**11 else None


def lines(content: bytes, name: str, columns: Mapping[str, str]) -> tuple[list[Line], StatementRows]:
    """The lines of the file. Refusals of `kit.sheets`, `import.empty`."""
    found = read_statement(content, name, register=ROWS, needed=NEEDED, columns=columns)
    made = {number: _line(number, values) for number, values in found.rows.items()}
    for problem in found.problems:
        if problem.row in made and problem.code != "number.negative":  # which the check says better
            made[problem.row].refuse(problem.code, problem.message, problem.header)
    return list(made.values()), found


def _line(row: int, values: Mapping[str, Any]) -> Line:
    amount = figure(values.get("amount"))
    return Line(
        row=row,
        meter_number=str(values.get("meter_number") or "").strip(),
        number=str(values.get("number") or "").strip()[:60],
        since=values.get("valid_from"),
        until=values.get("valid_to"),
        quantity=figure(values.get("quantity")),
        amount=None if amount is None else int((amount * 100).to_integral_value()),
    )


def take(
    found: Sequence[Line],
    *,
    supplier: str,
    name: str,
    content: bytes,
    columns: Mapping[str, str],
    good_only: bool,
    access: Access,
    now: datetime,
) -> Taken:
    """Keep the bills: all, or the good ones where that is asked for. How the columns are read is remembered."""
    access.need(access.may(Verb.WRITE, AREA), "导入能源对账单")
    organ, user, digest = access.organ, access.user, hashlib.sha256(content).hexdigest()
    assert organ is not None
    assert isinstance(user, User)
    with transaction.atomic():
        remember(organ, supplier, columns, now)
        before = UtilityStatement.objects.filter(organ=organ, digest=digest).first()
        if before is not None:
            return Taken(statement=before, again=True)
        check(found, access=access, today=now.date())
        refused = [one for one in found if one.wrong]
        good = [one for one in found if not one.wrong]
        if not good or (refused and not good_only):
            return Taken(refused=refused)
        amount = sum(one.amount or 0 for one in good)
        statement = UtilityStatement(
            organ=organ, supplier=supplier, file_name=name[-200:], digest=digest, rows=len(found), kept=len(good),
            amount=amount, user=user, taken_at=now,
        )  # fmt: skip
        statement.place()
        statement.save()
        rows = [_bill(one, supplier, statement) for one in good]
        EnergyBill.objects.bulk_create(rows, batch_size=500)
        _post(access, statement, good, len(refused))
        recompute({row.meter_id for row in rows})
    return Taken(len(rows), refused, statement)


def _bill(one: Line, supplier: str, statement: UtilityStatement) -> EnergyBill:
    assert one.meter is not None
    assert one.quantity is not None
    assert one.amount is not None
    assert one.since is not None
    assert one.until is not None
    return EnergyBill(
        meter=one.meter, organ=one.meter.organ, number=one.number, supplier=supplier, statement=statement,
        quantity=int(one.quantity * 1000), amount=one.amount, valid_from=one.since, valid_to=one.until,
        **columns_of(one.meter.organ),
    )  # fmt: skip


def check(found: Sequence[Line], *, access: Access, today: date) -> None:
    """Find the meters and say what is wrong with each line. Three queries, whatever their number.

    `bill.meter`, `bill.figure`, `bill.period`, `bill.known`, `bill.twice`, `bill.overlap`.
    """
    numbers = sorted({one.meter_number for one in found if one.meter_number})
    meters = access.scope(Meter.objects.filter(number__among=numbers), Verb.WRITE)
    known = {row.number: row for row in meters.select_related("organ").select_for_update(of=("self",))}
    held = _held([row.pk for row in known.values()])
    for one in found:
        one.meter = known.get(one.meter_number)
        if one.meter is None:
            message = f"没有表号“{one.meter_number}”,或不在您管理的范围内;请核对户号,或先登记计量器具。"
            one.refuse("bill.meter", message, "表号")
        _figures(one)
        _period(one, held, today)
    times = Counter((one.meter_number, one.number) for one in found)
    for one in sorted(found, key=lambda each: (each.until or date.max, each.row)):
        if times[one.meter_number, one.number] > 1:
            one.refuse("bill.twice", f"账单号 {one.number} 在这份对账单里不止一行。", "number")
        if one.meter is not None and not one.wrong:
            _apart(one, held[one.meter.pk])


Held = dict[int, list[tuple[date, date, str]]]


def _held(meters: Sequence[int]) -> Held:
    found: Held = defaultdict(list)
    rows = EnergyBill.objects.filter(meter__among=list(meters)).order_by("valid_to")
    for meter, since, until, number in rows.values_list("meter_id", "valid_from", "valid_to", "number"):
        found[meter].append((since, until, number))
    return found


def _figures(one: Line) -> None:
    if one.quantity is None or one.quantity < 0:
        one.refuse("bill.figure", "用量应是不小于 0 的数;退补电量请并入原账单更正。", "quantity")
    if one.amount is None or one.amount < 0:
        one.refuse("bill.figure", "金额应是不小于 0 的数。", "amount")


def _period(one: Line, held: Held, today: date) -> None:
    """The days of the bill: without a first day it goes on from the last bill."""
    if one.until is None:
        one.refuse("bill.period", "没有截止(抄表)日期。", "valid_to")
        return
    if one.since is None and one.meter is not None:
        before = [until for _, until, _ in held[one.meter.pk] if until < one.until]
        one.since = max(before, default=None)
    if one.since is None:
        one.refuse("bill.period", "没有起始日期,也没有上一张账单可以接上;请在文件里补上起始日期。", "valid_from")
    elif not one.since < one.until or one.until > today:
        one.refuse("bill.period", f"账单日期 {one.since} 至 {one.until} 不对:截止要晚于起始,也不能在将来。", "valid_to")
    one.number = one.number or f"{one.meter_number}-{one.until:%Y%m%d}"


def _apart(one: Line, held: list[tuple[date, date, str]]) -> None:
    assert one.since is not None
    assert one.until is not None
    for since, until, number in held:
        if number == one.number:
            one.refuse("bill.known", f"账单 {one.number} 已经登记,不能再入。", "number")
            return
        if since < one.until and one.since < until:
            one.refuse("bill.overlap", f"与账单 {number}({since} 至 {until})的日期重叠,会重复计算。", "valid_from")
            return
    held.append((one.since, one.until, one.number))


def remember(organ: Organ, supplier: str, columns: Mapping[str, str], now: datetime) -> None:
    """The columns of a supplier's statement, for the next time."""
    defaults = {**columns_of(organ), "columns": dict(columns), "used_at": now}
    UtilityForm.objects.update_or_create(organ=organ, supplier=supplier, defaults=defaults)


def remembered(organ: Organ, supplier: str) -> dict[str, str]:
    """How the columns were read the last time, here or by an organ above; {} for a new supplier."""
    above = [key for level in range(1, organ.depth + 1) if (key := getattr(organ, f"l{level}"))]
    rows = UtilityForm.objects.filter(organ__in=above, supplier=supplier).order_by("-organ__depth")
    return dict(rows.values_list("columns", flat=True).first() or {})


def _post(access: Access, statement: UtilityStatement, good: Sequence[Line], refused: int) -> None:
    leaves = (canonical([one.meter_number, one.number, str(one.quantity), one.amount]).encode() for one in good)
    body = {
        "rows": len(good), "amount": statement.amount, "root": merkle_root(leaves), "file": statement.file_name,
        "digest": statement.digest, "refused": refused,
    }  # fmt: skip
    post(
        actor=access.actor,
        act="energy.statement.take",
        obj=f"energy.statement:{statement.pk}",
        body=access.facts(Verb.WRITE, AREA, **body),
    )
