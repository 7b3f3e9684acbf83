"""The verbs of early warning: judge, answer a sign (real or false alarm), send it to be put right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from yiwang.areas.energy.judge.detect import judge as detect
from yiwang.areas.energy.judge.found import Found, found
from yiwang.areas.energy.judge.loading import MONTHS, figures_of, load, shifted
from yiwang.areas.energy.judge.models import Answer, Sign
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import LEVELS, Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.core.verdicts import actions as findings
from yiwang.core.verdicts.models import Finding, State
from yiwang.core.verdicts.sync import sync
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)
from yiwang.kit.digest import canonical, merkle_root
from yiwang.kit.refusal import Refusal

AREA, DATASET = "energy", "energy.watch"
#: Signs are made and withdrawn over so many months back; what is older stays as it was.
RECENT = 12
#: Days that are given to put something right.
DAYS = 15
_FIGURES = ("month", "until", "measure", "threshold", "note", "evidence", "word")


@dataclass(frozen=True)
class Kept:
    """How many signs are new, changed, withdrawn, and the same as before."""

    fresh: int = 0
    changed: int = 0
    withdrawn: int = 0
    same: int = 0


def judge(
    *, through: date, now: datetime, on: date, organs: Collection[int] | None = None, actor: str = "system"
) -> Kept:
    """Judge the series of some organs (None: all) to the end of a month and make the register say what is found now."""
    batch = load(through, on=on, organs=organs)
    hits, fitted = detect(batch.panel, figures_of(batch, on))
    said = found(batch, hits, fitted, since=MONTHS - RECENT)
    return keep(said, organs=organs, since=shifted(through, 1 - RECENT), now=now, on=on, actor=actor)


def keep(
    said: Iterable[Found],
    *,
    organs: Collection[int] | None,
    since: date,
    now: datetime,
    on: date,
    actor: str = "system",
) -> Kept:
    """Signs that reach `since` become what is found; false alarms stay withdrawn. One transaction, one entry."""
    by_subject = {one.subject: one for one in said}
    with transaction.atomic():
        rows = Sign.objects.filter(until__gt=since)
        if organs is not None:
            rows = rows.filter(organ__among=list(organs))
        rows = rows | Sign.objects.filter(subject__among=list(by_subject))
        there = {sign.subject: sign for sign in rows.order_by("pk").select_for_update(of=("self",))}
        fresh = [_made(one, now) for subject, one in by_subject.items() if subject not in there]
        _place(fresh)
        Sign.objects.bulk_create(fresh, batch_size=500)
        known = [(sign, one) for subject, one in by_subject.items() if (sign := there.get(subject))]
        changed = [sign for sign, one in known if sign.answer != Answer.FALSE and _differs(sign, one)]
        Sign.objects.bulk_update(changed, [*_FIGURES, "withdrawn_at"], batch_size=200)
        gone = [sign for subject, sign in there.items() if subject not in by_subject and sign.withdrawn_at is None]
        for sign in gone:
            sign.withdrawn_at = now
        Sign.objects.bulk_update(gone, ["withdrawn_at"], batch_size=500)
        if moved := [*fresh, *changed, *gone]:
            _post(actor, on, {"found": fresh, "changed": changed, "withdrawn": gone})
            sync(dataset=DATASET, subjects=[sign.subject for sign in moved], on=on, actor=actor)
    return Kept(len(fresh), len(changed), len(gone), len(by_subject) - len(fresh) - len(changed))


def _made(one: Found, now: datetime) -> Sign:
    values = {name: getattr(one, name) for name in _FIGURES}
    return Sign(subject=one.subject, rule=one.rule, organ_id=one.organ, energy=one.energy, found_at=now, **values)


def _place(signs: list[Sign]) -> None:
    """The ancestor columns of their organs, in one query."""
    organs = {sign.organ_id for sign in signs}
    rows = Organ.objects.filter(pk__among=list(organs)).values_list("pk", *LEVELS) if organs else []
    levels = {pk: some for pk, *some in rows}
    for sign in signs:
        for level, value in zip(LEVELS, levels[sign.organ_id], strict=True):
            setattr(sign, level, value)


def _differs(sign: Sign, one: Found) -> bool:
    """Whether what is found now is not what is kept; then the sign has the new figures."""
    differs = sign.withdrawn_at is not None or any(getattr(sign, name) != getattr(one, name) for name in _FIGURES)
    for name in _FIGURES:
        setattr(sign, name, getattr(one, name))
    sign.withdrawn_at = None
    return differs


def _post(actor: str, on: date, told: dict[str, list[Sign]]) -> None:
    leaves = [
        canonical([act, sign.subject, sign.measure, sign.threshold]).encode() for act, some in told.items() for sign in some
    ]  # fmt: skip
    counts = {act: len(some) for act, some in told.items()}
    body = {"on": on, **counts, "root": merkle_root(leaves)}
    post(actor=actor, act="energy.sign.judge", obj=f"verdicts.dataset:{DATASET}", body=body)


def answer(*, sign: int, real: bool, note: str, access: Access, now: datetime, on: date) -> Sign:
    """属实 or 误报: kept with the sign, and the rule's sensitivity for this kind of energy follows (`learning`).

    A false alarm is withdrawn, its finding closes with it, and it is not found again; it needs a reason. An answer may be
    changed. Refusals `rights.denied`, `energy.answer-note`.
    """
    note = note.strip()
    if not real and not note:
        raise Refusal("energy.answer-note", "判为误报的,请写明核实情况(例如:新增机房、人数增加、单据已核对)。")
    with _held(sign, access, "核实用能线索") as one:
        one.answer = Answer.REAL if real else Answer.FALSE
        one.answered_by = access.user if isinstance(access.user, User) else None
        one.answered_at, one.answer_note = now, note[:200]
        one.withdrawn_at = None if real else now
        one.save()
        body = access.facts(Verb.WRITE, AREA, subject=one.subject, answer=one.answer, note=one.answer_note)
        post(
            actor=access.actor,
            act="energy.sign.answer",
            obj=f"energy.sign:{one.pk}",
            clause=one.declared.clause,
            body=body,
        )
        sync(dataset=DATASET, subjects=[one.subject], on=on, actor=access.actor)
    return one


def rectify(*, sign: int, access: Access, on: date, now: datetime) -> Finding:
    """转整改, one click: the sign is real; who may assign gives its finding to a clerk of the organ for 15 days, who may
    only write takes it up himself. Refusals `rights.denied`, `energy.no-finding`."""
    one = answer(sign=sign, real=True, note="", access=access, now=now, on=on)
    finding = Finding.objects.filter(dataset=DATASET, subject=one.subject).exclude(state=State.CLOSED).first()
    if finding is None:
        raise Refusal("energy.no-finding", "这条线索没有待办的问题:可能已整改销号,或实测没有超过阈值。")
    if finding.state not in (State.OPEN, State.ASSIGNED):
        return finding
    who = findings.handlers(finding)
    if access.approves(AREA) and who:
        return findings.assign(
            finding=finding.pk,
            handler=who[0],
            due=on + timedelta(days=DAYS),
            note=one.declared.advice,
            access=access,
            on=on,
        )
    return findings.start(finding=finding.pk, note=one.declared.advice, access=access)


@contextmanager
def _held(pk: int, access: Access, doing: str) -> Iterator[Sign]:
    """The sign, locked until the commit. Refusal `rights.denied` for who may not write there."""
    with transaction.atomic():
        rows = access.scope(Sign.objects.all(), Verb.WRITE)
        one = rows.select_for_update(of=("self",)).filter(pk=pk).first()
        access.need(one is not None, doing)
        assert one is not None
        yield one
