"""A file into a register: tried out, confirmed, whole or not at all, twice the same as once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.base import ContentFile
from openpyxl import load_workbook

from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Occupancy, Room
from yiwang.areas.vehicles.models import VehiclePurchase
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.places.models import Building
from yiwang.core.registers import history, sheets
from yiwang.core.registers.trial import checked
from yiwang.core.rights.models import Grant, Role
from yiwang.core.verdicts.models import Finding, State
from yiwang.desk import importing, kinds
from yiwang.desk.models import ImportJob, ImportState
from yiwang.desk.testing import World, world
from yiwang.kit.bulk import ranges
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_workbook

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HEAD = ("楼栋", "房号", "单位", "使用面积(㎡)", "用途")


@pytest.fixture
def we() -> World:
    """Two counties, a building in ours."""
    made = world()
    offices.building(made.ours, "A座")
    return made


def workbook(head: Sequence[str], *rows: Sequence[Any]) -> bytes:
    """A workbook with one sheet."""
    file = io.BytesIO()
    write_workbook(file, [SheetSpec(name="台账", columns=[ColumnSpec(header=word) for word in head], rows=rows)])
    return file.getvalue()


def job_of(we: World, content: bytes, kind: str = "offices.room") -> ImportJob:
    """An uploaded file."""
    file = ContentFile(content, name="房间.xlsx")
    return importing.accept(kind=kind, file=file, access=we.access(), on=TODAY, now=NOW)


def done(we: World, content: bytes, kind: str = "offices.room") -> ImportJob:
    """Uploaded, tried, confirmed, executed."""
    job = job_of(we, content, kind)
    assert not importing.trial(job).errors
    importing.confirm(job, we.access())
    return importing.execute(job.pk, now=NOW)


def rooms(we: World, *numbers: str, area: int = 18) -> bytes:
    """A sheet of rooms."""
    return workbook(HEAD, *(("A座", number, we.ours.name, Decimal(area), "办公室") for number in numbers))


def test_rows_go_in_with_one_entry(we: World) -> None:
    """The register has them; the ledger one line with the root; each record knows where it came from."""
    job = done(we, rooms(we, "0601", "0602", "0603"))
    assert (job.state, job.total, job.created, job.entry is not None) == (ImportState.DONE, 3, 3, True)
    assert list(Room.objects.order_by("number").values_list("number", "usable_area", "l2")) == [
        (number, Decimal(18), we.ours.pk) for number in ("0601", "0602", "0603")
    ]
    entry = Entry.objects.get(obj=f"desk.import:{job.pk}")
    assert (entry.act, entry.pk) == ("offices.room.import", job.entry)
    assert job.digest in entry.body
    pk = Room.objects.latest("pk").pk
    (step,) = history.steps(kinds.get("offices.room"), pk, we.access(), ImportJob.entries_of("offices.room", pk))
    assert (step.act, step.changes) == ("导入", ["房间.xlsx"])


def test_the_same_file_again_changes_nothing(we: World) -> None:
    """Not a row, not an entry."""
    content = rooms(we, "0601", "0602")
    done(we, content)
    before = Entry.objects.count()
    again = done(we, content)
    assert (again.state, again.created, again.changed, again.unchanged, again.entry) == ("DONE", 0, 0, 2, None)
    assert Entry.objects.count() == before
    assert Room.objects.count() == 2


def test_a_changed_file_changes_what_differs(we: World) -> None:
    """The record keeps its id."""
    done(we, rooms(we, "0601", "0602"))
    key = Room.objects.get(number="0601").pk
    job = done(we, rooms(we, "0601", "0602", "0603", area=20))
    assert (job.created, job.changed, job.unchanged) == (1, 2, 0)
    assert Room.objects.get(pk=key).usable_area == 20


def test_every_wrong_row_is_named_and_nothing_is_written(we: World) -> None:
    """Row numbers of the file, labels of the columns, and the marked workbook to send back."""
    content = workbook(
        HEAD,
        ("A座", "0601", we.ours.name, Decimal(18), "办公室"),
        ("C座", "0602", we.ours.name, Decimal(18), "办公室"),
        ("A座", "0603", we.ours.name, "十八点", "办公室"),
        ("A座", "0601", we.ours.name, Decimal(19), "会所"),
    )
    job = job_of(we, content)
    result = importing.trial(job)
    found = {(error.where.row, error.where.column, error.code) for error in result.errors}
    assert {(3, "楼栋", "link.unknown"), (5, "用途", "value.word")} < found
    assert {row for row, _, _ in found} == {3, 4, 5}
    assert Room.objects.count() == 0
    assert job.error_count == len(job.errors) == len(result.errors)
    sheet = load_workbook(io.BytesIO(job.result.read()))["台账"]
    assert "没有登记" in str(sheet.cell(3, 6).value)
    with pytest.raises(Refusal, match="试算"):
        importing.confirm(job, we.access())


def test_what_is_beyond_the_limit_becomes_a_finding_and_closes_by_correction(we: World) -> None:
    """The journey of a county clerk: import, see it, correct it, see it closed."""
    room = offices.room(offices.building(we.ours, "B座"), "0701", "30")
    who = factories.person(we.ours, "王敏", rank="科员")
    head = ("房间", "使用人", "单位", "起用日期", "止用日期")
    row = ["B座 0701", f"王敏 {who.staff_number}", we.ours.name, date(2024, 1, 1)]
    done(we, workbook(head, row), "offices.occupancy")
    finding = Finding.objects.get()
    assert (finding.kind, finding.excess, finding.organ_id) == ("over", Decimal(21), we.ours.pk)
    job = done(we, workbook(head, [*row, TODAY]), "offices.occupancy")
    assert job.changed == 1
    finding.refresh_from_db()
    assert (finding.state, finding.closed_by_register) == (State.CLOSED, True)
    assert Occupancy.objects.get().room == room


def test_a_row_that_became_wrong_meanwhile_is_refused_whole(we: World) -> None:
    """Between trial and execution somebody else registered the certificate: none of the rows goes in."""
    head = ("采购编号", "单位", "用途", "车型", "单价(元)", "购置日期", "车辆")
    rows = [(f"CG{n}", we.ours.name, "应急保障用车", "轿车", 150000, date(2025, 5, 1)) for n in range(3)]
    job = job_of(we, workbook(head, *[[*row[:4], Decimal(row[4]), row[5]] for row in rows]), "vehicles.purchase")
    assert not importing.trial(job).errors
    importing.confirm(job, we.access())
    other = VehiclePurchase(organ=we.theirs, number="CG1", price=1, use="OTHER", body="SEDAN", purchased_date=TODAY)
    other.place()
    other.save()
    job = importing.execute(job.pk, now=NOW)
    assert (job.state, job.errors[0]["code"]) == (ImportState.FAILED, "import.elsewhere")
    assert VehiclePurchase.objects.count() == 1


def test_a_conflict_while_writing_ends_the_job_with_a_sentence(we: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else's row comes in after the check: the database refuses, nothing is half written."""
    job = job_of(we, rooms(we, "0601", "0602"))
    importing.trial(job)
    importing.confirm(job, we.access())

    def late(*given: Any, **named: Any) -> Any:
        drafts = checked(*given, **named)
        offices.room(Building.objects.get(), "0602")
        return drafts

    monkeypatch.setattr(importing, "checked", late)
    job = importing.execute(job.pk, now=NOW)
    assert (job.state, job.errors[0]["code"]) == (ImportState.FAILED, "import.conflict")
    assert not Room.objects.exists()


def test_execution_is_done_once_and_only_when_confirmed(we: World) -> None:
    """A second worker finds nothing to do; an unconfirmed job is left alone."""
    job = job_of(we, rooms(we, "0601"))
    assert importing.execute(job.pk, now=NOW).state == ImportState.UPLOADED
    importing.trial(job)
    importing.confirm(job, we.access())
    assert list(importing.unfinished()) == [job]
    assert importing.execute(job.pk, now=NOW).state == ImportState.DONE
    assert importing.execute(job.pk, now=NOW).state == ImportState.DONE
    assert not importing.unfinished()
    assert Entry.objects.filter(act="offices.room.import").count() == 1


def test_who_lost_the_right_cannot_finish(we: World) -> None:
    """Rights are asked when the rows are written, not only when the file came."""
    job = job_of(we, rooms(we, "0601"))
    importing.trial(job)
    importing.confirm(job, we.access())
    Grant.objects.update(role=Role.READER)
    job = importing.execute(job.pk, now=NOW)
    assert (job.state, job.errors[0]["code"]) == (ImportState.FAILED, "rights.denied")
    assert Room.objects.count() == 0


def test_readers_cannot_upload(we: World) -> None:
    """Nor auditors."""
    for role in (Role.READER, Role.AUDITOR):
        with pytest.raises(Refusal, match="权限"):
            importing.accept(
                kind="offices.room", file=ContentFile(b"", name="x.csv"), access=we.access(role), on=TODAY, now=NOW
            )


@pytest.mark.parametrize(("content", "code"), [(b"", "sheet.empty-file"), (b"PK\x03\x04nonsense", "sheet.")])
def test_a_broken_file_is_refused_with_its_reason(we: World, content: bytes, code: str) -> None:
    """By the reader's own sentence."""
    with pytest.raises(Refusal) as refused:
        importing.trial(job_of(we, content))
    assert refused.value.code.startswith(code)


def test_the_blank_workbook_is_empty_and_fits(we: World) -> None:
    """The template's example row is no record; a row typed under it is."""
    for resource in kinds.resources():
        with sheets.blank(resource, we.access(Role.MANAGER)) as file:
            book = load_workbook(file)
        with pytest.raises(Refusal, match="没有找到"):
            sheets.read(resource, ContentFile(_saved(book), name="模板.xlsx"), {})
    with sheets.blank(kinds.get("offices.room"), we.access(Role.MANAGER)) as file:
        book = load_workbook(file)
    sheet = book.worksheets[0]
    labels = [str(cell.value) for cell in sheet[1]]
    for word, value in (("房号", "0601"), ("楼栋", "A座"), ("单位", we.ours.name), ("使用面积(㎡)", 18)):
        sheet.cell(3, labels.index(word) + 1, value)
    job = done(we, _saved(book))
    assert (job.state, job.created) == (ImportState.DONE, 1)


def _saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_ranges() -> None:
    """Runs of ids, and nothing for none."""
    assert ranges([1, 2, 3, 7, 9, 10]) == [[1, 3], [7, 7], [9, 10]]
    assert ranges([]) == []
