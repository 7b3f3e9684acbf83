"""Files out: everything the filters let through, as a workbook or CSV."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from tempfile import TemporaryFile
from typing import IO, Any

from django.db.models import QuerySet

from yiwang.core.registers.sheets import FORMATS, head
from yiwang.core.rights.access import Access
from yiwang.desk.kinds import Resource
from yiwang.desk.listing import Layout
from yiwang.kit.columns import texts
from yiwang.kit.sheets.grid import Cell
from yiwang.kit.sheets.write import ColumnSpec, SheetSpec, write_texts, write_workbook

FORMS = ("xlsx", "csv")
CHUNK = 2000


def written(resource: Resource, access: Access, rows: QuerySet[Any], form: str) -> IO[bytes]:
    """A file with all rows as `access` may see them, at its beginning. Complete, or Refusal `write.*` and no file: it is sent when it is done."""
    layout = Layout(resource, access, full=True)
    columns = [cell.bound for cell in layout.cells]
    fetched = layout.fetch(rows.order_by("pk"))
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the response closes it)
    if form == "csv":
        sources = [(cell.parts, cell.export) for cell in layout.cells]
        write_texts(file, [head(bound) for bound in columns], texts(fetched, sources, chunk=CHUNK))
    else:
        specs = [ColumnSpec(header=head(bound), format=FORMATS.get(bound.show, "@")) for bound in columns]
        sheet = SheetSpec(name=resource.label, columns=specs, rows=_cells(layout, fetched))
        write_workbook(file, [sheet], large=True)
    file.seek(0)
    return file


def _cells(layout: Layout, rows: QuerySet[Any, tuple[Any, ...]]) -> Iterator[Sequence[Cell]]:
    for row in rows.iterator(chunk_size=CHUNK):
        values = (cell.value(row) for cell in layout.cells)
        yield [Decimal(value) if isinstance(value, int) else value for value in values]
