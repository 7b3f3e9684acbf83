"""Persons of a case: whom a role of a node means, and for whom a user acts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.holders import holders
from yiwang.core.rights.models import Role, User, Verb

#: `yw:role` that means the applicant, and the prefix of "who did this node".
APPLICANT, SAME = "applicant", "same:"
_ROLE = re.compile(r"([A-Z_]+)(?::([a-z_]+))?(?:@(applicant|superior2?|top))?")


@dataclass(frozen=True)
class Post:
    """A role as a node asks for it: which, in which area ("": that of the process), at which organ."""

    role: Role
    area: str = ""
    at: str = "applicant"


def parse_role(text: str) -> Post | None:
    """`MANAGER`, `MANAGER:vehicles`, `LEADER@superior` (`superior2`: one further up); None where it is no role of ours."""
    found = _ROLE.fullmatch(text.strip())
    if found is None or found[1] not in Role.values:
        return None
    return Post(Role(found[1]), found[2] or "", found[3] or "applicant")


def persons(text: str, organ: Organ, area: str, on: date) -> list[User]:
    """The holders of the roles (several: "A, B"), each once, in the order of the roles; accounts at their end left out.

    Delegates are not asked: the task is the lender's, who has one voice, and his delegate may answer it.
    """
    found: dict[int, User] = {}
    for part in text.split(","):
        post = parse_role(part)
        if post is not None:
            for user in holders(post.role, _organ(organ, post.at), post.area or area):
                if not user.expired(on):
                    found.setdefault(user.pk, user)
    return list(found.values())


def _organ(organ: Organ, at: str) -> Organ:
    second = getattr(organ, f"l{organ.depth - 2}") if organ.depth > 2 else organ.l1
    pk = {"superior": organ.superior_id, "superior2": second, "top": organ.l1}.get(at)
    return organ if pk is None else Organ.objects.get(pk=pk)


def mine(access: Access, who: str = "who") -> Q:
    """Rows of the user, and of those who lent him a role (委托) here: within the organ and the areas of what they lent.

    For rows with a `case` and a person in the field `who`.
    """
    if not access.user.pk:
        return Q(pk__in=[])
    found = Q(**{who: access.user.pk})
    if access.organ is None:
        return found
    lent: dict[int, set[str]] = {}
    for one in access.held:
        if one.lender is not None:
            lent.setdefault(one.lender.pk, set()).add(one.area)
    for lender, areas in lent.items():
        theirs = Q(**{who: lender, f"case__l{access.organ.depth}": access.organ.pk})
        found |= theirs if "" in areas else theirs & Q(case__area__in=areas)
    return found


def acts_within_limit(access: Access, area: str) -> bool:
    """Whether a token that the user works by leaves any acting in the area."""
    if access.limit is None:
        return True
    verbs, areas = access.limit
    return bool(verbs & {Verb.APPLY, Verb.APPROVE, Verb.HANDLE}) and (not areas or area in areas)
