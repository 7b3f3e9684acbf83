"""One shape for every "no": a stable code, a Chinese sentence, the place, and the clause if one is the ground."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Where:
    """The place of a refusal in what the user gave. Rows and columns are as the user sees them (row 1 is the first)."""

    file: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [self.file, f"工作表“{self.sheet}”" if self.sheet else ""]
        parts += [f"第 {self.row} 行" if self.row else "", f"“{self.column}”列" if self.column else ""]
        return " ".join(part for part in parts if part)


class Refusal(Exception):
    """Refused, with the reason: what is wrong and what to do about it.

    `code` is stable and dotted (`sheet.too-large`): tests, API users and translations hang on it, not on the text.
    `message` is one Chinese sentence for the person. `clause` is the id of the clause that is the ground, if any.
    """

    def __init__(self, code: str, message: str, *, where: Where | None = None, clause: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.where = where or Where()
        self.clause = clause

    def __str__(self) -> str:
        place = str(self.where)
        return f"{place}:{self.message}" if place else self.message

    def as_dict(self) -> dict[str, Any]:
        """The refusal as JSON-ready data."""
        return {"code": self.code, "message": self.message, "where": asdict(self.where), "clause": self.clause}
