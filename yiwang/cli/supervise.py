"""Preparing the portal and watching over its processes."""

from __future__ import annotations

import ctypes
import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import click

from yiwang.kit.refusal import Refusal

#: A child that ends so often within QUICK seconds of its start is not started again: something is wrong for good.
ATTEMPTS, QUICK = 5, 10.0
PATIENCE = 60.0
#: glibc gives each thread a heap of its own and keeps what big answers leave there; two are enough for four threads that
#: take turns.
HEAPS = {"MALLOC_ARENA_MAX": "2"}
#: Tells the website's workers that they end with their master.
SUPERVISED = {"YW_SUPERVISED": "1"}
#: Names the file that the website waits for, if any.
GATE = "YW_GATE"
YIWANG = (sys.executable, "-c", "from yiwang.cli import main; main()")


@dataclass(frozen=True)
class Plan:
    """What to run, and where."""

    host: str
    port: int
    workers: int = 2
    demo: bool = False
    sealer: bool = False
    gateway: int = 0  # the port for terminals; 0: none

    @property
    def address(self) -> str:
        """What to type into a browser on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 (compared, not bound)
        return f"http://{host}:{self.port}"


def refuse_taken_port(plan: Plan) -> None:
    """Refusal `serve.port` before anything is prepared, if somebody listens there already."""
    family = socket.AF_INET6 if ":" in plan.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((plan.host, plan.port))
        except OSError as error:
            raise Refusal(
                "serve.port",
                f"{plan.host}:{plan.port} 不能监听({error.strerror});换一个端口,例如 --port {plan.port + 1}",
            ) from None


def prepare(plan: Plan, starting_over: Callable[[], None] = lambda: None) -> None:
    """Database, static files, demo. Everything that is there already is left as it is."""
    import django

    django.setup()
    migrate()
    refuse_unguarded()
    collect()
    install_processes()
    if plan.demo and load_demo():
        starting_over()
        start_over()
    resume_imports()


def migrate() -> None:
    """Apply what is not applied; looks first, since the command itself takes a second."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        click.echo("正在建立数据库……")
        call_command("migrate", verbosity=0, interactive=False)


def refuse_unguarded() -> None:
    """Refuse to start on a ledger whose triggers are gone; `migrate` puts them back, after a look at why."""
    from django.db import connection

    from yiwang.core.ledger import guards

    if lost := guards.missing(connection):
        raise Refusal(
            "ledger.guard",
            f"存证表的触发器 {'、'.join(lost)} 不见了或被改。请先运行 yiwang ledger verify 查明原因,"
            "再运行 yiwang manage migrate 恢复。",
        )


def _digest() -> str:
    """Changes when a static file is added, removed or edited."""
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = os.stat(storage.path(name))
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect() -> None:
    """Collect the static files if they are not those of last time."""
    from django.conf import settings
    from django.core.management import call_command

    stamp, digest = Path(settings.STATIC_ROOT) / ".digest", _digest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(digest, encoding="ascii")


def resume_imports() -> None:
    """Imports that were confirmed and not written when the last worker was killed go to the next one."""
    from yiwang.desk.models import ImportJob, ImportState

    if ImportJob.objects.filter(state__in=[ImportState.CONFIRMED, ImportState.RUNNING]).exists():
        from yiwang.portal.intake.jobs import resume

        resume()


def install_processes() -> None:
    """The standard processes as definitions; those that are there are left alone."""
    from yiwang.core.flow.definitions import install_shipped

    install_shipped()


def load_demo() -> bool:
    """The demo province into an empty database; whether it was loaded."""
    from yiwang.core.orgs.models import Organ

    if Organ.objects.exists():
        return False
    from yiwang.cli.demo import load_with_bar

    load_with_bar()
    return True


def start_over() -> None:
    """The same command in a fresh process: loading took 300 MB that a supervisor would never give back."""
    from django.db import connections

    connections.close_all()
    sys.stdout.flush()
    os.execv(sys.executable, [*YIWANG, *sys.argv[1:]])  # noqa: S606 (ourselves)


def needs_sealer() -> bool:
    """PostgreSQL seals in a process of its own; SQLite within each transaction."""
    from django.db import connection

    return connection.vendor == "postgresql"


@dataclass
class Child:
    """One process that is kept alive. One that `follows` is started when the portal answers: it would only slow the start."""

    name: str
    command: Sequence[str]
    follows: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0

    def start(self) -> None:
        """Start it, in a group of its own, so that Ctrl-C reaches only the supervisor, which ends it in order."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, env=HEAPS | os.environ | SUPERVISED, preexec_fn=_end_with_parent
        )

    def begin(self) -> None:
        """Start it, unless that has been done."""
        if self.process is None:
            self.start()

    def ended(self) -> bool:
        """Whether it ran and is no longer running."""
        return self.process is not None and self.process.poll() is not None

    def revive(self) -> bool:
        """Start it again; False if it ended too often too soon."""
        quick = time.monotonic() - self.started < QUICK
        self.failures = self.failures + 1 if quick else 1
        if self.failures >= ATTEMPTS:
            return False
        click.echo(f"{self.name}意外结束,重新启动", err=True)
        time.sleep(min(0.2 * 2**self.failures, 5))
        self.start()
        return True

    def stop(self, patience: float = 10.0) -> None:
        """Ask it to end; insist after a while."""
        if self.process is None or self.ended():
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _end_with_parent() -> None:
    """In the child: a group of its own, and on Linux the end of the supervisor, even by SIGKILL, is its end too."""
    os.setpgid(0, 0)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


@dataclass
class Supervisor:
    """Starts the children, keeps them alive, ends them together."""

    children: list[Child]
    stopping: threading.Event = field(default_factory=threading.Event)
    ready: threading.Event = field(default_factory=threading.Event)  # the portal answers
    tick: Callable[[], None] = lambda: None  # called between the looks

    def start(self) -> None:
        """Start all that do not follow, those excepted that run already."""
        for child in self.children:
            if not child.follows:
                child.begin()

    def follow(self) -> None:
        """Start the others. In the main thread: a child ends with the thread that started it (`_end_with_parent`)."""
        for child in self.children:
            child.begin()

    def watch(self, interval: float = 0.3) -> int:
        """Until told to stop (0), or until a child ends for good (1)."""
        while not self.stopping.wait(interval):
            self.tick()
            if self.ready.is_set():
                self.follow()
            for child in self.children:
                if child.ended() and not self.stopping.is_set() and not child.revive():
                    click.echo(f"{child.name}反复意外结束,请看上面的错误信息", err=True)
                    return 1
        return 0

    def stop(self) -> None:
        """End all, the last started first."""
        for child in reversed(self.children):
            child.stop()


def children_of(plan: Plan) -> list[Child]:
    """The processes of the portal."""
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", plan.host, "--port", str(plan.port),
        "--workers", str(plan.workers), "--blocking-threads", "4", "--respawn-failed-workers", "--respawn-interval", "0.5",
        "--log-level", "warning", "--no-ws", "yiwang.portal.wsgi:application",
    ]  # fmt: skip
    result = [Child("网站", web), Child("任务程序", [*YIWANG, "manage", "db_worker", "--interval", "1"], follows=True)]
    if plan.sealer:
        result.append(Child("封存程序", [*YIWANG, "ledger", "seal", "--loop"], follows=True))
    if plan.gateway:
        result.append(
            Child("网关", [*YIWANG, "gateway", "serve", "--host", plan.host, "--port", str(plan.gateway)], follows=True)
        )
    return result


@dataclass
class Early:
    """The website, started while the database is looked at: its workers load, and serve once the gate is open.

    Loading takes them seconds, as it does the supervisor. Only where the portal has run before: on an empty database there is
    more to do first than to wait for. `GATE` names a file; `yiwang.portal.worker` waits until it is there.
    """

    web: Child | None = None
    folder: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def of(cls, plan: Plan) -> Early:
        """Begun, if the portal has run before on this machine."""
        from django.conf import settings

        if not (Path(settings.STATIC_ROOT) / ".digest").exists():
            return cls()
        folder = tempfile.TemporaryDirectory(prefix="yiwang-")
        os.environ[GATE] = f"{folder.name}/open"
        web = children_of(plan)[0]
        web.start()
        return cls(web, folder)

    def open(self) -> None:
        """Let it serve."""
        if self.folder is not None:
            Path(os.environ[GATE]).touch()

    def end(self) -> None:
        """End it; without a gate the next one serves at once."""
        if self.web is not None:
            self.web.stop()
        if self.folder is not None:
            self.folder.cleanup()
        os.environ.pop(GATE, None)


def answers(plan: Plan) -> bool:
    """Whether the portal answers."""
    try:
        with urlopen(f"{plan.address}/healthz", timeout=2) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def announce(plan: Plan, supervisor: Supervisor) -> None:
    """Print the address once the portal answers, and let start what waits for that."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not supervisor.stopping.is_set():
        if answers(plan):
            click.echo(f"\n门户已启动:{plan.address}")
            if plan.demo:
                for line in demo_accounts():
                    click.echo(line)
            click.echo("按 Ctrl-C 结束")
            break
        time.sleep(0.05)
    supervisor.ready.set()


def demo_accounts() -> list[str]:
    """The demo's accounts as lines."""
    from yiwang.portal.demo import accounts

    return accounts.lines()


def nightly(every: float = 60.0) -> Callable[[], None]:
    """Once a minute the clocks of the cases strike, and the night's work begins when it is due.

    A database that does not answer is asked again.
    """
    from django.db import close_old_connections
    from django.utils import timezone

    from yiwang.portal import daily

    following = 0.0

    def tick() -> None:
        nonlocal following
        if time.monotonic() < following:
            return
        following = time.monotonic() + every
        try:
            close_old_connections()
            daily.tick(timezone.localtime())
            daily.minutely(timezone.now())
        except Exception as error:
            click.echo(f"夜间任务未能安排:{error}", err=True)

    return tick


def run(plan: Plan, early: Child | None = None) -> int:
    """Start, announce, watch, end. The exit code. `early`: the website, if it runs already."""
    children = children_of(plan)
    supervisor = Supervisor([early or children[0], *children[1:]], tick=nightly())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisor.stopping.set())
    supervisor.start()
    threading.Thread(target=announce, args=(plan, supervisor), daemon=True).start()
    try:
        return supervisor.watch()
    finally:
        supervisor.stop()
