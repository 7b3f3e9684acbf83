"""The register of personal data, and the fields of the models that belong into it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.db import models

REGISTER = Path(__file__).with_name("personal.yaml")
#: Every field of these, but links, keys and columns of place, says something of a person.
PERSONS = {"rights.User", "orgs.Person", "orgs.Appointment"}
#: Elsewhere a field does if it is called so.
NAMED = re.compile(
    r"^(username|display_name|full_name|contact(_name)?|visitor(_name)?|guest(_name)?|driver|e?mail|phone|mobile|tel|"
    r"id_(card|number)|identity|passport|birth(day|_date)?|gender|sex|ip_address|address|user_agent|agent|licen[cs]e_number|"
    r"plate(_number)?_of_guest|bank_account|subject)$"
)
#: Apps whose tables keep other things under such names.
_PLACES = {"l1", "l2", "l3", "l4", "l5", "l6", "l7", "l8", "valid_from", "valid_to", "main"}
#: Tables of libraries that stay empty here: the ledger keeps log-ins (AXES_DISABLE_ACCESS_LOG; no failure log).
UNUSED = {"axes.AccessLog", "axes.AccessFailureLog"}
#: Called so, but of things and not of persons.
NOT_PERSONAL = {
    "verdicts.Finding.subject": "the row judged",
    "notices.Hook.address": "of a group chat",
    "papers.Paper.subject": "the record that is printed",
    "places.Building.address": "of a house",
    "places.Site.address": "of a place",
}


@cache
def register() -> dict[str, dict[str, Any]]:
    """Field → what is said of it."""
    return {one["field"]: one for one in yaml.safe_load(REGISTER.read_text(encoding="utf-8"))}


def fields() -> Iterator[str]:
    """`app.Model.field` of every personal field of the installed models."""
    for model in apps.get_models():
        label = f"{model._meta.app_label}.{model.__name__}"
        if label.partition(".")[0] in {"admin", "contenttypes", "sessions", "auth"} or label in UNUSED:
            continue
        for field in model._meta.concrete_fields:
            name = f"{label}.{field.name}"
            if _is_personal(label, field) and name not in NOT_PERSONAL:
                yield name


def _is_personal(label: str, field: models.Field[Any, Any]) -> bool:
    if field.is_relation or field.primary_key:
        return False
    if label in PERSONS:
        return field.name not in _PLACES or label == "rights.User"
    return bool(NAMED.match(field.name))
