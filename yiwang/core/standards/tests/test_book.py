"""Loading: a wrong file is refused with file, clause, field and reason; the shipped lawbook is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from yiwang.core.standards.book import Lawbook, load, read_document, read_documents
from yiwang.core.standards.ladders import Ladders, LaddersFile, normal
from yiwang.core.standards.queries import NOT_YET, state_of
from yiwang.core.standards.schema import Document
from yiwang.core.standards.tests.worlds import LADDERS, PERSON
from yiwang.kit.refusal import Refusal

DATASETS = {PERSON.key: PERSON}


def document(code: str = "D", **changes: Any) -> dict[str, Any]:
    clause = {
        "id": f"{code}/a",
        "subject": "某事",
        "kind": "limit",
        "modality": "不得",
        "paraphrase": "……",
        "table": [{"rank": "正处级", "value": 24}],
        "verified": True,
        "evidence": "news",
        "checks": [
            {"topic": "t", "dataset": "demo.person", "measure": "area", "relation": "<=", "limit": {"table": ["rank"]}}
        ],
    }
    frame = {
        "code": code,
        "title": code,
        "document_number_verified": True,
        "dates_verified": True,
        "effective_from": "2020-01-01",
        "jurisdiction": "全国",
    }
    return frame | {"clauses": [clause | changes.pop("clause", {})]} | changes


def book(*documents: dict[str, Any]) -> Lawbook:
    return Lawbook([Document.model_validate(each) for each in documents], LADDERS, DATASETS)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"clause": {"kind": "wish"}}, "kind"),
        ({"clause": {"verified": "perhaps"}}, "verified"),
        ({"clause": {"surprise": 1}}, "surprise"),
        ({"effective_from": "soon"}, "effective_from"),
        ({"region": "华北"}, "region"),
        ({"clause": {"table": [{"value": 1, "region": "44"}]}}, "table.0.region"),
        ({"clause": {"table": [{"value": 1, "seasons": ["七月"]}]}}, "table.0.seasons.0"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, change: dict[str, Any], field: str) -> None:
    path = tmp_path / "D.yaml"
    path.write_text(yaml.safe_dump(document(**change), allow_unicode=True), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        read_document(path)
    assert refused.value.code == "lawbook.invalid"
    assert refused.value.where.file == "D.yaml"
    assert f"字段 {field}" in refused.value.message
    assert ("条款 D/a" in refused.value.message) == ("clause" in change)


def test_broken_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "CN").mkdir()
    (tmp_path / "CN" / "x.yaml").write_text("a: [1", encoding="utf-8")
    with pytest.raises(Refusal, match="YAML"):
        read_documents(tmp_path)


CHECK = document()["clauses"][0]["checks"][0]


@pytest.mark.parametrize(
    ("check", "reason"),
    [
        ({"dataset": "no.such"}, "没有数据集"),
        ({"measure": "height"}, "没有这一列"),
        ({"measure": "flag"}, "应为 number"),
        ({"applies": "area"}, "应为 bool"),
        ({"applies": "rank = '处长'"}, "不在词表"),
        ({"limit": {"table": ["nobody"]}}, "没有 nobody 列"),
        ({"limit": {"expression": "import_os(1)"}}, "不允许"),
        ({"limit": {"sum_of": "nowhere", "counts": {"heads": "科员"}}}, "没有主题 nowhere"),
        ({"topic": "s", "limit": {"sum_of": "s", "counts": {"person": "科员"}}}, "缺少数值列 person"),
    ],
)
def test_a_wrong_check_is_refused(check: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refusal, match=reason) as refused:
        book(document(clause={"checks": [CHECK | check]}))
    assert refused.value.clause == "D/a"


def test_a_word_off_the_ladder_is_refused() -> None:
    with pytest.raises(Refusal, match="不在词表 rank"):
        book(document(clause={"table": [{"rank": "处座", "value": 1}]}))


def test_two_rows_for_one_cell_are_refused() -> None:
    with pytest.raises(Refusal, match="同时有效"):
        book(document(clause={"table": [{"rank": "处级", "value": 1}, {"rank": "正处级", "value": 2}]}))
    with pytest.raises(Refusal, match="同时有效"):
        book(document("A"), document("B"))
    later = document("B", effective_from="2021-01-01")
    earlier = document("A", effective_to="2020-12-31")
    assert book(earlier, later).topics == ["t"]


def test_a_topic_belongs_to_one_dataset_and_an_id_to_one_clause() -> None:
    with pytest.raises(Refusal, match="重复"):
        book(document("A"), document("B", clause={"id": "A/a"}))


def test_the_hash_follows_every_figure() -> None:
    plain = book(document()).hash
    assert book(document()).hash == plain
    assert book(document(clause={"table": [{"rank": "正处级", "value": 25}]})).hash != plain
    assert book(document(effective_from="2020-01-02")).hash != plain


@pytest.mark.parametrize(
    ("word", "tier", "answer"),
    [
        ("处级", None, "正处级/副处级"),
        ("正局级", "市级机关", "正处级"),
        ("正局级", "中央机关", "正厅级"),
        ("正局级", None, None),
        ("正处级、科员", None, "正处级/科员"),
        (" 正 处级 ", None, "正处级"),
        ("D", None, "正处级"),
        ("神仙级", None, None),
    ],
)
def test_words_resolve_by_tier_or_not_at_all(word: str, tier: str | None, answer: str | None) -> None:
    assert LADDERS["rank"].canonical(word, tier) == answer


def test_brackets_and_widths_are_one() -> None:
    assert normal("正局（处）级") == normal("正局(处)级")


def test_a_word_with_two_meanings_is_refused() -> None:
    codes = [{"code": "A", "label": "甲"}, {"code": "B", "label": "乙"}]
    words = [{"words": ["丙"], "codes": ["A"]}, {"words": ["丙"], "codes": ["B"]}]
    with pytest.raises(ValueError, match="two meanings"):
        Ladders([LaddersFile.model_validate({"vocabularies": {"v": {"codes": codes, "words": words}}})])


def test_the_shipped_lawbook_is_whole() -> None:
    shipped = load()
    real = [each for each in shipped.documents.values() if not each.demo]
    assert len(real) == 92
    assert sum(len(each.clauses) for each in real) >= 350
    assert sum(len(clause.table) for each in real for clause in each.clauses) >= 1388


def test_nothing_verified_is_left_unjudged() -> None:
    shipped = load()
    left = [
        clause.id
        for document, clause in shipped.clauses()
        if state_of(document, clause) == NOT_YET
        and (clause.kind in ("limit", "entitlement", "formula") or clause.verified)
    ]
    assert not left
