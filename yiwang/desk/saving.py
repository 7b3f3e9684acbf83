"""A form saved: tried out, judged, and kept if nothing stands in the way; with the document or the reason that excuses it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.core.files.base import File
from django.db import transaction

from yiwang.core.registers.drafts import Draft, Drafting
from yiwang.core.registers.writing import apply, mark, put, touched, union, verdicts_of
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.core.verdicts.judging import gate
from yiwang.desk.kinds import Resource
from yiwang.desk.models import Approval
from yiwang.kit.digest import digest
from yiwang.kit.refusal import Refusal


@dataclass(frozen=True)
class Given:
    """What a form brings: the inputs, the state of the record it was filled on, and what excuses a broken limit."""

    values: Mapping[str, str]
    seen: str = ""
    reason: str = ""
    approval_number: str = ""
    approval: File[bytes] | None = None

    @classmethod
    def of(cls, values: Mapping[str, str], files: Mapping[str, Any]) -> Given:
        """From a request."""
        texts = {name: values.get(name, "").strip() for name in ("seen", "reason", "approval_number")}
        return cls(values=values, approval=files.get("approval"), **texts)

    @property
    def approval_name(self) -> str:
        """The attached document's name, or nothing."""
        return str(self.approval.name) if self.approval else ""

    @cached_property
    def document(self) -> dict[str, str]:
        """What the ledger keeps of the attached document."""
        if not self.approval:
            return {}
        content = self.approval.read()
        self.approval.seek(0)
        return {"number": self.approval_number, "name": self.approval_name, "digest": digest(content).hex()}


@dataclass
class Saved:
    """What came of it: the record's id once it is kept; else what stands in the way and what would excuse it."""

    pk: int | None = None
    errors: list[Refusal] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)  # approval, reason


def save(resource: Resource, access: Access, given: Given, *, pk: int | None, on: date, keep: bool = True) -> Saved:
    """A form: checked, tried out and judged, then kept, or not and why. With `keep` false it is only tried out."""
    with transaction.atomic():
        blank = dict.fromkeys((bound.key for bound in resource.inputs), "") if pk is None else {}
        draft = Drafting(resource, access).drafts([(1, {**blank, **given.values})], pk=pk)[0]
        if draft.errors:
            return Saved(errors=draft.errors)
        if keep and draft.before and given.seen not in ("", mark(draft.before)):
            return Saved(errors=[Refusal("record.stale", "这条记录刚被别人改过,请取消后重新打开再改。")])
        saved = _tried(resource, access, given, draft, on)
        if keep and not saved.errors:
            excuse = {"reason": given.reason, **given.document} if saved.needs else {}
            verb = "change" if draft.before else "create"
            body = access.facts(Verb.WRITE, resource.area, **excuse)
            apply(resource, [draft], actor=access.actor, verb=verb, on=on, **body)
            saved.pk = draft.pk
            if excuse and given.approval:
                _file(resource, access, given, draft)
    return saved


def _tried(resource: Resource, access: Access, given: Given, draft: Draft, on: date) -> Saved:
    """Written for real, judged and undone; the gate compares with what was before."""
    point, old = transaction.savepoint(), touched(resource, [draft.pk] if draft.before else [])
    put(resource, [draft])
    both = union(old, touched(resource, [draft.pk]))
    saved = Saved(verdicts=verdicts_of(both, on=on))
    transaction.savepoint_rollback(point)
    draft.pk = draft.pk if draft.before else None
    if any(verdict.kind in (VerdictKind.OVER, VerdictKind.WARNING) for verdict in saved.verdicts):
        before = verdicts_of(both, on=on)
        bare = _refused(saved.verdicts, before, access, approval="", reason="")
        refusal = bare and _refused(saved.verdicts, before, access, approval=given.approval_name, reason=given.reason)
        saved.needs = [_needed(one) for one in (bare, refusal) if one]
        saved.errors = [refusal] if refusal else []
    return saved


def _refused(
    after: list[Verdict], before: list[Verdict], access: Access, *, approval: str, reason: str
) -> Refusal | None:
    try:
        gate(after, access=access, before=before, approval=approval, reason=reason)
    except Refusal as refusal:
        return refusal
    return None


def _needed(refusal: Refusal) -> str:
    return "reason" if refusal.code == "verdict.reason" else "approval"


def _file(resource: Resource, access: Access, given: Given, draft: Draft) -> None:
    """Keep the approval document with the record."""
    row = Approval(
        kind=resource.key, record=draft.pk, user_id=access.user.pk or 0, file=given.approval, **given.document
    )
    row.organ_id = {**(draft.before or {}), **draft.values}["organ_id"]
    row.place()
    row.save()
