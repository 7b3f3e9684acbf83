"""The compiled process: nodes, flows and parallel blocks. Plain data, kept as JSON in the definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from yiwang.core.flow.facts import Fact, fact_from_json, fact_to_json


class NodeType(StrEnum):
    """The kinds of nodes that the engine knows."""

    START = "start"
    END = "end"
    TASK = "task"
    XOR = "xor"
    FORK = "fork"
    JOIN = "join"
    CALL = "call"


@dataclass(frozen=True, kw_only=True)
class Node:
    """A node with what our attributes say of it. `rule`: one, any, all or share:x; `back`: none, any or ids."""

    id: str
    type: NodeType
    name: str = ""
    lane: str = ""
    role: str = ""
    rule: str = "one"
    days: int | None = None
    hours: str = ""
    back: str = "any"
    escalate: str = ""
    batch: bool = False
    gate: str = ""
    asks: tuple[str, ...] = ()
    default: str = ""  # the flow of an exclusive split that needs no condition
    called: str = ""  # the process that a call activity opens
    returns: tuple[str, ...] = ()  # facts that come back from it

    @property
    def gates(self) -> list[str]:
        """The names of the gates at which standards are judged here."""
        return [word.strip() for word in self.gate.split(",") if word.strip()]


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A way from a node to a node."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str = ""


@dataclass(frozen=True)
class Block:
    """A parallel block: from its split to its join, a lane of nodes for each way out of the split."""

    split: str
    join: str
    lanes: Mapping[str, frozenset[str]]  # first flow → nodes, those of inner blocks too


#: Where a node lies: the blocks around it, outermost first, each with the first flow of its lane.
Place = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Graph:
    """One process."""

    key: str
    name: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    blocks: Mapping[str, Block] = field(default_factory=dict)
    facts: tuple[Fact, ...] = ()

    @cached_property
    def start(self) -> Node:
        """The one start."""
        return next(node for node in self.nodes.values() if node.type is NodeType.START)

    @cached_property
    def _out(self) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = {key: [] for key in self.nodes}
        for flow in self.flows.values():
            found[flow.source].append(flow)
        return found

    @cached_property
    def _in(self) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = {key: [] for key in self.nodes}
        for flow in self.flows.values():
            found[flow.target].append(flow)
        return found

    def ways_out(self, node: str) -> list[Flow]:
        """Flows that leave a node, in the order of the file."""
        return self._out[node]

    def ways_in(self, node: str) -> list[Flow]:
        """Flows that enter a node."""
        return self._in[node]

    @cached_property
    def places(self) -> dict[str, Place]:
        """The place of every node. The join belongs to what is around the block."""
        found: dict[str, Place] = dict.fromkeys(self.nodes, ())
        for block in sorted(self.blocks.values(), key=lambda one: -sum(map(len, one.lanes.values()))):
            for flow, nodes in block.lanes.items():
                for node in nodes:
                    found[node] = (*found[node], (block.split, flow))
        return found

    def reaches(self, source: str) -> frozenset[str]:
        """Every node that can come after a node (itself only where a ring leads back to it)."""
        return self._reach[source]

    @cached_property
    def _reach(self) -> dict[str, frozenset[str]]:
        found = {}
        for start in self.nodes:
            seen: set[str] = set()
            front = [flow.target for flow in self._out[start]]
            while front:
                node = front.pop()
                if node not in seen:
                    seen.add(node)
                    front += [flow.target for flow in self._out[node]]
            found[start] = frozenset(seen)
        return found

    def people(self) -> Iterator[Node]:
        """The nodes at which a person acts."""
        return (node for node in self.nodes.values() if node.type is NodeType.TASK)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "key": self.key,
            "name": self.name,
            "nodes": [asdict(node) for node in self.nodes.values()],
            "flows": [asdict(flow) for flow in self.flows.values()],
            "blocks": [
                {"split": one.split, "join": one.join, "lanes": {flow: sorted(ids) for flow, ids in one.lanes.items()}}
                for one in self.blocks.values()
            ],
            "facts": [fact_to_json(fact) for fact in self.facts],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Graph:
        """The graph that `as_json` wrote."""
        nodes = {
            one["id"]: Node(
                **{**one, "type": NodeType(one["type"]), "asks": tuple(one["asks"]), "returns": tuple(one["returns"])}
            )
            for one in data["nodes"]
        }
        blocks = {
            one["split"]: Block(one["split"], one["join"], {key: frozenset(ids) for key, ids in one["lanes"].items()})
            for one in data["blocks"]
        }
        return cls(
            data["key"],
            data["name"],
            nodes,
            {one["id"]: Flow(**one) for one in data["flows"]},
            blocks,
            tuple(fact_from_json(fact) for fact in data["facts"]),
        )
