"""What is said when a finding moves: to its handler what he is to do, to whoever assigned or submitted what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.core.verdicts.hearing import listen, listen_to_closing
from yiwang.core.verdicts.models import Finding, FindingEvent, Outcome, Verb

#: By the verb: the key of the template.
TEMPLATES = {
    Verb.ASSIGN: "finding.assigned",
    Verb.EXTEND: "finding.extended",
    Verb.RECTIFY: "finding.submitted",
    Verb.APPEAL: "finding.appealed",
    Verb.SEND_BACK: "finding.sent-back",
    Verb.REJECT: "finding.rejected",
    Verb.CLOSE: "finding.closed",
}
#: Those that go to who assigned it; the others go to the handler.
_TO_MANAGER = (Verb.RECTIFY, Verb.APPEAL)


def install() -> None:
    """Register templates and listen."""
    register_topic(Topic("finding", "问题整改"))
    for key, title, text in (
        ("finding.assigned", "交办问题:{subject}", "{by}把“{subject}”({label})交给您整改,期限 {due}。{note}"),
        ("finding.extended", "整改延期:{subject}", "“{subject}”({label})的整改期限改为 {due}。{note}"),
        ("finding.submitted", "待复核:{subject}", "{by}提交了“{subject}”({label})的整改,请复核。{note}"),
        ("finding.appealed", "待裁定:{subject}", "{by}对“{subject}”({label})提出申诉,请裁定。{note}"),
        ("finding.sent-back", "整改被退回:{subject}", "{by}退回了“{subject}”({label})的整改,请重新办理。{note}"),
        ("finding.rejected", "申诉被驳回:{subject}", "{by}驳回了对“{subject}”({label})的申诉,请继续整改。{note}"),
        ("finding.closed", "问题已销号:{subject}", "“{subject}”({label})已销号。{note}"),
        (
            "finding.closed-many",
            "{number} 个问题已销号",
            "交给您的 {number} 个问题已销号,其中有“{subject}”({label})。{note}",
        ),
    ):
        register(Template(key, title, text, "finding"))
    listen(told)
    listen_to_closing(closed)


def told(finding: Finding, event: FindingEvent, access: Access) -> None:
    """A step was taken: tell who is concerned, but not who took it."""
    key = TEMPLATES.get(Verb(event.verb))
    if key is None or not isinstance(access.user, User):
        return
    to = _assigners(finding) if event.verb in _TO_MANAGER else [finding.handler]
    users = [user for user in to if user is not None and user.pk != access.user.pk]
    if not users:
        return
    send(
        to=users,
        template=key,
        about=f"verdicts.finding:{finding.pk}",
        url=f"/findings/{finding.pk}/",
        now=event.at,
        sender=access.user,
        by=access.user.display_name or access.user.username,
        subject=finding.subject_label[:60],
        label=finding.label or finding.topic,
        due=finding.due_date or "未定",
        note=event.note,
    )


def closed(findings: Sequence[Finding], actor: str, now: datetime) -> None:
    """The registers closed what somebody had in hand: one message to each handler, however many there are."""
    by_handler: dict[int, list[Finding]] = {}
    for finding in findings:
        if finding.handler_id is not None and actor != f"user:{finding.handler_id}":
            by_handler.setdefault(finding.handler_id, []).append(finding)
    for key, user in User.objects.in_bulk(by_handler).items():
        first, number = by_handler[key][0], len(by_handler[key])
        one = number == 1
        send(
            to=[user],
            template="finding.closed" if one else "finding.closed-many",
            about=f"verdicts.finding:{first.pk}" if one else f"verdicts.dataset:{first.dataset}",
            url=f"/findings/{first.pk}/" if one else "/findings/?mine=1&view=CLOSED",
            now=now,
            number=number,
            subject=first.subject_label[:60],
            label=first.label or first.topic,
            note=f"{Outcome.REGISTER.label},不用再整改。",
        )


def _assigners(finding: Finding) -> list[User | None]:
    """Who gave it to the handler, the last one."""
    last = finding.events.filter(verb=Verb.ASSIGN).order_by("-pk").first()
    key = last.actor.removeprefix("user:") if last else ""
    return [User.objects.filter(pk=int(key)).first()] if key.isdigit() else []
