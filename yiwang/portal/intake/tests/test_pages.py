"""导入 as the clerk walks it: wrong, then right, then written; and who else may see it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from yiwang.areas.offices import factories as offices
from yiwang.areas.offices.models import Room
from yiwang.areas.vehicles.models import VehiclePurchase
from yiwang.core.rights.models import Role
from yiwang.core.verdicts.models import Finding
from yiwang.desk import importing
from yiwang.desk.models import ImportJob, ImportState
from yiwang.desk.testing import World, page, world
from yiwang.kit.sheets.reader import read_workbook
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_workbook
from yiwang.portal.intake import jobs, survey

pytestmark = pytest.mark.django_db
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
    rows = [[Decimal(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]  # type: ignore[assignment]
    write_workbook(file, [SheetSpec(name="台账", columns=[ColumnSpec(header=word) for word in head], rows=rows)])
    return file.getvalue()


def rooms(we: World, *numbers: str, area: Any = Decimal(18)) -> bytes:
    """A sheet of rooms."""
    return workbook(HEAD, *(("A座", number, we.ours.name, area, "办公室") for number in numbers))


def upload(client: Client, content: bytes, name: str = "房间.xlsx", kind: str = "offices.room") -> str:
    """Upload: the address of the import."""
    answer = client.post("/intake/", {"kind": kind, "file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_from_file_to_register(we: World) -> None:
    client = we.client()
    assert "还没有导入过" in page(client.get("/intake/?kind=offices.room"))
    address = upload(client, rooms(we, "0601", "0602"))
    text = page(client.get(address))
    assert "试算通过" in text
    assert "使用面积" in text
    assert Room.objects.count() == 0
    answer = client.post(f"{address}confirm/", follow=True)
    text = page(answer)
    assert "已写入房间台账" in text
    assert "存证 #" in text
    assert Room.objects.count() == 2
    assert "已完成" in page(client.get("/intake/"))


def test_errors_are_told_by_row_and_the_marked_workbook_comes_back(we: World, tmp_path: Any) -> None:
    client = we.client()
    address = upload(
        client,
        workbook(HEAD, ("A座", "0601", we.ours.name, "十八", "办公室"), ("B座", "0602", we.ours.name, 9, "办公室")),
    )
    text = page(client.get(address))
    assert "“十八”不是数字" in text
    assert "重新上传" in text
    assert "确认写入" not in text
    answer = client.get(f"{address}marked/")
    path = tmp_path / "m.xlsx"
    path.write_bytes(answer.getvalue())
    summary, sheet = read_workbook(path)
    assert any("十八" in str(cell) for row in summary.rows for cell in row)
    assert sheet.rows[0][-1] == "核对意见"
    assert client.post(f"{address}confirm/").status_code == 422
    assert Room.objects.count() == 0


def test_a_file_that_cannot_be_read_says_why(we: World) -> None:
    client = we.client()
    address = upload(client, b"PK\x03\x04 broken")
    text = page(client.get(address))
    assert "处要改" in text
    assert client.get(f"{address}marked/").status_code == 404
    assert client.get(f"{address}columns/").status_code == 422


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({}, "请选择要导入的文件"),
        ({"file": ("a.xls", b"x")}, "只能导入"),
        ({"file": ("a.csv", b"x"), "kind": "no.such"}, "哪一种台账"),
    ],
)
def test_uploads_that_are_refused(form: dict[str, Any], word: str, we: World) -> None:
    data = {key: SimpleUploadedFile(*value) if key == "file" else value for key, value in form.items()}
    answer = we.client().post("/intake/", data)
    assert answer.status_code == 422
    assert word in answer.content.decode()
    assert not ImportJob.objects.exists()


def test_too_large_is_refused(we: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yiwang.portal.intake.pages.MOST_BYTES", 10)
    answer = we.client().post("/intake/", {"kind": "offices.room", "file": SimpleUploadedFile("a.xlsx", b"x" * 11)})
    assert answer.status_code == 422


# --- columns --------------------------------------------------------------------------------------------------------------


def strange(we: World) -> bytes:
    """Headers that nobody could know."""
    return workbook(("甲", "乙", "丙", "丁", "戊"), ("A座", "0601", we.ours.name, "0.0018", "办公室"))


def answers(**chosen: str) -> dict[str, str]:
    """The form of columns."""
    return {f"column-{key}": name for key, name in chosen.items()}


def test_columns_are_chosen_and_remembered(we: World) -> None:
    client = we.client()
    address = upload(client, strange(we))
    assert "缺少" in page(client.get(address))
    text = page(client.get(f"{address}columns/"))
    assert 'draggable="true"' in text
    assert 'data-name="甲"' in text
    form = answers(building="甲", number="乙", organ="丙", usable_area="丁", kind="戊") | {"unit-usable_area": "万㎡"}
    assert client.post(f"{address}columns/", form)["Location"] == address
    assert "试算通过" in page(client.get(address))
    client.post(f"{address}confirm/")
    assert Room.objects.get().usable_area == Decimal(18)
    again = upload(client, strange(we))
    assert "没有变化" in page(client.get(again))
    assert ImportJob.objects.latest("pk").unchanged == 1


def test_a_header_for_two_columns_is_refused(we: World) -> None:
    client = we.client()
    address = upload(client, strange(we))
    answer = client.post(f"{address}columns/", answers(building="甲", number="甲"))
    assert answer.status_code == 422
    assert "只能对应一项" in answer.content.decode()


def test_columns_cannot_be_changed_after_confirming(we: World) -> None:
    client = we.client()
    address = upload(client, rooms(we, "0601"))
    client.post(f"{address}confirm/")
    assert client.get(f"{address}columns/").status_code == 422


def test_a_guess_is_shown_as_one(we: World) -> None:
    head = ("楼栋", "房号", "单位", "实测使用面积(㎡)", "用途")
    client = we.client()
    address = upload(client, workbook(head, ("A座", "0601", we.ours.name, 18, "办公室")))
    assert "猜测 80%" in page(client.get(address))


# --- large files ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, int]]:
    """What was enqueued: the worker has not come to it yet."""
    waiting: list[tuple[Any, int]] = []
    for task in (jobs.try_out_later, jobs.write_later):
        monkeypatch.setattr(type(task), "enqueue", lambda self, pk: waiting.append((self.func, pk)))
    return waiting


def work(waiting: list[tuple[Any, int]]) -> None:
    """The worker does what waits."""
    while waiting:
        function, pk = waiting.pop(0)
        function(pk)


def test_large_files_are_work_for_the_worker(we: World, monkeypatch: pytest.MonkeyPatch, worker: list[Any]) -> None:
    monkeypatch.setattr(jobs, "LARGE", 10)
    client = we.client()
    address = upload(client, rooms(we, "0601"))
    text = page(client.get(address))
    assert "正在试算" in text
    assert f'hx-get="{address}state/"' in text
    assert "HX-Refresh" not in client.get(f"{address}state/").headers
    work(worker)
    assert client.get(f"{address}state/")["HX-Refresh"] == "true"
    client.post(f"{address}confirm/")
    assert "正在写入" in page(client.get(address))
    assert Room.objects.count() == 0
    work(worker)
    assert Room.objects.count() == 1
    assert ImportJob.objects.get().state == ImportState.DONE


def test_what_a_killed_worker_left_is_taken_up(we: World, worker: list[Any]) -> None:
    client = we.client()
    address = upload(client, rooms(we, "0601"))
    importing.confirm(ImportJob.objects.get(), we.access())
    ImportJob.objects.update(state=ImportState.RUNNING)
    assert jobs.resume() == 1
    work(worker)
    assert Room.objects.count() == 1
    assert client.post(f"{address}confirm/").status_code == 422


def test_a_lost_dry_run_is_started_again(we: World, monkeypatch: pytest.MonkeyPatch, worker: list[Any]) -> None:
    monkeypatch.setattr(jobs, "LARGE", 10)
    client = we.client()
    address = upload(client, rooms(we, "0601"))
    worker.clear()
    assert "重新试算" in page(client.get(address))
    assert client.post(f"{address}confirm/")["Location"] == address
    work(worker)
    assert "试算通过" in page(client.get(address))


def test_going_on_by_hand(we: World) -> None:
    client = we.client()
    address = upload(client, rooms(we, "0601"))
    ImportJob.objects.update(state=ImportState.RUNNING)
    assert "继续写入" in page(client.get(address))
    client.post(f"{address}confirm/")
    assert Room.objects.count() == 1


# --- after the import ----------------------------------------------------------------------------------------------------------


def purchases(we: World, price: int) -> bytes:
    """A sheet with one car."""
    head = ("采购编号", "单位", "用途", "车型", "情形", "能源", "购置价格", "排气量", "购置日期")
    day = timezone.localdate() - timedelta(days=30)
    return workbook(head, ("CG-1", we.ours.name, "机要通信用车", "轿车", "一般", "燃油", price, Decimal("1.6"), day))


def test_the_workbook_that_goes_back_has_the_verdicts(we: World, tmp_path: Any) -> None:
    client = we.client()
    address = upload(client, purchases(we, 150_000), kind="vehicles.purchase")
    page(client.get(address))
    client.post(f"{address}confirm/")
    assert VehiclePurchase.objects.count() == 1
    assert Finding.objects.filter(kind="over").count() == 1
    answer = client.get(f"{address}marked/")
    assert "%E5%88%A4%E5%AE%9A" in answer["Content-Disposition"]
    (tmp_path / "m.xlsx").write_bytes(answer.getvalue())
    _, sheet = read_workbook(tmp_path / "m.xlsx")
    assert "上限 120,000 元" in str(sheet.rows[1][-1])
    assert "超 30,000 元" in str(sheet.rows[1][-1])


def test_a_lost_workbook_is_made_again(we: World) -> None:
    client = we.client()
    address = upload(client, purchases(we, 100_000), kind="vehicles.purchase")
    client.post(f"{address}confirm/")
    ImportJob.objects.update(result="")
    assert client.get(f"{address}marked/").status_code == 200
    assert ImportJob.objects.get().result


def test_a_better_file_has_no_old_marks(we: World) -> None:
    client = we.client()
    address = upload(client, workbook(("甲", *HEAD[1:]), ("A座", "0601", we.ours.name, 18, "办公室")))
    job = ImportJob.objects.get()
    assert job.error_count
    client.post(
        f"{address}columns/", answers(building="甲", number="房号", organ="单位", usable_area="使用面积", kind="用途")
    )
    job.refresh_from_db()
    assert (job.state, job.error_count, bool(job.result)) == (ImportState.CHECKED, 0, False)


# --- who ------------------------------------------------------------------------------------------------------------------------


def addresses(address: str) -> list[str]:
    """Every address of an import that is read."""
    return [address, f"{address}state/", f"{address}columns/", f"{address}marked/"]


def test_a_colleague_sees_it_a_stranger_does_not(we: World) -> None:
    address = upload(we.client(), workbook(HEAD, ("A座", "0601", we.ours.name, "x", "办公室")))
    for url in addresses(address):
        assert we.client(Role.MANAGER).get(url).status_code == 200, url
        assert we.client(Role.CLERK, we.province).get(url).status_code == 200, url
        assert we.client(Role.CLERK, we.theirs).get(url).status_code == 404, url
        assert we.client(Role.READER).get(url).status_code == 403, url
        assert we.client(Role.AUDITOR).get(url).status_code == 403, url
        assert Client().get(url).status_code == 302, url
    assert we.client(Role.CLERK, we.theirs).post(f"{address}confirm/").status_code == 404
    assert we.client(Role.READER).post(f"{address}confirm/").status_code == 403
    assert we.client(Role.READER).get("/intake/").status_code == 403
    assert "房间.xlsx" not in page(we.client(Role.CLERK, we.theirs).get("/intake/"))


def test_pages_are_light(we: World, django_assert_max_num_queries: Any) -> None:
    client = we.client()
    for number in range(3):
        address = upload(client, rooms(we, f"060{number}"))
    for url in ("/intake/", address):
        with django_assert_max_num_queries(8):
            assert len(client.get(url).content) < 60 * 1024


def test_a_survey_is_kept_beside_the_file(we: World) -> None:
    upload(we.client(), rooms(we, "0601"))
    job = ImportJob.objects.get()
    found = survey.kept(job)
    assert found is not None
    assert (found.sheet, found.rows) == ("台账", 1)
    assert found.of("usable_area") == next(one for one in found.columns if one.name == "使用面积")
    survey.forget(job)
    assert survey.kept(job) is None
