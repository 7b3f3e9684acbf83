"""BPMN files for tests, written from a few lines."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from xml.sax.saxutils import quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:yw="https://yiwang.example/bpmn" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="defs">'
)
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "task": "userTask",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "call": "callActivity",
}


def node(kind: str, key: str, name: str = "", **attributes: str) -> str:
    """One node. Attributes of ours lose their prefix: `role="MANAGER"`; `default`, `calledElement` stay."""
    plain = {"default", "calledElement"}
    words = {"id": key, **({"name": name or key} if kind in ("task", "call") else {})}
    words |= {(one if one in plain else f"yw:{one}"): value for one, value in attributes.items()}
    return f"<{TAGS.get(kind, kind)} {' '.join(f'{one}={quoteattr(value)}' for one, value in words.items())}/>"


def flow(source: str, target: str, condition: str = "", key: str = "") -> str:
    """One way; its id is source-target unless given."""
    inner = f"<conditionExpression>{condition.replace('&', '&amp;').replace('<', '&lt;')}</conditionExpression>"
    return f"<sequenceFlow id={quoteattr(key or f'{source}-{target}')} sourceRef={quoteattr(source)} targetRef={quoteattr(target)}>{inner if condition else ''}</sequenceFlow>"


def ways(*chains: str) -> list[str]:
    """`"a > b > c"` → the flows between them."""
    found = []
    for chain in chains:
        names = [one.strip() for one in chain.split(">")]
        found += [flow(source, target) for source, target in pairwise(names)]
    return found


def fact(key: str, label: str, kind: str = "text", **attributes: str) -> str:
    """One fact of the process."""
    words = {"key": key, "label": label, "kind": kind, **attributes}
    return f"<yw:fact {' '.join(f'{one}={quoteattr(value)}' for one, value in words.items())}/>"


def process(key: str, parts: Iterable[str], facts: Iterable[str] = (), name: str = "试验流程") -> bytes:
    """A whole file."""
    inner = "".join(facts)
    extension = f"<extensionElements>{inner}</extensionElements>" if inner else ""
    return f"{HEAD}<process id={quoteattr(key)} name={quoteattr(name)}>{extension}{''.join(parts)}</process></definitions>".encode()
