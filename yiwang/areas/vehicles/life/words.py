"""Words of a case's form as codes of the registers: any word that the lawbook's ladders know for one code."""

from __future__ import annotations

from django.db.models import TextChoices

from yiwang.areas.vehicles.life.models import Body, Energy, PurchaseCase, Use
from yiwang.core.standards.book import load
from yiwang.kit.refusal import Refusal

_LADDERS: dict[type[TextChoices], tuple[str, str]] = {
    Use: ("vehicle_use", "车辆用途"),
    Body: ("vehicle_body", "车型"),
    PurchaseCase: ("vehicle_case", "配备情形"),
    Energy: ("vehicle_energy", "能源类型"),
}


def code_of(choices: type[TextChoices], word: object) -> str:
    """The code that the word stands for. Refusal `plan.word` where it stands for none or for several."""
    ladder, label = _LADDERS[choices]
    text = str(word or "").strip()
    exact = {str(one): value for value, one in choices.choices}
    if text in exact:
        return str(exact[text])
    found = {exact[one] for one in load().ladders[ladder].resolve(text) or () if one in exact}
    if len(found) != 1:
        raise Refusal("plan.word", f"“{label}”写的是“{text[:30]}”,不能对应到台账里的一项,请从列表中选。")
    return str(found.pop())
