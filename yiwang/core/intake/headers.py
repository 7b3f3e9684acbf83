"""Headers of a sheet scored against the columns of a dataset, and given to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from yiwang.core.datasets import Column, Dataset
from yiwang.core.intake.words import GENERIC, bracketed, likeness, normal, qualifiers

#: At least this alike: certain. Below, down to TAKE: taken and shown as a guess. Below, down to ASK: asked, never taken.
CERTAIN, TAKE, ASK = 0.97, 0.8, 0.6

#: Whether the values of a sheet's column suit a column of a dataset: the share that does (0–1), None where there are none.
Fit = Callable[[int, Column], float | None]

#: Headers that never are a column of a dataset: serial numbers, and the last column of our own templates.
SERIAL = frozenset({"序号", "编号", "行号", "no", "序", "顺序号", "填写说明"})


@dataclass(frozen=True)
class Header:
    """One column of a sheet. `index` counts from 0; `path` runs from the outermost header to the innermost, as written."""

    index: int
    path: tuple[str, ...]
    unit: str = ""
    before: str = ""  # the innermost header to the left under the same parents, past repeated words
    copy: int = 1  # 2 for the second column with the very same path …

    @property
    def name(self) -> str:
        """The path as one word, unique in the sheet: `人员情况/其中/正科`, `超出面积#2`."""
        text = "/".join("".join(part.split()) for part in self.path)
        return f"{text}#{self.copy}" if self.copy > 1 else text

    @property
    def leaf(self) -> str:
        """The innermost header, normalised."""
        return normal(self.path[-1]) if self.path else ""


@dataclass(frozen=True)
class ColumnMatch:
    """A header and the column it was given to (None: left out), how sure, and by what."""

    header: Header
    column: str | None
    score: float = 0.0
    how: str = ""
    word: str = ""  # in a wide table: the word of the coded column that the header stands for

    @property
    def certain(self) -> bool:
        """Not a guess."""
        return self.score >= CERTAIN


@dataclass(frozen=True)
class Candidate:
    """A header that may mean this column, with the score that was too low to take it."""

    header: Header
    column: str
    score: float


@dataclass
class Assignment:
    """Every header once, each column at most once; what was too doubtful is in `doubtful`, best first."""

    matches: list[ColumnMatch]
    doubtful: list[Candidate] = field(default_factory=list)
    wide: str = ""  # the coded column that the headers of a wide table fill

    def of(self, column: str) -> ColumnMatch | None:
        """The match of a column."""
        return next((match for match in self.matches if match.column == column), None)


def make_headers(paths: Sequence[tuple[int, tuple[str, ...], str]]) -> list[Header]:
    """Headers from (index, path, unit) in the order of the sheet, with their left neighbours and copy numbers."""
    crowd = Counter(normal(path[-1]) for _, path, _ in paths if path)
    seen: Counter[tuple[str, ...]] = Counter()
    headers: list[Header] = []
    anchors: dict[tuple[str, ...], str] = {}
    for index, path, unit in paths:
        if not path:
            continue
        parents, leaf = path[:-1], normal(path[-1])
        before = anchors.get(parents, "")
        if crowd[leaf] == 1:
            anchors[parents] = leaf
        seen[path] += 1
        headers.append(Header(index, path, unit or next(iter(bracketed(path[-1])), ""), before, seen[path]))
    return headers


def _names(column: Column) -> tuple[str, ...]:
    return tuple(normal(name) for name in (column.label, *column.synonyms) if "/" not in name)


def _by_path(header: Header, column: Column) -> bool:
    """A synonym `A/B`: the innermost header is B, and A is in a word of its parents or of the column before it."""
    context = " ".join((*(normal(part) for part in header.path[:-1]), header.before))
    for synonym in column.synonyms:
        *parents, leaf = (normal(part) for part in synonym.split("/"))
        if parents and leaf == header.leaf and all(parent in context for parent in parents):
            return True
    return False


def _whole_words(header: Header) -> tuple[str, ...]:
    """The innermost header as a word: without and with what stands in brackets."""
    return (header.leaf, normal(header.path[-1], keep_brackets=True))


def score(header: Header, column: Column, *, crowded: bool) -> tuple[float, str]:
    """How surely this header means this column, and why. `crowded`: the innermost word stands over several columns."""
    if header.path[-1].strip() == column.key:
        return 1.0, "字段名"
    if _by_path(header, column):
        return 1.0, "表头路径"
    names = _names(column)
    if crowded and header.leaf in GENERIC | SERIAL:
        return _joined(header, names)
    return max(_single(header, names, crowded=crowded), _joined(header, names))


def _single(header: Header, names: tuple[str, ...], *, crowded: bool) -> tuple[float, str]:
    """By the innermost word alone."""
    words = _whole_words(header)
    top = max((likeness(word, name) for word in words for name in names), default=0.0)
    how = "相近"
    if top == 1.0:  # the label before its synonyms, and those in their order, so that only twins are tied
        place = min(names.index(word) for word in words if word in names)
        top, how = 0.995 - 0.0005 * place, "同义词" if place else "名称"
    foreign = frozenset().union(*(qualifiers(normal(part)) for part in header.path[:-1])) - qualifiers(header.leaf)
    if foreign and not any(foreign <= qualifiers(name) for name in names):
        top = min(top, 0.4 if header.leaf in GENERIC else ASK + 0.05)
    return (min(top, 0.7) if crowded else top), how


def _joined(header: Header, names: tuple[str, ...]) -> tuple[float, str]:
    """By a parent, or the column before, and the innermost word together: 使用人/姓名 → 使用人姓名.

    Less sure than a column's own name: 名称 after 单位 is the name of what the row is about, if the dataset has one.
    """
    leads = [normal(part) for part in header.path[:-1]] + ([header.before] if header.before else [])
    top = max((likeness(lead + header.leaf, name) for lead in leads if lead for name in names), default=0.0)
    return (min(top, 0.98) if top >= TAKE else 0.0), "表头路径"


def _with_values(value: float, column: Column, fit: float | None) -> float:
    """The score after a look at the values: those that do not suit lower it, words of the vocabulary raise it.

    About a column without values nobody is asked.
    """
    if fit is None:
        return value if value >= TAKE else 0.0
    if fit < 0.3 and value < CERTAIN:
        return value * 0.5
    if column.vocabulary and fit >= 0.8:
        return min(1.0, value + 0.2) if value >= ASK - 0.1 else max(value, ASK + 0.02)
    return value


def assign(
    headers: Sequence[Header], dataset: Dataset, *, fit: Fit | None = None, known: Mapping[str, str] | None = None
) -> Assignment:
    """Give headers to columns, the surest first. `known` (header name → column key, "" for left out) is not questioned."""
    given = {header.index: (known or {})[header.name] for header in headers if header.name in (known or {})}
    matches = {header.index: _answered(header, given[header.index]) for header in headers if header.index in given}
    taken = {match.column for match in matches.values() if match.column}
    crowd = Counter(header.leaf for header in headers)
    pairs: list[tuple[float, str, Header, Column]] = []
    for header in headers:
        if header.index in given or header.leaf in SERIAL:
            continue
        for column in dataset.columns:
            value, how = score(header, column, crowded=crowd[header.leaf] > 1)
            if column.key not in taken and (value or column.vocabulary):
                value = _with_values(value, column, fit(header.index, column)) if fit else value
                pairs.append((value, how, header, column))
    doubtful = _share_out(pairs, matches, taken)
    return Assignment([matches.get(header.index, ColumnMatch(header, None)) for header in headers], doubtful)


def _answered(header: Header, answer: str) -> ColumnMatch:
    """An answer of the mapping file: a column, `column@word` in a wide table, or "" for left out."""
    column, _, word = answer.partition("@")
    return ColumnMatch(header, column or None, 1.0, "对应关系", word)


def _share_out(
    pairs: list[tuple[float, str, Header, Column]], matches: dict[int, ColumnMatch], taken: set[str]
) -> list[Candidate]:
    """Take what is sure enough, surest first; what comes after and is still free on both sides is doubtful."""
    doubtful: list[Candidate] = []
    for value, how, header, column in sorted(pairs, key=lambda pair: (-pair[0], pair[2].index)):
        if value < ASK:
            break
        if header.index in matches or column.key in taken:
            continue
        rivals = [
            pair for pair in pairs if pair[3] is column and pair[2] is not header and pair[2].index not in matches
        ]
        tied = any(abs(pair[0] - value) < (0.02 if value < CERTAIN else 0.0004) for pair in rivals)
        if value >= TAKE and not tied:
            matches[header.index] = ColumnMatch(header, column.key, value, how)
            taken.add(column.key)
        else:
            doubtful.append(Candidate(header, column.key, value))
    return [one for one in doubtful if one.column not in taken and one.header.index not in matches]
