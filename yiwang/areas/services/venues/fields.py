"""Columns of a rule that are written in words: read and refused where they are entered, not when somebody books."""

from __future__ import annotations

from typing import Any

from django.db import models

from yiwang.areas.services.venues.hours import parse_hours
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal


class _Read(models.CharField[str, str]):
    """To the database a CharField: migrations need not know more."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """As its base."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class HoursField(_Read):
    """开放时间."""

    @staticmethod
    def read(text: str) -> str:
        """As it is, if it can be read. Refusal `hours.text`."""
        parse_hours(text)
        return text


class RolesField(_Read):
    """Roles by their labels, 、 between them."""

    @staticmethod
    def read(text: str) -> str:
        """The labels with 、 between. Refusal `rule.roles`."""
        return "、".join(str(role.label) for role in roles(text))


def roles(text: str) -> list[Role]:
    """The roles that a text names, in its order. Refusal `rule.roles`."""
    words = [word.strip() for word in text.replace(",", "、").replace(",", "、").split("、") if word.strip()]
    by_label = {str(role.label): role for role in Role}
    if unknown := [word for word in words if word not in by_label]:
        known = "、".join(by_label)
        raise Refusal("rule.roles", f"预约规则里的角色“{unknown[0]}”不认识,请场所管理单位改为:{known}。")
    return [by_label[word] for word in words]
