"""Who may see and fill which column of a register: the one place that lists, records, forms, files, JSON, search, imports,
the interface and the ledger's pages ask, so that none of them says what another hides.

A column declares it by `reads` and `writes`. Who may not see a column may not fill it either. A column is open or closed to
an access as a whole: it holds for an organ and all below it, as the access does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from yiwang.core.registers.register import Allowed, Bound, Mask, Register
from yiwang.core.registers.values import NONE
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.kit import masking
from yiwang.kit.refusal import Refusal

_MASKS: dict[Mask, Callable[[str], str]] = {
    Mask.PHONE: masking.phone,
    Mask.NAME: masking.name,
    Mask.CODE: masking.code,
}
#: Registers with guarded columns, by key: what the ledger keeps of their rows.
_guarded: dict[str, Register] = {}


def know(register: Register) -> None:
    """Let the pages of the ledger find the register by the acts of its entries."""
    if register.guarded:
        _guarded[register.key] = register


def guarded() -> list[Register]:
    """The registers that have guarded columns, by key."""
    return [_guarded[key] for key in sorted(_guarded)]


def _allows(who: Allowed, access: Access, area: str) -> bool:
    if who is None:
        return True
    if isinstance(who, Verb):
        return access.may(who, area)
    return any(access.has(role, area) for role in sorted(who))


def sees(register: Register, bound: Bound, access: Access) -> bool:
    """Whether the access sees the column's values."""
    return _allows(bound.column.reads, access, register.key.partition(".")[0])


def fills(register: Register, bound: Bound, access: Access) -> bool:
    """Whether who may write the register may fill this column."""
    area = register.key.partition(".")[0]
    return sees(register, bound, access) and _allows(bound.column.writes, access, area)


def hidden(register: Register, access: Access) -> frozenset[str]:
    """The keys of the columns that the access does not see."""
    return frozenset(bound.key for bound in register.guarded if not sees(register, bound, access))


def closed(register: Register, access: Access) -> frozenset[str]:
    """The keys of the columns that the access may not fill."""
    return frozenset(bound.key for bound in register.guarded if not fills(register, bound, access))


def left(bound: Bound) -> Callable[[Any], str]:
    """A function from a stored value to what pages show in its place. A link and a figure leave nothing."""
    mask = _MASKS.get(bound.column.mask)
    if mask is None:
        return lambda value: NONE
    return lambda value: NONE if value in (None, "") else mask(str(value))


def left_out(bound: Bound) -> Callable[..., str | None]:
    """The same for files and JSON, where nothing is no value."""
    write = left(bound)

    def export(*parts: Any) -> str | None:
        text = write(parts[0])
        return None if text == NONE else text

    return export


def need(register: Register, bound: Bound, access: Access, doing: str) -> None:
    """Refusal `column.hidden` for who does not see the column: to filter by it would tell what it holds."""
    if not sees(register, bound, access):
        raise Refusal("column.hidden", f"“{bound.label}”不对您开放,不能按它{doing}。")


def need_all(register: Register, access: Access) -> None:
    """Refusal `column.hidden` for a file with whole rows, where some column is hidden."""
    if keys := hidden(register, access):
        labels = "、".join(register.of(key).label for key in sorted(keys))
        raise Refusal("column.hidden", f"这份文件里有不对您开放的列({labels}),请由上传人办理。")


def refusal(bound: Bound, raw: Any, *, fills: bool) -> Refusal | None:
    """Why a cell of a guarded column is not taken: `column.closed`, or `column.masked` for what a mask left."""
    text = "" if raw is None else str(raw).strip()
    if not fills and text not in ("", NONE):
        return Refusal("column.closed", f"“{bound.label}”不由您填写,请清空这一格,或请有权限的人登记。")
    if masking.is_masked(text):
        return Refusal("column.masked", f"“{bound.label}”填的“{text[:30]}”是遮盖后的值,请填完整的值,或不带这一列。")
    return None


def said(act: str, obj: str, body: Any, access: Access) -> Any:
    """The body of a ledger entry as this reader may see it: guarded values by what their mask leaves, however deep."""
    kinds = {act.rpartition(".")[0], obj.partition(":")[0]}
    masks = {
        bound.field.attname: left(bound)
        for kind in kinds & _guarded.keys()
        for bound in _guarded[kind].guarded
        if not sees(_guarded[kind], bound, access)
    }
    return _covered(body, masks) if masks else body


def _covered(value: Any, masks: Mapping[str, Callable[[Any], str]]) -> Any:
    if isinstance(value, list):
        return [_covered(one, masks) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: masks[key](one) if key in masks else _covered(one, masks) for key, one in value.items()}
