"""The twelve standard processes: complete, drawn, known roles, gates that judge; each runs to its end."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest

from yiwang.core.flow import definitions, processes
from yiwang.core.flow.bpmn import NodeType
from yiwang.core.flow.bpmn.drawing import Layout, draw
from yiwang.core.flow.definitions import compile_for
from yiwang.core.flow.models import Definition
from yiwang.core.flow.processes.standard import STANDARD
from yiwang.core.flow.reading import role_words, rule_words

KEYS = [key for key, _, _ in STANDARD]


def test_there_are_twelve() -> None:
    assert len(KEYS) == len(set(KEYS)) == 12


@pytest.mark.parametrize("key", KEYS)
def test_file_is_complete(key: str) -> None:
    kind = processes.get(key)
    compiled = compile_for(kind.file.read_bytes(), kind)
    assert compiled.points == ()
    assert compiled.graph.key == key
    assert compiled.graph.name == kind.label
    people = list(compiled.graph.people())
    assert len(people) >= 3
    assert people[0].role == "applicant"
    assert all(node.days or node.hours for node in people[1:]), "every step has a clock"
    assert all("_" not in role_words(node.role) and rule_words(node.rule) for node in people)


@pytest.mark.parametrize("key", KEYS)
def test_drawing_is_whole_and_no_two_nodes_overlap(key: str) -> None:
    kind = processes.get(key)
    data = kind.file.read_bytes()
    graph = compile_for(data, kind).graph
    for name in (*graph.nodes, *graph.flows):
        assert f'bpmnElement="{name}"'.encode() in data
    layout = Layout(graph)
    for one, other in combinations(layout.boxes.values(), 2):
        apart = one.x + one.width < other.x or other.x + other.width < one.x
        assert apart or one.y + one.height < other.y or other.y + other.height < one.y
    for flow in graph.flows.values():
        corners = layout.way(flow)
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in pairwise(corners)), flow.id


@pytest.mark.parametrize("key", KEYS[:3])
def test_drawing_again_changes_nothing_else(key: str) -> None:
    kind = processes.get(key)
    data = kind.file.read_bytes()
    graph = compile_for(data, kind).graph
    again = draw(data, graph)
    assert compile_for(again, kind).graph == graph
    assert draw(again, graph) == again


@pytest.mark.django_db
def test_installed_once() -> None:
    rows = definitions.install_shipped()
    assert {row.key for row in rows} >= set(KEYS)
    definitions.install_shipped()
    assert Definition.objects.filter(key__in=KEYS).count() == 12
    kinds = {node.type for row in rows for node in definitions.graph_of(row).nodes.values()}
    assert {NodeType.FORK, NodeType.JOIN, NodeType.XOR, NodeType.TASK} <= kinds
