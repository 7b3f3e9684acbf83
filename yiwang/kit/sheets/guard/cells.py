"""The cells of a sheet's XML, counted piece by piece before they are parsed: bounds, values, formulas, failures, merges."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yiwang.kit.sheets.guard.limits import Refused


@dataclass(frozen=True)
class Patterns:
    """The regular expressions for elements with or without a namespace prefix (`<c …>` or `<x:c …>`)."""

    opened: re.Pattern[bytes]  # a cell's start tag
    valued: re.Pattern[bytes]  # one with an address that does not close at once: column letters, row number
    empty: re.Pattern[bytes]  # one that closes at once
    value: re.Pattern[bytes]
    formula: re.Pattern[bytes]
    merge: re.Pattern[bytes]
    row_or_cell: re.Pattern[bytes]
    uncomputed: re.Pattern[bytes]
    failed: re.Pattern[bytes]

    @classmethod
    def of(cls, p: bytes) -> Patterns:
        """The patterns with this expression for the prefix."""
        formula = rb"<%bf(?:\s[^<>]*)?(?:/>|>[^<]*</%bf>)" % (p, p)
        no_value = rb"(?:<%bv\s*/>|<%bv>\s*</%bv>)?" % (p, p, p)
        return cls(
            opened=re.compile(rb"<%bc[\s/>]" % p),
            valued=re.compile(rb"<%bc\s(?:[^<>]*?\s)??r\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,8})[\"'][^<>]*(?<!/)>" % p),
            empty=re.compile(rb"<%bc(?:\s[^<>]*)?/>" % p),
            value=re.compile(rb"<%b(?:v|is)[\s>]" % p),
            formula=re.compile(rb"<%bf[\s/>]" % p),
            merge=re.compile(rb"<%bmergeCell[\s/>]" % p),
            row_or_cell=re.compile(rb"<%b(row|c)(?=[\s/>])" % p),
            uncomputed=re.compile(rb"<%bc\s([^<>]*)>\s*%b\s*%b\s*</%bc>" % (p, formula, no_value, p)),
            failed=re.compile(
                rb"<%bc\s([^<>]*?\bt\s*=\s*[\"']e[\"'][^<>]*)>(?:\s*%b)?\s*<%bv>([^<]{0,40})<" % (p, formula, p)
            ),
        )


BARE = Patterns.of(b"")
PREFIXED = Patterns.of(rb"(?:[A-Za-z_][\w.-]*:)?")
REFERENCE = re.compile(rb"(?:^|\s)r\s*=\s*[\"']([A-Za-z]{1,3}\d{1,7})[\"']")
TEXT_RESULT = re.compile(rb"\bt\s*=\s*[\"']str")


def column_number(letters: bytes) -> int:
    """The 1-based number of a column: A → 1, XFD → 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


class Scan:
    """What a sheet's XML holds, counted piece by piece without parsing. A belt before the parser, not a parser."""

    def __init__(self, name: str, limits: dict[str, int]) -> None:
        self.name = name
        self.limits = limits
        self.carry = b""
        self.rows = self.columns = self.values = self.formulas = self.merges = 0
        self.unplaced_rows = self.unplaced_cells = 0  # cells without an address sit at the next place of their row
        self.booleans = self.prefixed = False
        self.uncomputed: list[str] = []
        self.errors: list[tuple[str, str]] = []

    def feed(self, piece: bytes) -> None:
        """Counts one piece; keeps what may be half a cell for the next."""
        data = self.carry + piece
        cut = max(data.rfind(b"</c>") + 4, data.rfind(b":c>") + 3, 3)
        if cut == 3 or len(data) - cut > 128 * 1024:
            cut = max(data.rfind(b"<"), 0)
        if len(data) - cut > 2**20:
            raise Refused("sheet.corrupt", part=self.name)
        self.carry = data[cut:]
        self._count(data[:cut])

    def end(self) -> None:
        """Counts the rest."""
        self._count(self.carry)
        self.carry = b""

    def _count(self, data: bytes) -> None:
        self.prefixed = self.prefixed or b":c" in data or b":row" in data or b":f" in data
        patterns = PREFIXED if self.prefixed else BARE
        places = patterns.valued.findall(data)
        if places:
            letters, numbers = zip(*places, strict=True)
            self.columns = max(self.columns, *map(column_number, set(letters)))
            self.rows = max(self.rows, *map(int, set(numbers)))
        if patterns is PREFIXED or data.count(b"<c") > len(places):
            opened = len(patterns.opened.findall(data))
            if opened > len(places) + len(patterns.empty.findall(data)):
                self._count_unplaced(patterns, data)
        self._count_rest(patterns, data)
        self._check()

    def _count_unplaced(self, patterns: Patterns, data: bytes) -> None:
        self.unplaced_rows = max(self.unplaced_rows, self.rows)
        for match in patterns.row_or_cell.finditer(data):
            if match[1] == b"row":
                self.unplaced_rows += 1
                self.unplaced_cells = 0
            else:
                self.unplaced_cells += 1
                self.columns = max(self.columns, self.unplaced_cells)
        self.rows = max(self.rows, self.unplaced_rows)

    def _count_rest(self, patterns: Patterns, data: bytes) -> None:
        if self.values <= len(self.uncomputed):  # only "more than none" matters, and counting costs
            self.values += len(patterns.value.findall(data))
        self.booleans = self.booleans or b'"b"' in data or b"'b'" in data
        if (b"<f" in data or b":f" in data) and (formulas := len(patterns.formula.findall(data))):
            self.formulas += formulas
            found = (match[1] for match in patterns.uncomputed.finditer(data))
            self.uncomputed += [_reference(attributes) for attributes in found if not TEXT_RESULT.search(attributes)]
        if b'"e"' in data or b"'e'" in data:
            self.errors += [(_reference(match[1]), match[2].decode()) for match in patterns.failed.finditer(data)]
        if b"mergeCell" in data:
            self.merges += len(patterns.merge.findall(data))

    def _check(self) -> None:
        facts = {"sheet": self.name, "rows": self.rows, "columns": self.columns}
        for key in ("rows", "columns"):
            if facts[key] > self.limits[key]:  # type: ignore[operator]
                raise Refused(f"sheet.too-many-{key}", **facts, limit=self.limits[key])
        if self.rows * self.columns > self.limits["area"]:
            raise Refused("sheet.too-many-cells", **facts, limit=self.limits["area"])
        if self.merges > self.limits["merges"]:
            raise Refused("sheet.too-many-merges", **facts, limit=self.limits["merges"])
        if len(self.errors) > self.limits["errors"]:
            raise Refused("sheet.too-many-errors", **facts, limit=self.limits["errors"])


def _reference(attributes: bytes) -> str:
    found = REFERENCE.search(attributes)
    return found[1].decode().upper() if found else ""
