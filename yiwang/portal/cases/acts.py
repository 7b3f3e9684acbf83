"""What a person may do with a case now, as forms, and doing what a form asks: one entry for each verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from yiwang.core.flow import actions
from yiwang.core.flow.facts import Fact
from yiwang.core.flow.models import Case, Receipt, Task
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User
from yiwang.kit.refusal import Refusal
from yiwang.portal.cases import fields, people

MOST = 2000


@dataclass(frozen=True)
class Offer:
    """One form: its verb, the button, which inputs it has. `danger`: it ends something."""

    verb: str
    label: str
    inputs: tuple[str, ...]
    danger: bool = False


@dataclass(frozen=True)
class Given:
    """What a form holds, who sends it and when. `schema`: the facts that the person of the step may fill in."""

    case: Case
    task: Task | None  # the one that waits for the sender
    values: Mapping[str, str]
    access: Access
    on: date
    now: datetime
    schema: tuple[Fact, ...] = ()
    attachments: tuple[int, ...] = ()

    def text(self, name: str) -> str:
        """A text. Refusal `case.text`."""
        text = self.values.get(name, "").strip()
        if len(text) > MOST:
            raise Refusal("case.text", f"文字过长,最多 {MOST} 字。")
        return text

    @property
    def mine(self) -> int:
        """The task that the form is about. Refusal `case.no-task`: the form names none."""
        key = self.values.get("task", "")
        if not key.isdigit():
            raise Refusal("case.no-task", "这一环节已经不在您手里,请刷新页面看最新进展。")
        return int(key)

    @property
    def common(self) -> dict[str, Any]:
        """What every verb asks for."""
        return {"access": self.access, "on": self.on, "now": self.now, "key": key_of(self.values)}

    @property
    def verb(self) -> str:
        """The verb that the form asks for."""
        return self.values.get("verb", "")

    def person(self) -> User:
        """The person chosen. Refusal `case.person`."""
        return people.chosen(self.values.get("who", ""), self.case, self.access)


#: In the order in which they are shown. The decision itself stands above them in a form of its own.
OFFERS: tuple[Offer, ...] = (
    Offer("mark_read", "已阅", ()),
    Offer("send_back", "退回", ("node", "opinion!")),
    Offer("transfer", "转办", ("who", "opinion")),
    Offer("add_signer", "加签", ("who", "place", "opinion")),
    Offer("carbon_copy", "抄送", ("who", "note")),
    Offer("comment", "留言", ("text!", "file")),
    Offer("attach", "补充附件", ("note", "file!")),
    Offer("urge", "催办", ("note",)),
    Offer("pause", "暂停计时", ("reason!",)),
    Offer("resume", "恢复计时", ("note",)),
    Offer("withdraw", "撤回", ("reason",), danger=True),
    Offer("void", "作废", ("reason!",), danger=True),
)
PLACES: dict[Literal["before", "after", "into"], str] = {
    "before": "前加签:先由他办,再到我",
    "after": "后加签:我办完再由他办",
    "into": "会签:和我一起办",
}


def key_of(values: Mapping[str, str]) -> str:
    """The idempotency key of a form: its own for each verb of a page."""
    key = values.get("idempotency", "")[:50]
    return f"{key}:{values.get('verb', '')}" if key else ""


def repeated(values: Mapping[str, str], access: Access) -> bool:
    """Whether the form was sent before and done: a second click brings its files again, which nobody wants twice."""
    key = key_of(values)
    return bool(key) and Receipt.objects.filter(user=access.user.pk, key=key).exists()


def offers(may: Iterable[str]) -> list[Offer]:
    """The forms below the decision. The verbs themselves refuse again: these are only what is shown."""
    allowed = set(may)
    return [one for one in OFFERS if one.verb in allowed]


def perform(given: Given) -> str:
    """Do what a form asks; the sentence that says it is done. Refusals of `flow.actions`, `case.verb`."""
    if given.verb not in _VERBS:
        raise Refusal("case.verb", "没有这种办理。")
    act, done = _VERBS[given.verb]
    act(given)
    return done


def _decide(verdict: Literal["approve", "reject"]) -> Callable[[Given], None]:
    def act(given: Given) -> None:
        typed = fields.read(given.schema, given.values) if verdict == "approve" else fields.Typed({}, {})
        if typed.errors:
            raise Refusal("case.facts", " ".join(typed.errors.values()))
        actions.act(
            task=given.mine,
            verdict=verdict,
            opinion=given.text("opinion"),
            facts=typed.facts or None,
            approval=given.text("approval"),
            attachments=list(given.attachments),
            **given.common,
        )

    return act


def _send_back(given: Given) -> None:
    node = given.values.get("node", "")
    if not node:
        raise Refusal("case.node", "请选择退回到哪个环节。")
    actions.send_back(task=given.mine, node=node, opinion=given.text("opinion"), **given.common)


def _transfer(given: Given) -> None:
    actions.transfer(task=given.mine, to=given.person(), opinion=given.text("opinion"), **given.common)


def _add_signer(given: Given) -> None:
    place = next((key for key in PLACES if key == given.values.get("place")), None)
    if place is None:
        raise Refusal("case.place", "请选择加签的方式。")
    actions.add_signer(task=given.mine, who=given.person(), place=place, opinion=given.text("opinion"), **given.common)


def _carbon_copy(given: Given) -> None:
    actions.carbon_copy(case=given.case.pk, to=[given.person()], note=given.text("note"), **given.common)


def _comment(given: Given) -> None:
    actions.comment(case=given.case.pk, text=given.text("text"), attachments=list(given.attachments), **given.common)


def _attach(given: Given) -> None:
    if not given.attachments:
        raise Refusal("case.file", "请选择要补充的文件。")
    actions.attach(case=given.case.pk, attachments=list(given.attachments), note=given.text("note"), **given.common)


def _mark_read(given: Given) -> None:
    actions.mark_read(case=given.case.pk, access=given.access, now=given.now)


def _urge(given: Given) -> None:
    actions.urge(case=given.case.pk, note=given.text("note"), **given.common)


def _pause(given: Given) -> None:
    actions.pause(case=given.case.pk, reason=given.text("reason"), **given.common)


def _resume(given: Given) -> None:
    actions.resume(case=given.case.pk, note=given.text("note"), **given.common)


def _withdraw(given: Given) -> None:
    actions.withdraw(case=given.case.pk, reason=given.text("reason"), **given.common)


def _void(given: Given) -> None:
    actions.void(case=given.case.pk, reason=given.text("reason"), **given.common)


_VERBS: dict[str, tuple[Callable[[Given], None], str]] = {
    "approve": (_decide("approve"), "已同意。"),
    "reject": (_decide("reject"), "已驳回。"),
    "send_back": (_send_back, "已退回。"),
    "transfer": (_transfer, "已转办。"),
    "add_signer": (_add_signer, "已加签。"),
    "carbon_copy": (_carbon_copy, "已抄送。"),
    "comment": (_comment, "已留言。"),
    "attach": (_attach, "附件已补充。"),
    "mark_read": (_mark_read, "已登记为已阅。"),
    "urge": (_urge, "已催办。"),
    "pause": (_pause, "已暂停计时。"),
    "resume": (_resume, "已恢复计时。"),
    "withdraw": (_withdraw, "已撤回。"),
    "void": (_void, "已作废。"),
}
