"""The register of signs as a dataset: what still stands and was not settled yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime

from django.db.models import Exists, OuterRef
from django.utils import timezone

from yiwang.areas.vehicles.life.models import Use
from yiwang.areas.vehicles.watch.actions import DATASET
from yiwang.areas.vehicles.watch.models import Sign
from yiwang.areas.vehicles.watch.rules import RULES
from yiwang.core.verdicts.models import Finding, State
from yiwang.core.verdicts.sources import SourceRow, register_source
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

_USES = dict(Use.choices)
_COLUMNS = (
    "pk", "subject", "rule", "day", "began_at", "ended_at", "measure", "threshold", "note", "organ_id", "organ__name",
    "organ__region_id", "vehicle__plate", "vehicle__use", "order__trip__number",
)  # fmt: skip


def signs(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """vehicles.watch: a row for each sign that stands, judged on its own day. Subject: that of the sign.

    All of them: without those whose finding is closed, which would have to be judged again every night for ever.
    """
    rows = Sign.objects.filter(withdrawn_at=None, day__lte=on)
    if subjects is not None:
        rows = rows.filter(subject__among=list(subjects))
    else:
        settled = Finding.objects.filter(dataset=DATASET, subject=OuterRef("subject"))
        rows = rows.filter(~Exists(settled.filter(state=State.CLOSED)) | Exists(settled.pending()))
    for row in rows.order_by("pk").values_list(*_COLUMNS).iterator(chunk_size=2000):
        pk, subject, rule, day, began, ended, measure, threshold, note, organ, name, region, plate, use, order = row
        label = RULES[rule].label
        yield SourceRow(
            subject=subject,
            label=f"{plate} · {label} · {day:%m-%d}",
            organ_id=organ,
            region=region,
            on=day,
            values={
                "kind": label,
                "plate": plate,
                "organ": name,
                "vehicle_use": _USES[use],
                "day": day,
                "began": _moment(began),
                "ended": _moment(ended),
                "measure": measure,
                "threshold": threshold,
                "order": order,
                "note": note or None,
            },
            url=f"/vehicles/watch/signs/{pk}/",
        )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else timezone.localtime(at).isoformat(timespec="seconds")


register_source(DATASET, signs, happened=True)
