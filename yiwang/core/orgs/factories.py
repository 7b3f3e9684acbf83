"""Rows for tests: regions, organs, persons, with sensible defaults. Not for the application."""

from __future__ import annotations

from datetime import date
from itertools import count

from yiwang.core.orgs.ancestors import columns_below
from yiwang.core.orgs.models import Appointment, Organ, OrganEdge, OrganName, Person, Region, Tier, Tree
from yiwang.kit.credit_code import generate
from yiwang.kit.pinyin import sort_key

OPENED = date(2010, 1, 1)
_numbers = count(1)


def region(code: str = "990000", name: str = "示例省") -> Region:
    """A region with its chain up to the nation."""
    if code == "CN":
        return Region.objects.get_or_create(code="CN", defaults={"name": "全国", "level": 0})[0]
    level = 1 if code.endswith("0000") else 2 if code.endswith("00") else 3
    above = "CN" if level == 1 else code[:2] + "0000" if level == 2 else code[:4] + "00"
    defaults = {"name": name, "level": level, "superior": region(above, name)}
    return Region.objects.get_or_create(code=code, defaults=defaults)[0]


def organ(
    name: str = "示例局",
    superior: Organ | None = None,
    *,
    tier: str = Tier.COUNTY,
    code: str = "990101",
    opened: date = OPENED,
    kind: str = "行政机关",
) -> Organ:
    """An organ that is open, with its first name and edge."""
    row = Organ.objects.create(
        name=name,
        sort_key=sort_key(name),
        credit_code=generate(code, next(_numbers)),
        tier=tier,
        kind=kind,
        region=region(code),
        superior=superior,
        depth=superior.depth + 1 if superior else 1,
        opened_date=opened,
    )
    for field, value in columns_below(superior, row.pk).items():
        setattr(row, field, value)
    row.save()
    OrganName.objects.create(organ=row, name=name, valid_from=opened)
    if superior:
        OrganEdge.objects.create(organ=row, superior=superior, tree=Tree.ADMINISTRATIVE, valid_from=opened)
    return row


def person(at: Organ, name: str = "张三", *, rank: str = "科员", since: date = OPENED, title: str = "") -> Person:
    """A person with a main appointment."""
    row = Person(organ=at, name=name, sort_key=sort_key(name), staff_number=f"T{next(_numbers):07}", rank=rank)
    row.place()
    row.save()
    post = Appointment(person=row, organ=at, rank=rank, title=title, valid_from=since)
    post.place()
    post.save()
    return row
