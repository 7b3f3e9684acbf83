"""Pages of visitors. There is no register of them on the desk: names are not for whoever reads registers."""

from __future__ import annotations

from yiwang.areas.services.catalogue.registry import entry
from yiwang.areas.services.reach import may_open
from yiwang.core.registers.pages import guard
from yiwang.core.rights.models import Verb
from yiwang.desk.kinds import page

page("services", "访客", "services:visits")
page("services", "前台", "services:reception")
guard("services:visits", lambda access: access.may(Verb.APPLY, "services"))
guard("services:reception", lambda access: may_open(access, "services:reception"))
entry("12", "services:visits", "邀请访客")
