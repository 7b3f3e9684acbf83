"""Soundness: whatever is answered at the gateways, a case of this graph comes to an end and never gets stuck.

Parallel blocks are structured: every split has a join of its own, lanes share no node, nothing enters or leaves in
between, no end lies inside. Blocks may lie in blocks, and rings may lie in a lane: tokens carry the visit of their
split, so an old arrival is never counted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from yiwang.core.flow.bpmn.graph import Block, Graph, NodeType
from yiwang.core.flow.bpmn.problems import Problem, named

KINDS = {
    NodeType.START: "开始",
    NodeType.END: "结束",
    NodeType.TASK: "环节",
    NodeType.XOR: "排他网关",
    NodeType.FORK: "并行网关",
    NodeType.JOIN: "并行网关",
    NodeType.CALL: "调用流程",
}


def here(graph: Graph, node: str) -> str:
    """A node as its author finds it."""
    one = graph.nodes[node]
    return named(KINDS[one.type], one.id, one.name)


def wiring(graph: Graph) -> Iterator[Problem]:
    """Flows join known nodes; each node has the ways in and out that its kind needs."""
    for flow in graph.flows.values():
        for end in (flow.source, flow.target):
            if end not in graph.nodes:
                yield Problem(
                    "bpmn.flow", named("流向", flow.id, flow.name), f"连接了不存在的节点 {end[:60] or '(空)'}"
                )


def degrees(graph: Graph) -> Iterator[Problem]:
    """After the wiring: how many ways lead in and out."""
    starts = [node.id for node in graph.nodes.values() if node.type is NodeType.START]
    if not starts:
        yield Problem("bpmn.start", named("流程", graph.key, graph.name), "没有开始节点")
    for extra in starts[1:]:
        yield Problem("bpmn.start", here(graph, extra), "一个流程只能有一个开始节点")
    if all(node.type is not NodeType.END for node in graph.nodes.values()):
        yield Problem("bpmn.end", named("流程", graph.key, graph.name), "没有结束节点")
    for key in graph.nodes:
        if message := _degree(graph, key):
            yield Problem("bpmn.ways", here(graph, key), message)


def _degree(graph: Graph, key: str) -> str:
    node, ins, outs = graph.nodes[key], len(graph.ways_in(key)), len(graph.ways_out(key))
    if node.type is NodeType.START:
        return "" if (ins, outs) == (0, 1) else f"开始节点应无入、一出,现有 {ins} 入 {outs} 出"
    if node.type is NodeType.END:
        return "" if outs == 0 and ins else "结束节点应有入、无出"
    if not ins:
        return "没有流向进入"
    if not outs:
        return "走到这里就没有出路了(死路),请接到下一环节或结束"
    if node.type in (NodeType.TASK, NodeType.CALL) and outs > 1:
        return f"有 {outs} 条出路;一个环节只能有一条出路,分支请用网关"
    if node.type in (NodeType.FORK, NodeType.JOIN) and (ins > 1) == (outs > 1):
        return f"{ins} 入 {outs} 出:并行网关应是一入多出(分)或多入一出(合),不能兼作或多余"
    return ""


def reachability(graph: Graph) -> Iterator[Problem]:
    """Every node can be reached and is on a way to an end."""
    ends = {node.id for node in graph.nodes.values() if node.type is NodeType.END}
    reached = graph.reaches(graph.start.id) | {graph.start.id}
    for key in graph.nodes:
        if key not in reached:
            yield Problem("bpmn.unreached", here(graph, key), "从开始走不到这里")
        elif key not in ends and not graph.reaches(key) & ends:
            yield Problem("bpmn.dead-end", here(graph, key), "从这里走不到任何结束节点(死路)")


def rings(graph: Graph) -> Iterator[Problem]:
    """No ring without a person: the engine would run round in it."""
    idle = {node.id for node in graph.nodes.values() if node.type is not NodeType.TASK}
    for key in sorted(idle):
        seen, front = set(), [flow.target for flow in graph.ways_out(key)]
        while front:
            node = front.pop()
            if node in idle and node not in seen:
                seen.add(node)
                front += [flow.target for flow in graph.ways_out(node)]
        if key in seen:
            yield Problem("bpmn.ring", here(graph, key), "在一个没有人办理的环里,会无休止地转下去;环里至少要有一个环节")
            return


class Broken(Exception):
    """A block that is none."""

    def __init__(self, node: str, message: str) -> None:
        super().__init__(message)
        self.node, self.message = node, message


class Blocks:
    """Finds the block of every split."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.found: dict[str, Block] = {}
        self._open: list[str] = []

    def all(self) -> tuple[Mapping[str, Block], list[Problem]]:
        """The blocks by split, and what is wrong."""
        problems = []
        nodes = self.graph.nodes
        for key, node in nodes.items():
            if node.type is NodeType.FORK and key not in self.found:
                try:
                    self.block(key)
                except Broken as error:
                    problems.append(Problem("bpmn.block", here(self.graph, error.node), error.message))
        joins = [block.join for block in self.found.values()]
        for key, node in nodes.items():
            if node.type is NodeType.JOIN and joins.count(key) != 1 and not problems:
                message = "这个汇合点没有对应的并行拆分" if key not in joins else "这个汇合点被两个并行拆分共用"
                problems.append(Problem("bpmn.block", here(self.graph, key), f"{message};每个拆分要有自己的汇合"))
        return self.found, problems

    def block(self, split: str) -> Block:
        """The block that a split opens; Broken names the node at fault."""
        if split in self.found:
            return self.found[split]
        if split in self._open:
            raise Broken(split, "并行分支又回到了拆分之前;退回请用“退回”,不要画出并行段")
        self._open.append(split)
        lanes: dict[str, frozenset[str]] = {}
        joins: dict[str, str] = {}
        for flow in self.graph.ways_out(split):
            lanes[flow.id], joins[flow.id] = self._lane(split, flow.id)
        self._open.pop()
        if len(set(joins.values())) > 1:
            raise Broken(split, "拆开的各分支没有在同一个并行网关汇合")
        join = next(iter(joins.values()))
        self._apart(split, lanes)
        if len(self.graph.ways_in(join)) != len(lanes):
            raise Broken(join, "汇合点的入口与拆分的出口不是一一对应;它只能是一个并行拆分的汇合")
        self.found[split] = Block(split, join, lanes)
        return self.found[split]

    def _lane(self, split: str, first: str) -> tuple[frozenset[str], str]:
        """The nodes of a lane and the join it ends in."""
        graph, seen = self.graph, set[str]()
        arrivals: list[tuple[str, str]] = []  # flow, join
        front = [graph.flows[first]]
        while front:
            flow = front.pop()
            node = graph.nodes[flow.target]
            if node.type is NodeType.JOIN:
                arrivals.append((flow.id, node.id))
            elif node.id not in seen:
                front += self._pass(node.id, seen, split)
        if not seen:
            raise Broken(split, f"并行分支 {first} 里没有环节")
        if not arrivals:
            raise Broken(split, f"并行分支 {first} 走不到汇合点")
        if len(arrivals) > 1:
            raise Broken(arrivals[0][1], "同一分支有几条路进入汇合点;请先用排他网关并成一条")
        self._closed(seen, first)
        return frozenset(seen), arrivals[0][1]

    def _pass(self, key: str, seen: set[str], split: str) -> list:  # type: ignore[type-arg]
        node = self.graph.nodes[key]
        if node.type is NodeType.END:
            raise Broken(key, "结束节点在并行段里面;要先汇合再结束")
        if key == split:
            raise Broken(split, "并行分支又回到了拆分之前")
        seen.add(key)
        if node.type is not NodeType.FORK:
            return self.graph.ways_out(key)
        inner = self.block(key)
        seen.update(*inner.lanes.values())
        seen.add(inner.join)
        return self.graph.ways_out(inner.join)

    def _closed(self, nodes: set[str], first: str) -> None:
        for key in sorted(nodes):
            for flow in self.graph.ways_in(key):
                if flow.source not in nodes and flow.id != first:
                    raise Broken(key, f"有流向 {flow.id} 从并行段外面进来,或从里面绕到了外面")

    def _apart(self, split: str, lanes: Mapping[str, frozenset[str]]) -> None:
        seen: set[str] = set()
        for nodes in lanes.values():
            if shared := sorted(seen & nodes):
                raise Broken(shared[0], f"同时在并行拆分 {split} 的两条分支里;分支之间不能相连")
            seen |= nodes


STAGES: tuple[Callable[[Graph], Iterator[Problem]], ...] = (wiring, degrees, reachability, rings)
