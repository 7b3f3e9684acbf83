"""Posts and persons: who holds which rank in which organ from when to when. Each act is one transaction, one entry."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from django.db import models, transaction
from django.db.models import Count, Q, Sum

from yiwang.core.ledger.post import post
from yiwang.core.orgs import guards
from yiwang.core.orgs.models import Appointment, Organ, Person, Post, Tree
from yiwang.core.orgs.tree import holds_on, within_as_of
from yiwang.core.standards.book import SHIPPED
from yiwang.core.standards.ladders import RANK, Ladders, Vocabulary, read_ladders
from yiwang.kit.pinyin import sort_key
from yiwang.kit.refusal import Refusal


@lru_cache(maxsize=1)
def _ladder() -> Vocabulary:
    """The rank ladder of the lawbook."""
    return Ladders(read_ladders(SHIPPED))[RANK]


def canonical_rank(word: str, tier: str | None = None) -> str:
    """The rung that a word means. `tier`: label of the organ's tier. Refusal `rank.unknown`, `rank.ambiguous`."""
    rungs = _ladder().resolve(word, tier)
    if not rungs:
        raise Refusal("rank.unknown", f"职级序列中没有“{word}”,请从下拉列表中选择。")
    if len(rungs) > 1:
        raise Refusal("rank.ambiguous", f"“{word}”可能是{'、'.join(sorted(rungs))},请写明正职或副职。")
    return next(iter(rungs))


@transaction.atomic
def hire(
    *, actor: str, name: str, staff_number: str, organ: Organ, rank: str, title: str, on: date, today: date
) -> Person:
    """A new person in a first main appointment."""
    guards.may_act(on, today, organ)
    if Person.objects.filter(staff_number=staff_number).exists():
        raise Refusal("person.number-taken", f"人员编号 {staff_number} 已经登记。")
    rung = canonical_rank(rank, organ.get_tier_display())
    person = Person(name=name, sort_key=sort_key(name, limit=120), staff_number=staff_number, rank=rung)
    person.organ = organ
    person.place()
    person.save()
    _appoint(person, organ, rung, title, on, main=True)
    _post(actor, "hire", person, on, {"organ": organ.pk, "rank": rung, "title": title})
    return person


@transaction.atomic
def appoint(
    *, actor: str, person: Person, organ: Organ, rank: str, title: str, on: date, today: date, main: bool = True
) -> Appointment:
    """任职: another main appointment ends the one before; a part-time one stands beside it."""
    guards.may_act(on, today, organ)
    rung = canonical_rank(rank, organ.get_tier_display())
    if main:
        _end(person.appointments.filter(main=True), on)
        person.organ, person.rank, person.retired_date = organ, rung, None
        person.place()
        person.save()
    made = _appoint(person, organ, rung, title, on, main=main)
    _post(actor, "appoint", person, on, {"organ": organ.pk, "rank": rung, "title": title, "main": main})
    return made


@transaction.atomic
def retire(*, actor: str, person: Person, on: date, today: date) -> Person:
    """离退休、离职: all appointments end; the person keeps the last rank and organ."""
    if on > today:
        raise Refusal("organ.date-future", f"生效日期 {on} 还没有到,请到当日再办理。")
    _end(person.appointments.all(), on)
    person.retired_date = on
    person.save(update_fields=["retired_date"])
    _post(actor, "retire", person, on, {})
    return person


@transaction.atomic
def set_post(*, actor: str, organ: Organ, rank: str, authorized: int, actual: int, on: date, today: date) -> Post:
    """核编: the posts of a rank from the day on."""
    guards.may_act(on, today, organ)
    rung = canonical_rank(rank, organ.get_tier_display())
    held = Post.objects.filter(organ=organ, rank=rung)
    if held.filter(valid_from__gte=on).exists():
        raise Refusal("post.before-last-change", f"“{organ}”{rung}编制在 {on} 当日或之后已有变动,请核对日期。")
    held.filter(valid_to=None).update(valid_to=on)
    row = Post(organ=organ, rank=rung, authorized_posts=authorized, actual_headcount=actual, valid_from=on)
    row.place()
    row.save()
    body = {"on": on.isoformat(), "rank": rung, "authorized": authorized, "actual": actual}
    post(actor=actor, act="orgs.post.set", obj=f"orgs.organ:{organ.pk}", body=body)
    return row


def appointments_as_of(on: date) -> models.QuerySet[Appointment]:
    """Who held what on the day."""
    return Appointment.objects.filter(holds_on(on))


def headcount_as_of(organ: Organ, on: date, *, subtree: bool = False) -> dict[str, int]:
    """Persons by rank on the day, counted at their main appointment; `subtree` adds those of the day's subtree."""
    held = appointments_as_of(on).filter(main=True)
    held = within_as_of(held, organ.pk, on, Tree.ADMINISTRATIVE) if subtree else held.filter(organ=organ)
    return dict(held.values("rank").annotate(n=Count("pk")).order_by().values_list("rank", "n"))


def posts_as_of(organ: Organ, on: date, *, subtree: bool = False) -> dict[str, tuple[int, int]]:
    """Authorized posts and actual headcount by rank on the day."""
    held: models.QuerySet[Post] = Post.objects.filter(holds_on(on))
    held = within_as_of(held, organ.pk, on) if subtree else held.filter(organ=organ)
    sums = held.values("rank").annotate(posts=Sum("authorized_posts"), heads=Sum("actual_headcount")).order_by()
    return {rank: (posts, heads) for rank, posts, heads in sums.values_list("rank", "posts", "heads")}


def _appoint(person: Person, organ: Organ, rank: str, title: str, on: date, *, main: bool) -> Appointment:
    """The row."""
    same = person.appointments.filter(Q(valid_to=None) | Q(valid_to__gt=on), organ=organ, main=main)
    if same.exists():
        raise Refusal("person.appointed", f"{person}在“{organ}”{on} 已有任职,请先办理免职。")
    made = Appointment(person=person, organ=organ, rank=rank, title=title, main=main, valid_from=on)
    made.place()
    made.save()
    return made


def _end(appointments: models.QuerySet[Appointment], on: date) -> None:
    """End what holds; refuse when something began on the day or later."""
    if appointments.filter(Q(valid_from__gte=on) | Q(valid_to__gt=on)).exists():
        raise Refusal("person.before-last-change", f"该人员在 {on} 当日或之后已有任职变动,历史不能改写。")
    appointments.filter(valid_to=None).update(valid_to=on)


def _post(actor: str, act: str, person: Person, on: date, body: dict[str, object]) -> None:
    """The ledger entry; the name is not in it, the staff number is enough to find the person."""
    facts = {"on": on.isoformat(), "staff_number": person.staff_number, **body}
    post(actor=actor, act=f"orgs.person.{act}", obj=f"orgs.person:{person.pk}", body=facts)
