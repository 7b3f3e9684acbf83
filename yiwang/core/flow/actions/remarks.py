"""What does not move a case: comment, attachment, copy, urging, pause and resumption of its clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from yiwang.core.flow import clock
from yiwang.core.flow.actions.moving import manages
from yiwang.core.flow.engine import Run, add_parties
from yiwang.core.flow.holding import Said, do, need_text
from yiwang.core.flow.models import Case, CaseEvent, EventVerb, Party, PartyKind, TaskState
from yiwang.core.flow.people import mine
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal

#: Persons copied by one act.
MOST = 100
#: The same persons are not urged again within this time.
URGED_AGAIN = timedelta(hours=4)


def comment(
    *, case: int, text: str, attachments: Sequence[int] = (), access: Access, on: date, now: datetime, key: str = ""
) -> Case:
    """Say something on a case, open or closed. Refusals `flow.unknown`, `flow.text`."""
    said = need_text(text, "留言")

    def work(run: Run) -> Said:
        see(run)
        run.tell("commented", [run.case.applicant_id, *_holders(run)], text=said)
        return Said(said, attachments=attachments)

    asked = (case, text, list(attachments))
    return do(
        EventVerb.COMMENT, case=case, access=access, on=on, now=now, key=key, asked=asked, work=work, stays_open=False
    )


def attach(
    *, case: int, attachments: Sequence[int], note: str = "", access: Access, on: date, now: datetime, key: str = ""
) -> Case:
    """Add kept files (ids of core.attachments) to the history of an open case."""

    def work(run: Run) -> Said:
        see(run)
        return Said(note.strip(), attachments=attachments)

    asked = (case, list(attachments), note)
    return do(EventVerb.ATTACH, case=case, access=access, on=on, now=now, key=key, asked=asked, work=work)


def carbon_copy(
    *, case: int, to: Sequence[User], note: str = "", access: Access, on: date, now: datetime, key: str = ""
) -> Case:
    """Let others read the case (抄送). Refusals `flow.unknown`, `flow.person`."""

    def work(run: Run) -> Said:
        see(run)
        people = [user for user in dict.fromkeys(to) if user.is_active]
        if not people or len(people) > MOST:
            raise Refusal("flow.person", f"请选择抄送的人,一次不超过 {MOST} 人。")
        add_parties(run, people, PartyKind.COPIED)
        run.tell("copied", [user.pk for user in people], text=note.strip())
        return Said(note.strip(), data={"copied": [user.pk for user in people]})

    asked = (case, list(to), note)
    return do(
        EventVerb.COPY, case=case, access=access, on=on, now=now, key=key, asked=asked, work=work, stays_open=False
    )


def urge(*, case: int, note: str = "", access: Access, on: date, now: datetime, key: str = "") -> Case:
    """Remind those who have the case (催办): the applicant, or who may see the case by his office.

    Refusal `flow.urged` while the last reminder of the same persons is younger than `URGED_AGAIN`, whoever sent it.
    """

    def work(run: Run) -> Said:
        see(run)
        waiting = _holders(run)
        if waiting == [run.access.user.pk]:
            raise Refusal("flow.urge", "这个事项正在等您自己办理,不用催办。")
        _not_yet_urged(run, waiting)
        run.tell("urged", waiting, text=note.strip())
        return Said(note.strip(), data={"urged": waiting})

    return do(EventVerb.URGE, case=case, access=access, on=on, now=now, key=key, asked=(case, note), work=work)


def _not_yet_urged(run: Run, waiting: Sequence[int]) -> None:
    last = CaseEvent.objects.filter(case=run.case, verb=EventVerb.URGE).order_by("-pk").first()
    if last is None or run.now >= last.at + URGED_AGAIN or not set(waiting) <= set(last.data.get("urged", ())):
        return
    again = timezone.localtime(last.at + URGED_AGAIN)
    at = timezone.localtime(last.at)
    raise Refusal(
        "flow.urged", f"{at:%m-%d %H:%M} 已经催办过同一经办人,{again:%m-%d %H:%M} 以后可以再催;急事请打电话。"
    )


def pause(*, case: int, reason: str, access: Access, on: date, now: datetime, key: str = "") -> Case:
    """Stop the clocks of a case, e.g. while a paper is supplied. Who has a task in it, or an administrator."""
    text = need_text(reason, "暂停计时的理由")

    def work(run: Run) -> Said:
        _at_the_clock(run)
        if run.case.paused_at is not None:
            raise Refusal("flow.paused", "计时已经暂停。")
        clock.halt(run.case, run.now)
        run.case.paused_at = run.now
        run.case.save(update_fields=["paused_at"])
        return Said(text)

    return do(EventVerb.PAUSE, case=case, access=access, on=on, now=now, key=key, asked=(case, reason), work=work)


def resume(*, case: int, note: str = "", access: Access, on: date, now: datetime, key: str = "") -> Case:
    """Let the clocks run on with what was left of them."""

    def work(run: Run) -> Said:
        _at_the_clock(run)
        if run.case.paused_at is None:
            raise Refusal("flow.paused", "计时没有暂停。")
        run.case.paused_at = None
        run.case.save(update_fields=["paused_at"])
        clock.resume(run.case, run.now)
        return Said(note.strip())

    return do(EventVerb.RESUME, case=case, access=access, on=on, now=now, key=key, asked=(case, note), work=work)


def mark_read(*, case: int, access: Access, now: datetime) -> bool:
    """A copied person has read it: his receipt, once. No act on the case, so no entry."""
    rows = Party.objects.filter(case=case, user=access.user.pk, kind=PartyKind.COPIED, read_at=None)
    return bool(rows.update(read_at=now))


def see(run: Run) -> None:
    """Refusal `flow.unknown` for who may not see the case: as if it were not there."""
    if not Case.objects.visible(run.access).filter(pk=run.case.pk).exists():
        raise Refusal("flow.unknown", "没有这个事项,或不在您能看到的范围内。")


def _at_the_clock(run: Run) -> None:
    see(run)
    own = run.case.tasks.filter(mine(run.access), state=TaskState.OPEN).exclude(who=run.case.applicant_id)
    run.access.need(own.exists() or manages(run.access, run.case), "暂停或恢复计时")


def _holders(run: Run) -> list[int]:
    tree = [run.case.pk, *run.case.descendants.values_list("pk", flat=True)]
    from yiwang.core.flow.models import Task

    rows = Task.objects.filter(case__in=tree, state=TaskState.OPEN).exclude(who=None)
    return sorted(set(rows.values_list("who_id", flat=True)))
