"""Where a case may go back to, and what that undoes: computed on the steps, without a query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yiwang.core.flow.bpmn import Graph, NodeType
from yiwang.core.flow.bpmn.graph import Place
from yiwang.core.flow.models import Step, StepState


@dataclass(frozen=True)
class Return:
    """What going back means: the visit to repeat, and the ids of steps that end, are to be done again, or wait again."""

    visit: Step
    void: tuple[int, ...]
    redo: tuple[int, ...]
    revive: tuple[int, ...]  # arrivals of the sibling lanes at the joins around the target


class Trail:
    """The steps of one case, in order."""

    def __init__(self, graph: Graph, steps: Sequence[Step]) -> None:
        self.graph = graph
        self.steps = sorted(steps, key=lambda step: step.pk)
        self._by_pk = {step.pk: step for step in self.steps}

    def place(self, step: Step) -> Place:
        """The blocks and lanes in which the step's token stands; an arrival stands in the lane it came along."""
        node = step.node
        if self.graph.nodes[node].type is NodeType.JOIN:
            node = self.graph.flows[step.via].source
            if self.graph.nodes[node].type is NodeType.FORK:  # never: lanes are not empty
                return (*self.graph.places[node], (node, step.via))
        return self.graph.places[node]

    def visits(self, step: Step) -> tuple[int, ...]:
        """The visits of the splits around the step, outermost first."""
        found: list[int] = []
        block = step.block_id
        while block is not None:
            found.append(block)
            block = self._by_pk[block].block_id
        return tuple(reversed(found))

    def targets(self, step: Step) -> list[str]:
        """The nodes that the open step may be sent back to, the latest first."""
        allowed = self.graph.nodes[step.node].back
        if allowed == "none":
            return []
        only = None if allowed == "any" else {word.strip() for word in allowed.split(",")}
        nodes = dict.fromkeys(one.node for one in reversed(self.steps) if one.state == StepState.DONE)
        return [node for node in nodes if (only is None or node in only) and self.back(step, node) is not None]

    def back(self, step: Step, target: str) -> Return | None:
        """What sending the step back to a node means; None where the node does not lie before it."""
        node = self.graph.nodes.get(target)
        if node is None or node.type is not NodeType.TASK or step.node not in self.graph.reaches(target):
            return None
        here, there = self.place(step), self.graph.places[target]
        common = 0
        while common < min(len(here), len(there)) and here[common] == there[common]:
            common += 1
        if common < min(len(here), len(there)) and here[common][0] == there[common][0]:
            return None  # a sibling lane is neither before nor after
        visit = self._visit(step, target, common)
        return None if visit is None else self._undo(step, visit, common)

    def _visit(self, step: Step, target: str, common: int) -> Step | None:
        """The latest visit of the target under the same visits of the splits around both."""
        around = self.visits(step)[:common]
        for one in reversed(self.steps):
            done = one.node == target and one.state == StepState.DONE and one.pk != step.pk
            if done and self.visits(one)[:common] == around:
                return one
        return None

    def _undo(self, step: Step, visit: Step, common: int) -> Return:
        around = self.visits(step)
        inner = around[common] if len(around) > common else None
        void = [
            one.pk
            for one in self.steps
            if one.state in (StepState.OPEN, StepState.ARRIVED)
            and (one.pk == step.pk or (inner is not None and inner in self.visits(one)))
        ]
        blocks, lanes = self.visits(visit), self.place(visit)
        redo, revive = [], []
        for one in self.steps:
            if one.state != StepState.DONE or not self._same_thread(one, visit, common):
                continue
            level = self._sibling(one, blocks, lanes, common)
            if level is None:
                if one.pk >= visit.pk:
                    redo.append(one.pk)
            elif self.graph.nodes[one.node].type is NodeType.JOIN and one.block_id == blocks[level]:
                revive.append(one.pk)  # whenever it came: the join waits for it again
        return Return(visit, tuple(void), tuple(redo), tuple(revive))

    def _same_thread(self, one: Step, visit: Step, common: int) -> bool:
        """Whether a step is of the thread that goes back: same splits and same lanes around."""
        same = self.visits(one)[:common] == self.visits(visit)[:common]
        return same and self.place(one)[:common] == self.place(visit)[:common]

    def _sibling(self, one: Step, blocks: tuple[int, ...], lanes: Place, common: int) -> int | None:
        """The level at which the step is in another lane of a block around the target; None if in none."""
        visits, place = self.visits(one), self.place(one)
        for level in range(common, len(blocks)):
            if level < len(visits) and visits[level] == blocks[level] and place[level][1] != lanes[level][1]:
                return level
        return None
