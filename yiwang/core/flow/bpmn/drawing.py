"""The drawing of a process (BPMN DI): nodes in columns by their distance from the start, branches in rows of their own.

For files that were written by hand or by a program: a viewer draws nothing without it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from yiwang.core.flow.bpmn.graph import Flow, Graph, NodeType
from yiwang.core.flow.bpmn.reading import DRAWING, read

DI, DC, DD = DRAWING
COLUMN, ROW, LEFT, TOP = 160, 130, 120, 140
SIZES = {NodeType.TASK: (110, 80), NodeType.CALL: (110, 80), NodeType.START: (36, 36), NodeType.END: (36, 36)}
GATEWAY = (50, 50)
CHANNEL = 14  # between two flows that go round in parallel
Point = tuple[int, int]


@dataclass(frozen=True)
class Box:
    """Where a node stands."""

    x: int
    y: int
    width: int
    height: int

    @property
    def centre(self) -> Point:
        """Its middle."""
        return self.x + self.width // 2, self.y + self.height // 2


class Layout:
    """Columns and rows of a graph, and the ways between."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.back = self._back_flows()
        self.column = self._columns()
        self.row = self._rows()
        self.boxes = {key: self._box(key) for key in graph.nodes}
        self._above = self._below = 0

    def _back_flows(self) -> set[str]:
        """The flows that close a ring, in the order of a walk from the start."""
        found: set[str] = set()
        active: set[str] = set()
        done: set[str] = set()
        stack: list[tuple[str, int]] = [(self.graph.start.id, 0)]
        active.add(self.graph.start.id)
        while stack:
            node, number = stack.pop()
            ways = self.graph.ways_out(node)
            if number == len(ways):
                active.discard(node)
                done.add(node)
                continue
            stack.append((node, number + 1))
            target = ways[number].target
            if target in active:
                found.add(ways[number].id)
            elif target not in done:
                active.add(target)
                stack.append((target, 0))
        return found

    def _columns(self) -> dict[str, int]:
        """The longest way from the start."""
        column = dict.fromkeys(self.graph.nodes, 0)
        for _ in self.graph.nodes:
            moved = False
            for flow in self.graph.flows.values():
                if flow.id not in self.back and column[flow.target] < column[flow.source] + 1:
                    column[flow.target], moved = column[flow.source] + 1, True
            if not moved:
                break
        return column

    def _rows(self) -> dict[str, int]:
        """The first way out of a node goes on in its row, the others below, where the cells are free."""
        row: dict[str, int] = {}
        taken: set[tuple[int, int]] = set()
        front: list[tuple[str, int]] = [(self.graph.start.id, 0)]
        while front:
            node, wanted = front.pop(0)
            if node in row:
                continue
            while (self.column[node], wanted) in taken:
                wanted += 1
            row[node] = wanted
            taken.add((self.column[node], wanted))
            ways = [flow for flow in self.graph.ways_out(node) if flow.id not in self.back]
            ways.sort(key=lambda flow: self.column[flow.target])
            front[:0] = [(flow.target, wanted + number) for number, flow in enumerate(ways)]
        return self._joined(row, taken)

    def _joined(self, row: dict[str, int], taken: set[tuple[int, int]]) -> dict[str, int]:
        """A node into which several ways lead stands in the highest row of those that it comes from, if that is free."""
        for node in sorted(row, key=lambda key: self.column[key]):
            sources = [row[flow.source] for flow in self.graph.ways_in(node) if flow.id not in self.back]
            if len(sources) > 1 and (self.column[node], min(sources)) not in taken:
                taken.discard((self.column[node], row[node]))
                row[node] = min(sources)
                taken.add((self.column[node], row[node]))
        return row

    def _box(self, key: str) -> Box:
        width, height = SIZES.get(self.graph.nodes[key].type, GATEWAY)
        x, y = LEFT + COLUMN * self.column[key], TOP + ROW * self.row[key]
        return Box(x - width // 2, y - height // 2, width, height)

    def way(self, flow: Flow) -> list[Point]:
        """The corners of a flow."""
        source, target = self.boxes[flow.source], self.boxes[flow.target]
        (sx, sy), (tx, ty) = source.centre, target.centre
        if flow.id in self.back:
            self._below += 1
            y = TOP + ROW * max(self.row.values()) + 55 + CHANNEL * self._below
            return [(sx, source.y + source.height), (sx, y), (tx, y), (tx, target.y + target.height)]
        if sy == ty and not self._blocked(flow):
            return [(source.x + source.width, sy), (target.x, ty)]
        if sy == ty:
            self._above += 1
            y = sy - 55 - CHANNEL * (self._above % 3)
            return [(sx, source.y), (sx, y), (tx, y), (tx, target.y)]
        return self._corner(flow, source, target)

    def _corner(self, flow: Flow, source: Box, target: Box) -> list[Point]:
        (sx, sy), (tx, ty) = source.centre, target.centre
        down = ty > sy
        gathers = self._gateway(flow.target) and len(self.graph.ways_in(flow.target)) > 1
        if self._gateway(flow.source) and not gathers:
            return [(sx, source.y + source.height if down else source.y), (sx, ty), (target.x, ty)]
        if gathers:
            return [(source.x + source.width, sy), (tx, sy), (tx, target.y if down else target.y + target.height)]
        middle = target.x - 25
        return [(source.x + source.width, sy), (middle, sy), (middle, ty), (target.x, ty)]

    def _gateway(self, key: str) -> bool:
        return self.graph.nodes[key].type in (NodeType.XOR, NodeType.FORK, NodeType.JOIN)

    def _blocked(self, flow: Flow) -> bool:
        """Whether a node stands in the way in the same row."""
        low, high, row = self.column[flow.source], self.column[flow.target], self.row[flow.source]
        return any(low < self.column[key] < high and self.row[key] == row for key in self.graph.nodes)


def draw(data: bytes, graph: Graph) -> bytes:
    """The file with a drawing made anew; everything else stays as it is."""
    root = read(data)
    for old in root.findall(f"{{{DI}}}BPMNDiagram"):
        root.remove(old)
    layout = Layout(graph)
    names = {"bpmndi": DI, "dc": DC, "di": DD}
    diagram = etree.SubElement(root, f"{{{DI}}}BPMNDiagram", {"id": "diagram"}, nsmap=names)
    plane = etree.SubElement(diagram, f"{{{DI}}}BPMNPlane", {"id": "plane", "bpmnElement": graph.key})
    for key, box in layout.boxes.items():
        words = {"id": f"{key}_di", "bpmnElement": key}
        if graph.nodes[key].type is NodeType.XOR:
            words["isMarkerVisible"] = "true"
        shape = etree.SubElement(plane, f"{{{DI}}}BPMNShape", words)
        size = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
        etree.SubElement(shape, f"{{{DC}}}Bounds", {name: str(value) for name, value in size.items()})
    for flow in graph.flows.values():
        edge = etree.SubElement(plane, f"{{{DI}}}BPMNEdge", {"id": f"{flow.id}_di", "bpmnElement": flow.id})
        for x, y in layout.way(flow):
            etree.SubElement(edge, f"{{{DD}}}waypoint", {"x": str(x), "y": str(y)})
    root.set("targetNamespace", root.get("targetNamespace") or "https://yiwang.example/processes")
    etree.indent(root, "  ")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
