"""The registers of office space as datasets: who sits on how many square metres, organ by organ, building by building.

Set-based: one statement for each dataset however many rooms there are. A day is asked for, periods are half-open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from yiwang.core.orgs.models import Tier
from yiwang.core.places.models import Structure
from yiwang.core.verdicts.sources import SourceRow, register_source
from yiwang.kit.among import listed, numbered

# A room is divided among all who sit in it on the day: by the shares that are written down, what is left equally.
# The rank is that of the post in the organ whose room it is, else of the main post.
_PERSON_SPACE = """
WITH held AS (
  SELECT o.room_id, o.person_id, o.organ_id, o.share
    FROM offices_occupancy o JOIN offices_room r ON r.id = o.room_id
   WHERE o.valid_from <= %(on)s AND (o.valid_to IS NULL OR o.valid_to > %(on)s) AND o.person_id IS NOT NULL
     AND r.kind = 'OFFICE' AND r.state <> 'DISPOSED' {rooms}
), divided AS (
  SELECT room_id, count(*) AS sharers, sum(share) AS taken, count(*) - count(share) AS unsaid FROM held GROUP BY room_id
)
SELECT h.person_id, h.organ_id, p.name, g.name, g.tier, g.region_id, b.name, r.number, r.usable_area,
       h.share, d.sharers, d.taken, d.unsaid,
       coalesce(
         (SELECT a.rank FROM orgs_appointment a WHERE a.person_id = h.person_id AND a.organ_id = h.organ_id
             AND a.valid_from <= %(on)s AND (a.valid_to IS NULL OR a.valid_to > %(on)s)
           ORDER BY a.main DESC, a.id LIMIT 1),
         (SELECT a.rank FROM orgs_appointment a WHERE a.person_id = h.person_id
             AND a.valid_from <= %(on)s AND (a.valid_to IS NULL OR a.valid_to > %(on)s)
           ORDER BY a.main DESC, a.id LIMIT 1))
  FROM held h
  JOIN divided d ON d.room_id = h.room_id
  JOIN offices_room r ON r.id = h.room_id
  JOIN places_building b ON b.id = r.building_id
  JOIN orgs_person p ON p.id = h.person_id
  JOIN orgs_organ g ON g.id = h.organ_id
  {who}
 ORDER BY h.person_id, h.organ_id, r.id
"""
_TIERS = dict(Tier.choices)


def run(statement: str, parameters: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement; `%(name)s` parameters on both databases."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(2000):
            yield from rows


def _among(column: str) -> str:
    """The column is among the ids of the parameter `some`."""
    return numbered(column, "%(some)s", connection.vendor)


def _ids(subjects: Collection[str] | None) -> dict[str, Any]:
    """The parameter `some`: the first numbers of the subjects; nothing where all are asked."""
    if subjects is None:
        return {}
    heads = {subject.partition(":")[0] for subject in subjects}
    return {"some": listed(sorted(int(head) for head in heads if head.isdigit()), connection.vendor)}


def person_space(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """offices.person_space: a row for each room that a person holds on the day. Subject: person:organ."""
    rooms = who = ""
    wanted = None if subjects is None else set(subjects)
    if wanted is not None:
        rooms = f"AND o.room_id IN (SELECT room_id FROM offices_occupancy WHERE {_among('person_id')})"
        who = f"WHERE {_among('h.person_id')}"
    for row in run(_PERSON_SPACE.format(rooms=rooms, who=who), {"on": on} | _ids(wanted)):
        person, organ, name, organ_name, tier, region, building, number, area, share, sharers, taken, unsaid, rank = row
        subject = f"{person}:{organ}"
        if wanted is not None and subject not in wanted:
            continue
        counted, among = _counted(area, share, sharers, taken, unsaid)
        yield SourceRow(
            subject=subject,
            label=f"{name} · {organ_name}",
            organ_id=organ,
            region=region,
            on=on,
            values={
                "person": name,
                "organ": organ_name,
                "organ_tier": _TIERS[tier],
                "rank": rank,
                "room": f"{building} {number}",
                "building": building,
                "usable_area": counted,
                "sharers": among,
            },
            url=f"/r/offices/occupancy/?person_id={person}",
        )


def _counted(area: Any, share: Any, sharers: int, taken: Any, unsaid: int) -> tuple[Decimal, int]:
    """(square metres, divided by how many)."""
    whole = Decimal(str(area))
    if share is not None:
        return whole * Decimal(str(share)), 1
    if taken is not None:
        return max(whole * (1 - Decimal(str(taken))), Decimal(0)), unsaid
    return whole, sharers


# Rank → column of the dataset; the ladder's own words.
_RANK_COLUMNS = {
    "正部级": "n_minister",
    "副部级": "n_vice_minister",
    "正厅级": "n_director_general",
    "副厅级": "n_deputy_director_general",
    "正处级": "n_director",
    "副处级": "n_deputy_director",
    "正科级": "n_section_chief",
    "副科级": "n_deputy_section_chief",
    "科员": "n_section_staff",
}
_COUNTS = ", ".join(
    f"sum(CASE WHEN a.rank = '{rank}' THEN 1 ELSE 0 END) AS {column}" for rank, column in _RANK_COLUMNS.items()
)
_ORGAN_SPACE = f"""
WITH rooms AS (
  SELECT organ_id, count(*) AS total_rooms,
         sum(CASE WHEN kind = 'OFFICE' THEN usable_area ELSE 0 END) AS office_area,
         sum(CASE WHEN kind = 'OFFICE' THEN 1 ELSE 0 END) AS office_rooms,
         sum(CASE WHEN kind = 'SERVICE_ROOM' THEN usable_area ELSE 0 END) AS service_area,
         sum(CASE WHEN kind = 'SERVICE_ROOM' THEN 1 ELSE 0 END) AS service_rooms,
         sum(CASE WHEN kind = 'EQUIPMENT_ROOM' THEN usable_area ELSE 0 END) AS equipment_area,
         sum(CASE WHEN kind IN ('OFFICE', 'SERVICE_ROOM', 'EQUIPMENT_ROOM') THEN usable_area ELSE 0 END) AS total_area,
         sum(CASE WHEN state = 'IDLE' THEN usable_area ELSE 0 END) AS idle_area
    FROM offices_room WHERE state <> 'DISPOSED' {{organs}} GROUP BY organ_id
), people AS (
  SELECT a.organ_id, count(*) AS actual_headcount, {_COUNTS}
    FROM orgs_appointment a
   WHERE a.main AND a.valid_from <= %(on)s AND (a.valid_to IS NULL OR a.valid_to > %(on)s) {{appointed}} GROUP BY a.organ_id
), posts AS (
  SELECT organ_id, sum(authorized_posts) AS authorized_headcount FROM orgs_post
   WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s) {{organs}} GROUP BY organ_id
)
SELECT g.id, g.name, g.tier, g.region_id, posts.authorized_headcount, people.actual_headcount,
       {", ".join(f"people.{column}" for column in _RANK_COLUMNS.values())},
       rooms.total_area, rooms.total_rooms, rooms.office_area, rooms.office_rooms, rooms.service_area,
       rooms.service_rooms, rooms.equipment_area, rooms.idle_area
  FROM rooms
  JOIN orgs_organ g ON g.id = rooms.organ_id
  LEFT JOIN people ON people.organ_id = rooms.organ_id
  LEFT JOIN posts ON posts.organ_id = rooms.organ_id
 ORDER BY g.id
"""
_ORGAN_COLUMNS = (
    *("authorized_headcount", "actual_headcount", *_RANK_COLUMNS.values(), "total_area", "total_rooms", "office_area"),
    *("office_rooms", "service_area", "service_rooms", "equipment_area", "idle_area"),
)


def organ_space(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """offices.organ_space: a row for each organ that has rooms. Subject: organ's id."""
    organs = appointed = ""
    if subjects is not None:
        organs, appointed = f"AND {_among('organ_id')}", f"AND {_among('a.organ_id')}"
    statement = _ORGAN_SPACE.format(organs=organs, appointed=appointed)
    for organ, name, tier, region, *figures in run(statement, {"on": on} | _ids(subjects)):
        found = {
            column: None if figure is None else round(Decimal(str(figure)), 2)  # SQLite adds up in floating point
            for column, figure in zip(_ORGAN_COLUMNS, figures, strict=True)
        }
        yield SourceRow(
            subject=str(organ),
            label=name,
            organ_id=organ,
            region=region,
            on=on,
            values={"organ": name, "organ_tier": _TIERS[tier], **found},
            url=f"/r/offices/room/?organ_id={organ}",
        )


_BUILDINGS = """
SELECT b.id, b.organ_id, g.name, s.region_id, b.name, s.name, b.structure, b.usable_area, b.gross_floor_area
  FROM places_building b JOIN places_site s ON s.id = b.site_id JOIN orgs_organ g ON g.id = b.organ_id {which}
 ORDER BY b.id
"""
_STRUCTURES = dict(Structure.choices)


def buildings(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """offices.building: a row for each building. Subject: its id."""
    which = "" if subjects is None else f"WHERE {_among('b.id')}"
    for row in run(_BUILDINGS.format(which=which), _ids(subjects)):
        key, organ, organ_name, region, name, site, structure, usable, gross = row
        yield SourceRow(
            subject=str(key),
            label=f"{site} {name}",
            organ_id=organ,
            region=region,
            on=on,
            values={
                "organ": organ_name,
                "building": f"{site} {name}",
                "building_type": _STRUCTURES[structure],
                "usable_area": Decimal(str(usable)),
                "gross_area": Decimal(str(gross)),
            },
            url=f"/r/offices/building/{key}/",
        )


register_source("offices.person_space", person_space)
register_source("offices.organ_space", organ_space)
register_source("offices.building", buildings)
