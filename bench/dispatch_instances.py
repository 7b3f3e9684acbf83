"""Instances in the format of Li and Lim, made as they made theirs: tours in time over a plane, pairs drawn inside each tour.

The public ones (100 nodes: lc101 … lrc208; SINTEF) are not ours to ship; `yiwang dispatch solve FILE` reads them. A tour that was
there before the windows proves that each instance can be solved.
"""

from __future__ import annotations

import math
import random

from yiwang.areas.vehicles.dispatch.lilim import Instance, Node

NODES = 100
#: horizon and service time of the three classes, as in Solomon's problems that Li and Lim began with
CLASSES = {"lc": (1236, 90), "lr": (230, 10), "lrc": (240, 10)}
Stop = tuple[int, float]


def instance(kind: str, seed: int) -> Instance:
    """A clustered (lc), random (lr) or mixed (lrc) instance of 100 nodes and a few more for trips that had no partner."""
    rng = random.Random(f"{kind}{seed}")
    horizon, service = CLASSES[kind]
    points = [(40.0, 50.0), *_plane(rng, kind)]
    nodes: dict[int, Node] = {0: Node(0, *points[0], 0, 0, horizon, 0, 0, 0)}
    spare = NODES
    for tour in _tours(rng, points, horizon, service):
        while tour:
            first = tour.pop(0)
            amount = rng.choice((10, 10, 20, 30))
            if tour:
                second = tour.pop(rng.randrange(len(tour)))
                one, two = first[0], second[0]
            else:
                spare += 1
                second, one, two = first, first[0], spare
            wait = service if second is not first else 0
            nodes[one] = _node(rng, one, points, first, amount, wait, (0, two), (horizon, service))
            nodes[two] = _node(rng, two, points, second, -amount, service, (one, 0), (horizon, service))
    return Instance(f"{kind}-{seed}", 25, 200, tuple(nodes[number] for number in sorted(nodes)))


def _plane(rng: random.Random, kind: str) -> list[tuple[float, float]]:
    middles = [(rng.uniform(10, 70), rng.uniform(10, 80)) for _ in range(10)]
    points = []
    for number in range(NODES):
        if kind == "lr" or (kind == "lrc" and number % 2):
            points.append((float(rng.randint(2, 67)), float(rng.randint(3, 77))))
        else:
            x, y = middles[number % 10]
            points.append((float(round(rng.gauss(x, 4))), float(round(rng.gauss(y, 4)))))
    return points


def _tours(rng: random.Random, points: list[tuple[float, float]], horizon: int, service: int) -> list[list[Stop]]:
    """Tours by the nearest neighbour, now and then the third nearest, each with the times at which it arrives."""
    left, tours = set(range(1, NODES + 1)), []
    while left:
        number = rng.choice(sorted(left))
        tour = [(number, math.dist(points[0], points[number]) + rng.uniform(0, horizon / 12))]
        left.discard(number)
        while left and len(tour) < 12:
            near = sorted((math.dist(points[tour[-1][0]], points[one]), one) for one in left)
            way, number = near[0] if rng.random() < 0.7 else near[min(2, len(near) - 1)]
            arrival = tour[-1][1] + service + way
            if arrival + service + math.dist(points[number], points[0]) > horizon * 0.95:
                break
            tour.append((number, arrival))
            left.discard(number)
        tours.append(tour)
    return tours


def _node(
    rng: random.Random,
    number: int,
    points: list[tuple[float, float]],
    stop: Stop,
    amount: float,
    wait: float,
    links: tuple[int, int],
    rule: tuple[int, int],
) -> Node:
    """A window around the arrival: narrow, wide, or the whole day."""
    place, arrival = stop
    horizon, service = rule
    x, y = points[place]
    width = rng.choice((horizon // 8, horizon // 4, horizon))
    ready = max(0, int(arrival - width / 2))
    latest = int(horizon - service - math.dist((x, y), points[0]) - 1)
    due = max(math.ceil(arrival), min(latest, ready + width))
    return Node(number, x, y, amount, ready, due, wait, *links)
