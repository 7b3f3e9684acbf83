"""Random walks of all verbs over random sound processes, with what must always hold looked at after every step.

`python -m yiwang.core.flow.tests.walks 10000` walks ten thousand times on the database of YIWANG_DATABASE.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from yiwang.core.flow import actions, definitions, reading
from yiwang.core.flow.models import Case, CaseEvent, CaseState, Step, StepState, Task, TaskState
from yiwang.core.flow.tests.files import fact, flow, node, process
from yiwang.core.flow.tests.worlds import DAY, NOW, Office, office, registered
from yiwang.core.ledger.models import Entry
from yiwang.core.rights.models import Role
from yiwang.kit.refusal import Refusal

ROLES = ("MANAGER", "LEADER", "FINANCE", "KEEPER", "MANAGER,LEADER", "LEADER,FINANCE,KEEPER", "REPAIRER", "applicant")
RULES = ("one", "one", "any", "all", "share:0.66")
FACTS = [fact("again", "再来", "bool"), fact("amount", "金额", "number")]
CHILD = "t.child"


class Grower:
    """Grows a random sound process: sequences of steps, choices, rings, parallel blocks and called processes."""

    def __init__(self, rng: random.Random, calls: bool, pieces: int = 2) -> None:
        self.rng, self.calls, self.pieces = rng, calls, pieces
        self.parts: list[str] = []
        self.count = 0

    def file(self, key: str) -> bytes:
        """A whole process."""
        self.parts += [node("start", "s"), node("end", "e")]
        first = self.task("applicant")
        self.parts.append(flow("s", first))
        middle = self.task("MANAGER")
        self.parts.append(flow(first, middle))
        last = self.sequence(middle, self.rng.randint(1, self.pieces), 0)
        self.parts.append(flow(last, "e"))
        return process(key, self.parts, FACTS)

    def _id(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def task(self, role: str = "") -> str:
        """One more step of a person."""
        key = self._id("t")
        role = role or self.rng.choice(ROLES)
        more = {"rule": self.rng.choice(RULES), "asks": "again,amount"}
        if self.rng.random() < 0.4:
            more |= {"days": "1", "escalate": "LEADER"}
        self.parts.append(node("task", key, key, role=role, **more))
        return key

    def sequence(self, source: str, length: int, depth: int) -> str:
        """A few pieces one after the other; the last node."""
        for _ in range(length):
            grow: list[Callable[[str, int], str]] = [self._task]
            if depth < 2:
                grow += [self._choice, self._ring, self._block, self._block]
            if self.calls and depth == 0:
                grow.append(self._call)
            source = self.rng.choice(grow)(source, depth)
        return source

    def _task(self, source: str, _: int) -> str:
        key = self.task()
        self.parts.append(flow(source, key))
        return key

    def _choice(self, source: str, depth: int) -> str:
        split, merge = self._id("x"), self._id("m")
        self.parts += [node("xor", split, default=f"{split}-no"), node("xor", merge)]
        last = self._branch(split, depth)
        self.parts += [flow(source, split), flow(last, merge), flow(split, merge, key=f"{split}-no")]
        return merge

    def _branch(self, split: str, depth: int) -> str:
        first = self.task()
        self.parts.append(flow(split, first, "amount > 100"))
        return self.sequence(first, self.rng.randint(0, 1), depth + 1)

    def _ring(self, source: str, depth: int) -> str:
        head, tail = self._id("m"), self._id("x")
        self.parts += [node("xor", head), flow(source, head)]
        first = self._task(head, depth)
        last = self.sequence(first, self.rng.randint(0, 1), depth + 1)
        self.parts += [node("xor", tail, default=f"{tail}-on"), flow(last, tail), flow(tail, head, "again")]
        after = self.task()
        self.parts.append(flow(tail, after, key=f"{tail}-on"))
        return after

    def _block(self, source: str, depth: int) -> str:
        split, join = self._id("f"), self._id("j")
        self.parts += [node("and", split), node("and", join), flow(source, split)]
        for _ in range(self.rng.randint(2, 3)):
            first = self._task(split, depth)
            self.parts.append(flow(self.sequence(first, self.rng.randint(0, 1), depth + 1), join))
        return join

    def _call(self, source: str, _: int) -> str:
        key = self._id("c")
        self.parts += [node("call", key, key, calledElement=CHILD, returns="amount"), flow(source, key)]
        return key


class Walk:
    """One case under random hands."""

    def __init__(self, seed: int, world: Office, process_key: str) -> None:
        self.rng = random.Random(seed)
        self.world, self.seed = world, seed
        self.verbs: Counter[str] = Counter()
        facts = {"again": False, "amount": self.rng.choice((50, 500))}
        self.case = world.open(process_key, facts=facts)
        self.done = 1
        self.said: dict[int, str] = {}
        self.states: dict[int, str] = {}
        self.steps: list[tuple[int, int, str, str]] = []
        self.tasks: list[Task] = []
        self.read()
        self.look([])

    def go(self, steps: int) -> None:
        """Walk, then approve until the end."""
        for _ in range(steps):
            if not self.open:
                return
            self.step()
        for _ in range(400):
            if not self.open:
                return
            self.finish()
        raise AssertionError(f"walk {self.seed} comes to no end")

    def read(self) -> None:
        """What the tables hold of the case and its children, once after each act: states, steps, open tasks."""
        about = Case.objects.filter(Q(pk=self.case.pk) | Q(root=self.case.pk))
        self.states = dict(about.values_list("pk", "state"))
        self.steps = list(Step.objects.filter(case__in=self.states).values_list("pk", "case", "node", "state"))
        rows = Task.objects.filter(case__in=self.states, state=TaskState.OPEN)
        self.tasks = list(rows.select_related("who", "case", "case__definition", "step").order_by("pk"))

    @property
    def state(self) -> str:
        """Of the case."""
        return self.states[self.case.pk]

    @property
    def open(self) -> bool:
        """Whether the case is still open."""
        return self.state == CaseState.OPEN

    def live(self) -> list[int]:
        """The open steps."""
        return [pk for pk, _, _, state in self.steps if state == StepState.OPEN]

    def step(self) -> None:
        """One random verb."""
        name = self.rng.choices(list(VERBS), [weight for weight, _ in VERBS.values()])[0]
        task = self.rng.choice(self.tasks)
        before = self.live()
        if task.who is None and name in ("approve", "reject", "back", "anywhere", "add"):
            name = "transfer"
        try:
            VERBS[name][1](self, task)
        except Refusal:
            self.verbs["refused"] += 1
            return
        self.verbs[name] += 1
        self.read()
        self.look(before)

    def finish(self) -> None:
        """Approve; assign what nobody holds."""
        task = self.rng.choice(self.tasks)
        before = self.live()
        if task.who is None:
            self.transfer(task)
        else:
            self.approve(task, {"again": False, "amount": 5})
        self.read()
        if not self.open:
            self.look(before)

    def look(self, before: list[int]) -> None:
        """What must always hold."""
        held = {task.step_id for task in self.tasks}
        if self.open:
            assert self.tasks, f"walk {self.seed}: open and nobody has it"
            ended = [case for _, case, node, state in self.steps if (node, state) == ("e", StepState.DONE)]
            assert self.case.pk not in ended
            idle = [pk for pk, _, node, state in self.steps if state == StepState.OPEN and node.startswith("t")]
            assert set(idle) <= held, f"walk {self.seed}: a step without an open task"
        else:
            tokens = [pk for pk, _, _, state in self.steps if state in (StepState.OPEN, StepState.ARRIVED)]
            assert (tokens, self.tasks) == ([], []), f"walk {self.seed}: ended with something open"
        if self.state == CaseState.DONE:
            assert len(before) <= 2, f"walk {self.seed}: ended while a branch was open"
        entries = Entry.objects.filter(obj__in=[f"flow.case:{pk}" for pk in self.states]).count()
        assert entries == self.done, f"walk {self.seed}: not one entry an act"
        self._opinions()

    def _opinions(self) -> None:
        now = dict(CaseEvent.objects.filter(case__in=self.states).values_list("pk", "text"))
        lost = {pk for pk, text in self.said.items() if now.get(pk) != text}
        assert not lost, f"walk {self.seed}: opinions lost {lost}"
        assert len(now) == self.done, f"walk {self.seed}: {len(now)} rows of history for {self.done} acts"
        self.said = now

    def _did(self, act: Callable[..., Any], user: Any, **given: Any) -> None:
        access = self.world.kept.get(user) or self.world.kept.setdefault(user, self.world.access(user))
        act(**given, access=access, on=DAY, now=self.world.later(minutes=1))
        self.done += 1

    # -------------------------------------------------------- the verbs

    def approve(self, task: Task, facts: dict[str, Any] | None = None) -> None:
        """同意."""
        given = facts or {"again": self.rng.random() < 0.3, "amount": self.rng.choice((50, 500))}
        self._did(actions.act, task.who, task=task.pk, verdict="approve", opinion=f"同意{task.pk}", facts=given)

    def reject(self, task: Task) -> None:
        """驳回."""
        self._did(actions.act, task.who, task=task.pk, verdict="reject", opinion=f"驳回{task.pk}")

    def back(self, task: Task) -> None:
        """退回."""
        targets = reading.back_targets(task) or [("t1", "")]
        target = self.rng.choice(targets)[0]
        self._did(actions.send_back, task.who, task=task.pk, node=target, opinion=f"退回{task.pk}")

    def anywhere(self, task: Task) -> None:
        """退回 to whatever node: mostly refused."""
        nodes = sorted(reading.graph_of(task.case.definition).nodes)
        self._did(actions.send_back, task.who, task=task.pk, node=self.rng.choice(nodes), opinion="退回")

    def transfer(self, task: Task) -> None:
        """转办, or assignment by the manager."""
        to = self.rng.choice([user for name, user in self.world.users.items() if name != "外人"])
        if task.who is None:
            to = self.world.users["候补"]
        self._did(actions.transfer, task.who or "主管", task=task.pk, to=to, opinion="转办")

    def add(self, task: Task) -> None:
        """加签."""
        who = self.rng.choice(list(self.world.users.values()))
        place = self.rng.choice(("before", "after", "into"))
        self._did(actions.add_signer, task.who, task=task.pk, who=who, place=place, opinion="加签")

    def withdraw(self, task: Task) -> None:
        """撤回."""
        self._did(actions.withdraw, "申请人", case=self.case.pk)

    def void(self, task: Task) -> None:
        """作废."""
        self._did(actions.void, self.rng.choice(("主管", "领导")), case=self.case.pk, reason="作废")

    def remark(self, task: Task) -> None:
        """留言、抄送、催办."""
        pick = self.rng.randrange(3)
        if pick == 0:
            self._did(actions.comment, "申请人", case=self.case.pk, text="留言")
        elif pick == 1:
            self._did(actions.carbon_copy, "主管", case=self.case.pk, to=[self.world.users["外人"]])
        else:
            self._did(actions.urge, "申请人", case=self.case.pk)

    def clock(self, task: Task) -> None:
        """暂停 or 恢复."""
        paused = Case.objects.get(pk=task.case_id).paused_at
        if paused:
            self._did(actions.resume, "主管", case=task.case_id)
        else:
            self._did(actions.pause, "主管", case=task.case_id, reason="补材料")

    def tick(self, task: Task) -> None:
        """Three days later the clock strikes."""
        now = self.world.later(days=3)
        self.done += actions.tick(now=now, on=DAY)


VERBS: dict[str, tuple[int, Callable[[Walk, Task], None]]] = {
    "approve": (30, Walk.approve),
    "back": (14, Walk.back),
    "anywhere": (3, Walk.anywhere),
    "transfer": (8, Walk.transfer),
    "add": (14, Walk.add),
    "remark": (4, Walk.remark),
    "clock": (3, Walk.clock),
    "tick": (5, Walk.tick),
    "reject": (3, Walk.reject),
    "withdraw": (1, Walk.withdraw),
    "void": (1, Walk.void),
}


def crowd() -> Office:
    """The office with a substitute; nobody repairs, so that a step may find nobody."""
    world = office()
    world.person("候补", Role.CLERK)
    return world


def walk(seeds: range, steps: int = 10, *, each: int = 10, pieces: int = 3) -> Counter[str]:
    """Walk with these seeds; a new random process for every `each` of them. AssertionError tells the seed."""
    world, total = crowd(), Counter[str]()
    child = Grower(random.Random(1), calls=False, pieces=1).file(CHILD)
    with registered(child, CHILD):
        for start in range(seeds.start, seeds.stop, each):
            data = Grower(random.Random(start), calls=True, pieces=pieces).file(f"t.walk{start}")
            with registered(data, f"t.walk{start}"):
                for key in (CHILD, f"t.walk{start}"):
                    definitions.install(key)
                for seed in range(start, min(start + each, seeds.stop)):
                    total += _walked(seed, world, f"t.walk{start}", steps, kept=seed == start)
    return total


def _walked(seed: int, world: Office, process_key: str, steps: int, *, kept: bool) -> Counter[str]:
    """One walk in one transaction, undone when all has been looked at: ten thousand cases would make each query dearer.

    The first walk over each process is `kept`: its acts are committed one by one, and tell whom they concern.
    """
    world.at = NOW + timedelta(0)
    with nullcontext() if kept else transaction.atomic():
        one = Walk(seed, world, process_key)
        one.go(steps)
        if not kept:
            transaction.set_rollback(True)
    return one.verbs + Counter({str(one.state): 1})


if __name__ == "__main__":
    import django

    django.setup()
    begun = time.process_time()
    number = int(sys.argv[1])
    found = walk(range(number))
    found["cpu_seconds"] = round(time.process_time() - begun)
    sys.stdout.write(json.dumps(found))
