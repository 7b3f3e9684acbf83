"""The pipeline of `yiwang check`: sources → sheets → matches (and questions) → rows → records → verdicts → result.

`plan()` shows what would be read and what has to be answered first; `run()` reads and judges.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from yiwang.core.intake import mapping as mapping_file
from yiwang.core.intake.catalogue import Catalogue, catalogue_of
from yiwang.core.intake.evidence import face_of
from yiwang.core.intake.judging import judge_tables
from yiwang.core.intake.mapping import Layout, Mapping
from yiwang.core.intake.matching import About, Face, Question, SheetMatch, match_sheet
from yiwang.core.intake.reading import read_table
from yiwang.core.intake.result import CheckResult
from yiwang.core.intake.wide import AT
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.regions import canonical_region
from yiwang.kit.refusal import Refusal, Where
from yiwang.kit.sheets.grid import Grid
from yiwang.kit.sheets.layout import tables
from yiwang.kit.sheets.read import read
from yiwang.kit.sheets.table import Layout as Table

MOST_SOURCES = 50
MOST_ROWS = 300_000  # of all sheets together: what a workbook may hold, in less than 600 MB
HEADS = 100  # rows above the data that are forgiven
NO_TABLE = frozenset(("layout.empty", "layout.no-header"))


@dataclass(frozen=True)
class Source:
    """A file; `dataset` where the caller said what it is."""

    path: Path
    dataset: str = ""


@dataclass
class Sheet:
    """One table of a sheet of a source. `table` None: nothing to read, `why` says the reason."""

    file: str
    given: str
    grid: Grid
    table: Table | None
    why: str = ""


@dataclass
class Plan:
    """Sheets with their matches."""

    sheets: list[tuple[Sheet, SheetMatch]] = field(default_factory=list)

    @property
    def questions(self) -> list[Question]:
        """What has to be answered first; a sheet's dataset before its columns."""
        return [question for _, match in self.sheets for question in match.questions]

    @property
    def offers(self) -> list[Question]:
        """What may be answered too."""
        return [question for _, match in self.sheets for question in match.offers]

    def matches(self) -> list[SheetMatch]:
        """The matches in the order of the sheets."""
        return [match for _, match in self.sheets]

    def grids(self) -> list[Grid]:
        """The sheets as they were, in the order of the matches."""
        return [sheet.grid for sheet, _ in self.sheets]

    def bottoms(self) -> list[int]:
        """The number of each table's last header row."""
        return [sheet.table.bottom if sheet.table else 1 for sheet, _ in self.sheets]

    def layouts(self) -> list[Layout]:
        """What was settled, for the mapping file."""
        return [settled(match) for match in self.matches() if match.face.headers]


def parse_sources(words: Sequence[str], book: Lawbook) -> list[Source]:
    """`台账.xlsx` or `DATASET=file.csv`; refuses an unknown dataset (`dataset.unknown`) and too many files."""
    if len(words) > MOST_SOURCES:
        raise Refusal("input.too-many", f"一次最多判定 {MOST_SOURCES} 个文件")
    catalogue = Catalogue(book.datasets)
    sources = []
    for word in words:
        name, equals, path = word.partition("=")
        if equals and not Path(word).exists():
            if catalogue.named(name) is None:
                known = "、".join(book.datasets)
                raise Refusal("dataset.unknown", f"没有“{name}”这个数据集。有的是:{known}")
            sources.append(Source(Path(path), name))
        else:
            sources.append(Source(Path(word)))
    return sources


def read_sources(sources: Sequence[Source]) -> list[Sheet]:
    """Every sheet of every file. Refuses what cannot be read; see `yiwang.kit.sheets`."""
    sheets, rows = [], 0
    for source in sources:
        for grid in read(source.path):
            rows += grid.height
            if rows > MOST_ROWS + HEADS:
                raise Refusal(
                    "input.too-large",
                    f"一次最多判定 {MOST_ROWS:,} 行,请分几次判定",
                    where=Where(file=source.path.name, sheet=grid.name),
                )
            sheets += _tables(source, grid)
    return sheets


def _tables(source: Source, grid: Grid) -> list[Sheet]:
    """The tables of a sheet. One without a table is kept with the reason, unless the caller said what the file is."""
    file = source.path.name
    if grid.hidden:
        return [Sheet(file, "", grid, None, "隐藏的工作表")]
    try:
        return [Sheet(file, source.dataset, grid, table) for table in tables(grid)]
    except Refusal as refusal:
        if refusal.code not in NO_TABLE or source.dataset:
            raise Refusal(refusal.code, refusal.message, where=Where(file=file, sheet=grid.name)) from None
        return [Sheet(file, "", grid, None, refusal.message)]


def plan(sheets: Sequence[Sheet], book: Lawbook, mapping: Mapping) -> Plan:
    """Match every sheet. Refuses (`input.nothing-matched`) if nothing is found and nothing is asked."""
    catalogue = catalogue_of(book)
    made = Plan()
    for sheet in sheets:
        if sheet.table is None:
            face = Face(sheet.file, sheet.grid.name, (), ())
            made.sheets.append((sheet, SheetMatch(face, "", why=sheet.why)))
            continue
        face = face_of(sheet.file, sheet.grid, sheet.table, book.ladders)
        answers = mapping.of(mapping_file.fingerprint(face.headers))
        made.sheets.append((sheet, match_sheet(face, catalogue, book.ladders, given=sheet.given, layout=answers)))
    if not made.questions and not any(match.dataset for match in made.matches()):
        reasons = ";".join(f"“{match.face.sheet}”{match.why}" for match in made.matches()) or "没有工作表"
        hint = "请用 yiwang template 生成的表头,或用 --map 写明对应关系"
        raise Refusal("input.nothing-matched", f"没有一张表能判定:{reasons}。{hint}", where=Where(file=_files(made)))
    return made


def _files(made: Plan) -> str:
    return "、".join(dict.fromkeys(sheet.file for sheet, _ in made.sheets))


def settled(match: SheetMatch) -> Layout:
    """The answers for a match's layout: all that was taken, so that the next time nothing is guessed."""
    known = match.layout or Layout(fingerprint=match.fingerprint)
    columns = {
        one.header.name: (one.column or "") + (f"{AT}{one.word}" if one.word else "") for one in match.columns.matches
    }
    return known.model_copy(
        update={
            "sheet": match.face.sheet,
            "dataset": match.dataset.key if match.dataset else "",
            "columns": columns if match.dataset else {},
            "block": match.block if match.face.blocks and match.dataset else known.block,
        }
    )


def answer(mapping: Mapping, question: Question, value: str) -> None:
    """Put an answer into a mapping: a dataset, a column for a header, a value for the whole sheet; "" for none."""
    layout = (mapping.of(question.fingerprint) or Layout(fingerprint=question.fingerprint)).model_copy(deep=True)
    layout.sheet = question.sheet
    if question.about is About.DATASET:
        layout.dataset = value
    elif question.about is About.CONSTANT:
        layout.constants[question.key] = value
    else:
        layout.columns[question.key] = value
    mapping.put(layout)


def unanswered(made: Plan, map_name: str) -> Refusal:
    """The refusal that says what to write into a mapping file."""
    lines = [
        "有拿不准的对应,没有采用。请把下面内容写进对应关系文件"
        + (f"({map_name})" if map_name else "(--map 文件)")
        + ",再判定一次:"
    ]
    lines.append("layouts:")
    for _, match in made.sheets:
        if match.questions:
            lines += _answers_wanted(match)
    return Refusal("mapping.unanswered", "\n".join(lines), where=Where(file=_files(made)))


def _answers_wanted(match: SheetMatch) -> list[str]:
    lines = [f"- fingerprint: {match.fingerprint}", f"  sheet: {json.dumps(match.face.sheet, ensure_ascii=False)}"]
    columns = [question for question in match.questions if question.about is About.COLUMN]
    for question in match.questions:
        if question.about is About.DATASET:
            choices = "、".join(f"{one.value}({one.label})" for one in question.choices)
            lines.append(f'  dataset: "?"  # {question.text}可选:{choices};不读写 ""')
    if columns and match.dataset:
        lines.append(f"  dataset: {match.dataset.key}")
        lines.append("  columns:")
    for question in columns:
        choices = "、".join(f"{one.value}({one.label},{one.score:.0%})" for one in question.choices)
        lines.append(f'    {json.dumps(question.key, ensure_ascii=False)}: "?"  # 可选:{choices};不读写 ""')
    return lines


def run(
    made: Plan, book: Lawbook, *, on: date, region: str, everything: bool = False, release: bool = False
) -> CheckResult:
    """Read and judge what the plan matched. Rows with their own day and region keep them.

    With `release` the plan's sheets are used up, which halves the memory; a marked copy cannot be made of them then.
    """
    place = canonical_region(region)
    result = CheckResult(book.hash, on, place, counts=Counter())
    for sheet, match in made.sheets:
        result.tables.append(read_table(match, sheet.table, sheet.grid, book.ladders, release=release))
    judge_tables(result, book, everything=everything, release=release)
    return result


def json_text(result: CheckResult) -> Iterator[str]:
    """The JSON in pieces, one verdict a line: never the whole in memory."""
    head = json.dumps(result.head(), ensure_ascii=False)
    yield head.removesuffix("}") + ', "verdicts": ['
    comma = "\n"
    for verdict in result.verdicts():
        yield comma + json.dumps(verdict, ensure_ascii=False)
        comma = ",\n"
    yield "]}\n" if comma == "\n" else "\n]}\n"


def write_json(result: CheckResult, path: Path) -> None:
    """Write the JSON, whole or not at all."""
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.writelines(json_text(result))
        temporary.replace(path)
    except OSError as error:
        raise Refusal("json.unwritable", f"JSON 写不下去:{error.strerror}", where=Where(file=path.name)) from None
