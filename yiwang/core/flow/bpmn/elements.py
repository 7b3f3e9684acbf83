"""The whitelist: XML elements → nodes, flows and facts. What is not on it is refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from yiwang.core.datasets import Kind
from yiwang.core.flow.bpmn.graph import Flow, Node, NodeType
from yiwang.core.flow.bpmn.problems import Problem, named
from yiwang.core.flow.bpmn.reading import BPMN, CAMUNDA, DRAWING, OURS, XSI, ZEEBE, local
from yiwang.core.flow.facts import BUILT_IN, KEY, Fact

MOST_NODES = 300
PROCESS_KEY = re.compile(r"[a-z][a-z0-9_.-]{0,59}")
WORDS = {
    "startEvent": "开始",
    "endEvent": "结束",
    "userTask": "环节",
    "exclusiveGateway": "排他网关",
    "parallelGateway": "并行网关",
    "callActivity": "调用流程",
    "sequenceFlow": "流向",
}
#: Read, but without meaning for the engine: the ||| marker and notes are for the eye.
SILENT = {
    "incoming", "outgoing", "documentation", "textAnnotation", "text", "association", "group", "category",
    "categoryValue", "multiInstanceLoopCharacteristics",
}  # fmt: skip
CONTAINERS = {"process", "collaboration", "participant", "laneSet", "lane", "flowNodeRef", "extensionElements"}
HINTS = {
    "scriptTask": "平台不执行脚本,请改成 userTask,由人办理",
    "serviceTask": "平台不调用外部服务,请改成 userTask",
    "businessRuleTask": "判断请写成排他网关的条件或标准关口(yw:gate)",
    "sendTask": "消息由平台自动发送,请删去",
    "receiveTask": "请改成 userTask",
    "manualTask": "请改成 userTask",
    "task": "请改成 userTask,并写明角色",
    "inclusiveGateway": "包容网关说不清何时汇合,请用排他或并行网关",
    "eventBasedGateway": "请用排他网关",
    "complexGateway": "请用排他或并行网关",
    "subProcess": "请把子流程单独成文件,用 callActivity 调用",
    "boundaryEvent": "超时请用 yw:days 和 yw:escalate",
    "intermediateCatchEvent": "等待请写成 userTask 或 yw:days",
    "intermediateThrowEvent": "请删去",
    "messageFlow": "请删去,只保留一个流程",
}
OUR_ATTRIBUTES = {
    "role", "rule", "days", "hours", "back", "escalate", "batch", "gate", "asks", "returns", "area", "organ",
}  # fmt: skip
#: Attributes of other engines that would run something.
RUNS = {"expression", "class", "delegateExpression", "type", "resultVariable", "topic", "assignee"}


@dataclass
class Elements:
    """What was read of a file."""

    key: str = ""
    name: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    points: list[str] = field(default_factory=list)  # open points: what a draft still lacks

    def add(self, code: str, element: str, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(code, element, message))


def collect(root: etree._Element) -> Elements:
    """Everything of the one process in the file, with the problems found on the way."""
    found = Elements()
    _platform(root, found)
    processes = root.findall(f"{{{BPMN}}}process")
    if len(processes) != 1:
        found.add("bpmn.process", "process", f"文件里应恰有一个流程,现有 {len(processes)} 个")
        return found
    for element in _model(root):
        _known(element, found)
    process = processes[0]
    found.key, found.name = process.get("id", ""), _name(process)
    if not PROCESS_KEY.fullmatch(found.key):
        found.add(
            "bpmn.id", named("流程", found.key), "流程的 id 应为小写字母开头的字母、数字、点、横线,不超过 60 个字符"
        )
    lanes = _lanes(process)
    for element in process:
        _element(element, lanes, found)
    _facts(process, found)
    if len(found.nodes) > MOST_NODES:
        found.add("bpmn.nodes", named("流程", found.key), f"有 {len(found.nodes)} 个节点,超过 {MOST_NODES} 个")
    return found


def _platform(root: etree._Element, found: Elements) -> None:
    cloud = any("executionPlatform" in str(key) and "cloud" in str(value).lower() for key, value in root.attrib.items())
    if cloud or ZEEBE in (root.nsmap or {}).values():
        hint = "这是 Camunda 8(zeebe)的文件,其中的角色和条件平台读不到;请在建模工具里另存为 Camunda 7 或纯 BPMN 2.0"
        found.add("bpmn.zeebe", "zeebe", hint)


def _model(root: etree._Element) -> Iterator[etree._Element]:
    """Every element of the model; the drawing is skipped whole."""
    for child in root:
        if local(child)[0] not in DRAWING:
            yield from child.iter(etree.Element)


def _known(element: etree._Element, found: Elements) -> None:
    space, name = local(element)
    key = element.get("id", "")
    if space == OURS and name == "fact":
        return
    if space == ZEEBE:
        return  # said once for the file
    if space != BPMN:
        found.add("bpmn.element", named(name, key), "不认识的扩展元素,平台不会执行它,请删去")
    elif name not in WORDS and name not in SILENT and name not in CONTAINERS and name != "conditionExpression":
        found.add("bpmn.element", named(name, key, _name(element)), HINTS.get(name, "不在平台支持的元素之内"))
    for attribute in element.attrib:
        _attribute(element, str(attribute), found)


def _attribute(element: etree._Element, attribute: str, found: Elements) -> None:
    name = etree.QName(attribute)
    here = named(local(element)[1], element.get("id", ""), _name(element))
    if name.namespace == OURS and name.localname not in OUR_ATTRIBUTES:
        found.add("bpmn.attribute", here, f"不认识的属性 yw:{name.localname}")
    if name.namespace == CAMUNDA and name.localname in RUNS:
        found.add(
            "bpmn.attribute", here, f"属性 camunda:{name.localname} 会执行程序或指定到人,平台不接受,请改用 yw:role"
        )


def _lanes(process: etree._Element) -> dict[str, str]:
    return {
        (ref.text or "").strip(): _name(lane)
        for lane in process.iter(f"{{{BPMN}}}lane")
        for ref in lane.findall(f"{{{BPMN}}}flowNodeRef")
    }


def _element(element: etree._Element, lanes: dict[str, str], found: Elements) -> None:
    space, name = local(element)
    if space != BPMN or name not in WORDS:
        return
    key = element.get("id", "")
    here = named(WORDS[name], key, _name(element))
    if not key or len(key) > 100:
        found.add("bpmn.id", here, "没有 id 或 id 过长")
    elif key in found.nodes or key in found.flows:
        found.add("bpmn.id", here, "id 重复")
    elif name == "sequenceFlow":
        found.flows[key] = _flow(element, here, found)
    else:
        found.nodes[key] = _node(element, name, lanes.get(key, ""), here, found)


def _flow(element: etree._Element, here: str, found: Elements) -> Flow:
    text = ""
    for child in element.findall(f"{{{BPMN}}}conditionExpression"):
        text = (child.text or "").strip()
        language = child.get("language", "")
        if language and "sql" not in language.lower():
            found.add("bpmn.condition", here, f"条件的语言是 {language[:40]},平台只认 SQL 写法,例如 amount > 5000")
        if any(etree.QName(str(one)).namespace == CAMUNDA for one in child.attrib):
            found.add("bpmn.condition", here, "条件不能引用外部脚本")
        kind = child.get(f"{{{XSI}}}type", "")
        if kind and not kind.endswith("FormalExpression"):
            found.add("bpmn.condition", here, f"不认识的条件类型 {kind[:40]}")
    return Flow(
        id=element.get("id", ""),
        source=element.get("sourceRef", ""),
        target=element.get("targetRef", ""),
        name=_name(element),
        condition=text,
    )


def _node(element: etree._Element, tag: str, lane: str, here: str, found: Elements) -> Node:
    ours = {name: element.get(f"{{{OURS}}}{name}", "").strip() for name in OUR_ATTRIBUTES}
    role = ours["role"] or element.get(f"{{{CAMUNDA}}}candidateGroups", "").strip()
    node = Node(
        id=element.get("id", ""),
        type=_type(element, tag),
        name=_name(element),
        lane=lane,
        role=role,
        rule=_rule(ours["rule"], here, found),
        days=_whole(ours["days"], here, found),
        hours=_hours(ours["hours"], here, found),
        back=ours["back"] or "any",
        escalate=ours["escalate"],
        batch=ours["batch"] == "true",
        gate=ours["gate"],
        asks=_words(ours["asks"]),
        default=element.get("default", ""),
        called=element.get("calledElement", "").strip(),
        returns=_words(ours["returns"]),
    )
    if node.type is NodeType.TASK and not node.name:
        found.add("bpmn.name", here, "环节没有名称")
    if node.type is NodeType.CALL and not PROCESS_KEY.fullmatch(node.called):
        found.add("bpmn.call", here, "没有写明调用哪个流程(calledElement)")
    return node


def _type(element: etree._Element, tag: str) -> NodeType:
    if tag == "parallelGateway":
        return NodeType.FORK  # the compiler tells the splits from the joins
    return {
        "startEvent": NodeType.START,
        "endEvent": NodeType.END,
        "userTask": NodeType.TASK,
        "exclusiveGateway": NodeType.XOR,
        "callActivity": NodeType.CALL,
    }[tag]


def _rule(text: str, here: str, found: Elements) -> str:
    if text in ("", "one", "any", "all"):
        return text or "one"
    share = re.fullmatch(r"share:(0?\.\d{1,4}|1(?:\.0)?)", text)
    if share is None or float(share[1]) <= 0:
        found.add("bpmn.attribute", here, f"yw:rule “{text[:40]}”不对:应为 one、any、all 或 share:0.66")
        return "one"
    return text


def _whole(text: str, here: str, found: Elements) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"\d{1,3}", text) or int(text) == 0:
        found.add("bpmn.attribute", here, f"yw:days “{text[:20]}”不对:应为 1 至 999 的整数(工作日)")
        return None
    return int(text)


def _hours(text: str, here: str, found: Elements) -> str:
    if text and (not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", text) or float(text) == 0):
        found.add("bpmn.attribute", here, f"yw:hours “{text[:20]}”不对:应为工作小时数,例如 4 或 0.5")
        return ""
    return text


def _words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def _facts(process: etree._Element, found: Elements) -> None:
    for element in process.iter(f"{{{OURS}}}fact"):
        key, label, kind = element.get("key", ""), element.get("label", ""), element.get("kind", "text")
        here = named("内容项", key, label)
        taken = key in BUILT_IN or any(fact.key == key for fact in found.facts)
        if not KEY.fullmatch(key) or taken or not label or kind not in set(Kind):
            found.add(
                "bpmn.fact",
                here,
                "内容项要有不重复的 key(小写字母开头)、label 和 kind(text、number、integer、date、bool、code)",
            )
            continue
        found.facts.append(
            Fact(
                key=key,
                label=label,
                kind=Kind(kind),
                unit=element.get("unit", ""),
                note=element.get("note", ""),
                required=element.get("required") == "true",
                choices=tuple(word for word in element.get("choices", "").split("|") if word),
                long=element.get("long") == "true",
                vocabulary=element.get("vocabulary", ""),
            )
        )


def _name(element: etree._Element) -> str:
    return re.sub(r"\s+", " ", element.get("name", "")).strip()[:100]
