"""What areas show beside a finding of theirs: a picture, a chart. The page of findings asks by the dataset."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.safestring import SafeString

from yiwang.core.rights.access import Access
from yiwang.core.verdicts.models import Finding

Extra = Callable[[Finding, Access], SafeString]
_extras: dict[str, Extra] = {}


def register_extra(dataset: str, extra: Extra) -> None:
    """Show this with the findings of the dataset; a second one is a programming error."""
    if _extras.setdefault(dataset, extra) is not extra:
        raise ValueError(f"dataset {dataset} has two extras")


def extra_of(finding: Finding, access: Access) -> SafeString:
    """The card, "" for none."""
    extra = _extras.get(finding.dataset)
    return extra(finding, access) if extra else SafeString("")
