"""The process that opens workbooks: started by `reader.py` as `python -I child.py`. Whatever a file does, only it dies.

Protocol, both ways: 4 bytes big-endian length, then that much JSON. After the answer's header come its frames, whose
lengths the header lists: for each sheet one JSON frame about it and one frame of cells, JSON or, above 50,000 rows, Arrow.
"""

from __future__ import annotations

import json
import math
import os
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

if __name__ == "__main__":  # -I leaves the path bare: this package alone is added, behind everything else
    sys.path.append(str(Path(__file__).resolve().parents[4]))

from yiwang.kit.sheets.guard.answer import read
from yiwang.kit.sheets.guard.limits import Refused

RETIRE_BYTES = 256 * 2**20
ADDRESS_SPACE = 2**30


def resident() -> int:
    """The bytes of memory this process holds now (0 where the system does not tell)."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def answer(request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Header and frames for one request. Catches everything: calamine's panics are no Exception."""
    try:
        frames = read(request)
    except Refused as refused:
        return {"refused": refused.code, "facts": refused.facts, "last": False}, []
    except MemoryError:
        return {"refused": "sheet.too-much", "facts": {}, "last": True}, []
    except BaseException as error:
        return {
            "refused": "sheet.unreadable",
            "facts": {"detail": f"{type(error).__name__}: {error}"[:200]},
            "last": True,
        }, []
    return {"frames": [len(frame) for frame in frames], "last": resident() > RETIRE_BYTES}, frames


def confine() -> None:
    """Limits that hold for the whole life of the process: memory, no file written, few open files, no core file."""
    import resource

    for name, value in (("AS", ADDRESS_SPACE), ("FSIZE", 0), ("NOFILE", 32), ("CORE", 0)):
        try:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
        except (ValueError, OSError):
            if sys.platform == "linux":  # other systems know fewer limits; here each is there, or nothing is read
                raise


def allow_cpu(seconds: int) -> None:
    """Allows so many more seconds of processor time; the limit itself counts the whole life."""
    import resource

    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(usage.ru_utime + usage.ru_stime) + seconds, hard))


def send(out: BinaryIO, header: dict[str, Any], frames: list[bytes]) -> None:
    """Writes one framed answer."""
    text = json.dumps(header, ensure_ascii=False).encode()
    out.write(struct.pack(">I", len(text)) + text)
    for frame in frames:
        out.write(frame)
    out.flush()


def main() -> None:
    """Says ready, then answers until the input ends, which it does when the parent dies in whatever way."""
    import python_calamine  # noqa: F401 before the limits, so that the first request is fast

    confine()
    source, out = sys.stdin.buffer, sys.stdout.buffer
    send(out, {"ready": True}, [])
    while len(head := source.read(4)) == 4:
        request = json.loads(source.read(struct.unpack(">I", head)[0]))
        allow_cpu(request.get("cpu", 30))
        header, frames = answer(request)
        send(out, header, frames)
        if header["last"]:
            break


if __name__ == "__main__":
    main()
