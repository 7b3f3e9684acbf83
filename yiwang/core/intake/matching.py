"""Sheets matched to datasets and their headers to columns: what is certain, what is guessed, what is asked, what is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from yiwang.core.datasets import Column, Dataset
from yiwang.core.intake.catalogue import Catalogue, names
from yiwang.core.intake.claims import Claim, claim_kind, find_claims
from yiwang.core.intake.context import block_column, constants
from yiwang.core.intake.headers import SERIAL, Assignment, Candidate, Fit, Header, assign
from yiwang.core.intake.mapping import Layout, fingerprint
from yiwang.core.intake.wide import AT, widen
from yiwang.core.intake.words import best, normal
from yiwang.core.standards.ladders import RANK, TIER, Ladders
from yiwang.kit.refusal import Refusal, Where

#: A sheet's dataset is taken from SHEET_TAKE on, if it leads by LEAD; asked from SHEET_ASK on.
SHEET_TAKE, SHEET_ASK, LEAD = 0.62, 0.45, 0.08
CLEAR = 0.2  # a lead with which less than SHEET_TAKE will do


@dataclass(frozen=True)
class Face:
    """What a sheet shows before its rows are read. `blocks`: the headings between the rows; `fit` looks at the values."""

    file: str
    sheet: str
    titles: tuple[str, ...]
    headers: tuple[Header, ...]
    blocks: tuple[str, ...] = ()
    meta: Mapping[str, str] = field(default_factory=dict)  # the line of blanks: 填报单位 → …
    fit: Fit | None = None

    @property
    def where(self) -> Where:
        """The place, for refusals."""
        return Where(file=self.file, sheet=self.sheet)


class About(StrEnum):
    """What a question is about."""

    DATASET = "dataset"
    COLUMN = "column"
    CONSTANT = "constant"  # a coded fact that holds for the whole sheet and stands nowhere in it


@dataclass(frozen=True)
class Choice:
    """One possible answer."""

    value: str
    label: str
    score: float = 0.0


@dataclass(frozen=True)
class Question:
    """What has to be answered before the sheet is read. `key`: the header (or column) that the answer is for."""

    about: About
    file: str
    sheet: str
    fingerprint: str
    key: str
    text: str
    choices: tuple[Choice, ...]


@dataclass
class SheetMatch:
    """A sheet and what it was taken for. `dataset` None: left out, `why` says the reason."""

    face: Face
    fingerprint: str
    dataset: Dataset | None = None
    score: float = 0.0
    how: str = ""
    why: str = ""
    columns: Assignment = field(default_factory=lambda: Assignment([]))
    claims: list[Claim] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    offers: list[Question] = field(default_factory=list)  # may be answered; what is not stays unknown
    layout: Layout | None = None  # the answers that were used
    missing: tuple[Column, ...] = ()  # columns that checks read and the sheet does not have
    block: str = ""  # the column that the headings between the rows give
    constants: dict[str, str] = field(default_factory=dict)  # column → what the sheet says once for all rows

    @property
    def left_out(self) -> list[Header]:
        """Headers that are not read, serial numbers apart."""
        claimed = {claim.header.index for claim in self.claims}
        return [
            match.header
            for match in self.columns.matches
            if match.column is None and match.header.index not in claimed and match.header.leaf not in SERIAL
        ]


def lacking(dataset: Dataset, catalogue: Catalogue, have: set[str]) -> list[tuple[Column, ...]]:
    """What is missing so that nothing could be judged: each required column, and any one of the measured ones.

    A missing coded fact is not among them: its verdicts become undetermined.
    """
    lost: list[tuple[Column, ...]] = [
        (column,) for column in dataset.columns if column.required and not column.vocabulary and column.key not in have
    ]
    measures = catalogue.measures(dataset)
    if measures and not any(column.key in have for column in measures):
        lost.append(measures)
    return lost


def match_sheet(
    face: Face, catalogue: Catalogue, ladders: Ladders, *, given: str = "", layout: Layout | None = None
) -> SheetMatch:
    """Match one sheet. `given`: the dataset that the caller named. `layout`: answers for this layout.

    Refuses (`sheet.columns-missing`) a sheet that was named as a dataset but has not the columns to judge it.
    """
    match = SheetMatch(face, fingerprint(face.headers), layout=layout)
    if not face.headers:
        match.why = "没有找到表头"
        return match
    if layout is not None and layout.dataset == "" and not given:
        match.why = "对应关系文件里写明不读"
        return match
    _choose_dataset(match, catalogue, ladders, given)
    if match.dataset is not None:
        _finish(match, match.dataset, catalogue, ladders)
    return match


def _choose_dataset(match: SheetMatch, catalogue: Catalogue, ladders: Ladders, given: str) -> None:
    """Set the dataset of a match, or its reason, or its question."""
    face, layout = match.face, match.layout
    named = given or (layout.dataset if layout and layout.dataset else "")
    if named:
        match.dataset = catalogue.named(named)
        if match.dataset is None:
            raise Refusal("dataset.unknown", f"没有“{named}”这个数据集;用 yiwang datasets 看有哪些", where=face.where)
        match.score, match.how = 1.0, "指定" if given else "对应关系"
        _take(match, match.dataset, ladders)
        return
    if (by_name := catalogue.named(face.sheet)) is not None:
        match.dataset, match.score, match.how = by_name, 1.0, "表名"
        _take(match, by_name, ladders)
        return
    _by_columns(match, catalogue, ladders)


def _assign(match: SheetMatch, dataset: Dataset, ladders: Ladders) -> Assignment:
    known = match.layout.columns if match.layout else None
    found = assign(match.face.headers, dataset, fit=match.face.fit, known=known)
    found.wide = widen(found, dataset, ladders)
    return found


def _take(match: SheetMatch, dataset: Dataset, ladders: Ladders) -> None:
    """Give the sheet's headers to the columns of the dataset that it was found to be."""
    if match.layout is not None:
        _refuse_unknown(match.layout, dataset, match.face.where)
    match.columns = _assign(match, dataset, ladders)


def _refuse_unknown(layout: Layout, dataset: Dataset, where: Where) -> None:
    """Refuse (`mapping.unknown-column`) answers that name a column which the dataset does not have."""
    named = {*_answers(layout), *layout.units, *layout.constants, layout.block or ""} - {""}
    if strange := sorted(named - set(dataset.keys)):
        raise Refusal(
            "mapping.unknown-column",
            f"对应关系文件里的“{'、'.join(strange)}”不是“{dataset.label}”的字段;用 yiwang datasets 看有哪些",
            where=where,
        )


def _answers(layout: Layout | None) -> set[str]:
    """The columns that the answers for a layout name."""
    return {column.partition(AT)[0] for column in layout.columns.values()} - {""} if layout else set()


def _by_columns(match: SheetMatch, catalogue: Catalogue, ladders: Ladders) -> None:
    """The dataset whose columns the sheet has, with a little weight on the words of its name and title."""
    ranked: list[tuple[float, Dataset, Assignment]] = []
    for dataset in catalogue.datasets.values():
        if not _answers(match.layout).issubset(dataset.keys):
            continue
        columns = _assign(match, dataset, ladders)
        ranked.append((_sheet_score(match.face, dataset, columns, catalogue), dataset, columns))
    ranked.sort(key=lambda entry: -entry[0])
    if not ranked or ranked[0][0] < SHEET_ASK:
        match.why = "列和任何数据集都对不上"
        return
    top, runner = ranked[0], ranked[1][0] if len(ranked) > 1 else 0.0
    lead = top[0] - runner
    if (top[0] >= SHEET_TAKE and lead >= LEAD) or lead >= CLEAR:
        match.score, match.dataset, match.how = top[0], top[1], "列"
        _take(match, top[1], ladders)
        return
    choices = tuple(
        Choice(one.key, one.label, round(value, 2)) for value, one, _ in ranked[:4] if value >= SHEET_ASK - 0.1
    )
    match.why = "对应哪个数据集没有把握"
    text = f"工作表“{match.face.sheet}”是哪一种台账?"
    match.questions.append(
        Question(About.DATASET, match.face.file, match.face.sheet, match.fingerprint, "dataset", text, choices)
    )


def _sheet_score(face: Face, dataset: Dataset, columns: Assignment, catalogue: Catalogue) -> float:
    """Between 0 and 1: the headers that found a column, the columns that matter, the words of the title."""
    got = {match.column: match.score for match in columns.matches if match.column}
    hoped = {one.column: one.score * 0.8 for one in reversed(columns.doubtful)}
    scores = hoped | got
    content = [match for match in columns.matches if match.header.leaf not in SERIAL and not claim_kind(match.header)]
    found = sum(match.score for match in content if match.column) / len(content) if content else 0.0
    needed = [column.key for column in dataset.columns if column.required] + list(dataset.subject[:1])
    parts = [scores.get(key, 0.0) for key in dict.fromkeys(needed)]
    parts.append(max((scores.get(column.key, 0.0) for column in catalogue.measures(dataset)), default=0.0))
    plain = [normal(name) for name in names(dataset)]
    title = max((best(normal(word), plain) for word in (face.sheet, *face.titles)), default=0.0)
    total = 0.5 * found + 0.35 * sum(parts) / len(parts) + 0.2 * title
    said = set(scores) | set(constants(dataset, (*face.titles, face.sheet), face.meta, set(scores)))
    useless = lacking(dataset, catalogue, set(scores)) or not said.intersection(dataset.subject)
    return min(0.99, total * 0.5 if useless else total)


def _finish(match: SheetMatch, dataset: Dataset, catalogue: Catalogue, ladders: Ladders) -> None:
    """Claims, the meaning of headings, what the sheet says once, questions about columns, and what is missing."""
    face, layout = match.face, match.layout
    got = {one.column for one in match.columns.matches if one.column} | {match.columns.wide}
    match.block = (
        layout.block if layout and layout.block is not None else block_column(dataset, face.blocks, ladders, got)
    )
    have = got | {match.block, match.columns.wide} - {""}
    answered = {key: word for key, word in (layout.constants if layout else {}).items() if key in dataset.keys}
    match.constants = constants(dataset, (*face.titles, face.sheet), face.meta, have) | answered
    have |= set(match.constants)
    measured = [column.key for column in catalogue.measures(dataset)]
    match.claims = find_claims(match.columns.matches, dataset, measured, face.fit)
    _ask_columns(match, dataset, catalogue.wanted(dataset) - have)
    match.missing = tuple(
        column for column in dataset.columns if column.key not in have and _worth_saying(column, dataset)
    )
    _offer_constants(match, ladders)
    asked = {choice.value for question in match.questions for choice in question.choices}
    lost = lacking(dataset, catalogue, have | asked)
    if lost:
        _lost(match, dataset, lost)


def _worth_saying(column: Column, dataset: Dataset) -> bool:
    """Whether it matters to a reader of the result that this column is not there."""
    return column.required or column.vocabulary in (RANK, TIER) or column.key in dataset.subject[:1]


def _ask_columns(match: SheetMatch, dataset: Dataset, wanted: frozenset[str]) -> None:
    """One question for each header that may be a wanted column but is not surely it."""
    claimed = {claim.header.index for claim in match.claims}
    by_header: dict[int, list[Candidate]] = {}
    for one in match.columns.doubtful:
        if one.column in wanted and one.header.index not in claimed:
            by_header.setdefault(one.header.index, []).append(one)
    for candidates in by_header.values():
        header = candidates[0].header
        choices = tuple(
            Choice(one.column, dataset.column(one.column).label, round(one.score, 2)) for one in candidates[:4]
        )
        text = f"“{header.name}”列是不是“{choices[0].label}”?" if len(choices) == 1 else f"“{header.name}”列是哪一项?"
        match.questions.append(
            Question(About.COLUMN, match.face.file, match.face.sheet, match.fingerprint, header.name, text, choices)
        )


def _offer_constants(match: SheetMatch, ladders: Ladders) -> None:
    """Ask for the tier (or rank) of a sheet that says it nowhere; without an answer its verdicts are undetermined."""
    for column in match.missing:
        if column.vocabulary not in ladders:
            continue
        choices = tuple(Choice(label, label) for label in ladders[column.vocabulary].labels)
        text = f"表里没有“{column.label}”,全表是同一个吗?"
        key = (match.face.file, match.face.sheet, match.fingerprint, column.key)
        match.offers.append(Question(About.CONSTANT, *key, text, choices))


def _lost(match: SheetMatch, dataset: Dataset, lost: Sequence[tuple[Column, ...]]) -> None:
    """Refuse a sheet that was said to be this dataset; leave out one that only looked like it."""
    words = "、".join("或".join(f"“{column.label}”({column.key})" for column in group[:4]) for group in lost)
    if match.how != "列":
        found = "、".join(header.name for header in match.left_out) or "无"
        raise Refusal(
            "sheet.columns-missing",
            f"按“{dataset.label}”读,缺少 {words} 列;没有用上的表头:{found}。请改表头,或用 --map 写明对应关系",
            where=match.face.where,
        )
    match.dataset, match.why, match.questions = None, f"像“{dataset.label}”,但缺少 {words} 列", []


def hold(columns: Assignment) -> dict[str, int]:
    """Column key → index in the sheet."""
    return {match.column: match.header.index for match in columns.matches if match.column}
