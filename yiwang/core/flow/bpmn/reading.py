"""Bytes → an XML tree, with everything refused that could do more than describe a picture."""

from __future__ import annotations

import re

from lxml import etree

from yiwang.core.flow.bpmn.problems import BpmnRefusal, Problem

LARGEST = 2 << 20
#: Elements in the whole file, drawing included: 300 nodes need about 6,000.
MOST = 20_000
BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
#: The drawing: read by the viewer only.
DRAWING = (
    "http://www.omg.org/spec/BPMN/20100524/DI",
    "http://www.omg.org/spec/DD/20100524/DC",
    "http://www.omg.org/spec/DD/20100524/DI",
)
OURS = "https://yiwang.example/bpmn"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")


def read(data: bytes) -> etree._Element:
    """The root of the file. Refusals `bpmn.size`, `bpmn.encoding`, `bpmn.doctype`, `bpmn.xml`, `bpmn.root`."""
    if len(data) > LARGEST:
        raise refusal("bpmn.size", f"文件有 {len(data):,} 字节,超过 {LARGEST >> 20} MB,不会是一张流程图")
    _encoding(data)
    if re.search(rb"<!\s*(DOCTYPE|ENTITY)", data, re.IGNORECASE):
        raise refusal("bpmn.doctype", "文件里有 DOCTYPE 或实体声明,流程图用不着,请删去后再上传", "DOCTYPE")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        dtd_validation=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise refusal("bpmn.xml", f"不是完整的 XML 文件({str(error)[:200]}),请用流程图工具重新导出") from None
    if root.tag != f"{{{BPMN}}}definitions":
        raise refusal("bpmn.root", "不是 BPMN 2.0 文件:最外层应是 definitions", _short(root.tag))
    count = sum(1 for _ in root.iter())
    if count > MOST:
        raise refusal("bpmn.nodes", f"文件有 {count:,} 个元素,超过 {MOST:,}")
    return root


def _encoding(data: bytes) -> None:
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf"))
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in data[:200]
    other = declared is not None and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii")
    if wide or other:
        said = "UTF-16/UTF-32" if wide else declared[1].decode("ascii", "replace") if declared else ""
        raise refusal("bpmn.encoding", f"文件编码是 {said},请另存为 UTF-8", "encoding")


def refusal(code: str, message: str, element: str = "") -> BpmnRefusal:
    """The refusal of a whole file for one problem, with the element's id where there is one."""
    return BpmnRefusal([Problem(code, element, message)])


def _short(tag: object) -> str:
    return etree.QName(str(tag)).localname


def local(element: etree._Element) -> tuple[str, str]:
    """Namespace and local name of an element."""
    name = etree.QName(element)
    return name.namespace or "", name.localname
