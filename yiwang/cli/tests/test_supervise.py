"""The processes of the portal: started, kept alive, ended together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings as live
from pytest_django import Settings

from yiwang.cli import supervise
from yiwang.cli.supervise import Child, Plan, Supervisor
from yiwang.core.orgs import factories
from yiwang.kit.refusal import Refusal
from yiwang.portal import worker

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DIE = [sys.executable, "-c", "raise SystemExit(3)"]


def _alive(child: Child) -> bool:
    return not child.ended()


def _begun(child: Child) -> bool:
    return child.process is not None


def _until(condition: object, seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():  # type: ignore[operator]
            return True
        time.sleep(0.02)
    return False


def test_a_taken_port_is_refused_with_advice() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with pytest.raises(Refusal) as caught:
            supervise.refuse_taken_port(Plan("127.0.0.1", port))
    assert caught.value.code == "serve.port"
    assert f"--port {port + 1}" in caught.value.message


def test_the_address_for_a_browser_here() -> None:
    assert Plan("0.0.0.0", 8000).address == "http://127.0.0.1:8000"


@pytest.mark.parametrize(("sealer", "names"), [(False, ["网站", "任务程序"]), (True, ["网站", "任务程序", "封存程序"])])
def test_the_processes_of_a_plan(sealer: bool, names: list[str]) -> None:
    children = supervise.children_of(Plan("127.0.0.1", 8000, workers=3, sealer=sealer))
    assert [child.name for child in children] == names
    more = supervise.children_of(Plan("127.0.0.1", 8000, sealer=sealer, gateway=7611))
    assert [child.name for child in more] == [*names, "网关"]
    assert more[-1].command[-2:] == ["--port", "7611"]
    assert "--respawn-failed-workers" in children[0].command
    assert children[0].command[children[0].command.index("--workers") + 1] == "3"


@pytest.mark.slow
def test_a_child_that_dies_is_started_again_and_all_end_together() -> None:
    supervisor = Supervisor([Child("甲", SLEEP), Child("乙", SLEEP)])
    supervisor.start()
    first = supervisor.children[0].process
    assert first is not None
    watcher = threading.Thread(target=lambda: supervisor.watch(0.02))
    first.kill()
    first.wait()
    watcher.start()
    assert _until(lambda: supervisor.children[0].process is not first and _alive(supervisor.children[0]))
    supervisor.stopping.set()
    watcher.join()
    supervisor.stop()
    assert not any(_alive(child) for child in supervisor.children)


@pytest.mark.slow
def test_what_follows_is_started_once_the_portal_answers() -> None:
    supervisor = Supervisor([Child("甲", SLEEP), Child("乙", SLEEP, follows=True)])
    supervisor.start()
    first, second = supervisor.children
    assert _begun(first)
    assert not _begun(second)
    threading.Timer(0.1, supervisor.stopping.set).start()
    assert supervisor.watch(0.02) == 0, "what has not begun is not revived"
    assert not _begun(second)
    supervisor.stopping.clear()
    supervisor.ready.set()
    threading.Timer(0.2, supervisor.stopping.set).start()
    assert supervisor.watch(0.02) == 0
    assert _begun(second)
    assert _alive(second), "it does not end with the thread that saw the portal answer"
    running = (first.process, second.process)
    supervisor.start()
    supervisor.follow()
    assert (first.process, second.process) == running
    supervisor.stop()
    assert not _alive(first)
    assert not _alive(second)


@pytest.mark.slow
def test_the_website_of_a_portal_that_ran_before_loads_behind_a_gate(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path
) -> None:
    monkeypatch.setattr(supervise, "children_of", lambda _: [Child("甲", SLEEP)])
    settings.STATIC_ROOT = tmp_path
    plan = Plan("127.0.0.1", 8000)
    never = supervise.Early.of(plan)
    assert never.web is None
    never.open()
    never.end()
    (tmp_path / ".digest").touch()
    early = supervise.Early.of(plan)
    gate = Path(os.environ[supervise.GATE])
    try:
        assert early.web is not None
        assert _alive(early.web)
        waiting = threading.Thread(target=worker.wait)
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        early.open()
        waiting.join(5)
        assert not waiting.is_alive()
    finally:
        early.end()
    assert not _alive(early.web)
    assert not gate.parent.exists()
    assert supervise.GATE not in os.environ
    worker.wait()  # without a gate at once


def test_workers_load_one_after_the_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with worker.turn():
        pass  # without a gate nobody waits
    monkeypatch.setenv(supervise.GATE, str(tmp_path / "open"))
    inside: list[str] = []

    def second() -> None:
        with worker.turn():
            inside.append("second")

    thread = threading.Thread(target=second)
    with worker.turn():
        thread.start()
        thread.join(0.2)
        inside.append("first")
    thread.join(5)
    assert inside == ["first", "second"]


def test_a_child_that_cannot_live_ends_the_watch(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(supervise, "ATTEMPTS", 2)
    supervisor = Supervisor([Child("甲", DIE)])
    supervisor.start()
    assert supervisor.watch(0.02) == 1
    assert "反复意外结束" in capsys.readouterr().err


def test_a_stubborn_child_is_killed(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    script = (
        "import signal, time; from pathlib import Path; signal.signal(15, signal.SIG_IGN);"
        f"Path({str(ready)!r}).touch(); time.sleep(60)"
    )
    child = Child("甲", [sys.executable, "-c", script])
    child.start()
    assert _until(ready.exists)
    child.stop(patience=0.1)
    assert child.ended()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_PDEATHSIG is of Linux")
def test_children_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom yiwang.cli.supervise import Child\n"
        f"child = Child('甲', {SLEEP!r})\nchild.start()\nPath({str(note)!r}).write_text(str(child.process.pid))\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script])
    assert _until(lambda: note.exists() and note.read_text())
    pid = int(note.read_text())
    parent.send_signal(signal.SIGKILL)
    parent.wait()

    def gone() -> bool:
        try:
            return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"
        except OSError:
            return True

    assert _until(gone)


@pytest.mark.django_db
def test_static_files_are_collected_once_and_again_after_a_change(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATIC_ROOT = str(tmp_path / "static")
    supervise.collect()
    sheet = tmp_path / "static/look.css"
    assert sheet.exists()
    sheet.unlink()
    supervise.collect()
    assert not sheet.exists()
    monkeypatch.setattr(supervise, "_digest", lambda: "other")
    supervise.collect()
    assert sheet.exists()


@pytest.mark.django_db
def test_nothing_is_migrated_twice(capsys: pytest.CaptureFixture[str]) -> None:
    supervise.migrate()
    assert "正在建立数据库" not in capsys.readouterr().out


@pytest.mark.django_db
def test_a_database_with_organs_gets_no_demo() -> None:
    factories.organ()
    assert supervise.load_demo() is False


def test_a_loaded_demo_starts_over_in_a_fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, arguments: called.append(arguments))
    monkeypatch.setattr(sys, "argv", ["yiwang", "serve", "--demo", "--port", "9000"])
    supervise.start_over()
    assert called == [[*supervise.YIWANG, "serve", "--demo", "--port", "9000"]]


@pytest.mark.django_db
def test_only_postgresql_needs_a_sealer() -> None:
    assert supervise.needs_sealer() == live.DATABASES["default"]["ENGINE"].endswith("postgresql")


def test_nobody_answers() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert not supervise.answers(Plan("127.0.0.1", port))


@pytest.mark.django_db
def test_a_ledger_without_its_triggers_does_not_start() -> None:
    from django.db import connection

    from yiwang.core.ledger import guards

    supervise.refuse_unguarded()
    guards.unlock("default")
    with connection.cursor() as cursor:
        cursor.execute(guards._drop(connection, "ledger_head_no_delete"))
    with pytest.raises(Refusal) as caught:
        supervise.refuse_unguarded()
    assert caught.value.code == "ledger.guard"
    guards.install("default")
    supervise.refuse_unguarded()


@pytest.mark.django_db
def test_the_night_is_looked_for_once_a_minute_and_a_fault_is_survived(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from yiwang.portal import daily

    looked: list[object] = []

    def broken(now: object) -> None:
        looked.append(now)
        raise OSError("no database")

    monkeypatch.setattr(daily, "tick", broken)
    tick = supervise.nightly()
    tick()
    tick()
    assert len(looked) == 1
    assert "no database" in capsys.readouterr().err
