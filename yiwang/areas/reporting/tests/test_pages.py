"""The pages by who opens them: clerk, reviewer, stranger, nobody; workbook out and in; quality; schemes."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from yiwang.areas.reporting import actions, opening, pages, quality, watching, workbook
from yiwang.areas.reporting.factories import NOW, SMALL, Scene
from yiwang.areas.reporting.models import (
    ReportingPeriod,
    Return,
    ReturnState,
    ReturnVersion,
    SchemeRevision,
    SpotCheck,
)
from yiwang.core.notices.models import Notice
from yiwang.core.orgs import factories
from yiwang.core.orgs.actions import transfer
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page
from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets.read import read
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_workbook
from yiwang.portal.tests.people import drained

pytestmark = pytest.mark.django_db
SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def client(scene: Scene, role: str = Role.CLERK, at: Any = None) -> Client:
    return scene.we.client(role, at or scene.school)


def sent(who: Client, row: Return, status: int = 200, **body: Any) -> dict[str, Any]:
    """What saving cells answers."""
    given = {"changes": [], "reasons": {}, "tables": {}, "mark": row.mark, **body}
    answer = who.post(f"/reporting/returns/{row.pk}/cells/", json.dumps(given), content_type="application/json")
    assert answer.status_code == status, answer.content.decode()
    return dict(answer.json())


def change(key: str, after: str, before: str = "") -> dict[str, str]:
    return {"key": key, "before": before, "after": after}


def test_doors(scene: Scene) -> None:
    """A clerk fills his own, a reviewer sees what is below, a stranger finds nothing, nobody is asked to log in."""
    period = scene.open()
    row = scene.of(period)
    own = f"/reporting/returns/{row.pk}/"
    whole = f"/reporting/periods/{period.pk}/"
    places = [
        own,
        f"{own}template.xlsx",
        f"{own}upload/",
        whole,
        f"{whole}sums/",
        f"{whole}quality/",
        f"{whole}export.csv",
        f"{whole}sdmx.json",
    ]
    stranger, cadre = client(scene, Role.MANAGER, scene.we.theirs), client(scene, Role.STAFF)
    for place in places:
        assert Client().get(place).status_code == 302, place
        answer = client(scene).get(place)
        assert answer.status_code == 200, place
        drained(answer)
        assert cadre.get(place).status_code == 403, place
    for place in places[:3]:
        assert stranger.get(place).status_code == 404, place
    assert scene.school.name not in page(stranger.get(whole))
    assert scene.school.name not in stranger.get(f"{whole}export.csv?at={scene.school.pk}").getvalue().decode()
    for who, name in ((stranger, scene.we.ours.name), (client(scene, Role.READER), scene.we.theirs.name)):
        assert name not in page(who.get(f"{whole}?at={scene.we.province.pk}"))  # that organ is not below his
    assert client(scene).get(f"{whole}export.pdf").status_code == 404
    assert client(scene).get(f"{whole}sdmx.xml").status_code == 404
    assert client(scene, Role.READER).get(f"{own}upload/").status_code == 403
    for place in ("/reporting/schemes/", "/reporting/schemes/new/", f"/reporting/schemes/{scene.revision.pk}/"):
        assert client(scene).get(place).status_code == 403
        assert page(client(scene, Role.MANAGER, scene.we.province).get(place))
    assert client(scene, Role.MANAGER, scene.we.ours).get(f"/reporting/schemes/{scene.revision.pk}/").status_code == 404
    assert "javascript" in client(scene).get("/reporting/worker.js")["Content-Type"]


def test_a_period_of_an_organ_below_is_named_and_not_linked(scene: Scene) -> None:
    """The province reads the return; the page of the period is the county's, which opened it."""
    mine = opening.save_scheme(text=SMALL, access=scene.county)
    opening.issue_scheme(revision=mine.pk, access=scene.county)
    period = opening.open_period(revision=mine.pk, start=SEPTEMBER, access=scene.county, now=NOW)
    own, link = f"/reporting/returns/{scene.of(period).pk}/", f'href="/reporting/periods/{period.pk}/"'
    boss, county = client(scene, Role.MANAGER, scene.we.province), client(scene, Role.MANAGER, scene.we.ours)
    assert link in page(county.get(own))
    text = page(boss.get(own))
    assert link not in text
    assert str(period) in text
    assert boss.get(f"/reporting/periods/{period.pk}/").status_code == 404


def test_a_long_list_says_that_it_is_not_whole(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    county = client(scene, Role.MANAGER, scene.we.ours)
    scene.handed(scene.open(date(2026, 8, 1)))
    monkeypatch.setattr(pages, "SHOWN", 1)
    assert "只列最先到期的" not in page(county.get("/reporting/"))
    scene.handed(scene.open())
    text = page(county.get("/reporting/"))
    assert "只列最先到期的 1 份" in text
    assert text.count(">审核</a>") == 1


def test_who_only_reads_takes_nothing_from_the_registers(scene: Scene) -> None:
    own = f"/reporting/returns/{scene.of(scene.open()).pk}/"
    assert client(scene, Role.READER).post(own, {"verb": "take"}).status_code == 403


def test_typed_saved_submitted_reviewed(scene: Scene) -> None:
    """The whole way on the pages: saved cell by cell, handed in, passed on twice; each sees what is his to do."""
    row = scene.of(scene.open())
    own = f"/reporting/returns/{row.pk}/"
    clerk, county, boss = (
        client(scene),
        client(scene, Role.MANAGER, scene.we.ours),
        client(scene, Role.MANAGER, scene.we.province),
    )
    assert "填报" in page(clerk.get("/reporting/"))
    text = page(clerk.get(own))
    for word in ("data-returns-grid", "用能人数", "青河县第一中学", "报送"):
        assert word in text
    assert sent(clerk, row, changes=[change("users", "100"), change("power", "5000")])["mark"] == 1
    assert sent(clerk, row, 409, changes=[change("power", "6000", "1")])["cells"] == {"power": "5000"}
    assert sent(clerk, row, 422, changes=[change("power", "3万", "5000")])["code"] == "return.scale"
    assert sent(clerk, row, mark=1, tables={"meters": [{"number": "A1", "used": "4000"}]})["mark"] == 2
    refused = page(clerk.post(own, {"verb": "submit"}), 422)
    assert "电表合计 4,000,用电量 5,000" in refused
    sent(clerk, row, mark=2, tables={"meters": []})
    assert clerk.post(own, {"verb": "submit"}).status_code == 302
    assert "等待审核" in page(clerk.get(own))
    assert "disabled" in page(clerk.get(own))
    assert f"returns/{row.pk}/" in page(county.get("/reporting/"))
    assert "审核通过" in page(county.get(own))
    assert county.post(own, {"verb": "accept"}).status_code == 302
    assert "审核通过</button>" not in page(county.get(own))
    assert "转由" not in page(boss.get(own))
    assert page(boss.post(own, {"verb": "send_back", "opinion": ""}), 422)
    assert boss.post(own, {"verb": "send_back", "opinion": "电量再核"}).status_code == 302
    assert "电量再核" in page(clerk.get(own))
    assert clerk.post(own, {"verb": "submit"}).status_code == 302
    assert clerk.post(own, {"verb": "withdraw"}).status_code == 302
    assert "与上一版相同" in page(clerk.get(own))


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"changes": [1]}', '{"changes": [], "reasons": []}', '{"changes": [], "mark": "x"}'])  # fmt: skip
def test_what_is_no_request_is_refused(scene: Scene, body: str) -> None:
    row = scene.of(scene.open())
    answer = client(scene).post(f"/reporting/returns/{row.pk}/cells/", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "form.json")


def test_the_page_of_a_return_asks_little(scene: Scene) -> None:
    """However many items; the script's facts are in the page."""
    many = "\n".join(f"  - {{key: i{n}, label: 指标{n}}}" for n in range(200))
    text = SMALL.replace("key: small", "key: large").replace("  - {key: gas,", f"{many}\n  - {{key: gas,")
    large = Scene(we=scene.we, text=text)
    row = large.of(large.open())
    who = client(large)
    page(who.get(f"/reporting/returns/{row.pk}/"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(who.get(f"/reporting/returns/{row.pk}/"))
    assert len(queries) <= 32


# ── workbook ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def lines_of(row: Return, **cells: Any) -> list[list[Any]]:
    """The lines of the main table with these cells."""
    keys = ["users", "power", "gas", "note", "per_user"]
    return [[key, key, "", cells.get(key)] for key in keys]


def book(
    row: Return, lines: list[list[Any]], *, title: str = "", meters: list[list[Any]] | None = None
) -> SimpleUploadedFile:
    file = io.BytesIO()
    main = SheetSpec(
        name="主表",
        title=title or workbook.title_of(row),
        columns=[ColumnSpec(header=h) for h in ("编号", "指标", "单位", "本期")],
        rows=lines,
    )
    rooms = SheetSpec(
        name="电表", columns=[ColumnSpec(header="表号"), ColumnSpec(header="用量(千瓦时)")], rows=meters or []
    )
    write_workbook(file, [main] if meters is None else [main, rooms])
    return SimpleUploadedFile("a.xlsx", file.getvalue())


def test_out_filled_and_in_again(scene: Scene, tmp_path: Path) -> None:
    """The template brings the draft and the figures beside; what comes in is the draft; submitted in one go if sound."""
    scene.accept(scene.handed(scene.open(date(2026, 8, 1)), power=4000))
    row = scene.of(scene.open())
    scene.fill(row, users=100)
    who, own = client(scene), f"/reporting/returns/{row.pk}/"
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"".join(who.get(f"{own}template.xlsx").streaming_content))  # type: ignore[attr-defined]
    main, meters = read(path)
    assert main.rows[0][0] == "青河县第一中学|能耗月报 2026年9月|small/1"
    assert main.rows[2][:5] == ["users", "用能人数", "人", Decimal(100), Decimal(100)]
    assert meters.rows[1] == ["表号", "用量(千瓦时)"]
    filled = {"users": Decimal(100), "power": Decimal(5000), "per_user": Decimal(50)}
    good = book(row, lines_of(row, **filled), meters=[["A1", Decimal(5000)]])
    answer = who.post(f"{own}upload/", {"file": good, "submit": "1"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.state, row.current and row.current.source) == (ReturnState.SUBMITTED, "WORKBOOK")
    assert row.current is not None
    assert row.current.rows == {"meters": [{"number": "A1", "used": "5000"}]}


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"power": "3.2万"}, "第 4 行 “本期”列:“用电量”请按千瓦时填写完整数字"),
        ({"power": Decimal(-5)}, "不能是负数"),
        ({"power": "五百"}, "应是数字"),
        ({"power": Decimal(5000), "users": Decimal(100), "per_user": Decimal(49)}, "合计不平"),
    ],
)
def test_what_is_wrong_is_said_by_its_place(scene: Scene, cells: dict[str, Any], says: str) -> None:
    """Nothing goes in; the marked workbook comes back when asked for."""
    row = scene.of(scene.open())
    who, place = client(scene), f"/reporting/returns/{row.pk}/upload/"
    assert says in page(who.post(place, {"file": book(row, lines_of(row, **cells), meters=[])}), 422)
    row.refresh_from_db()
    assert row.draft == {}
    back = who.post(place, {"file": book(row, lines_of(row, **cells), meters=[]), "marked": "1"})
    assert b"".join(back.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]


def test_half_a_file_and_another_units_file(scene: Scene) -> None:
    row = scene.of(scene.open())
    who, place = client(scene), f"/reporting/returns/{row.pk}/upload/"
    lines = lines_of(row, users=Decimal(1))
    theirs = book(row, lines, title="云岭县水利局|能耗月报 2026年9月|small/1", meters=[])
    for file, says in (
        (book(row, lines), "缺少工作表“电表”"),
        (book(row, lines[:2], meters=[]), "缺少 2 行:天然气、说明"),
        (book(row, [*lines, ["users", "", "", None]], meters=[]), "编号“users”重复"),
        (book(row, [*lines, ["cars", "", "", None]], meters=[]), "编号“cars”不在报表里"),
        (book(row, [*lines, [None, "合计", "", Decimal(7)]], meters=[]), "没有编号"),
        (theirs, "不是“青河县第一中学"),
        (SimpleUploadedFile("a.xlsx", b"PK\3\4 half"), "文件不完整"),
        (SimpleUploadedFile("a.xlsx", b""), "请选择"),
    ):
        assert says in page(who.post(place, {"file": file}), 422), says
    assert Return.objects.get(pk=row.pk).draft == {}


def test_a_locked_period_refuses_the_workbook(scene: Scene) -> None:
    period = scene.open()
    row = scene.of(period)
    assert (
        client(scene, Role.MANAGER, scene.we.province)
        .post(f"/reporting/periods/{period.pk}/", {"verb": "close"})
        .status_code
        == 302
    )
    text = page(
        client(scene).post(
            f"/reporting/returns/{row.pk}/upload/", {"file": book(row, lines_of(row, users=Decimal(1)), meters=[])}
        ),
        422,
    )
    assert "已锁定" in text


# ── the period ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_province_watches_completeness_rise(scene: Scene) -> None:
    """By level, as of the period; who is missing is reminded; then all is locked."""
    period = scene.open()
    boss, place = client(scene, Role.MANAGER, scene.we.province), f"/reporting/periods/{period.pk}/"
    whole, parts = watching.below(period, scene.we.province.pk, date(2026, 10, 16))
    assert (whole.total, whole.handed, whole.missing, whole.completeness) == (4, 0, 4, 0)
    row = scene.handed(period)
    whole, parts = watching.below(period, scene.we.province.pk, date(2026, 10, 16))
    assert (whole.handed, whole.in_time, whole.missing, whole.timeliness) == (1, 1, 3, 25)
    ours = next(one for one in parts if one.organ == scene.we.ours.pk)
    assert (ours.total, ours.handed, ours.completeness) == (2, 1, 50)
    assert any(one.organ == scene.we.province.pk and one.leaf for one in parts)
    assert "青河县财政局" in page(boss.get(place))
    assert scene.school.name in page(boss.get(f"{place}?at={scene.we.ours.pk}&pick=waiting"))
    scene.we.user(Role.CLERK, scene.we.theirs)
    assert boss.post(place, {"verb": "remind"}).status_code == 302
    assert Notice.objects.filter(template="reporting.return.remind").exists()
    assert "催报" in page(boss.get(f"/reporting/returns/{scene.of(period, scene.we.theirs).pk}/"))
    actions.send_back(pk=row.pk, reason="再核", access=scene.county, now=NOW)
    assert watching.below(period, scene.we.ours.pk, date(2026, 10, 16))[0].sent_back == 1
    assert boss.post(place, {"verb": "close"}).status_code == 302
    assert "催报未报单位" not in page(boss.get(place))


def test_sums_as_reported_as_restated_and_in_todays_tree(scene: Scene) -> None:
    """A ratio is that of the sums; an amendment and a move each show in their own column."""
    period = scene.open()
    row = scene.accept(scene.handed(period, users=100, power=5000))
    own = scene.of(period, scene.we.ours)
    scene.fill(own, scene.county, users=300, power=6000)
    scene.submit(own, access=scene.county)
    actions.send_back(pk=row.pk, reason="更正", access=scene.boss, now=NOW)
    scene.fill(row, power=9000)
    scene.submit(row, reason="更正", now=NOW + timedelta(days=9))
    transfer(
        organ=scene.school, superior=scene.we.theirs, on=date(2026, 10, 5), today=date(2026, 10, 8), actor="system"
    )
    then, now, today = watching.side_by_side(period, scene.we.ours.pk, scene.boss, NOW + timedelta(days=1))
    assert [one.units for one in (then, now, today)] == [2, 2, 1]
    assert [one.figures["power"] for one in (then, now, today)] == [11000, 15000, 6000]
    assert [one.figures["per_user"] for one in (then, now, today)] == [Decimal("27.5"), Decimal("37.5"), Decimal("20")]
    boss = client(scene, Role.MANAGER, scene.we.province)
    text = page(boss.get(f"/reporting/periods/{period.pk}/sums/?at={scene.we.ours.pk}&day=2026-10-09"))
    for figure in ("11,000", "15,000", "37.5"):
        assert figure in text


def test_what_goes_to_other_statisticians(scene: Scene) -> None:
    period = scene.open()
    scene.handed(period)
    boss = client(scene, Role.MANAGER, scene.we.province)
    text = b"".join(boss.get(f"/reporting/periods/{period.pk}/sdmx.csv").streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {one["INDICATOR"]: one["OBS_VALUE"] for one in rows} == {"USERS": "100", "POWER": "5000", "PER_USER": "50"}
    assert {(one["TIME_PERIOD"], one["OBS_STATUS"], one["STRUCTURE_ID"]) for one in rows} == {
        ("2026-09", "P", "YIWANG:SMALL(1.0)")
    }
    body = boss.get(f"/reporting/periods/{period.pk}/sdmx.json").json()
    assert len(body["observations"]) == 3
    assert body["structure"]["key"] == "small"
    export = boss.get(f"/reporting/periods/{period.pk}/export.csv").getvalue().decode()
    assert "青河县第一中学" in export


# ── quality ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_stands_out_and_a_sample_that_can_be_drawn_again(scene: Scene) -> None:
    for month, power in enumerate((1000, 1010, 990, 1005, 995), 1):
        period = scene.open(date(2026, month, 1))
        scene.handed(period, power=power)
    period = scene.open(date(2026, 7, 1))
    row = scene.handed(period, power=5000)
    (found,) = quality.standing_out(period, scene.we.province.pk, scene.boss)
    assert [found.label, found.value, found.median] == ["用电量", 5000, 1000]
    assert len(found.methods) == 3
    boss, place = client(scene, Role.MANAGER, scene.we.province), f"/reporting/periods/{period.pk}/quality/"
    assert "超出历史范围" in page(boss.get(place))
    assert page(boss.post(place, {"verb": "draw", "share": "4"}), 422)
    assert boss.post(place, {"verb": "draw", "share": "5", "seed": "7"}).status_code == 302
    check = SpotCheck.objects.get()
    line = check.lines.get()
    assert (check.seed, check.population, line.return_row) == (7, 1, row)
    assert page(boss.post(place, {"verb": "note", "line": line.pk, "sound": "no", "note": ""}), 422)
    assert boss.post(place, {"verb": "note", "line": line.pk, "sound": "no", "note": "表未校准"}).status_code == 302
    assert "表未校准" in page(boss.get(place))
    stranger = scene.we.access(Role.MANAGER, scene.we.theirs)
    with pytest.raises(Refusal):
        quality.note(line=line.pk, sound=True, text="", access=stranger)


@pytest.mark.parametrize(("number", "share", "drawn"), [(1, "0.05", 1), (20, "0.05", 1), (21, "0.05", 2), (200, "0.1", 20), (7, "1", 7)])  # fmt: skip
def test_a_sample_reaches_its_share(number: int, share: str, drawn: int) -> None:
    keys = list(range(100, 100 + number))
    one = quality.sample(keys, Decimal(share), 5)
    assert len(one) == drawn
    assert one == quality.sample(keys, Decimal(share), 5)
    assert set(one) <= set(keys)
    assert number < 20 or one != quality.sample(keys, Decimal(share), 6) or drawn == number


def test_large_bodies_review_jointly(scene: Scene) -> None:
    for number in range(3):
        factories.organ(f"第{number}所", scene.we.ours)
    period = scene.open()
    assert quality.joint(period, scene.we.province.pk, scene.boss) == []
    assert quality.joint(period, scene.we.province.pk, scene.boss, least=5) == [(scene.we.ours.pk, "青河县财政局", 5)]


# ── schemes ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_scheme_is_edited_tried_issued_and_opened(scene: Scene) -> None:
    """A wrong text is refused with its place and stays; the dry run says how often each check would speak."""
    scene.accept(scene.handed(scene.open()))
    boss, place = client(scene, Role.MANAGER, scene.we.province), "/reporting/schemes/"
    assert boss.post(place, {"verb": "adopt", "key": "pi-energy"}).status_code == 302
    assert "pi-energy" in page(boss.get(f"{place}new/?from=pi-energy/2025"))
    wrong = SMALL.replace("users > 0", "user > 0")
    text = page(boss.post(f"{place}new/", {"verb": "save", "text": wrong}), 422)
    assert "没有这一列" in text
    assert "user &gt; 0" in text
    new = SMALL.replace("revision: '1'", "revision: '2'").replace("users > 0", "users > 500")
    tried = page(boss.post(f"{place}new/", {"verb": "try", "text": new}))
    assert "1 份报表" in tried
    assert "users_positive" in tried
    assert page(boss.post(f"{place}new/", {"verb": "try", "text": wrong}), 422)
    assert boss.post(f"{place}new/", {"verb": "save", "text": new}).status_code == 302
    row = SchemeRevision.objects.get(revision="2")
    own = f"{place}{row.pk}/"
    assert boss.post(own, {"verb": "issue", "text": new}).status_code == 302
    answer = boss.post(own, {"verb": "open", "start": "2026-10-01", "due": "2026-11-20"})
    period = ReportingPeriod.objects.get(valid_from=date(2026, 10, 1))
    assert answer["Location"] == f"/reporting/periods/{period.pk}/"
    assert (period.due_date, period.returns.count()) == (date(2026, 11, 20), 4)
    assert "这一期已经布置" in page(boss.post(own, {"verb": "open", "start": "2026-10-01"}), 422)


def test_what_is_late_says_so(scene: Scene) -> None:
    """The page takes today's day: a period long past is late."""
    row = scene.of(scene.open(date(2024, 1, 1)))
    scene.fill(row, users=1, power=1, on=timezone.localdate())
    who = client(scene)
    answer = who.post(f"/reporting/returns/{row.pk}/", {"verb": "submit"}, follow=True)
    assert "记为迟报" in page(answer)
    assert ReturnVersion.objects.get().late
