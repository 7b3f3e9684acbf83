"""What happens once a night: every register is judged as of the new day, the end of the chain is anchored, what is over is
deleted; and what is looked for once a minute.

The supervisor of `yiwang serve` calls `tick` now and then and enqueues the job for the tasks worker; a file in the home
says which night was the last. A place that is started for the first time has nothing to make up for.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, time
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from yiwang.areas.energy.judge import jobs as energy_judge
from yiwang.areas.energy.use import nightly as energy
from yiwang.areas.reporting import clockwork as returns
from yiwang.areas.services.orders import actions as orders
from yiwang.areas.services.patrols import actions as patrols
from yiwang.areas.services.suppliers.actions import warn_expiring
from yiwang.areas.services.venues import clockwork as venues
from yiwang.areas.services.visitors.actions import purge
from yiwang.areas.vehicles.board import calibrating
from yiwang.areas.vehicles.life import expiry as vehicles
from yiwang.areas.vehicles.stats import jobs as vehicle_stats
from yiwang.areas.vehicles.tracks import keeping
from yiwang.areas.vehicles.trips import clockwork as trips
from yiwang.areas.vehicles.watch import jobs as watch
from yiwang.core.attachments import scanner
from yiwang.core.attachments import tidy as attachments_tidy
from yiwang.core.attachments.models import Attachment, AttachmentState
from yiwang.core.flow import actions as flow
from yiwang.core.jobs import queue, running
from yiwang.core.jobs import tidy as jobs_tidy
from yiwang.core.ledger import anchors
from yiwang.core.ledger.models import Anchor, Head
from yiwang.core.notices import delivery
from yiwang.core.notices import tidy as notices_tidy
from yiwang.core.orgs.ancestors import put_in_place
from yiwang.core.rights import alarms, resets, sessions
from yiwang.core.rights.actions import disable_stale
from yiwang.core.rights.verify import faults, shut_out
from yiwang.core.verdicts.sync import sync_all
from yiwang.insight import nightly as insight

log = logging.getLogger(__name__)
#: Local time from which the night's work may begin.
HOUR = time(2, 30)


@task()  # type: ignore[untyped-decorator]
def nightly(day: str) -> dict[str, int]:
    """Judge and anchor; may be run again on the same day without harm. Counts of what was done and found."""
    on = date.fromisoformat(day)
    sessions.tidy()
    alarms.tidy(timezone.now())
    resets.tidy(timezone.now())
    stale = disable_stale(now=timezone.now())
    put_in_place()  # rows of a writer that had read its organ just before it moved
    patrols.tick(on=on, now=timezone.now())
    keeping.nightly(on=on, now=timezone.now())
    energy.nightly(on=on)  # before the registers are judged: what follows from readings is theirs too
    done = sync_all(on=on, actor="system").values()
    sent = anchor(on)
    warned = warn_expiring(on=on, now=timezone.now())
    papers = vehicles.warn_expiring(on=on, now=timezone.now())
    purged = purge(on=on)
    watch.nightly(on=on, now=timezone.now())
    calibrating.nightly(on=on, now=timezone.now())
    vehicle_stats.nightly(on=on, now=timezone.now())
    energy_judge.nightly(on=on, now=timezone.now())
    reminded = returns.nightly(on=on, now=timezone.now())
    clear(timezone.now())
    counts = {"opened": sum(one.opened for one in done), "closed": sum(one.closed for one in done)}
    wrong = faults()
    for fault in wrong:
        log.error("grant changed past the verbs: %s %s", fault.obj, fault.what)
    shut_out(wrong, now=timezone.now())
    insight.run(on=on)  # last: nothing that guards waits for a snapshot
    counts |= {
        "contracts_warned": warned,
        "papers_warned": papers,
        "visits_purged": purged,
        "returns_reminded": reminded,
    }
    return {**counts, "anchored": sent, "disabled": len(stale), "grants_wrong": len(wrong)}


@task()  # type: ignore[untyped-decorator]
def minute(now: str) -> int:
    """The clocks of the cases strike; how many steps were overdue. One that comes late finds nothing left to do."""
    moment = datetime.fromisoformat(now)
    return flow.tick(now=moment, on=timezone.localdate(moment))


def strike(now: datetime) -> bool:
    """Let the tasks worker escalate, when there is something overdue (a job a minute would fill the table of jobs)."""
    late = flow.overdue(now=now)
    if late:
        minute.enqueue(now.isoformat())
    return late


def anchor(on: date) -> bool:
    """Sign the head, write and mail it, once a day; False where it is done or nothing is sealed yet."""
    head = Head.objects.first()
    if head is None or head.seq == 0 or Anchor.objects.filter(day=on).exists():
        return False
    signed = anchors.make(day=on, key=settings.LEDGER_KEY)
    sent_to = anchors.send(signed, folder=settings.LEDGER_ANCHOR_DIR, mail=settings.LEDGER_ANCHOR_MAIL)
    anchors.keep(signed, sent_to=sent_to)
    return True


def clear(now: datetime) -> int:
    """Delete what is over: messages and jobs by the settings, bytes of removed attachments; how many."""
    return notices_tidy.clear(now) + jobs_tidy.clear(now) + attachments_tidy.clear(now)


def minutely(now: datetime) -> None:
    """What is looked for each minute: clocks of cases, jobs of killed workers, messages due, files for the scanner, overdue orders."""
    strike(now)
    running.recover(now)
    venues.tick(now)
    trips.tick(now)
    if delivery.anything_due(now):
        delivery.wake(now, now)
    if scanner.configured() and Attachment.objects.filter(state=AttachmentState.HELD).exists():
        queue.enqueue(scan)
    orders.tick(now=now)


@task()  # type: ignore[untyped-decorator]
def scan() -> int:
    """In the worker: ask the scanner about what is held."""
    return attachments_tidy.scan_held(timezone.now())


def due(now: datetime) -> bool:
    """Whether the work of this night is still to be enqueued. `now` is local time."""
    last = _stamp().read_text(encoding="ascii") if _stamp().exists() else ""
    return bool(last) and last < now.date().isoformat() and now.time() >= HOUR


def tick(now: datetime) -> None:
    """Enqueue the night's work when it is due; on the very first call only note the day."""
    if due(now):
        nightly.enqueue(now.date().isoformat())
    elif _stamp().exists():
        return
    _stamp().write_text(now.date().isoformat(), encoding="ascii")


def _stamp() -> Path:
    return Path(settings.HOME) / "nightly"
