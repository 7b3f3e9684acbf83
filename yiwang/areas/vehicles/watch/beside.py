"""What a finding of the watch shows beside its facts: the picture, and the way to the sign."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from yiwang.areas.vehicles.faces import drawn
from yiwang.areas.vehicles.watch import picture
from yiwang.areas.vehicles.watch.actions import DATASET
from yiwang.areas.vehicles.watch.models import Sign
from yiwang.core.rights.access import Access
from yiwang.core.verdicts.extras import register_extra
from yiwang.core.verdicts.models import Finding


def shown(finding: Finding, access: Access) -> SafeString:
    """The card of the picture; "" where the user may not read the sign or there is none."""
    rows = access.scope(Sign.objects.filter(subject=finding.subject).select_related("organ", "vehicle"))
    sign = rows.first()
    if sign is None:
        return SafeString("")
    chart = drawn(picture.draw(sign))
    return render_to_string("vehicles/watch/_beside.html", {"sign": sign, "chart": chart})


def register() -> None:
    """Tell the page of findings."""
    register_extra(DATASET, shown)
