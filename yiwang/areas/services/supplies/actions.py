"""The verbs of supplies. Stock is taken by one conditional update of its row; a CHECK holds the same.

Order of locks: request, stocks by id, quota. Who keeps: role KEEPER or whoever writes the registers, at the store's organ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, Sum, When

from yiwang.areas.services.messages import tell
from yiwang.areas.services.reach import AREA, above, acting, at_home, serves, serving, within
from yiwang.areas.services.supplies.models import (
    COUNTED,
    ISSUABLE,
    Holder,
    Movement,
    MovementKind,
    QuotaPeriod,
    RequestLine,
    RequestState,
    Stock,
    Stocktake,
    Store,
    Supply,
    SupplyQuota,
    SupplyRequest,
)
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.holders import able
from yiwang.core.rights.models import Role, User, Verb
from yiwang.kit.refusal import Refusal

MOST = 1_000_000


@transaction.atomic
def receive(
    *, store: int, supply: int, quantity: int, price: int | None = None, note: str = "", access: Access, on: date
) -> Movement:
    """入库: so many of an article come into the store; price in fen for one. Refusals `stock.quantity`, `stock.supply`."""
    place = kept_store(store, access)
    if not 0 < quantity <= MOST:
        raise Refusal("stock.quantity", "数量要大于 0。")
    if not serving(Supply.objects.all(), place.organ).filter(pk=supply).exists():
        raise Refusal("stock.supply", "用品目录里没有这种用品。")
    stock = Stock.objects.filter(store=place, supply=supply).first()
    if stock is None:
        stock = Stock(organ=place.organ, store=place, supply_id=supply)
        stock.place()
        stock.save()
    made = _move(stock.pk, quantity, MovementKind.RECEIVE, access, on, price=price, note=note)
    _post(access, "receive", f"services.stock:{stock.pk}", made)
    return made


@transaction.atomic
def scrap(*, stock: int, quantity: int, note: str, access: Access, on: date) -> Movement:
    """报废: so many are thrown away, with a reason. Refusals `stock.quantity`, `stock.short`, `stock.reason`."""
    row = _kept_stock(stock, access)
    if quantity <= 0:
        raise Refusal("stock.quantity", "数量要大于 0。")
    if not note.strip():
        raise Refusal("stock.reason", "请写明报废原因。")
    made = _move(row.pk, -quantity, MovementKind.SCRAP, access, on, note=note)
    _post(access, "scrap", f"services.stock:{row.pk}", made)
    return made


@transaction.atomic
def ask(*, store: int, lines: Sequence[tuple[int, int]], reason: str = "", access: Access, on: date) -> SupplyRequest:
    """申请领用: (supply, quantity) pairs from a store that serves the user's organ.

    Waits for approval where one quantity is above the article's limit. Refusals `request.*`.
    """
    access.need(access.may(Verb.APPLY, AREA), "申请领用办公用品")
    organ = at_home(access)
    place = serving(Store.objects.all(), organ).filter(pk=store).first()
    if place is None:
        raise Refusal("request.store", "没有这个库房,或它不为您的单位服务。")
    wanted = [(supply, quantity) for supply, quantity in lines if quantity]
    if not wanted or any(not 0 < quantity <= MOST for _, quantity in wanted):
        raise Refusal("request.empty", "请至少填写一种用品的数量。")
    known = {row.supply_id: row.supply for row in place.stocks.select_related("supply")}
    if any(supply not in known for supply, _ in wanted):
        raise Refusal("request.supply", "库房里没有这种用品。")
    for supply, quantity in sorted(wanted):
        _within_quota(known[supply], quantity, organ, access, on)
    limits = ((known[supply].approve_above, quantity) for supply, quantity in wanted)
    waits = any(limit is not None and quantity > limit for limit, quantity in limits)
    made = SupplyRequest(organ=organ, user=acting(access), store=place, reason=reason.strip(), asked_date=on)
    made.state = RequestState.PENDING if waits else RequestState.APPROVED
    made.place()
    made.save()
    RequestLine.objects.bulk_create(
        [RequestLine(request=made, supply=known[supply], quantity=quantity) for supply, quantity in wanted]
    )
    _note(access, made, "ask", {"lines": [list(pair) for pair in wanted], "state": made.state})
    if waits:
        user = acting(access)
        fields = {"who": user.display_name or user.username, "what": _what(made), "but": user.pk}
        _tell(made, able(Verb.APPROVE, organ, AREA, on=on), "waiting", **fields)
    return made


def _within_quota(supply: Supply, quantity: int, organ: Organ, access: Access, on: date) -> None:
    """Refusal `request.quota` where a quota of the person or the organ would be exceeded. Takes the quota's lock."""
    chain = above(organ)
    rows = SupplyQuota.objects.filter(supply=supply, organ__in=chain).order_by("pk")
    quotas = sorted((row for row in rows), key=lambda row: chain.index(row.organ_id))
    personal = [row for row in quotas if row.holder == Holder.PERSON][-1:]  # the nearest
    whole = [row for row in quotas if row.holder == Holder.ORGAN and row.organ_id == organ.pk]
    for quota in sorted([*personal, *whole], key=lambda row: row.pk):
        SupplyQuota.objects.filter(pk=quota.pk).update(quantity=F("quantity"))
        begin = period_start(quota.period, on)
        asked = RequestLine.objects.filter(supply=supply, request__state__in=COUNTED, request__asked_date__gte=begin)
        mine = (
            asked.filter(request__user=access.user.pk)
            if quota.holder == Holder.PERSON
            else asked.filter(request__organ=organ)
        )
        held = Case(When(request__state=RequestState.DONE, then=F("issued")), default=F("quantity"))
        used = mine.aggregate(used=Sum(held - F("returned"), output_field=IntegerField()))["used"] or 0
        if used + quantity > quota.quantity:
            words = f"{quota.get_holder_display()}{quota.get_period_display()}"
            left = max(quota.quantity - used, 0)
            raise Refusal("request.quota", f"“{supply.name}”{words}限领 {quota.quantity} {supply.unit},还可领 {left}。")


def period_start(period: str, on: date) -> date:
    """The first day of the month, quarter or year."""
    if period == QuotaPeriod.YEAR:
        return on.replace(month=1, day=1)
    month = on.month if period == QuotaPeriod.MONTH else (on.month - 1) // 3 * 3 + 1
    return on.replace(month=month, day=1)


@transaction.atomic
def cancel(*, request: int, access: Access) -> SupplyRequest:
    """取消 one's own request before anything was issued. Refusals `request.own`, `request.state`."""
    one = _seen(request, access)
    if one.user_id != access.user.pk:
        raise Refusal("request.own", "只有申请人可以取消。")
    _step(one, RequestState.CANCELLED, RequestState.PENDING, RequestState.APPROVED)
    _note(access, one, "cancel", {})
    return one


@transaction.atomic
def decide(*, request: int, approve: bool, opinion: str = "", access: Access) -> SupplyRequest:
    """审批 a request above the limit, by an approver of the organ that asks or of the store; not one's own.

    Refusals `request.own`, `request.opinion`, `request.state`.
    """
    access.need(access.may(Verb.APPROVE, AREA), "审批领用")
    one = _seen(request, access)
    if one.user_id == access.user.pk:
        raise Refusal("request.own", "不能审批自己的申请。")
    if not approve and not opinion.strip():
        raise Refusal("request.opinion", "不批准请写明理由。")
    one.decided_by, one.opinion = acting(access), opinion.strip()
    _step(one, RequestState.APPROVED if approve else RequestState.REJECTED, RequestState.PENDING)
    _note(access, one, "approve" if approve else "reject", {"opinion": one.opinion})
    said = "已批准,请到库房领取" if approve else "没有批准"
    _tell(one, [one.user], "decided", what=_what(one), state=said, opinion=one.opinion)
    return one


@transaction.atomic
def issue(*, request: int, lines: Mapping[int, int], access: Access, on: date) -> SupplyRequest:
    """发放, whole or in part: quantities by line id. Refusals `request.state`, `request.too-many`, `stock.short`."""
    one = _to_keep(request, access)
    rows = {row.pk: row for row in one.lines.select_related("supply")}
    given = {key: quantity for key, quantity in lines.items() if quantity}
    if not given or not given.keys() <= rows.keys() or any(quantity < 0 for quantity in given.values()):
        raise Refusal("request.empty", "请至少填写一种用品的发放数量。")
    if one.state not in ISSUABLE:
        raise Refusal("request.state", f"申请现为“{one.get_state_display()}”,不能发放。")
    stocks = dict(Stock.objects.filter(store=one.store_id).values_list("supply_id", "pk"))
    for key, quantity in sorted(given.items(), key=lambda pair: stocks.get(rows[pair[0]].supply_id, 0)):
        row = rows[key]
        if quantity > row.open:
            raise Refusal(
                "request.too-many", f"“{row.supply}”还应发放 {row.open} {row.supply.unit},不能发放 {quantity}。"
            )
        stock = stocks.get(row.supply_id, 0)
        _move(stock, -quantity, MovementKind.ISSUE, access, on, line=row, organ=one.organ, name=row.supply.name)
        row.issued += quantity
        row.save(update_fields=["issued"])
    whole = all(row.open == 0 for row in rows.values())
    _step(one, RequestState.DONE if whole else RequestState.PARTIAL, *ISSUABLE)
    _note(access, one, "issue", {"lines": sorted([key, quantity] for key, quantity in given.items())})
    return one


@transaction.atomic
def close(*, request: int, reason: str, access: Access) -> SupplyRequest:
    """结束 a request of which the rest will not come. Refusals `request.state`, `request.opinion`."""
    one = _to_keep(request, access)
    if not reason.strip():
        raise Refusal("request.opinion", "请写明其余不再发放的原因。")
    one.opinion = reason.strip()
    issued = one.lines.filter(issued__gt=0).exists()
    _step(one, RequestState.DONE if issued else RequestState.REJECTED, *ISSUABLE)
    _note(access, one, "close", {"reason": one.opinion})
    return one


@transaction.atomic
def give_back(*, line: int, quantity: int, note: str = "", access: Access, on: date) -> RequestLine:
    """退回 of what was issued into the store. Refusals `request.too-many`, `stock.quantity`."""
    key = RequestLine.objects.filter(pk=line).values_list("request_id", flat=True).first()
    one = _to_keep(key or 0, access)
    row = one.lines.select_related("supply").get(pk=line)
    if quantity <= 0:
        raise Refusal("stock.quantity", "数量要大于 0。")
    if quantity > row.issued - row.returned:
        raise Refusal(
            "request.too-many",
            f"“{row.supply}”在外 {row.issued - row.returned} {row.supply.unit},不能退回 {quantity}。",
        )
    stock = Stock.objects.get(store=one.store_id, supply=row.supply_id)
    _move(stock.pk, quantity, MovementKind.RETURN, access, on, line=row, organ=one.organ, note=note)
    row.returned += quantity
    row.save(update_fields=["returned"])
    _note(access, one, "return", {"line": row.pk, "quantity": quantity})
    return row


@transaction.atomic
def count(*, store: int, counts: Mapping[int, int], note: str = "", access: Access, on: date) -> Stocktake:
    """盘点: what was counted by stock id; each difference becomes a movement. Refusals `stocktake.*`."""
    place = kept_store(store, access)
    if not counts or any(not 0 <= quantity <= MOST for quantity in counts.values()):
        raise Refusal("stocktake.empty", "请至少填写一种用品的实盘数量。")
    lines: list[dict[str, Any]] = []
    for key in sorted(counts):
        if not Stock.objects.filter(pk=key, store=place).update(quantity=F("quantity")):
            raise Refusal("stocktake.stock", "有一行不是这个库房的库存,请刷新页面再盘。")
        stock = Stock.objects.select_related("supply").get(pk=key)
        difference = counts[key] - stock.quantity
        lines.append({"stock": key, "supply": stock.supply.name, "book": stock.quantity, "counted": counts[key]})
        if difference:
            _move(key, difference, MovementKind.COUNT, access, on, note=note)
    made = Stocktake.objects.create(store=place, on_date=on, by=acting(access), lines=lines, note=note.strip())
    post(
        actor=access.actor,
        act="services.store.count",
        obj=f"services.store:{place.pk}",
        body={"stocktake": made.pk, "lines": lines},
    )
    return made


def _move(stock: int, change: int, kind: MovementKind, access: Access, on: date, **facts: Any) -> Movement:
    """Change a stock by one conditional update and write it down. Refusal `stock.short` where there is not enough."""
    name = facts.pop("name", "")
    if not Stock.objects.filter(pk=stock, quantity__gte=-change).update(quantity=F("quantity") + change):
        left = Stock.objects.filter(pk=stock).values_list("quantity", flat=True).first() or 0
        raise Refusal(
            "stock.short", f"“{name}”库存只有 {left},不够 {-change}。" if name else f"库存只有 {left},不够 {-change}。"
        )
    balance = Stock.objects.values_list("quantity", flat=True).get(pk=stock)
    facts["note"] = str(facts.get("note", "")).strip()
    return Movement.objects.create(
        stock_id=stock, kind=kind, quantity=change, balance=balance, on_date=on, by=acting(access), **facts
    )


def kept_store(key: int, access: Access) -> Store:
    """A store that the user keeps. Refusal `rights.denied`."""
    access.need(serves(access, Role.KEEPER), "管理库房")
    found = Store.objects.filter(within(access), pk=key).select_related("organ").first()
    if found is None:
        raise Refusal("rights.denied", "没有这个库房,或不在您管理的范围内。")
    return found


def _kept_stock(key: int, access: Access) -> Stock:
    access.need(serves(access, Role.KEEPER), "管理库房")
    found = Stock.objects.filter(within(access), pk=key).first()
    if found is None:
        raise Refusal("rights.denied", "没有这项库存,或不在您管理的范围内。")
    return found


def _seen(key: int, access: Access) -> SupplyRequest:
    """A request that the user may see, its row locked by an update."""
    SupplyRequest.objects.filter(pk=key).update(state=F("state"))
    found = SupplyRequest.objects.visible(access).filter(pk=key).select_related("organ", "store").first()
    if found is None:
        raise Refusal("rights.denied", "没有这份申请,或不在您能看到的范围内。")
    return found


def _to_keep(key: int, access: Access) -> SupplyRequest:
    """The same, of a store that the user keeps."""
    one = _seen(key, access)
    kept_store(one.store_id, access)
    return one


def _step(one: SupplyRequest, after: RequestState, *before: RequestState) -> None:
    if one.state not in before:
        raise Refusal("request.state", f"申请现为“{one.get_state_display()}”,不能这样办理。")
    one.state = after
    one.save(update_fields=["state", "decided_by", "opinion"])


def _what(one: SupplyRequest) -> str:
    """The articles in a phrase."""
    lines = one.lines.select_related("supply")
    return "、".join(f"{line.supply.name} {line.quantity} {line.supply.unit}" for line in lines)


def _tell(one: SupplyRequest, to: list[User], word: str, **fields: Any) -> None:
    about = f"services.supply_request:{one.pk}"
    tell(to, f"services.supplies.{word}", about, "services:supply-request", one.pk, **fields)


def _note(access: Access, one: SupplyRequest, act: str, body: dict[str, Any]) -> None:
    post(actor=access.actor, act=f"services.supply_request.{act}", obj=f"services.supply_request:{one.pk}", body=body)


def _post(access: Access, act: str, obj: str, made: Movement) -> None:
    body = {"movement": made.pk, "quantity": made.quantity, "balance": made.balance, "note": made.note}
    post(actor=access.actor, act=f"services.stock.{act}", obj=obj, body=body)
