"""What is said when a case moves: the news of the engine as messages. It tells after the commit; so do we."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from yiwang.core.flow.models import Case, CaseEvent, EventVerb, Task, TaskState
from yiwang.core.flow.signals import News, subscribe
from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic
from yiwang.core.rights.models import User

#: By the kind of news: title, text, whether it is urgent.
TEMPLATES: dict[str, tuple[str, str, bool]] = {
    "task": ("待办:{title}", "请您办理 {number} 的“{step}”。", False),
    "sent_back": ("被退回:{title}", "{by}退回了 {number} 的“{step}”:{text}", False),
    "urged": ("催办:{title}", "{by}催您办理 {number} 的“{step}”。{text}", True),
    "overdue": ("已逾期:{title}", "{number} 的“{step}”已超过办理时限,请尽快办理。", True),
    "ended": ("{state}:{title}", "{number} 已有结果:{state}。", False),
    "copied": ("抄送:{title}", "{by}把 {number} 抄送给您。{text}", False),
    "commented": ("新留言:{title}", "{by}在 {number} 留言:{text}", False),
    "transferred": ("转办给您:{title}", "{by}把 {number} 的“{step}”转给您办理。", False),
    "unassigned": ("待分派:{title}", "{number} 的“{step}”没有合适的办理人,请分派。", False),
}


def install() -> None:
    """Register templates and subscribe."""
    register_topic(Topic("flow", "办事流程"))
    for kind, (title, text, urgent) in TEMPLATES.items():
        register(Template(f"flow.{kind}", title, text, "flow", urgent))
    subscribe(told)


def told(news: News) -> None:
    """One piece of news to those whom the engine names."""
    users = list(User.objects.filter(pk__in=news.users, is_active=True))
    case = Case.objects.filter(pk=news.case_id).first()
    if not users or case is None:
        return
    sender = User.objects.filter(pk=news.by).first() if news.by else None
    by = (sender.display_name or sender.username) if sender else "系统"
    send(
        to=users,
        template=f"flow.{news.kind}",
        about=f"flow.case:{case.pk}",
        url=reverse("cases:case", args=[case.pk]),
        now=timezone.now(),
        sender=sender,
        title=case.title[:60],
        number=case.number,
        state=case.get_state_display(),
        by=by,
        step=_step(news),
        text=_said(news),
    )


#: Kinds whose text is what a person wrote; that of most others is the name of a step.
_WRITTEN = ("urged", "copied", "commented")


def _step(news: News) -> str:
    """The step that is to be done, or that was sent back."""
    if news.kind not in _WRITTEN:
        return news.text
    task = Task.objects.select_related("step").filter(case=news.case_id, state=TaskState.OPEN).order_by("pk").first()
    return task.step.name if task else "办理"


def _said(news: News) -> str:
    """What the person wrote; of sending back it is in the course of the case."""
    if news.kind != "sent_back":
        return news.text
    last = CaseEvent.objects.filter(case=news.case_id, verb=EventVerb.SEND_BACK).order_by("-pk").first()
    return last.text if last else ""
