"""The evaluator for many records: the flat effective table joined in DuckDB on one whole number a stream.

A cell of the effective table is (region class, rungs of each dimension, stretch of days, stretch of the year). Each part is
numbered per stream, and the numbers are added up to one key, so that a record meets its row in one equality join: about
three times as fast as joining on words and ranges of days (docs/developing/decisions).

`BulkJudge` works on a prepared table (one typed column per dataset column, `rid`, `on`, `region`, and `<column>@key` for
each coded fact); `judge_records` prepares it from records, finds what is not within, and lets the evaluator for one
record word those verdicts, so that a disagreement of the two is an error and never a verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

import duckdb
import pyarrow as pa

from yiwang.core.datasets import Dataset, Kind
from yiwang.core.standards.book import Lawbook
from yiwang.core.standards.effective import Candidate, Stream, key_text
from yiwang.core.standards.grid import Grid, lay
from yiwang.core.standards.judge import Judge
from yiwang.core.standards.ladders import TIER
from yiwang.core.standards.records import Record, resolve
from yiwang.core.standards.regions import chain
from yiwang.core.standards.rules import Rule
from yiwang.core.standards.sums import Sum
from yiwang.core.standards.verdict import Verdict, VerdictKind
from yiwang.kit.expr import Expression

FIGURE = "DECIMAL(18,4)"
ARROW = {
    Kind.TEXT: pa.string(),
    Kind.CODE: pa.string(),
    Kind.NUMBER: pa.decimal128(18, 4),
    Kind.INTEGER: pa.decimal128(18, 4),
    Kind.DATE: pa.date32(),
    Kind.BOOL: pa.bool_(),
}
#: The number of each kind in a result table.
KINDS = (
    VerdictKind.WITHIN,
    VerdictKind.OVER,
    VerdictKind.WARNING,
    VerdictKind.UNDETERMINED,
    VerdictKind.UNVERIFIED,
)
#: The columns of a result: who, under which candidate, with which figures and answer.
RESULT = "rid, candidate, measure, bound, kind"


class DisagreementError(RuntimeError):
    """The two evaluators gave different answers for one record: a fault of ours, to be reported."""


@dataclass
class Flat:
    """A stream ready to join: its tables are in the connection under `name`."""

    name: str
    stream: Stream
    grid: Grid
    sums: dict[int, Sum] = field(default_factory=dict)  # by rule, for those that add up another topic


@dataclass
class BulkJudge:
    """Judges a prepared table of one dataset."""

    book: Lawbook
    dataset: Dataset
    con: duckdb.DuckDBPyConnection
    flats: list[Flat] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, stream in enumerate(self.book.streams[self.dataset.key]):
            flat = _register(self.con, f"s{number}", stream)
            for place, rule in enumerate(stream.rules):
                if rule.check.limit.sum_of is not None:
                    name = f"{flat.name}_sum{place}"
                    other = _register(self.con, name, self.book.stream(rule.check.limit.sum_of))
                    flat.sums[place] = Sum(name, rule, other.stream, other.grid, f"{name}_cells")
            self.flats.append(flat)

    def judge(self, table: str) -> dict[int, str]:
        """Judge every row of a prepared table; stream index → name of a temporary table with the columns RESULT.

        The candidate's number is into `flats[i].grid.candidates`, the kind's into KINDS.
        """
        return {index: self._stream(flat, table) for index, flat in enumerate(self.flats)}

    def _stream(self, flat: Flat, table: str) -> str:
        result = f"{flat.name}_result"
        for each in flat.sums.values():
            self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{each.name}" AS {each.sql(table)}')
        self.con.execute(f'CREATE OR REPLACE TEMP TABLE "{result}" AS {_hits(flat, table)}')
        counted = self.con.execute(
            f'SELECT (SELECT count(*) FROM "{table}"), (SELECT count(*) FROM "{result}")'
        ).fetchone()
        if counted and counted[0] != counted[1]:
            self.con.execute(f'INSERT INTO "{result}" {_misses(flat, table, result)}')
        return result


def _register(con: duckdb.DuckDBPyConnection, name: str, stream: Stream) -> Flat:
    grid = lay(stream)
    rules = {id(rule): number for number, rule in enumerate(stream.rules)}
    found = [grid.candidates[number] for number in grid.cell_candidates]
    cells: dict[str, pa.Array] = {
        "cell": pa.array(grid.cell_keys, pa.int64()),
        "ord": pa.array(grid.cell_orders, pa.int32()),
        "candidate": pa.array(grid.cell_candidates, pa.int32()),
    }
    _load(con, f"{name}_cells", pa.table(cells | _marks(found, rules)))
    frames: dict[str, pa.Array] = {
        "place": pa.array([cell.place for cell in grid.frames], pa.string()),
        "d1": pa.array([cell.box[0] for cell in grid.frames], pa.date32()),
        "d2": pa.array([cell.box[1] for cell in grid.frames], pa.date32()),
        "ord": pa.array([cell.order for cell in grid.frames], pa.int32()),
        "candidate": pa.array(grid.frame_candidates, pa.int32()),
    }
    found = [grid.candidates[number] for number in grid.frame_candidates]
    _load(con, f"{name}_frames", pa.table(frames | _marks(found, rules)))
    return Flat(name, stream, grid)


def _marks(found: Sequence[Candidate], rules: dict[int, int]) -> dict[str, pa.Array]:
    return {
        "rule": pa.array([rules[id(one.rule)] for one in found], pa.int32()),
        "figure": pa.array([_fit(one.value) for one in found], pa.decimal128(18, 4)),
        "verified": pa.array([one.verified for one in found], pa.bool_()),
        "hard": pa.array([one.hard for one in found], pa.bool_()),
        "gap_none": pa.array([one.rule.check.gap == "none" for one in found], pa.bool_()),
    }


def _load(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table, select: str = "*") -> None:
    con.register("loading", table)
    con.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT {select} FROM loading')
    con.unregister("loading")


def _fit(value: Any) -> Any:
    return value.quantize(Decimal("0.0001")) if isinstance(value, Decimal) else value


def _by_rule(rules: Sequence[Rule], texts: Sequence[str]) -> str:
    """One SQL text that depends on the rule of the row joined; plain where all rules say the same."""
    if len(set(texts)) == 1:
        return texts[0]
    return "CASE c.rule " + " ".join(f"WHEN {n} THEN {text}" for n, text in enumerate(texts)) + " END"


def _sql(expression: Expression) -> str:
    """The SQL of an expression on the records; the nation is no place, so a region that is CN is unknown."""
    if "region" not in expression.names:
        return expression.sql
    return expression.sql.replace('"region"', "nullif(CAST(r.\"region\" AS VARCHAR), 'CN')")


def _condition(rules: Sequence[Rule]) -> str:
    return _by_rule(rules, [_sql(rule.applies) if rule.applies else "TRUE" for rule in rules])


def _numbered(flat: Flat, table: str) -> tuple[str, str]:
    """The joins that number a record's parts, and the sum of these numbers: its cell."""
    joins, parts = f'"{table}" r', [flat.grid.day_sql('r."on"')]
    for part in ("region", *(f"{dim}@key" for dim in flat.stream.dims)):
        alias = f"n{len(parts)}"
        joins += f' JOIN "{table}_{flat.name}_{part}" {alias} ON {alias}.word = r."{part}"'
        parts.append(f"{alias}.number")
    return joins, " + ".join(parts)


def _bound(flat: Flat, number: int) -> str:
    """The limit of one rule: the row's figure, a formula, or a sum made before."""
    rule = flat.stream.rules[number]
    if number in flat.sums:
        return f"CAST({flat.sums[number].name}.total AS {FIGURE})"
    return f"CAST({_sql(rule.limit)} AS {FIGURE})" if rule.limit else "c.figure"


def _hits(flat: Flat, table: str) -> str:
    """The records whose cell has a row whose condition holds or is unknown; the best such row each."""
    rules = flat.stream.rules
    joins, cell = _numbered(flat, table)
    truth = _condition(rules)
    measure = _by_rule(rules, [f"CAST({_sql(rule.measure)} AS {FIGURE})" for rule in rules])
    bound = _by_rule(rules, [_bound(flat, number) for number in range(len(rules))])
    verified = _by_rule(
        rules,
        [f"c.verified AND {flat.sums[n].name}.sound" if n in flat.sums else "c.verified" for n in range(len(rules))],
    )
    joins += "".join(f' JOIN "{each.name}" ON {each.name}.rid = r.rid' for each in flat.sums.values())
    holds = _by_rule(rules, [f"measure {rule.check.relation} bound" for rule in rules])
    where = f"WHERE ({truth}) IS NOT FALSE" if truth != "TRUE" else ""
    pick = "QUALIFY row_number() OVER (PARTITION BY r.rid ORDER BY c.ord) = 1" if flat.grid.several else ""
    inner = (
        f"SELECT r.rid, c.candidate, c.rule, {verified} AS verified, c.hard, ({truth}) AS truth, {measure} AS measure, {bound} AS bound "
        f'FROM {joins} JOIN "{flat.name}_cells" c ON c.cell = {cell} {where} {pick}'
    )
    kind = (
        "CASE WHEN NOT verified THEN 4 WHEN truth IS NULL OR measure IS NULL OR bound IS NULL THEN 3 "
        f"WHEN {holds} THEN 0 WHEN hard THEN 1 ELSE 2 END"
    )
    return f"SELECT rid, candidate, measure, bound, CAST({kind} AS UTINYINT) AS kind FROM ({inner}) c"


def _misses(flat: Flat, table: str, result: str) -> str:
    """The records without such a row: undetermined under the best clause in force, unless the gap says not concerned."""
    truth = _condition(flat.stream.rules)
    absent = " OR ".join(f"r.\"{dim}@key\" = ''" for dim in flat.stream.dims) or "FALSE"
    inner = (
        f"SELECT r.rid, c.candidate, c.verified, c.gap_none AND ({truth}) IS TRUE AND NOT ({absent}) AS silent "
        f'FROM "{table}" r JOIN "{table}_{flat.name}_region" g ON g.word = r.region '
        f'JOIN "{flat.name}_frames" c ON c.place = g.place AND r."on" >= c.d1 AND r."on" < c.d2 '
        f'WHERE NOT EXISTS (SELECT 1 FROM "{result}" h WHERE h.rid = r.rid) AND ({truth}) IS NOT FALSE '
        "QUALIFY row_number() OVER (PARTITION BY r.rid ORDER BY c.ord, c.candidate) = 1"
    )
    return f"SELECT rid, candidate, NULL, NULL, CASE WHEN verified THEN 3 ELSE 4 END FROM ({inner}) WHERE NOT silent"


def prepare(judge: BulkJudge, table: str, arrow: pa.Table) -> None:
    """Load an Arrow table as `table`, its words as enumerations, and beside it the number of each word in each stream."""
    coded = [name for name in arrow.column_names if name == "region" or name.endswith("@key")]
    words: dict[str, list[str]] = {}
    judge.con.register("arriving", arrow)
    for name in coded:
        rows = judge.con.execute(f"SELECT DISTINCT coalesce(CAST(\"{name}\" AS VARCHAR), '') FROM arriving").fetchall()
        words[name] = sorted({row[0] for row in rows} | {""})
        listed = ", ".join("'" + word.replace("'", "''") + "'" for word in words[name])
        judge.con.execute(f'DROP TYPE IF EXISTS "{table}_{name}"')
        judge.con.execute(f'CREATE TYPE "{table}_{name}" AS ENUM ({listed})')
    judge.con.unregister("arriving")
    casts = (f'CAST(coalesce(CAST("{name}" AS VARCHAR), \'\') AS "{table}_{name}") AS "{name}"' for name in coded)
    plain = [f'"{name}"' for name in arrow.column_names if name not in coded]
    _load(judge.con, table, arrow, ", ".join([*plain, *casts]))
    for flat in judge.flats:
        _number(judge, flat, table, words)


def _number(judge: BulkJudge, flat: Flat, table: str, words: dict[str, list[str]]) -> None:
    """Beside the table, for each coded column the number of each of its words in this stream."""

    def put(name: str, part: str, number: Callable[[str], int], regions: frozenset[str]) -> None:
        found = words[part]
        places = [_place(word, regions) for word in found] if part == "region" else found
        columns = {"word": found, "number": [number(place) for place in places], "place": places}
        arrow = pa.table({key: pa.array(values) for key, values in columns.items()})
        _load(judge.con, name, arrow, f'* REPLACE (CAST(word AS "{table}_{part}") AS word)')

    own = flat.stream.regions
    put(f"{table}_{flat.name}_region", "region", flat.grid.place_number, own)
    for position, dim in enumerate(flat.stream.dims):
        put(f"{table}_{flat.name}_{dim}@key", f"{dim}@key", partial(flat.grid.word_number, position), own)
    for each in flat.sums.values():
        each.number(judge.book, table, partial(_put_for, put, each.other.regions))


def _put_for(
    put: Callable[[str, str, Callable[[str], int], frozenset[str]], None],
    regions: frozenset[str],
    name: str,
    part: str,
    number: Callable[[str], int],
) -> None:
    put(name, part, number, regions)


def _place(region: str, regions: frozenset[str]) -> str:
    """The region class: the nearest region above with rows of its own, "" if there is none."""
    return next((link for link in chain(region) if link in regions), "") if region else ""


def records_table(book: Lawbook, dataset: Dataset, records: Sequence[Record]) -> pa.Table:
    """Records as a prepared Arrow table: words resolved, keys beside the facts."""
    facts = [resolve(dataset, record.values, book.ladders) for record in records]
    dims = _coded(book, dataset)
    columns: dict[str, pa.Array] = {"rid": pa.array(range(len(records)), pa.int64())}
    for column in dataset.columns:
        if column.key in ("on", "region"):
            continue
        values = [each.values.get(column.key) for each in facts]
        columns[column.key] = pa.array([_fit(value) for value in values], ARROW[column.kind])
    for dim in sorted(dims):
        coded = bool(dataset.column(dim).vocabulary)
        keys = [each.keys.get(dim) if coded else key_text(each.values.get(dim)) for each in facts]
        columns[f"{dim}@key"] = pa.array(keys, pa.string())
    columns["on"] = pa.array([record.on for record in records], pa.date32())
    columns["region"] = pa.array([record.region for record in records], pa.string())
    return pa.table(columns)


def _coded(book: Lawbook, dataset: Dataset) -> set[str]:
    """The columns that are needed as keys: the streams' own dimensions, and those of the topics they add up."""
    dims: set[str] = set()
    for stream in book.streams[dataset.key]:
        dims |= set(stream.dims)
        for rule in stream.rules:
            if rule.check.limit.sum_of is not None:
                dims |= {TIER, *book.stream(rule.check.limit.sum_of).dims} & set(dataset.keys)
    return dims


def judge_records(
    book: Lawbook, dataset: str, records: Sequence[Record], *, everything: bool = False
) -> tuple[dict[str, int], list[tuple[Record, Verdict]]]:
    """Counts by kind over all verdicts, and the verdicts that are not within (all of them with `everything`).

    In the order of the records. Raises DisagreementError should the evaluator for one record see it differently.
    """
    declared = book.datasets[dataset]
    con = duckdb.connect(":memory:", config={"threads": 2})
    try:
        bulk = BulkJudge(book, declared, con)
        prepare(bulk, "records", records_table(book, declared, records))
        within, off = _answers(bulk)
    finally:
        con.close()
    return _worded(book, declared, records, within, off, everything=everything)


def _answers(bulk: BulkJudge) -> tuple[int, dict[int, list[str]]]:
    """How many verdicts are within, and record → the kinds of those that are not."""
    within = 0
    off: dict[int, list[str]] = {}
    for name in bulk.judge("records").values():
        counted = bulk.con.execute(f'SELECT count(*) FROM "{name}" WHERE kind = 0').fetchone()
        within += counted[0] if counted else 0
        for rid, kind in bulk.con.execute(f'SELECT rid, kind FROM "{name}" WHERE kind <> 0').fetchall():
            off.setdefault(rid, []).append(KINDS[kind].value)
    return within, off


def _name(stream: Stream) -> str:
    rule = stream.rules[0]
    return f"{stream.topic}&{rule.clause.id}#{rule.number}" if stream.beside else stream.topic


def _worded(
    book: Lawbook,
    dataset: Dataset,
    records: Sequence[Record],
    within: int,
    off: dict[int, list[str]],
    *,
    everything: bool,
) -> tuple[dict[str, int], list[tuple[Record, Verdict]]]:
    judge = Judge(book)
    counts = Counter(kind for kinds in off.values() for kind in kinds)
    counts["within"] += within
    found: list[tuple[Record, Verdict]] = []
    for number in range(len(records)) if everything else sorted(off):
        record = records[number]
        verdicts = judge.judge(dataset.key, record.values, on=record.on, region=record.region, subject=record.subject)
        beyond = [verdict for verdict in verdicts if verdict.kind is not VerdictKind.WITHIN]
        shared = sorted(verdict.kind.value for verdict in beyond)
        if shared != sorted(off.get(number, [])):
            raise DisagreementError(f"record {number}: bulk {off.get(number)}, single {shared}")
        found += [(record, verdict) for verdict in (verdicts if everything else beyond)]
    return {kind.value: counts[kind.value] for kind in VerdictKind}, found


def results(bulk: BulkJudge, table: str) -> Iterator[tuple[int, str, Candidate, Decimal | None, Decimal | None, str]]:
    """Every verdict of a prepared table: record, topic, candidate, measure, limit, kind. For tests and tools."""
    for index, name in bulk.judge(table).items():
        flat = bulk.flats[index]
        for rid, candidate, measure, bound, kind in bulk.con.execute(f'SELECT {RESULT} FROM "{name}"').fetchall():
            yield rid, _name(flat.stream), flat.grid.candidates[candidate], measure, bound, KINDS[kind].value
