"""F1, F2 and F3 as offices fill them, three ways each, with planted errors: the verdicts that must come out, exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest

from yiwang.core.intake.mapping import Layout, Mapping
from yiwang.core.intake.result import CheckResult
from yiwang.core.intake.tests.conftest import Check, Checked
from yiwang.core.standards.verdict import VerdictKind
from yiwang.kit.sheets.tests import forms
from yiwang.kit.sheets.tests.forms_data import ORGANS, PERSONS, ROOMS, OrganRow
from yiwang.kit.sheets.tests.painter import Drawn, Filled

ROOM = "FGTZ-2014-2674/room"
Forms = dict[tuple[str, int], Checked]
Truth = dict[tuple[str, int], Filled]


def found(
    result: CheckResult, kind: VerdictKind, clause: str = ROOM
) -> list[tuple[str, int, Decimal | None, Decimal | None]]:
    """(who, row, measure, limit) of the verdicts of a kind under a clause."""
    return [
        (one.verdict.subject.split(" · ")[0], one.row, one.verdict.measure, one.verdict.limit)
        for one in result.findings
        if one.verdict.kind is kind and one.verdict.clause == clause
    ]


def rows_of(drawn: Drawn, key: str) -> dict[str, int]:
    """The first row number of each name in a drawn sheet."""
    rows: dict[str, int] = {}
    for line in drawn.lines:
        if line.record:
            rows.setdefault(line.record[key], line.number)
    return rows


# --- F1: counts of persons by rank, one row an organ ---------------------------------------------------------------------


def of_county(way: int) -> list[OrganRow]:
    """The organs whose tier is known to be the county's: where blocks name the townships, those are townships."""
    return [row for row in ORGANS if way != 2 or row.block == "县直机关"]


@pytest.mark.parametrize("way", forms.WAYS)
def test_f1_is_judged_by_counts_times_limits(way: int, checked: Forms, filled: Truth) -> None:
    rows = rows_of(filled["F1", way].sheets[0], "organ")
    _, result = checked["F1", way]
    due = [(row.name, rows[row.name], row.office, row.due) for row in of_county(way) if row.office > row.due]
    assert found(result, VerdictKind.OVER) == due
    assert result.checked == {"offices.organ_space": len(ORGANS)}
    assert not [one for one in result.findings if one.verdict.kind is VerdictKind.OVER and one.verdict.clause != ROOM]


@pytest.mark.parametrize("way", forms.WAYS)
def test_f1_clerk_is_corrected(way: int, checked: Forms, filled: Truth) -> None:
    rows = rows_of(filled["F1", way].sheets[0], "organ")
    _, result = checked["F1", way]
    entitled = {
        one.subject: (one.row, one.stated, one.computed) for one in result.differences if "应享有办公用房" in one.header
    }
    assert entitled == {
        row.name: (rows[row.name], row.entitled, row.due) for row in of_county(way) if row.entitled != row.due
    }
    excess = {one.subject: (one.stated, one.computed) for one in result.differences if one.header.endswith("超出面积")}
    assert excess == {
        row.name: (row.excess, max(Decimal(0), row.office - row.due))
        for row in of_county(way)
        if row.excess != max(Decimal(0), row.office - row.due)
    }


def test_f1_townships_are_known_by_their_block(checked: Forms) -> None:
    plan, result = checked["F1", 2]
    assert plan.matches()[0].block == "organ_tier"
    tiers = {row.values["organ"]: row.values.get("organ_tier") for row in result.tables[0].rows}
    assert tiers["示例县财政局"] == "县直机关"
    assert tiers["石桥乡人民政府"] == "乡镇"


@pytest.mark.parametrize("way", forms.WAYS)
def test_f1_every_row_is_accounted_for(way: int, checked: Forms, filled: Truth) -> None:
    _, result = checked["F1", way]
    drawn = filled["F1", way].sheets[0]
    read = {row.number for row in result.tables[0].rows}
    assert read == {line.number for line in drawn.lines if line.record}
    skipped = {row.row for row in result.tables[0].skipped}
    assert {line.number for line in drawn.lines if not line.record} <= skipped
    assert not result.tables[0].problems


@pytest.mark.parametrize("way", forms.WAYS)
def test_f1_figures_are_read(way: int, checked: Forms, filled: Truth) -> None:
    _, result = checked["F1", way]
    truth = {record["organ"]: record for record in filled["F1", way].sheets[0].records}
    for row in result.tables[0].rows:
        record = truth[row.values["organ"]]
        pairs = {
            "n_director": "正县", "n_section_staff": "科级以下", "office_area": "office", "service_area": "service",
            "authorized_headcount": "authorized", "office_rooms": "office_rooms", "service_rooms": "service_rooms",
        }  # fmt: skip
        assert {key: row.values[key] for key in pairs} == {key: record[word] for key, word in pairs.items()}


# --- F2: one row a room, persons with several rooms, shared rooms ----------------------------------------------------------


@pytest.mark.parametrize("way", forms.WAYS)
def test_f2_sums_and_shares(way: int, checked: Forms, filled: Truth) -> None:
    rows = rows_of(filled["F2", way].sheet("表1-3"), "name")
    _, result = checked["F2", way]
    due = [(one.name, rows[one.name], one.area, one.limit) for one in PERSONS if one.area > one.limit]
    assert found(result, VerdictKind.OVER) == due
    assert result.checked["offices.person_space"] == len(PERSONS)


@pytest.mark.parametrize("way", forms.WAYS)
def test_f2_clerk_is_corrected(way: int, checked: Forms) -> None:
    _, result = checked["F2", way]
    assert [(one.subject.split(" · ")[0], one.stated, one.computed) for one in result.differences] == [
        ("李四方", 0, Decimal("4.5"))
    ]


def test_f2_sum_sheet_is_left_out_with_a_reason(checked: Forms) -> None:
    plan, _ = checked["F2", 1]
    by_sheet = {match.face.sheet: match for match in plan.matches()}
    assert by_sheet["表1-4"].dataset is None
    assert by_sheet["表1-4"].why


# --- F3: blocks by rank, several users in a cell -----------------------------------------------------------------------------


def provincial(fingerprint: str) -> Mapping:
    """A mapping that says the tier of a whole sheet."""
    return Mapping(layouts=[Layout(fingerprint=fingerprint, constants={"organ_tier": "省级机关"})])


@pytest.mark.parametrize("way", forms.WAYS)
def test_f3_without_a_tier_accuses_nobody(way: int, checked: Forms) -> None:
    _, result = checked["F3", way]
    users = sum(len(room.users) for room in ROOMS)
    assert result.counts[VerdictKind.UNDETERMINED] == users
    assert not result.over


@pytest.mark.parametrize("way", forms.WAYS)
def test_f3_with_the_tier_from_the_mapping_file(way: int, check: Check, checked: Forms, filled: Truth) -> None:
    plan, _ = checked["F3", way]
    mapping = provincial(plan.matches()[0].fingerprint)
    _, result = check(filled["F3", way].path, mapping=mapping)
    limits = {"正处级": Decimal(18), "副处级": Decimal(12), "处级以下": Decimal(9)}
    rows = {line.record["room"]: line.number for line in filled["F3", way].sheets[0].lines if line.record}
    due = [
        (user[0], rows[room.room], room.area / len(room.users), limits[room.rank])
        for room in ROOMS
        for user in room.users
        if room.rank in limits and room.area / len(room.users) > limits[room.rank]
    ]
    assert sorted(found(result, VerdictKind.OVER)) == sorted(due)
    unclear = {user[0] for room in ROOMS if room.rank == "局级" for user in room.users}
    assert {who for who, *_ in found(result, VerdictKind.UNDETERMINED)} == unclear
    assert [(one.subject.split(" · ")[0], one.stated, one.computed) for one in result.differences] == [
        ("朱敏求", False, True)
    ]


@pytest.mark.parametrize("way", forms.WAYS)
def test_f3_rooms_without_users_are_reported(way: int, checked: Forms, filled: Truth) -> None:
    _, result = checked["F3", way]
    empty = {line.number for line in filled["F3", way].sheets[0].lines if line.record and not line.record["names"]}
    assert empty <= {row.row for row in result.tables[0].skipped}
