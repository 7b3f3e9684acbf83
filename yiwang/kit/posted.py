"""What a form posted, as values: money in fen, figures, days, numbers of rows. Refusals name the field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets import clean

LARGEST = Decimal(10) ** 12


class Posted:
    """The fields of a form. Every reader takes the field's name and its Chinese label."""

    def __init__(self, data: Mapping[str, str]) -> None:
        self.data = data

    def text(self, name: str, label: str = "", *, most: int = 200) -> str:
        """Trimmed; with a label it is required. Refusals `form.missing`, `form.long`."""
        value = self.data.get(name, "").strip()
        if label and not value:
            raise Refusal("form.missing", f"请填写{label}。")
        if len(value) > most:
            raise Refusal("form.long", f"“{label or name}”最多 {most} 个字。")
        return value

    def figure(self, name: str, label: str, *, places: int = 2) -> Decimal | None:
        """A number that is not negative, None where nothing was written. Refusal `form.figure`."""
        value = clean.number(self.data.get(name, ""))
        if value is None:
            return None
        if not 0 <= value < LARGEST or value != round(value, places):
            raise Refusal("form.figure", f"“{label}”应是不小于 0 的数,最多 {places} 位小数。")
        return value

    def needed(self, name: str, label: str, *, places: int = 2) -> Decimal:
        """The same, required. Refusal `form.missing`."""
        value = self.figure(name, label, places=places)
        if value is None:
            raise Refusal("form.missing", f"请填写{label}。")
        return value

    def whole(self, name: str, label: str) -> int:
        """A whole number, required."""
        return int(self.needed(name, label, places=0))

    def money(self, name: str, label: str) -> int:
        """Yuan as written, in fen; required."""
        return int(self.needed(name, label) * 100)

    def day(self, name: str, label: str) -> date:
        """A day, required. Refusals `form.missing` and those of `clean.date`."""
        value = clean.date(self.data.get(name, ""))
        if value is None:
            raise Refusal("form.missing", f"请填写{label}。")
        return value

    def key(self, name: str, label: str = "") -> int:
        """The id of a row; 0 where none was chosen. With a label it is required."""
        text = self.data.get(name, "")
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            if label:
                raise Refusal("form.missing", f"请选择{label}。")
            return 0
        return int(text)
