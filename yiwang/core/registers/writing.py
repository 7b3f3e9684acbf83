"""Writing: drafts become rows in one transaction, with one entry, and the findings of whoever they touch in step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import F, ProtectedError, Q
from django.utils.crypto import salted_hmac

from yiwang.core.ledger.post import post
from yiwang.core.orgs.ancestors import columns_of
from yiwang.core.orgs.models import Organ
from yiwang.core.registers.drafts import Draft
from yiwang.core.registers.hearing import Written, tell
from yiwang.core.registers.register import Register
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.core.verdicts.judging import judge_subjects
from yiwang.core.verdicts.models import Finding
from yiwang.core.verdicts.sync import sync
from yiwang.kit.bulk import insert
from yiwang.kit.constraints import MANY, Row, Values, breaks, chunks, overlaps
from yiwang.kit.digest import canonical, merkle_root
from yiwang.kit.refusal import Refusal

_ORDER = (VerdictKind.OVER, VerdictKind.WARNING, VerdictKind.UNDETERMINED, VerdictKind.UNVERIFIED, VerdictKind.WITHIN)


@dataclass
class Put:
    """Rows written: their ids, and how many of each sort."""

    created: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    unchanged: int = 0


Touched = dict[str, set[str]]  # dataset → subjects
Change = tuple[models.Model | None, Values]  # a record (None: a new one) and its new values by attname


def touched(register: Register, keys: Collection[Any]) -> Touched:
    """The subjects of each dataset that these records feed, as they stand now."""
    found: Touched = defaultdict(set)
    for feed in register.feeds:
        for some in chunks(keys, MANY):
            rows = register.model._default_manager.filter(pk__among=some).values_list(*feed.subject).order_by()
            found[feed.dataset] |= {":".join(map(str, row)) for row in rows if None not in row}
    return found


def _touched_by(register: Register, drafts: Collection[Draft], *, before: bool) -> Touched:
    """The same for drafts, before or after they are written; asks only where the subject is in other rows."""
    rows = [(draft.before or {}) | ({} if before else draft.values) | {"id": draft.pk} for draft in drafts]
    found: Touched = defaultdict(set)
    for feed in register.feeds:
        steps = [path.removesuffix("__year") for path in feed.subject]
        if rows and not set(steps) <= rows[0].keys():
            found[feed.dataset] |= touched(replace(register, feeds=(feed,)), [draft.pk for draft in drafts])[
                feed.dataset
            ]
            continue
        dated = [path.endswith("__year") for path in feed.subject]
        for row in rows:
            parts = [row[step] for step in steps]
            if None not in parts:
                parts = [part.year if year else part for part, year in zip(parts, dated, strict=True)]
                found[feed.dataset].add(":".join(map(str, parts)))
    return found


def union(*many: Touched) -> Touched:
    """All of them together."""
    every: Touched = defaultdict(set)
    for one in many:
        for dataset, subjects in one.items():
            every[dataset] |= subjects
    return every


def put(register: Register, drafts: Iterable[Draft]) -> Put:
    """Insert the new rows and change the others, in sets. Drafts without a change are counted and left alone."""
    done, fresh, changed = Put(), list[Draft](), list[Draft]()
    for draft in drafts:
        if draft.before is None:
            fresh.append(draft)
        elif draft.changed:
            changed.append(draft)
        else:
            done.unchanged += 1
    for draft, key in zip(fresh, insert(register.model, [one.values for one in fresh]), strict=True):
        draft.pk = key
    _update(register.model, changed)
    done.created, done.changed = [one.pk for one in fresh], [one.pk for one in changed]
    return done


def _update(model: type[models.Model], drafts: list[Draft]) -> None:
    """One statement for each chunk of rows that change the same columns."""
    alike: dict[tuple[str, ...], list[Draft]] = defaultdict(list)
    for draft in drafts:
        alike[tuple(sorted(draft.changed))].append(draft)
    for names, some in alike.items():
        rows = [model(pk=draft.pk, **draft.changed) for draft in some]
        fields = [
            model._meta.get_field(name.removesuffix("_id") if _is_link(model, name) else name).name for name in names
        ]
        model._default_manager.bulk_update(rows, fields, batch_size=500)


def _is_link(model: type[models.Model], attname: str) -> bool:
    return any(one.attname == attname != one.name for one in model._meta.concrete_fields)


def apply(
    register: Register, drafts: Collection[Draft], *, actor: str, verb: str, on: date, obj: str = "", **body: Any
) -> tuple[Put, int | None]:
    """Write the drafts, post the entry, let the findings follow; inside the caller's transaction.

    The entry is about the one record, with what it said before and says now; or, with `obj`, about all of them, with
    the Merkle root of the rows. No change, no entry.
    """
    drafts = [draft for draft in drafts if draft.changed]
    before = _touched_by(register, [draft for draft in drafts if draft.before], before=True)
    done, entry = put(register, drafts), None
    tell(register.key, [_written(draft) for draft in drafts])
    if drafts and obj:
        about = {"created": len(done.created), "changed": len(done.changed), "root": merkle_root(map(_leaf, drafts))}
        entry = post(actor=actor, act=f"{register.key}.{verb}", obj=obj, body={**about, **body})
    elif drafts:
        (single,) = drafts
        about = {"before": _before(single), "after": single.changed}
        entry = post(
            actor=actor, act=f"{register.key}.{verb}", obj=f"{register.key}:{single.pk}", body={**about, **body}
        )
    follow(union(before, _touched_by(register, drafts, before=False)), on=on, actor=actor)
    return done, entry


def _written(draft: Draft) -> Written:
    before = draft.before
    return Written(draft.pk, before, {**(before or {}), **draft.values})


def _leaf(draft: Draft) -> bytes:
    return canonical([draft.pk, draft.changed]).encode()


def _before(draft: Draft) -> Values:
    return {name: (draft.before or {})[name] for name in draft.changed} if draft.before else {}


def follow(subjects: Touched, *, on: date, actor: str) -> None:
    """Findings of these subjects are opened, refreshed and closed."""
    for dataset, some in sorted(subjects.items()):
        sync(dataset=dataset, subjects=sorted(some), on=on, actor=actor)


def act(
    register: Register,
    values: Values,
    *,
    actor: str,
    verb: str,
    on: date,
    row: models.Model | None = None,
    **body: Any,
) -> Any:
    """A verb on one record (a new one without `row`): `values` by attname; returns the record as it is then.

    One transaction, one entry. Refusals `check.*` and `period.overlap` with the constraint's sentence.
    """
    with transaction.atomic():
        draft = _sound(register, _draft(register, values, row))
        apply(register, [draft], actor=actor, verb=verb, on=on, **body)
        return register.model._default_manager.get(pk=draft.pk)


def act_on_many(
    register: Register,
    changes: Iterable[Change],
    *,
    actor: str,
    verb: str,
    on: date,
    obj: str,
    **body: Any,
) -> None:
    """A verb that changes several records, in this order, under one entry about `obj`."""
    with transaction.atomic():
        drafts = [_draft(register, values, row) for row, values in changes]
        # What ends is written before what begins is checked: the two share a day.
        ended = [draft for draft in drafts if draft.before is not None]
        before = touched(register, [draft.pk for draft in ended])
        put(register, ended)
        begun = [_sound(register, draft) for draft in drafts if draft.before is None]
        put(register, begun)
        tell(register.key, [_written(draft) for draft in drafts])
        facts = [{"id": draft.pk, "before": _before(draft), "after": draft.changed} for draft in drafts]
        post(actor=actor, act=f"{register.key}.{verb}", obj=obj, body={"records": facts, **body})
        follow(union(before, touched(register, [draft.pk for draft in drafts])), on=on, actor=actor)


def _draft(register: Register, values: Values, row: models.Model | None) -> Draft:
    """The whole row: as it is stored and locked, or the defaults, with the new values."""
    fields = {one.attname: one for one in register.model._meta.concrete_fields if not one.primary_key}
    if row is None:
        return Draft(1, {name: one.get_default() for name, one in fields.items()} | values)
    held = register.model._default_manager.select_for_update().filter(pk=row.pk).values(*fields).get()
    return Draft(1, {**held, **values}, pk=row.pk, before=held)


def _sound(register: Register, draft: Draft) -> Draft:
    """The draft, unless a constraint would refuse it."""
    names, row = register.attnames(register.exclusive), Row(draft, draft.values, draft.pk)
    for found in overlaps(register.model, [row], names) if names else ():
        raise Refusal("period.overlap", found.message)
    for found in breaks(register.model, [row]):
        raise Refusal(f"check.{found.name}", found.message)
    return draft


def placed(organ: Organ) -> Values:
    """The columns that say to which organ a record belongs."""
    return {"organ_id": organ.pk, **columns_of(organ)}


def verdicts_of(subjects: Touched, *, on: date) -> list[Verdict]:
    """What the judge says of these subjects now, the worst first."""
    found = [one.verdict for dataset, some in sorted(subjects.items()) for one in judge_subjects(dataset, some, on=on)]
    return sorted(found, key=lambda one: (_ORDER.index(one.kind), -(one.excess or 0)))


def findings_of(subjects: Touched, access: Access) -> list[Finding]:
    """Their findings that the user may see, open ones first."""
    held = Q(pk__in=[])
    for dataset, some in subjects.items():
        held |= Q(dataset=dataset, subject__in=some)
    return list(
        access.scope(Finding.objects.filter(held)).order_by(F("closed_date").desc(nulls_first=True), "-pk")[:20]
    )


def delete(register: Register, access: Access, row: models.Model, *, on: date) -> None:
    """Take a record out. The entry keeps what it said. Refusal `record.in-use` where others point to it."""
    with transaction.atomic():
        before = type(row)._default_manager.select_for_update().filter(pk=row.pk).values().get()
        subjects = touched(register, [row.pk])
        try:
            row.delete()
        except ProtectedError as error:
            others = "、".join(sorted({str(one._meta.verbose_name) for one in error.protected_objects}))
            raise Refusal("record.in-use", f"还有{others}引用这条记录,不能删除。") from None
        tell(register.key, [Written(before["id"], before, None)])
        obj = f"{register.key}:{before['id']}"
        body = access.facts(Verb.WRITE, register.key.partition(".")[0], before=before)
        post(actor=access.actor, act=f"{register.key}.delete", obj=obj, body=body)
        follow(subjects, on=on, actor=access.actor)


def mark(row: models.Model | Values) -> str:
    """A mark of the record as it was shown: a form filled on an older state is refused.

    Keyed: from a bare digest a phone number that the reader may not see could be tried out.
    """
    if isinstance(row, models.Model):
        row = {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}
    text = canonical({key: row[key] for key in sorted(row) if key not in ("pk", "id")})
    return salted_hmac("yiwang.registers.mark", text, algorithm="sha256").hexdigest()[:16]
