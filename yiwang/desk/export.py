"""Files out: everything the filters let through, as a workbook or CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from django.db.models import QuerySet

from yiwang.core.registers.sheets import FORMATS, head
from yiwang.desk.kinds import Resource
from yiwang.desk.listing import Layout
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_csv, write_workbook

FORMS = ("xlsx", "csv")
CHUNK = 2000


def written(resource: Resource, rows: QuerySet[Any], form: str) -> IO[bytes]:
    """A file with all rows, at its beginning. Complete, or Refusal `write.*` and no file: it is sent when it is done."""
    layout = Layout(resource, full=True)
    columns = [cell.bound for cell in layout.cells]
    cells = _cells(layout, layout.fetch(rows.order_by("pk")))
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    if form == "csv":
        write_csv(file, [head(bound) for bound in columns], cells)
    else:
        specs = [ColumnSpec(header=head(bound), format=FORMATS.get(bound.show, "@")) for bound in columns]
        write_workbook(file, [SheetSpec(name=resource.label, columns=specs, rows=cells)], large=True)
    file.seek(0)
    return file


def _cells(layout: Layout, rows: QuerySet[Any, tuple[Any, ...]]) -> Iterator[Sequence[Cell]]:
    for row in rows.iterator(chunk_size=CHUNK):
        _, *values = layout.data(row).values()
        yield [Decimal(value) if isinstance(value, int) else value for value in values]
