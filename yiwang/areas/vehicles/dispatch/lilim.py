"""Pickup and delivery with time windows in the public text format of Li and Lim, so that anybody can measure the solver.

Format (SINTEF, www.sintef.no/projectweb/top/pdptw/documentation): first line vehicles, capacity, speed; then one line a node:
number, x, y, demand, earliest, latest, service time, number of its pickup (0 if it is one), number of its delivery. Node 0 is the
depot. Ways are Euclidean and take as long as they are far. Fewest vehicles first, then the shortest way.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yiwang.areas.vehicles.dispatch.pyvrp_solver import quiet
from yiwang.kit.refusal import Refusal, Where

#: Distances and times are counted in this part of a unit and rounded up, so that what fits in whole numbers fits exactly.
SCALE = 10_000
MOST_NODES = 3_000
MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Node:
    """One line of the file."""

    number: int
    x: float
    y: float
    demand: float
    ready: float
    due: float
    service: float
    pickup: int
    delivery: int


@dataclass(frozen=True, slots=True)
class Instance:
    """A file read."""

    name: str
    vehicles: int
    capacity: int
    nodes: tuple[Node, ...]

    def way(self, one: int, two: int) -> float:
        """Euclidean distance."""
        a, b = self.nodes[one], self.nodes[two]
        return math.hypot(a.x - b.x, a.y - b.y)


@dataclass(frozen=True, slots=True)
class Answer:
    """Routes of node numbers without the depot."""

    routes: tuple[tuple[int, ...], ...]
    distance: float
    seconds: float

    @property
    def vehicles(self) -> int:
        """How many vehicles drive."""
        return len(self.routes)


def read(path: Path) -> Instance:
    """Read a file. Refusals `dispatch.file`, `dispatch.row`: what is wrong, and in which line."""
    where = Where(file=path.name)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refusal("dispatch.file", "文件超过 2 MB,不像一个算例。", where=where)
        text = path.read_text(encoding="utf-8-sig")
    except OSError:
        raise Refusal("dispatch.file", "文件打不开,请检查路径和权限。", where=where) from None
    except UnicodeDecodeError:
        raise Refusal("dispatch.file", "不是文本文件,应为 Li & Lim 的文本格式。", where=where) from None
    rows = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(rows) < 2 or len(rows[0][1]) < 2:
        raise Refusal("dispatch.file", "第一行应为车辆数、容量、速度,第二行起每行一个点。", where=where)
    vehicles, capacity = (int(_number(part, path, rows[0][0])) for part in rows[0][1][:2])
    if len(rows) - 1 > MOST_NODES:
        raise Refusal("dispatch.file", f"最多 {MOST_NODES:,} 个点。", where=where)
    nodes = tuple(_node(parts, path, number) for number, parts in rows[1:])
    instance = Instance(path.stem, vehicles, capacity, nodes)
    _check(instance, path, [number for number, _ in rows[1:]])
    return instance


def _number(text: str, path: Path, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise Refusal("dispatch.row", f"“{text[:20]}”不是数。", where=Where(file=path.name, row=line))
    return value


def _node(parts: list[str], path: Path, line: int) -> Node:
    if len(parts) != 9:
        raise Refusal("dispatch.row", f"应有 9 个数,现有 {len(parts)} 个。", where=Where(file=path.name, row=line))
    values = [_number(part, path, line) for part in parts]
    number, x, y, demand, ready, due, service, pickup, delivery = values
    return Node(int(number), x, y, demand, ready, due, service, int(pickup), int(delivery))


def _check(instance: Instance, path: Path, lines: list[int]) -> None:
    """Numbers in order, each pickup with its delivery, demands that cancel out, windows the right way round."""
    nodes = instance.nodes
    if instance.vehicles < 1 or instance.capacity < 0:
        raise Refusal("dispatch.file", "车辆数应大于 0,容量不能为负。", where=Where(file=path.name, row=1))
    for place, (node, line) in enumerate(zip(nodes, lines, strict=True)):
        where = Where(file=path.name, row=line)
        if node.number != place:
            raise Refusal("dispatch.row", f"点号应为 {place},现为 {node.number}。", where=where)
        if node.due < node.ready or node.service < 0:
            raise Refusal("dispatch.row", "最晚时间早于最早时间,或服务时间为负。", where=where)
        if place == 0:
            continue
        other = node.delivery or node.pickup
        if not 0 < other < len(nodes) or bool(node.delivery) == bool(node.pickup):
            raise Refusal("dispatch.row", "每个点要么写明它的送达点,要么写明它的取货点。", where=where)
        back = nodes[other].pickup if node.delivery else nodes[other].delivery
        if back != place or node.demand + nodes[other].demand != 0 or (node.delivery and node.demand < 0):
            raise Refusal("dispatch.row", f"与 {other} 号点不成对:编号应互指,取送数量应相抵。", where=where)


def solve(instance: Instance, seconds: float, seed: int = 0) -> Answer:
    """The best routes found in so many seconds, proven by `faults`. Refusals `dispatch.solver`, `dispatch.infeasible`."""
    begun = time.monotonic()
    try:
        import pyvrp
    except ImportError:
        raise Refusal("dispatch.solver", "没有安装 pyvrp,不能求解,请按 requirements.lock 安装。") from None
    if len(instance.nodes) == 1:
        return Answer((), 0.0, 0.0)
    search = _Search(pyvrp, instance, seed)
    best = search.run(instance.vehicles, seconds * 0.55, None)
    if best is None:
        best = search.run(instance.vehicles, seconds * 0.35, None, calm=True)
    if best is None:
        raise Refusal("dispatch.infeasible", "在给定时间内没有找到可行解,请加长 --seconds,或检查时间窗和车辆数。")
    while (left := begun + seconds - time.monotonic()) > seconds * 0.25 and best.num_routes() > 1:
        fewer = search.run(best.num_routes() - 1, min(left - seconds * 0.2, seconds * 0.15), None, first=True)
        if fewer is None:
            break
        best = fewer
    last = begun + seconds - time.monotonic() - 0.2
    if last > 0.2:
        best = _shorter(best, search.run(best.num_routes(), last, best, fixed=False))
    answer = Answer(search.routes(best), 0.0, time.monotonic() - begun)
    answer = Answer(answer.routes, length(instance, answer.routes), answer.seconds)
    wrong = faults(instance, answer.routes)
    if wrong:
        raise AssertionError(wrong[0])
    return answer


def _shorter(one: Any, two: Any) -> Any:
    if two is None or (two.num_routes(), two.distance()) > (one.num_routes(), one.distance()):
        return one
    return two


class _Search:
    """The instance in PyVRP's words."""

    def __init__(self, pyvrp: Any, instance: Instance, seed: int) -> None:
        self.pyvrp, self.instance, self.seed = pyvrp, instance, seed
        self.pairs = [(node.number, node.delivery) for node in instance.nodes if node.delivery]
        import numpy as np

        points = np.array([(node.x, node.y) for node in instance.nodes])
        gap = points[:, None, :] - points[None, :, :]
        self.matrix = np.ceil(np.hypot(gap[..., 0], gap[..., 1]) * SCALE - 1e-6).astype(np.int64)

    def _data(self, vehicles: int, fixed: int) -> Any:
        lib, nodes = self.pyvrp, self.instance.nodes
        scaled = [(round(node.ready * SCALE), round(node.due * SCALE), round(node.service * SCALE)) for node in nodes]
        shipments = [
            lib.Shipment(one, two, *scaled[one], *scaled[two], amount=[round(nodes[one].demand)])
            for one, two in self.pairs
        ]
        kind = lib.VehicleType(
            num_available=vehicles,
            capacity=[self.instance.capacity],
            fixed_cost=fixed,
            tw_early=scaled[0][0],
            tw_late=scaled[0][1],
        )
        places = [lib.Location(node.x, node.y) for node in nodes]
        return lib.ProblemData(places, [], [lib.Depot(0)], [kind], [self.matrix], [self.matrix], [], shipments)

    def run(
        self, vehicles: int, seconds: float, start: Any, *, fixed: bool = True, first: bool = False, calm: bool = False
    ) -> Any:
        """The best feasible solution with so many vehicles, or None. `first`: the first will do; `fixed`: vehicles are dear."""
        if seconds <= 0.1:
            return None
        stops = self.pyvrp.stop
        stop = stops.MaxRuntime(seconds)
        if first:
            stop = stops.MultipleCriteria([stop, stops.FirstFeasible()])
        cost = int(self.matrix.max()) * 4 if fixed and not calm else 0
        data = self._data(vehicles, cost)
        begin = (
            self.pyvrp.Solution(data, [self.pyvrp.Route(data, _steps(route), 0) for route in start.routes()])
            if start
            else None
        )
        with quiet():
            result = self.pyvrp.solve(
                data, stop, seed=self.seed, collect_stats=False, display=False, initial_solution=begin
            )
        found = result.best
        return found if found.is_feasible() and found.is_complete() else None

    def routes(self, solution: Any) -> tuple[tuple[int, ...], ...]:
        """Node numbers."""
        return tuple(
            tuple(
                self.pairs[step.idx][0 if step.is_pickup() else 1]
                for step in route
                if step.is_shipment() or step.is_pickup()
            )
            for route in solution.routes()
        )


def _steps(route: Any) -> list[Any]:
    return [step for step in route if not step.is_depot()]


def length(instance: Instance, routes: tuple[tuple[int, ...], ...]) -> float:
    """The whole way, depot to depot."""
    return math.fsum(
        instance.way(one, two) for route in routes for one, two in zip((0, *route), (*route, 0), strict=True)
    )


def faults(instance: Instance, routes: tuple[tuple[int, ...], ...]) -> list[str]:
    """What is wrong with the routes, counted exactly from the file; nothing: they are good."""
    nodes, seen = instance.nodes, [number for route in routes for number in route]
    found = [] if sorted(seen) == list(range(1, len(nodes))) else ["every node exactly once"]
    if len(routes) > instance.vehicles:
        found.append("too many vehicles")
    for route in routes:
        now, at, load, place = nodes[0].ready, 0, 0.0, {number: order for order, number in enumerate(route)}
        for number in route:
            node = nodes[number]
            now = max(now + nodes[at].service * (at > 0) + instance.way(at, number), node.ready)
            load, at = load + node.demand, number
            if now > node.due + 1e-6:
                found.append(f"{number}: late")
            if load > instance.capacity:
                found.append(f"{number}: too much load")
            if node.pickup and place.get(node.pickup, len(route)) > place[number]:
                found.append(f"{number}: delivered before it is picked up, or by another vehicle")
        if route and now + nodes[at].service + instance.way(at, 0) > nodes[0].due + 1e-6:
            found.append("late at the depot")
    return found
