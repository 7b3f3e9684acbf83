"""The words of the documents mapped to one ladder: a rank is entered once and every document finds its row."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

RANK = "rank"
TIER = "organ_tier"
JOIN = "/"


@lru_cache(maxsize=8192)
def normal(word: str) -> str:
    """The form in which words are compared: NFKC, no white space, one kind of bracket."""
    text = unicodedata.normalize("NFKC", word)
    return re.sub(r"\s+", "", text).replace("【", "(").replace("】", ")").replace("〔", "(").replace("〕", ")")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Code(_Model):
    """One rung: the code is the identifier, the label the word that is shown."""

    code: str
    label: str


class Word(_Model):
    """Words that mean the same rungs, everywhere (`rungs`/`codes`) or depending on the organ's tier (`by_tier`)."""

    words: tuple[str, ...]
    rungs: tuple[str, ...] | Literal["all"] | None = None
    codes: tuple[str, ...] | Literal["all"] | None = None
    by_tier: dict[str, tuple[str, ...] | Literal["all"]] = Field(default_factory=dict)
    note: str | None = None


class VocabularyFile(_Model):
    """A list of rungs and the words that lead to them."""

    codes: tuple[Code, ...]
    words: tuple[Word, ...] = ()
    label: str | None = None
    note: str | None = None


class LaddersFile(_Model):
    """ladders.yaml and ladders-more.yaml."""

    tiers: VocabularyFile | None = None
    ranks: VocabularyFile | None = None
    vocabularies: dict[str, VocabularyFile] = Field(default_factory=dict)


@dataclass(frozen=True)
class Vocabulary:
    """One ladder, ready to resolve words. Results are labels, in the order of the ladder."""

    name: str
    labels: tuple[str, ...]
    label_of: Mapping[str, str]  # code → label
    words: Mapping[str, frozenset[str]] = field(repr=False)  # normal word → labels
    by_tier: Mapping[tuple[str, str], frozenset[str]] = field(repr=False)  # (normal word, tier label) → labels

    def resolve(self, word: str, tier: str | None = None) -> frozenset[str] | None:
        """The labels that a word stands for, None if it fits none. Several words joined by 、 are their union."""
        text = normal(word)
        found = self._one(text, tier)
        if found is None and "、" in text:
            parts = [self._one(part, tier) for part in text.split("、")]
            if all(part is not None for part in parts):
                found = frozenset().union(*(part for part in parts if part))
        return found

    def _one(self, text: str, tier: str | None) -> frozenset[str] | None:
        if tier is not None and (found := self.by_tier.get((text, tier))):
            return found
        return self.words.get(text)

    def canonical(self, word: str, tier: str | None = None) -> str | None:
        """The one string that stands for the word's rungs: a label, or several labels joined by / in ladder order."""
        found = self.resolve(word, tier)
        return None if not found else self.compose(found)

    def compose(self, labels: Iterable[str]) -> str:
        """Labels joined in ladder order."""
        chosen = set(labels)
        return JOIN.join(label for label in self.labels if label in chosen)


class Ladders:
    """Every vocabulary by name; the names `rank` and `organ_tier` are the two ladders."""

    def __init__(self, files: Sequence[LaddersFile]) -> None:
        self.vocabularies: dict[str, Vocabulary] = {}
        tiers = next((file.tiers for file in files if file.tiers), None)
        ranks = next((file.ranks for file in files if file.ranks), None)
        tier_labels = {code.code: code.label for code in tiers.codes} if tiers else {}
        if tiers:
            self.vocabularies[TIER] = _build(TIER, tiers, {})
        if ranks:
            self.vocabularies[RANK] = _build(RANK, ranks, tier_labels)
        for file in files:
            for name, body in file.vocabularies.items():
                if name in self.vocabularies:
                    raise ValueError(f"vocabulary {name} is declared twice")
                self.vocabularies[name] = _build(name, body, {})

    def __getitem__(self, name: str) -> Vocabulary:
        return self.vocabularies[name]

    def __contains__(self, name: object) -> bool:
        return name in self.vocabularies


def _build(name: str, body: VocabularyFile, tier_labels: Mapping[str, str]) -> Vocabulary:
    label_of = {code.code: code.label for code in body.codes}
    labels = tuple(label_of.values())
    words = {normal(key): frozenset([label]) for code, label in label_of.items() for key in (code, label)}
    by_tier: dict[tuple[str, str], frozenset[str]] = {}

    def chosen(codes: Any, entry: Word) -> frozenset[str]:
        if codes == "all":
            return frozenset(labels)
        unknown = [code for code in codes if code not in label_of]
        if unknown:
            raise ValueError(f"{name}: {'、'.join(entry.words)}: no such code {unknown}")
        return frozenset(label_of[code] for code in codes)

    for entry in body.words:
        anywhere = entry.rungs if entry.rungs is not None else entry.codes
        for word in entry.words:
            if anywhere is not None:
                value = chosen(anywhere, entry)
                if words.setdefault(normal(word), value) != value:
                    raise ValueError(f"{name}: the word {word} has two meanings")
            for tier, codes in entry.by_tier.items():
                key = (normal(word), tier_labels[tier])
                if by_tier.setdefault(key, chosen(codes, entry)) != chosen(codes, entry):
                    raise ValueError(f"{name}: the word {word} has two meanings at {tier}")
    return Vocabulary(name, labels, label_of, words, by_tier)


def read_ladders(folder: Path) -> list[LaddersFile]:
    """The ladder files of a lawbook folder."""
    paths = sorted(folder.glob("ladders*.yaml"))
    return [LaddersFile.model_validate(yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) or {}) for path in paths]
