"""How things stand: signs by organ, and what became of what each rule caught."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from yiwang.areas.energy.judge.models import Answer, Sign
from yiwang.areas.energy.judge.rules import RULES, Rule
from yiwang.core.orgs.models import TREE_DEPTH, Organ
from yiwang.core.rights.access import Access


@dataclass(frozen=True)
class Place:
    """An organ with the standing signs of it and of all below it (`own`: of it alone)."""

    organ: Organ
    signs: int
    unanswered: int
    own: bool = False


def places(access: Access, organ: Organ) -> list[Place]:
    """The organ alone, then each right below it that has signs, the most first. Two queries."""
    level = f"l{min(organ.depth + 1, TREE_DEPTH)}"
    rows = access.scope(Sign.objects.standing()).filter(**{f"l{organ.depth}": organ.pk}).order_by()
    whole: Counter[int] = Counter()
    open_: Counter[int] = Counter()
    for key, answer, number in rows.values_list(level, "answer").annotate(n=Count("pk")):
        place = int(key) if key is not None and organ.depth < TREE_DEPTH else organ.pk
        whole[place] += number
        open_[place] += 0 if answer else number
    below = access.organs().filter(pk__in=[key for key in whole if key != organ.pk])
    found = [Place(one, whole[one.pk], open_[one.pk]) for one in below]
    own = Place(organ, whole[organ.pk], open_[organ.pk], own=True)
    return [own, *sorted(found, key=lambda one: (-one.unanswered, -one.signs, one.organ.sort_key))]


@dataclass(frozen=True)
class Feedback:
    """What became of what a rule caught."""

    rule: Rule
    caught: int = 0
    real: int = 0
    false: int = 0

    @property
    def precision(self) -> Decimal | None:
        """Per cent of the answered that were real."""
        answered = self.real + self.false
        return round(Decimal(100 * self.real) / answered, 1) if answered else None


def feedback(access: Access) -> list[Feedback]:
    """Each rule with its signs in scope; one query."""
    rows = access.scope(Sign.objects.all()).order_by()
    counts: dict[str, Counter[str]] = {key: Counter() for key in RULES}
    for rule, answer, number in rows.values_list("rule", "answer").annotate(n=Count("pk")):
        counts[rule][answer] += number
    return [
        Feedback(RULES[key], sum(some.values()), some[Answer.REAL], some[Answer.FALSE]) for key, some in counts.items()
    ]
