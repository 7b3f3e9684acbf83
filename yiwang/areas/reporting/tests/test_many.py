"""One workbook for many units: each is taken or refused by itself, with its own receipt; and the scheme as blank forms."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yiwang.areas.reporting import many
from yiwang.areas.reporting.factories import Scene
from yiwang.areas.reporting.models import Outcome, Receipt, ReportingPeriod, Return, ReturnState, ReturnVersion
from yiwang.core.ledger.models import Entry
from yiwang.core.orgs import factories
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.models import Role
from yiwang.desk.testing import page
from yiwang.kit.sheets.read import read
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_workbook

pytestmark = pytest.mark.django_db
MAIN = ("信用代码", "单位", "用能人数(人)", "用电量(千瓦时)", "天然气(立方米)", "说明", "人均用电量(千瓦时/人)")
METERS = ("信用代码", "单位", "表号", "用量(千瓦时)")


class County(Scene):
    """Our county has three schools; the month is open."""

    period: ReportingPeriod

    def __post_init__(self) -> None:
        super().__post_init__()
        more = [factories.organ(f"青河县第{word}中学", self.we.ours, code="990101") for word in "二三"]
        self.schools: list[Organ] = [self.school, *more]
        self.period = self.open()

    def who(self, role: str = Role.MANAGER, organ: Organ | None = None) -> Client:
        return self.we.client(role, organ or self.we.ours)

    def send(self, file: SimpleUploadedFile, **more: str) -> tuple[Receipt, str]:
        """The receipt over all units, and its page."""
        file.seek(0)
        answer = self.who().post(f"/reporting/periods/{self.period.pk}/book/", {"file": file, **more})
        assert answer.status_code == 302, answer.content.decode()
        place = answer["Location"]
        return Receipt.objects.get(pk=int(place.split("/")[-2])), page(self.who().get(place))


@pytest.fixture
def county() -> County:
    return County()


def book(
    lines: list[list[Any]], meters: list[list[Any]] | None = None, *, title: str = "", heads: tuple[str, ...] = MAIN
) -> SimpleUploadedFile:
    """A workbook with these lines."""
    file, sheets = io.BytesIO(), [("主表", heads, lines), ("电表", METERS, meters or [])]
    specs = [
        SheetSpec(name=name, title=title, columns=[ColumnSpec(header=head) for head in names], rows=rows)
        for name, names, rows in sheets
    ]
    write_workbook(file, specs)
    return SimpleUploadedFile("全县.xlsx", file.getvalue())


def line(organ: Organ, users: Any = Decimal(10), power: Any = Decimal(500), made: Any = None) -> list[Any]:
    return [organ.credit_code, organ.name, users, power, None, None, made]


def test_out_filled_and_in_again(county: County, tmp_path: Path) -> None:
    """The template has the units that the county fills, with their drafts; each becomes a version with its own receipt."""
    county.fill(county.of(county.period), users=7)
    path = tmp_path / "t.xlsx"
    answer = county.who().get(f"/reporting/periods/{county.period.pk}/book.xlsx")
    path.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    main, meters = read(path)
    assert main.rows[0][0] == "多个单位|能耗月报 2026年9月|small/1"
    assert tuple(main.rows[1]) == MAIN
    assert {row[1] for row in main.rows[2:]} == {county.we.ours.name, *(one.name for one in county.schools)}
    assert [row[2] for row in main.rows[2:] if row[1] == county.school.name] == [Decimal(7)]
    assert tuple(meters.rows[1]) == METERS

    first, second, third = county.schools
    file = book(
        [line(first), line(second, power=Decimal(600)), line(third)], [[first.credit_code, None, "A1", Decimal(500)]]
    )
    whole, text = county.send(file, submit="1")
    assert (whole.outcome, whole.taken, whole.refused, whole.said) == (Outcome.HANDED, 3, 0, [])
    assert ReturnVersion.objects.count() == 3
    assert Entry.objects.filter(act="reporting.return.submit").count() == 3
    row = county.of(county.period)
    assert row.current is not None
    assert (row.current.rows, row.current.source) == ({"meters": [{"number": "A1", "used": "500"}]}, "WORKBOOK")
    for part in whole.parts.all():
        assert part.number in text
        assert part.version is not None
    assert "打开报表" in page(county.who().get(f"/reporting/receipts/{row.receipts.get().pk}/"))
    assert county.of(county.period, county.we.ours).state == ReturnState.DUE


def test_the_same_workbook_twice_is_one_submission(county: County) -> None:
    file = book([line(one) for one in county.schools])
    whole, _ = county.send(file, submit="1")
    assert county.send(file, submit="1")[0] == whole
    assert (Receipt.objects.count(), ReturnVersion.objects.count()) == (4, 3)


@pytest.mark.parametrize(
    ("users", "power", "made", "says"),
    [
        (Decimal(10), "3.2万", None, "第 4 行 “用电量”列:“用电量”请按千瓦时填写完整数字"),
        (Decimal(10), Decimal(-1), None, "不能是负数"),
        ("十人", Decimal(1), None, "第 4 行 “用能人数”列"),
        (Decimal(10), Decimal(500), Decimal(49), "合计不平"),
    ],
)
def test_a_line_that_is_wrong_is_refused_alone(county: County, users: Any, power: Any, made: Any, says: str) -> None:
    """The others go in; corrected, only what was wrong is new."""
    first, second, third = county.schools
    file = book([line(first), line(second, users, power, made), line(third)], title=many.title_of(county.period))
    whole, text = county.send(file, submit="1")
    assert (whole.outcome, whole.taken, whole.refused) == (Outcome.TAKEN, 2, 1)
    assert says in text.replace("&quot;", '"')
    wrong = county.of(county.period, second)
    assert (wrong.state, wrong.draft) == (ReturnState.DUE, {})
    assert [one.outcome for one in wrong.receipts.all()] == [Outcome.REFUSED]
    right = book([line(one) for one in county.schools], title=many.title_of(county.period))
    whole, _ = county.send(right, submit="1")
    assert (whole.outcome, whole.taken) == (Outcome.HANDED, 3)
    assert ReturnVersion.objects.count() == 3


def test_who_is_not_in_the_register_and_who_stands_twice(county: County) -> None:
    first, second, third = county.schools
    stranger = county.we.theirs
    lines = [
        line(first),
        [None, "没有这个学校", Decimal(1), Decimal(1), None, None, None],
        line(stranger),
        ["", second.name, Decimal(10), Decimal(500), None, None, None],
        ["", second.name, Decimal(11), Decimal(500), None, None, None],
        [third.credit_code, second.name, Decimal(1), Decimal(1), None, None, None],
        [None, "空着的不算", None, None, None, None, None],
    ]
    whole, text = county.send(book(lines, title="全县|"[:2]), submit="1")
    assert (whole.taken, whole.refused) == (1, 4)
    assert "“没有这个学校”不是这一期由您填报的单位" in text
    assert f"代码“{third.credit_code}”是“{third.name}”的" in text
    assert f"代码“{stranger.credit_code}”不是" in text
    assert "这个单位已在第 6 行填过" in text
    assert "空着的不算" not in text
    assert Return.objects.exclude(draft={}).get().organ == first


def test_what_the_checks_say_and_the_marked_copy(county: County, tmp_path: Path) -> None:
    """A hard check leaves the draft and says why; the marked workbook has it beside the unit's line."""
    first, second, _ = county.schools
    file = book([line(first, Decimal(0)), line(second)])
    answer = county.who().post(
        f"/reporting/periods/{county.period.pk}/book/", {"file": file, "submit": "1", "marked": "1"}
    )
    path = tmp_path / "m.xlsx"
    path.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    main = next(grid for grid in read(path) if grid.name == "主表")
    assert [str(row[-1] or "") for row in main.rows][1:] == ["用能人数应大于 0。", ""]
    assert county.of(county.period, first).state == ReturnState.FILLING
    assert county.of(county.period, second).state == ReturnState.SUBMITTED


def test_a_workbook_that_cannot_be_taken_at_all(county: County) -> None:
    place = f"/reporting/periods/{county.period.pk}/book/"
    first = county.school
    for file, says in (
        (book([line(first)], title="多个单位|别的报表 2026年9月|other/1"), "不是“多个单位|能耗月报"),
        (book([line(first)], heads=("代码", "名称", *MAIN[2:])), "表头应有单位、用能人数(人)"),
        (SimpleUploadedFile("a.xlsx", b"PK\3\4 half"), "文件不完整"),
        (SimpleUploadedFile("a.xlsx", b""), "请选择"),
    ):
        assert says in page(county.who().post(place, {"file": file}), 422), says
    assert not Receipt.objects.exists()
    whole, text = county.send(book([[None, first.name, None, None, None, None, None]]))
    assert (whole.outcome, whole.taken) == (Outcome.REFUSED, 0)
    assert "没有填任何单位的数" in text


def test_who_may_hand_in_for_others(county: County) -> None:
    """The county for its schools, a school for itself only, a stranger for none of ours, a reader not at all."""
    file = book([line(one) for one in county.schools])
    place = f"/reporting/periods/{county.period.pk}/book/"
    assert county.who(Role.READER).get(place).status_code == 403
    assert county.who(Role.READER).get(f"{place[:-1]}.xlsx").status_code == 403
    assert "现在由您填报的有 1 个单位" in page(county.who(Role.CLERK, county.school).get(place))
    answer = county.who(Role.MANAGER, county.we.theirs).post(place, {"file": file}, follow=True)
    assert page(answer).count("不是这一期由您填报的单位") == 3
    assert not Return.objects.exclude(draft={}).exists()
    whole = Receipt.objects.get()
    assert county.who().get(f"/reporting/receipts/{whole.pk}/").status_code == 404


def test_the_scheme_as_blank_forms(county: County, tmp_path: Path) -> None:
    boss = county.who(Role.MANAGER, county.we.province)
    place = f"/reporting/schemes/{county.revision.pk}/"
    assert "空白表" in page(boss.get(place))
    path = tmp_path / "f.xlsx"
    path.write_bytes(b"".join(boss.get(f"{place}forms.xlsx").streaming_content))  # type: ignore[attr-defined]
    main, meters = read(path)
    words = [" ".join(str(cell) for cell in row if cell is not None) for row in main.rows]
    assert words[0] == "主表"
    assert words[1].startswith("填报单位:")
    assert "报告期:    年    月" in words[2]
    assert words[3] == "指标名称 计量单位 代码 本期"
    assert words[5] == "用电量 千瓦时 02"
    assert words[9].startswith("单位负责人: 统计负责人: 填表人:")
    assert any("人均用电量 = 用电量 / 用能人数" in one for one in words)
    assert any("必填:用能人数、用电量" in one for one in words)
    assert meters.rows[3][:2] == ["表号", "用量(千瓦时)"]
    assert meters.rows[4][:2] == ["01", "02"]
    assert county.who(Role.CLERK, county.school).get(f"{place}forms.xlsx").status_code == 403
    assert county.who(Role.MANAGER).get(f"{place}forms.xlsx").status_code == 404
