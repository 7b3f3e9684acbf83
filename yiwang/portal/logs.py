"""A record of the log is one line: what a user typed cannot begin another (ASVS 16.4.1)."""

from __future__ import annotations

import logging

_BREAKS = {
    ord(char): f"\\u{ord(char):04x}" for char in "\r\v\f\x1b\x85\u2028\u2029\u202a\u202b\u202d\u202e\u2066\u2067\u2069"
}
_BREAKS |= {ord("\n"): "\\n", ord("\0"): "\\0"}


class OneLine(logging.Formatter):
    """Line breaks and signs that steer a terminal are shown as escapes; a trace keeps its lines, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        trace, record.exc_text = record.exc_info, None
        record.exc_info = None
        try:
            line = super().format(record).translate(_BREAKS)
        finally:
            record.exc_info = trace
        if not trace:
            return line
        told = self.formatException(trace)
        return line + "".join(f"\n  {one.translate(_BREAKS)}" for one in told.split("\n"))
