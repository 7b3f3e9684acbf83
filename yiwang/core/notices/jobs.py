"""What is said when a background job is over: to who started it, and of a parked one to the administrators of its place."""

from __future__ import annotations

from yiwang.core.jobs import kinds
from yiwang.core.jobs.hearing import listen
from yiwang.core.jobs.models import Job, JobState
from yiwang.core.notices.actions import send
from yiwang.core.notices.templates import Template, Topic, register, register_topic
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.holders import holders
from yiwang.core.rights.models import Role, User

TEMPLATES = {JobState.DONE: "job.done", JobState.REFUSED: "job.refused", JobState.PARKED: "job.parked"}


def install() -> None:
    """Register templates and listen."""
    register_topic(Topic("job", "导入与后台任务"))
    for key, title, text in (
        ("job.done", "{label}:已完成", "{message}"),
        ("job.refused", "{label}:未能办理", "{message}"),
        ("job.parked", "{label}:没有成功", "{message}"),
        ("job.administer", "有任务停放:{label}", "任务 #{job} 多次没有成功,已停放,请查明原因。"),
        ("import.done", "导入完成:{name}", "{kind}新增 {created} 行、更新 {changed} 行。"),
        ("import.failed", "导入没有成功:{name}", "没有写入任何一行,共 {errors} 处要改。"),
    ):
        register(Template(key, title, text, "job"))
    listen(told)


def told(job: Job) -> None:
    """A job is over."""
    key = TEMPLATES.get(JobState(job.state))
    if key is None or job.finished_at is None:
        return
    label, about, now = kinds.label_of(job.kind), f"jobs.job:{job.pk}", job.finished_at
    if job.user is not None:
        url = job.url or f"/jobs/{job.pk}/"
        send(to=[job.user], template=key, about=about, url=url, now=now, label=label, message=job.message)
    if job.state == JobState.PARKED:
        url = f"/jobs/{job.pk}/"
        send(to=_administrators(job), template="job.administer", about=about, url=url, now=now, label=label, job=job.pk)


def _administrators(job: Job) -> list[User]:
    """Of the job's place, or of the root."""
    organ = job.organ or Organ.objects.filter(depth=1).order_by("pk").first()
    return holders(Role.SYSTEM_ADMIN, organ) if organ is not None else []
