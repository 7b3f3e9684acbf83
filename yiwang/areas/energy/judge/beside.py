"""What a finding of early warning shows beside its facts: the picture, the cause, and the way to the sign."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from yiwang.areas.energy.judge import picture
from yiwang.areas.energy.judge.actions import DATASET
from yiwang.areas.energy.judge.models import Answer, Sign
from yiwang.core.rights.access import Access
from yiwang.core.verdicts.extras import register_extra
from yiwang.core.verdicts.hearing import listen
from yiwang.core.verdicts.models import Finding, FindingEvent, Outcome, Verb
from yiwang.kit.faces import drawn


def shown(finding: Finding, access: Access) -> SafeString:
    """The card of the picture; "" where the user may not read the sign or there is none."""
    sign = access.scope(Sign.objects.filter(subject=finding.subject)).first()
    if sign is None:
        return SafeString("")
    chart = drawn(picture.draw(sign))
    return render_to_string("energy_judge/_beside.html", {"sign": sign, "rule": sign.declared, "chart": chart})


def heard(finding: Finding, event: FindingEvent, access: Access) -> None:
    """A finding that was closed says whether the alarm was real: put right, or allowed and explained."""
    if finding.dataset != DATASET or event.verb != Verb.CLOSE:
        return
    said = {Outcome.RECTIFIED: Answer.REAL, Outcome.APPEAL: Answer.FALSE, Outcome.EXCUSED: Answer.FALSE}
    if (found := said.get(Outcome(finding.outcome))) is None:
        return
    Sign.objects.filter(subject=finding.subject, answer="").update(
        answer=found, answered_at=event.at, answer_note=event.note[:200]
    )


def register() -> None:
    """Tell the page of findings, and hear of their ends."""
    register_extra(DATASET, shown)
    listen(heard)
