"""Registers go over from an organ to its heir: what a merger, a split or a closing carries along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from yiwang.core.orgs.ancestors import columns_of, scoped_models
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.kit.refusal import Refusal

CHUNK = 2000


def leftovers(organ: Organ, on: date) -> dict[str, int]:
    """Rows that would be left without an owner if the organ closed: number by the name of the register."""
    counts = {str(model._meta.verbose_name): _present(model, organ, on).count() for model in _carried_models()}
    return {name: count for name, count in counts.items() if count}


def hand_over_rows(source: Organ, heir: Organ, on: date) -> dict[str, int]:
    """Give the heir every row that the source has on the day; number of rows by model label.

    Refusal `organ.registers-clash` when the heir already has a row that must be unique.
    """
    moved: dict[str, int] = {}
    for model in _carried_models():
        try:
            with transaction.atomic():
                count = _hand_over(model, source, heir, on)
        except IntegrityError as error:
            raise Refusal(
                "organ.registers-clash",
                f"“{source}”与“{heir}”有重复的{model._meta.verbose_name}登记,请先在台账中更正再办理移交。",
            ) from error
        if count:
            moved[model._meta.label_lower] = count
    return moved


def _carried_models() -> Iterator[type[Scoped]]:
    """The models whose rows an heir takes."""
    return (model for model in scoped_models() if not model.stays_with_organ)


def _is_dated(model: type[Scoped]) -> bool:
    """Whether rows hold for a period only; an end alone (an inspection is good until …) is no period."""
    return {"valid_from", "valid_to"} <= {field.name for field in model._meta.get_fields()}


def _present(model: type[Scoped], organ: Organ, on: date) -> models.QuerySet[Any]:
    """The organ's rows that hold on the day or later."""
    rows: models.QuerySet[Any] = model._default_manager.filter(organ=organ)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gt=on)) if _is_dated(model) else rows


def _hand_over(model: type[Scoped], source: Organ, heir: Organ, on: date) -> int:
    """One table."""
    rows = _present(model, source, on)
    if model.adds_up:
        return _add_up(rows, heir, on, *model.adds_up)
    begun = 0
    if _is_dated(model):
        begun = _continue(rows.filter(valid_from__lt=on), heir, on)
        rows = rows.filter(valid_from__gte=on)
    return begun + rows.update(organ=heir, **columns_of(heir))


def _continue(rows: models.QuerySet[Any], heir: Organ, on: date) -> int:
    """End each row on the day and begin an equal one of the heir."""
    olds = list(rows)
    model = rows.model
    for start in range(0, len(olds), CHUNK):
        chunk = olds[start : start + CHUNK]
        model._default_manager.filter(pk__in=[old.pk for old in chunk]).update(valid_to=on)
        model._default_manager.bulk_create([_heirs(old, heir, on) for old in chunk])
    return len(olds)


def _heirs(row: Any, heir: Organ, on: date) -> Any:
    """The row as the heir's, from the day on."""
    row.pk, row._state.adding = None, True
    row.organ, row.valid_from = heir, on
    row.place()
    return row


def _add_up(rows: models.QuerySet[Any], heir: Organ, on: date, keys: tuple[str, ...], amounts: tuple[str, ...]) -> int:
    """Posts and quotas: the heir has the sum from the day on."""
    olds = list(rows)
    for old in olds:
        same = {key: getattr(old, key) for key in keys}
        held = rows.model._default_manager.filter(organ=heir, valid_to=None, **same).first()
        added = {amount: getattr(old, amount) for amount in amounts}
        since = max(on, old.valid_from)
        _end(old, on)
        if held is None:
            _heirs(old, heir, since).save(force_insert=True)
        else:
            _raise(held, added, since)
    return len(olds)


def _end(row: Any, on: date) -> None:
    """A row that had begun ends on the day; one that had not is taken back."""
    if row.valid_from < on:
        type(row)._default_manager.filter(pk=row.pk).update(valid_to=on)
    else:
        type(row)._default_manager.filter(pk=row.pk).delete()


def _raise(held: Any, added: dict[str, int], since: date) -> None:
    """The heir's own row, raised from `since` on."""
    own = type(held)._default_manager.filter(pk=held.pk)
    if held.valid_from >= since:
        own.update(**{amount: F(amount) + more for amount, more in added.items()})
        return
    own.update(valid_to=since)
    for amount, more in added.items():
        setattr(held, amount, getattr(held, amount) + more)
    _heirs(held, held.organ, since).save(force_insert=True)
