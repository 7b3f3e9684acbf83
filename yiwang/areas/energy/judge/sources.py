"""The register of signs as a dataset: what still stands and was not settled yet."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from django.db.models import Exists, OuterRef

from yiwang.areas.energy.judge.actions import DATASET
from yiwang.areas.energy.judge.models import Sign
from yiwang.areas.energy.judge.rules import RULES
from yiwang.core.verdicts.models import Finding, State
from yiwang.core.verdicts.sources import SourceRow, register_source
from yiwang.kit.among import Among  # noqa: F401 (registers the look-up)

_COLUMNS = (
    "pk", "subject", "rule", "word", "month", "measure", "threshold", "note", "organ_id", "organ__name", "organ__region_id",
)  # fmt: skip


def signs(*, on: date, subjects: Collection[str] | None = None) -> Iterator[SourceRow]:
    """energy.watch: a row for each sign that stands, judged as of its month. Subject: that of the sign.

    All of them: without those whose finding is closed, which would have to be judged again every night for ever.
    """
    rows = Sign.objects.standing().filter(month__lte=on)
    if subjects is not None:
        rows = rows.filter(subject__among=list(subjects))
    else:
        settled = Finding.objects.filter(dataset=DATASET, subject=OuterRef("subject"))
        rows = rows.filter(~Exists(settled.filter(state=State.CLOSED)) | Exists(settled.pending()))
    for row in rows.order_by("pk").values_list(*_COLUMNS).iterator(chunk_size=2000):
        pk, subject, rule, word, month, measure, threshold, note, organ, name, region = row
        label = RULES[rule].label
        yield SourceRow(
            subject=subject,
            label=f"{name} · {word} · {label} · {month:%Y-%m}",
            organ_id=organ,
            region=region,
            on=month,
            values={
                "kind": label,
                "energy": word,
                "organ": name,
                "month": f"{month:%Y-%m}",
                "measure": measure,
                "threshold": threshold,
                "note": note or None,
            },
            url=f"/energy/judge/signs/{pk}/",
        )


register_source(DATASET, signs, happened=True)
