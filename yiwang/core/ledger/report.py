"""What a verification found: faults, each with a stable code and the place; notes; the figures."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

#: So many faults are listed one by one; all are counted.
SHOWN = 100


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it must be. `seq` is the place in the chain, `entry` the id of the entry."""

    code: str
    message: str
    seq: int | None = None
    entry: int | None = None


@dataclass
class Report:
    """The outcome. `ok` means: no fault. Notes are worth reading and no evidence of tampering."""

    seq: int = 0
    hash: str = ""
    algorithm: str = ""
    checked: int = 0
    waiting: int = 0  # entries not yet sealed, younger than a minute
    anchors: int = 0
    counted: int = 0  # faults, those not listed included
    cpu_seconds: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """No fault."""
        return self.counted == 0

    def add(self, code: str, message: str, *, seq: int | None = None, entry: int | None = None) -> None:
        """Count a fault, and list it while there is room."""
        self.counted += 1
        if len(self.faults) < SHOWN:
            self.faults.append(Fault(code, message, seq, entry))

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"ok": self.ok, **asdict(self)}
