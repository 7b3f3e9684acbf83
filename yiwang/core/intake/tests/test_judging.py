"""Records from rows: folded, judged in one way or the other, units doubted, the clerk compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from yiwang.core.intake import judging
from yiwang.core.intake.claims import ClaimKind
from yiwang.core.intake.compare import _differs, _stated
from yiwang.core.intake.tests.conftest import Check, lines
from yiwang.core.standards.verdict import VerdictKind
from yiwang.kit.refusal import Refusal

HEAD = "使用人,单位,机关层级,职级,房号,使用面积"
D = Decimal


def rows(count: int, area: str = "99") -> list[str]:
    """Rows of as many persons."""
    return [f"人{number},甲局,市级机关,局(处)级以下,{number},{area}" for number in range(count)]


def test_both_evaluators_give_the_same_result(tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    path = (
        f"offices.person_space={lines(tmp_path / 'a.csv', [HEAD, *rows(3), *rows(2, '8'), '甲,乙,市级机关,特级,1,9'])}"
    )
    results = []
    for bulk in (2_000, 0):
        monkeypatch.setattr(judging, "BULK", bulk)
        _, result = check(path, on=date(2024, 1, 1), everything=True)
        results.append(result.as_dict())
    assert results[0] == results[1]
    assert results[0]["checked"] == {"offices.person_space": 4}


def test_without_all_what_is_within_is_counted_only(tmp_path: Path, check: Check) -> None:
    _, result = check(f"offices.person_space={lines(tmp_path / 'a.csv', [HEAD, *rows(2, '8')])}")
    assert result.findings == []
    assert result.counts[VerdictKind.WITHIN] == 2


def test_sums_too_large_to_be_true(tmp_path: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MOST", D(150))
    _, result = check(f"offices.person_space={lines(tmp_path / 'a.csv', [HEAD, rows(1)[0], rows(1)[0]])}")
    assert [one.verdict.kind for one in result.findings] == [VerdictKind.UNDETERMINED]
    assert result.tables[0].problems[0].code == "number.too-large"


CARS = "单位,车辆用途,车型,配备情形,购置价格,排气量,能源类型"


@pytest.mark.parametrize(("price", "displacement"), [("12.5", "1.6"), ("125000", "1600")])
def test_figures_far_from_every_limit_are_doubted(price: str, displacement: str, tmp_path: Path, check: Check) -> None:
    path = lines(tmp_path / "a.csv", [CARS, f"甲局,机要通信用车,轿车,一般,{price},{displacement},燃油"])
    with pytest.raises(Refusal) as refusal:
        check(f"vehicles.purchase={path}")
    assert refusal.value.code == "sheet.unit-doubtful"


def test_one_sound_figure_is_enough_not_to_doubt(tmp_path: Path, check: Check) -> None:
    body = [f"甲局,机要通信用车,轿车,一般,{price},1.6,燃油" for price in ("1", "125000")]
    _, result = check(f"vehicles.purchase={lines(tmp_path / 'a.csv', [CARS, *body])}", on=date(2024, 1, 1))
    assert result.checked == {"vehicles.purchase": 2}


@pytest.mark.parametrize(
    ("kind", "stated", "computed", "differs"),
    [
        (ClaimKind.LIMIT, D(24), D(24), False),
        (ClaimKind.LIMIT, D(318), D("317.6"), False),
        (ClaimKind.LIMIT, D("317.5"), D("317.6"), True),
        (ClaimKind.LIMIT, D(375), D(339), True),
        (ClaimKind.EXCESS, D(0), D("0.4"), True),
        (ClaimKind.EXCESS, D("-26.8"), D(0), False),
        (ClaimKind.EXCESS, D("0.4"), D(0), True),
        (ClaimKind.OVER, False, True, True),
        (ClaimKind.OVER, True, True, False),
    ],
)
def test_rounding_is_forgiven_hiding_is_not(
    kind: ClaimKind, stated: object, computed: Decimal | bool, differs: bool
) -> None:
    assert _differs(kind, stated, computed) is differs


def test_a_figure_repeated_or_split_over_rows() -> None:
    assert _stated(ClaimKind.LIMIT, [D(24), D(24)], D(24)) == 24
    assert _stated(ClaimKind.LIMIT, [D(12), D(12)], D(24)) == 24
    assert _stated(ClaimKind.LIMIT, [D(18), D(6)], D(24)) == 24
    assert _stated(ClaimKind.LIMIT, [D(20)], D(24)) == 20
    assert _stated(ClaimKind.OVER, [False, True], True) is True
