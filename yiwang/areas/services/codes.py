"""QR codes as drawings that stand in a page: no image file, no request, no style."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe


def qr(text: str, label: str) -> SafeString:
    """The text as a QR code with its accessible name (a fixed phrase, not what a user wrote)."""
    drawing = segno.make(text, error="m").svg_inline(
        omitsize=True, border=2, svgclass="qr", lineclass=None, title=label
    )
    return mark_safe(drawing)  # noqa: S308 (modules only; segno escapes the title)
