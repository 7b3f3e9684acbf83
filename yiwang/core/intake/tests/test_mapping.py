"""The mapping file: written, read back, refused when it is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiwang.core.intake import mapping
from yiwang.core.intake.mapping import Layout, Mapping
from yiwang.kit.refusal import Refusal

FULL = Layout(
    fingerprint="5f1c0a77d2e94b18",
    sheet="办公用房",
    dataset="offices.organ_space",
    columns={"单位名称": "organ", "备注": ""},
    units={"office_area": "万平方米"},
    block="organ_tier",
    blocks={"县直": "县级机关"},
    constants={"organ_tier": "县级机关"},
)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    mapping.write(Mapping(layouts=[FULL]), path)
    assert mapping.read(path) == Mapping(layouts=[FULL])
    assert path.read_text("utf-8").startswith("# 一网")
    assert [one.name for one in tmp_path.iterdir()] == ["m.yaml"]


def test_an_absent_file_is_empty(tmp_path: Path) -> None:
    assert mapping.read(tmp_path / "none.yaml") == Mapping()


def test_answers_for_a_layout_replace_earlier_ones() -> None:
    known = Mapping(layouts=[FULL])
    known.put(Layout(fingerprint=FULL.fingerprint, dataset=""))
    assert len(known.layouts) == 1
    assert (found := known.of(FULL.fingerprint)) is not None
    assert found.dataset == ""
    assert known.of("0000000000000000") is None


def test_open_questions_are_no_answers(tmp_path: Path) -> None:
    text = (
        'layouts:\n- fingerprint: a\n  dataset: "?"\n  columns: {甲: "?", 乙: organ, 丙: }\n  constants: {year: 2024}\n'
    )
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    layout = mapping.read(tmp_path / "m.yaml").layouts[0]
    assert layout.dataset is None
    assert layout.columns == {"乙": "organ", "丙": ""}
    assert layout.constants == {"year": "2024"}


@pytest.mark.parametrize(
    "text", ["- a", "layouts: 7", "layouts: [{sheet: x}]", "layouts: [{fingerprint: a, no: 1}]", "a: [", "a: &x [*x]"]
)
def test_what_is_no_mapping_file(text: str, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    with pytest.raises(Refusal) as refusal:
        mapping.read(tmp_path / "m.yaml")
    assert refusal.value.code == "mapping.malformed"


def test_too_large_and_unreadable(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_bytes(b"#" * (mapping.MAX_BYTES + 1))
    (tmp_path / "n.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ("m.yaml", "n.yaml"):
        with pytest.raises(Refusal):
            mapping.read(tmp_path / name)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        mapping.write(Mapping(), tmp_path / "no" / "m.yaml")
    assert refusal.value.code == "mapping.unwritable"
