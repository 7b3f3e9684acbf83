"""The lawbook: documents read from YAML, validated, and resolved into the streams that the evaluators read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

import yiwang
from yiwang.core.datasets import Dataset, all_datasets
from yiwang.core.standards.effective import Stream, build_streams
from yiwang.core.standards.ladders import TIER, Ladders, read_ladders
from yiwang.core.standards.rules import column_types, fault
from yiwang.core.standards.schema import Clause, Document
from yiwang.kit.expr import Type
from yiwang.kit.refusal import Refusal, Where

SHIPPED = Path(yiwang.__file__).parent / "lawbook"


def canonical_json(value: Any) -> bytes:
    """One spelling of a value, for hashing."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str).encode()


class Lawbook:
    """Every document, clause and topic, for one set of datasets."""

    def __init__(
        self, documents: Sequence[Document], ladders: Ladders, datasets: Mapping[str, Dataset] | None = None
    ) -> None:
        self.documents = {document.code: document for document in documents}
        self.ladders = ladders
        self.datasets = dict(all_datasets() if datasets is None else datasets)
        self._clauses: dict[str, tuple[Document, Clause]] = {}
        for document in documents:
            for clause in document.clauses:
                if clause.id in self._clauses:
                    raise Refusal("lawbook.twice", f"条款 {clause.id} 重复", where=Where(file=document.code))
                self._clauses[clause.id] = (document, clause)
        if len(self.documents) != len(documents):
            raise Refusal("lawbook.twice", "文件代号重复")
        self.versions = {key: _version(*pair) for key, pair in self._clauses.items()}
        self.streams: dict[str, list[Stream]] = build_streams(self)
        self._check_sums()
        self.topics = sorted({stream.topic for streams in self.streams.values() for stream in streams})
        self.hash = hashlib.sha256(canonical_json(sorted(self.versions.items()))).hexdigest()

    def _check_sums(self) -> None:
        """A check that adds up another topic needs that topic, numbers to multiply, and the tier that ranks depend on."""
        rules = [rule for streams in self.streams.values() for stream in streams for rule in stream.rules]
        topics = {rule.check.topic for rule in rules if rule.check.combine == "nearest"}
        for rule in rules:
            limit = rule.check.limit
            if limit.sum_of is None:
                continue
            if limit.sum_of not in topics:
                raise fault(rule.document, rule.clause, f"没有主题 {limit.sum_of}")
            wrong = [key for key in limit.counts if column_types(rule.dataset).get(key) is not Type.NUMBER]
            if wrong or TIER not in rule.dataset.keys:
                raise fault(rule.document, rule.clause, f"{rule.dataset.key} 缺少数值列 {'、'.join(wrong) or TIER}")

    def clause(self, key: str) -> Clause:
        """The clause with this id; KeyError if there is none."""
        return self._clauses[key][1]

    def document_of(self, clause: str) -> Document:
        """The document that holds a clause."""
        return self._clauses[clause][0]

    def clauses(self) -> Iterable[tuple[Document, Clause]]:
        """Every clause with its document, in file order."""
        return self._clauses.values()

    def stream(self, topic: str) -> Stream:
        """The stream of a topic in which the nearest region wins; KeyError if there is none."""
        for streams in self.streams.values():
            for stream in streams:
                if stream.topic == topic and not stream.beside:
                    return stream
        raise KeyError(topic)


def _version(document: Document, clause: Clause) -> str:
    """Hash of everything that a verdict under this clause rests on."""
    frame = document.model_dump(mode="json", exclude={"clauses", "note", "status_known_to"})
    return hashlib.sha256(canonical_json([frame, clause.model_dump(mode="json")])).hexdigest()


def read_document(path: Path) -> Document:
    """One file; a wrong one is refused with file, clause, field and reason (`lawbook.invalid`)."""
    try:
        data = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise Refusal("lawbook.yaml", f"不是合法的 YAML:{error}", where=Where(file=path.name)) from error
    try:
        return Document.model_validate(data)
    except ValidationError as error:
        raise Refusal("lawbook.invalid", _explain(data, error), where=Where(file=path.name)) from error


def _explain(data: Any, error: ValidationError) -> str:
    first = error.errors()[0]
    place = list(first["loc"])
    clause = ""
    if len(place) > 1 and place[0] == "clauses" and isinstance(place[1], int):
        entry = data["clauses"][place[1]]
        clause = f"条款 {entry.get('id', place[1])} " if isinstance(entry, dict) else ""
        place = place[2:]
    field = ".".join(str(part) for part in place) or "整体"
    more = f"(另有 {error.error_count() - 1} 处)" if error.error_count() > 1 else ""
    return f"{clause}字段 {field}:{first['msg']}{more}"


def read_documents(folder: Path) -> list[Document]:
    """Every document under `folder/CN*/`, in the order of their codes."""
    paths = sorted(path for sub in folder.glob("CN*") for path in sub.glob("*.yaml"))
    return sorted((read_document(path) for path in paths), key=lambda document: document.code)


@lru_cache(maxsize=4)
def load(folder: Path = SHIPPED) -> Lawbook:
    """The lawbook in a folder (default: the shipped one); cached."""
    return Lawbook(read_documents(folder), Ladders(read_ladders(folder)))
