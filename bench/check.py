"""`yiwang check` on a workbook of 100,000 rows, report included: time and memory of the process and its children."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import xlsxwriter

HEADERS = ("姓名", "单位名称", "机关层级", "职级", "房间号", "使用面积", "判定日期", "行政区划")
RANKS = {"市级机关": ("正局(处)级", "副局(处)级", "局(处)级以下"), "县级机关": ("县级正职", "正科级", "科级以下")}


def workbook(path: Path, rows: int, seed: int = 3) -> None:
    """A plausible ledger of person-rooms, about 3 % of them beyond the limit."""
    rng = random.Random(seed)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("办公室使用情况(按人)")
        sheet.write_row(0, 0, HEADERS)
        for number in range(1, rows + 1):
            tier = rng.choice(tuple(RANKS))
            area = 9.0 if rng.random() > 0.03 else 60.0
            row = (
                f"人员{number}",
                f"单位{number % 800}",
                tier,
                rng.choice(RANKS[tier]),
                f"R{number}",
                area,
                "2026-11-22",
                "",
            )
            sheet.write_row(number, 0, row)


def _watch(process: subprocess.Popen[bytes], peak: list[int]) -> None:
    me = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            family = [me, *me.children(recursive=True)]
            peak[0] = max(peak[0], sum(each.memory_info().rss for each in family))
        except psutil.NoSuchProcess:
            return
        time.sleep(0.05)


def check(rows: int = 100_000) -> dict[str, float]:
    """Wall seconds, peak resident MB of the command and its reader, and what it found."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        workbook(home / "台账.xlsx", rows)
        command = [str(Path(sys.executable).with_name("yiwang")), "check", str(home / "台账.xlsx")]
        command += ["--json", str(home / "out.json"), "--report", str(home / "out.html")]
        peak = [0]
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        watcher = threading.Thread(target=_watch, args=(process, peak))
        watcher.start()
        _, errors = process.communicate()
        watcher.join()
        seconds = time.monotonic() - started
        if process.returncode not in (0, 1):
            raise RuntimeError(errors.decode())
        counts = json.loads((home / "out.json").read_text(encoding="utf-8"))["counts"]
        size = (home / "out.html").stat().st_size
    return {"rows": rows, "seconds": seconds, "peak_mb": peak[0] / 1e6, "over": counts["over"], "report_mb": size / 1e6}


def start_up(times: int = 5) -> float:
    """Seconds of `yiwang --help`, the median."""
    found = []
    for _ in range(times):
        started = time.monotonic()
        subprocess.run([str(Path(sys.executable).with_name("yiwang")), "--help"], stdout=subprocess.DEVNULL, check=True)
        found.append(time.monotonic() - started)
    return sorted(found)[times // 2]


if __name__ == "__main__":
    print(start_up(), check())
