"""The parent's side: what comes back, and what happens when a child dies, hangs, grows or is wanted by too many."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import psutil
import pytest

from yiwang.kit.refusal import Refusal
from yiwang.kit.sheets import reader
from yiwang.kit.sheets.reader import Pool, read_workbook, sheet_names
from yiwang.kit.sheets.tests import hostile

FAKE = """
import os, sys, struct, json, time
def say(header): text = json.dumps(header).encode(); sys.stdout.buffer.write(struct.pack(">I", len(text)) + text); sys.stdout.buffer.flush()
def ask(): head = sys.stdin.buffer.read(4); return json.loads(sys.stdin.buffer.read(struct.unpack(">I", head)[0])) if head else sys.exit()
say({"ready": True})
"""


@pytest.fixture(autouse=True, scope="module")
def _children() -> Iterator[None]:
    yield
    reader.shut()


@pytest.fixture
def pool() -> Iterator[Pool]:
    made = Pool(1)
    yield made
    made.close()


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "fake_child.py"
    monkeypatch.setattr(reader, "CHILD", path)
    return path


def code_of(pool: Pool, *, wall: float = 5, wait: float = 1) -> str:
    with pytest.raises(Refusal) as caught:
        pool.ask({}, wall=wall, wait=wait)
    return caught.value.code


def test_cells_keep_their_types(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "用车"
    sheet.append(
        ["文字", 18, 0.1, 0.1 + 0.2, True, date(2014, 12, 3), datetime(2014, 12, 3, 9, 30), 123456789012345678]
    )
    sheet["A3"] = "=B1*2"
    sheet.merge_cells("A5:B6")
    sheet["A5"] = "合并"
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    first, second = read_workbook(tmp_path / "a.xlsx")
    assert first.rows[0] == [
        "文字", Decimal(18), Decimal("0.1"), Decimal("0.3"), True, date(2014, 12, 3), datetime(2014, 12, 3, 9, 30),
        Decimal("1.23456789012346E+17"),
    ]  # fmt: skip
    assert str(first.rows[0][1]) == "18"
    assert (first.name, first.formulas, first.uncomputed, first.hidden) == ("用车", 1, ("A3",), False)
    assert first.merges == [(4, 0, 4, 1)]
    assert second.hidden
    assert second.rows == []
    assert sheet_names(tmp_path / "a.xlsx") == ["用车", "隐藏"]
    assert [grid.name for grid in read_workbook(tmp_path / "a.xlsx", sheet="隐藏")] == ["隐藏"]


def test_failed_formulas_are_said(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B1"><v>1</v></c></row>'
    (grid,) = read_workbook(hostile.book(tmp_path / "a.xlsx", hostile.sheet_xml(rows)))
    assert grid.rows == [["#DIV/0!", Decimal(1)]]


def test_children_are_reused_and_replaced(tmp_path: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    request = {"path": str(hostile.book(tmp_path / "a.xlsx"))}
    pool.ask(request)
    (first,) = pool.all
    pool.ask(request)
    assert pool.all == {first}
    monkeypatch.setattr(reader, "USES", 3)
    pool.ask(request)
    assert pool.all == set()
    pool.ask(request)
    assert len(pool.all) == 1
    assert first.process.returncode is not None


@pytest.mark.skipif(not Path("/proc/self/limits").exists(), reason="the system does not show limits")
def test_the_limits_of_a_child_are_in_place(tmp_path: Path, pool: Pool) -> None:
    pool.ask({"path": str(hostile.book(tmp_path / "a.xlsx")), "cpu": 7})
    (child,) = pool.all
    lines = Path(f"/proc/{child.process.pid}/limits").read_text().splitlines()
    soft = {line[:26].strip(): line[26:47].strip() for line in lines}
    assert (soft["Max address space"], soft["Max file size"]) == (str(2**30), "0")
    assert (soft["Max open files"], soft["Max core file size"]) == ("32", "0")
    assert 7 <= int(soft["Max cpu time"]) <= 9


def test_a_panic_of_the_parser_kills_only_the_child(tmp_path: Path, pool: Pool) -> None:
    """A legal file of 1.7 kB with values in the two corners: with the bounds lifted, calamine aborts its process."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = hostile.book(tmp_path / "a.xlsx", hostile.sheet_xml(rows))
    lifted = {"rows": 10**9, "columns": 10**9, "area": 10**18}
    with pytest.raises(Refusal) as caught:
        pool.ask({"path": str(path), "limits": lifted})
    assert caught.value.code == "sheet.reader-died"
    header, _ = pool.ask({"path": str(hostile.book(tmp_path / "b.xlsx"))})
    assert "refused" not in header


def test_a_fresh_child_that_dies_is_the_files_fault(fake: Path, pool: Pool) -> None:
    fake.write_text(FAKE + "ask(); os._exit(3)")
    assert code_of(pool) == "sheet.reader-died"
    assert pool.all == set()


def test_a_child_that_had_served_others_gives_the_file_one_more_try(fake: Path, pool: Pool, tmp_path: Path) -> None:
    seen = tmp_path / "starts"
    fake.write_text(
        FAKE + f"open({str(seen)!r}, 'a').write('x')\n"
        "while True:\n  request = ask()\n  if request.get('die') and not os.path.exists(request['die']): os._exit(3)\n"
        "  say({'frames': [], 'last': False})"
    )
    pool.ask({})
    with pytest.raises(Refusal):
        pool.ask({"die": "/nonexistent"})
    assert seen.read_text() == "xx"
    pool.ask({})
    assert seen.read_text() == "xxx"


def test_a_child_that_hangs_is_ended(fake: Path, pool: Pool) -> None:
    fake.write_text(FAKE + "ask(); time.sleep(60)")
    assert code_of(pool, wall=0.2) == "sheet.too-slow"
    assert pool.all == set()


@pytest.mark.slow
def test_a_child_that_burns_the_processor_is_ended_by_its_limit(fake: Path, pool: Pool) -> None:
    fake.write_text(
        FAKE + f"sys.path.append({str(Path(__file__).parents[4])!r})\n"
        "from yiwang.kit.sheets.guard.child import allow_cpu\nask(); allow_cpu(0)\nwhile True: pass"
    )
    assert code_of(pool, wall=20) == "sheet.too-slow"


@pytest.mark.parametrize(
    "reply", ["sys.stdout.buffer.write(b'\\xff' * 9); sys.stdout.flush()", "say({'frames': [2**40], 'last': False})"]
)
def test_nonsense_from_a_child_is_not_believed(reply: str, fake: Path, pool: Pool) -> None:
    fake.write_text(FAKE + f"ask()\n{reply}\ntime.sleep(60)")
    assert code_of(pool) == "sheet.reader-died"


def test_a_child_that_cannot_start_is_said(fake: Path, pool: Pool) -> None:
    fake.write_text("raise SystemExit(1)")
    assert code_of(pool) == "sheet.no-reader"


def test_who_waits_too_long_is_told_so(pool: Pool) -> None:
    taken = pool.free.get()
    assert code_of(pool, wait=0.01) == "sheet.busy"
    pool.free.put(taken)


def test_a_child_that_says_last_is_dropped(fake: Path, pool: Pool) -> None:
    fake.write_text(FAKE + "ask(); say({'frames': [], 'last': True}); time.sleep(60)")
    pool.ask({})
    assert pool.all == set()
    assert pool.free.qsize() == 1


def test_the_environment_of_the_web_process_is_not_passed_on(
    fake: Path, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIWANG_SECRET", "x")
    fake.write_text(FAKE + "ask(); say({'frames': [], 'last': False, 'names': sorted(os.environ)})")
    header, _ = pool.ask({})
    assert not [name for name in header["names"] if name.startswith("YIWANG")]


def test_shut_ends_all_children(tmp_path: Path) -> None:
    read_workbook(hostile.book(tmp_path / "a.xlsx"))
    processes = [psutil.Process(child.process.pid) for child in reader.pool().all]
    reader.shut()
    assert processes
    assert not any(process.is_running() for process in processes)


WORKER = """
import os, sys, time
sys.path.insert(0, sys.argv[1])
from yiwang.kit.sheets import reader
reader.read_workbook(sys.argv[2])
if sys.argv[3] == "fork":
    mine = [child.process.pid for child in reader.pool().all]
    if os.fork() == 0:
        reader.read_workbook(sys.argv[2])
        theirs = [child.process.pid for child in reader.pool().all]
        reader.shut()
        os._exit(0 if not set(mine) & set(theirs) else 1)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
    reader.read_workbook(sys.argv[2])
    print([child.process.pid for child in reader.pool().all] == mine, flush=True)
else:
    print(*[child.process.pid for child in reader.pool().all], flush=True)
    time.sleep(60)
"""


def worker(tmp_path: Path, mode: str) -> subprocess.Popen[str]:
    root = str(Path(reader.__file__).parents[3])
    arguments = [sys.executable, "-c", WORKER, root, str(hostile.book(tmp_path / "a.xlsx")), mode]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_children_end_when_the_parent_is_killed(tmp_path: Path) -> None:
    with worker(tmp_path, "sleep") as process:
        assert process.stdout is not None
        children = [psutil.Process(int(pid)) for pid in process.stdout.readline().split()]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    deadline = time.monotonic() + 60
    while any(_runs(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert children
    assert not any(_runs(child) for child in children)


def _runs(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def test_a_forked_worker_starts_its_own_children(tmp_path: Path) -> None:
    with worker(tmp_path, "fork") as process:
        output, _ = process.communicate(timeout=30)
    assert output.split() == ["0", "True"]
