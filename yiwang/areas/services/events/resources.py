"""The page of the topic and its entry in the hall of services."""

from __future__ import annotations

from yiwang.areas.services.catalogue.registry import entry
from yiwang.core.registers.pages import guard
from yiwang.core.rights.models import Verb
from yiwang.desk.kinds import page

page("services", "会议保障", "services:events")
guard("services:events", lambda access: access.may(Verb.APPLY, "services") or access.may(Verb.READ, "services"))
entry("03", "services:event-new", "办会议保障")
