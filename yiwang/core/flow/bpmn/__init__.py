"""BPMN 2.0 files → graphs: a named subset, checked for soundness. Nothing in a file is ever executed.

Reading needs no database and no Django.
"""

from yiwang.core.flow.bpmn.compiler import Compiled, compile_bpmn
from yiwang.core.flow.bpmn.graph import Flow, Graph, Node, NodeType
from yiwang.core.flow.bpmn.problems import BpmnRefusal, Problem

__all__ = ["BpmnRefusal", "Compiled", "Flow", "Graph", "Node", "NodeType", "Problem", "compile_bpmn"]
