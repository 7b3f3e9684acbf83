"""What a user may do where: the only place that reads grants. Closed by default."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db import models

from yiwang.core.orgs.models import Organ, OrganQuerySet
from yiwang.core.rights.held import Held, area_of, held_by, narrow
from yiwang.core.rights.models import ADMINISTRATORS, Lender, Role, User, Verb
from yiwang.kit.refusal import Refusal

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Access:
    """A user at work for an organ: what may be done there and below it. Without a role, nothing.

    `limit`: the verbs and areas that a token leaves of it (an empty set of areas: all).
    """

    user: User | AnonymousUser
    organ: Organ | None
    held: tuple[Held, ...] = ()
    limit: tuple[frozenset[Verb], frozenset[str]] | None = None

    @cached_property
    def granted(self) -> frozenset[tuple[Role, str]]:
        """Role and area ("": all) of each role held here."""
        return frozenset((one.role, one.area) for one in self.held)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles held here, in whatever area."""
        return frozenset(role for role, _ in self.granted)

    @property
    def words(self) -> str:
        """The roles held here in words; those that are borrowed say from whom."""
        return "、".join(sorted({one.words for one in self.held}))

    @cached_property
    def powers(self) -> dict[Verb, dict[str, Lender | None]]:
        """Verb → area ("": all) → for whom: None where the user's own role allows it."""
        found: dict[Verb, dict[str, Lender | None]] = {}
        for one in sorted(self.held, key=lambda held: held.lender is not None):
            for verb, area in one.powers:
                for cut in self._left(verb, area):
                    found.setdefault(verb, {}).setdefault(cut, one.lender)
        return found

    def _left(self, verb: Verb, area: str) -> Iterable[str]:
        """What the limit leaves of a power, as areas."""
        if self.limit is None or (verb in self.limit[0] and not self.limit[1]):
            return [area]
        verbs, areas = self.limit
        return [] if verb not in verbs else sorted(areas) if not area else [area] if area in areas else []

    def has(self, role: Role, area: str = "") -> bool:
        """Whether the role is held here, for the area (without one: for any)."""
        return self.organ is not None and any(
            held == role and (not area or within in ("", area)) for held, within in self.granted
        )

    def may(self, verb: Verb, area: str = "") -> bool:
        """Whether some role held here allows the verb in the area (without one: in any)."""
        areas = self.powers.get(verb, {}) if self.organ is not None else {}
        return bool(areas) and (not area or "" in areas or area in areas)

    def areas(self, verb: Verb) -> frozenset[str] | None:
        """The areas in which the verb is allowed here; None is all of them."""
        found = self.powers.get(verb, {}) if self.organ is not None else {}
        return None if "" in found else frozenset(found)

    def approves(self, area: str = "") -> bool:
        """May attach approvals, assign, review and close findings of the area."""
        return self.may(Verb.WRITE, area) and self.may(Verb.APPROVE, area)

    @property
    def can_read(self) -> bool:
        """May read registers and findings of some area."""
        return self.may(Verb.READ)

    @property
    def can_write(self) -> bool:
        """May write registers, import and rectify in some area."""
        return self.may(Verb.WRITE)

    @property
    def can_approve(self) -> bool:
        """May attach approvals, assign, review and close findings in some area."""
        return self.approves()

    @property
    def can_audit(self) -> bool:
        """May read and verify the ledger."""
        return self.may(Verb.AUDIT)

    @property
    def administers(self) -> Role | None:
        """Which of the three administrators the user is, if one of them."""
        return next((role for role in self.roles if role in ADMINISTRATORS), None) if self.organ else None

    @property
    def actor(self) -> str:
        """How the ledger names the user."""
        return f"user:{self.user.pk}" if self.user.pk else "anonymous"

    def behalf(self, verb: Verb, area: str = "") -> Lender | None:
        """For whom the user acts (代) when he does this; None where he may himself, or may not at all."""
        areas = self.powers.get(verb, {})
        allowed = [areas[one] for one in areas if not area or one in ("", area)]
        return allowed[0] if allowed and None not in allowed else None

    def facts(self, verb: Verb, area: str = "", **body: Any) -> dict[str, Any]:
        """The body of a ledger entry, with `behalf` where the user acts for another."""
        lender = self.behalf(verb, area)
        return {**body, "behalf": f"user:{lender.pk}"} if lender else body

    def narrowed(self, verbs: Collection[Verb], areas: Collection[str] = ()) -> Access:
        """The same access cut to these verbs and areas (none: all areas): what a token may do."""
        return replace(self, limit=(frozenset(verbs), frozenset(areas)))

    def scope(self, queryset: models.QuerySet[M], verb: Verb = Verb.READ) -> models.QuerySet[M]:
        """The rows within the organ and the areas where the verb is allowed; none without a role.

        For organs and every Scoped model; see `held.area_of` for the area of a row.
        """
        if self.organ is None or not self.may(verb):
            return queryset.none()
        rows = queryset.filter(**{f"l{self.organ.depth}": self.organ.pk})
        areas = self.areas(verb)
        return rows if areas is None else narrow(rows, areas)

    def holds(self, row: Any, verb: Verb = Verb.READ) -> bool:
        """Whether a row that has ancestor columns (an organ, a Scoped row) lies within that scope."""
        if self.organ is None or getattr(row, f"l{self.organ.depth}") != self.organ.pk:
            return False
        return self.may(verb, area_of(row))

    def organs(self) -> OrganQuerySet:
        """The organs below this one, for whoever may read something here, and for the three administrators."""
        if self.organ is None or not (self.can_read or self.administers):
            return Organ.objects.none()
        return Organ.objects.within(self.organ)

    def need(self, allowed: bool, doing: str) -> None:
        """Refusal `rights.denied` unless allowed. `doing`: the verb of the sentence."""
        if not allowed:
            place = f"在“{self.organ}”" if self.organ else ""
            raise Refusal("rights.denied", f"您{place}没有{doing}的权限,请联系管理员授权。")


def nobody() -> Access:
    """The access of who has none."""
    return Access(AnonymousUser(), None)


def access_for(user: User | AnonymousUser, organ_id: int | None = None, *, on: date | None = None) -> Access:
    """The user's access to the organ, or to the highest one he has if none is given or it is not his.

    `on`: the day, by which delegations and posts count and accounts end; without it only grants do.
    """
    held = held_by(user, on)
    if not held:
        return Access(user, None)
    if organ_id is not None:
        known = (one.organ for one in held if one.organ.pk == organ_id)
        organ = next(known, None) or Organ.objects.filter(pk=organ_id).first()
        if organ and (here := _at(held, organ)):
            return Access(user, organ, here)
    first = next((one.organ for one in held if one.organ.closed_date is None), held[0].organ)
    return Access(user, first, _at(held, first))


def _at(held: Iterable[Held], organ: Organ) -> tuple[Held, ...]:
    """What is held at an organ: given there or at one above it."""
    return tuple(one for one in held if getattr(organ, f"l{one.organ.depth}") == one.organ.pk)


def granted_organs(user: User | AnonymousUser, *, on: date | None = None) -> list[Organ]:
    """The organs of the user's grants, posts and delegations, highest first, each once: the head of the switcher."""
    return list({one.organ.pk: one.organ for one in held_by(user, on)}.values())


def switchable(user: User | AnonymousUser, *, on: date | None = None) -> models.QuerySet[Organ]:
    """Every organ the user may switch to: those granted and all below them."""
    within = models.Q(pk__in=[])
    for organ in granted_organs(user, on=on):
        within |= models.Q(**{f"l{organ.depth}": organ.pk})
    return Organ.objects.filter(within)
