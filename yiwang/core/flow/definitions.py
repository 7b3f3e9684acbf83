"""Definitions: uploaded as drafts or whole, put in force from a day, retired; the shipped ones installed when first needed."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from django.db import transaction
from django.db.models import Max

from yiwang.core.datasets import all_datasets
from yiwang.core.flow import processes
from yiwang.core.flow.bpmn import Compiled, Graph, NodeType, compile_bpmn
from yiwang.core.flow.models import Definition, DefinitionState
from yiwang.core.flow.people import parse_role
from yiwang.core.flow.processes import ProcessKind
from yiwang.core.ledger.post import post
from yiwang.core.orgs.models import Organ
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import Verb
from yiwang.core.standards.regions import canonical_region
from yiwang.kit.refusal import Refusal

#: What ships is in force from the beginning.
BEGINNING = date(2000, 1, 1)


def compile_for(data: bytes, kind: ProcessKind | None = None) -> Compiled:
    """Compile a file as a version of a registered process (None: as whatever it says it is)."""
    gates = set(all_datasets()) | (set(kind.gates) if kind else set())
    facts = kind.facts if kind else ()
    return compile_bpmn(data, facts=facts, gates=gates, known_role=lambda word: parse_role(word) is not None)


def graph_of(definition: Definition) -> Graph:
    """The graph of a definition, kept: a definition never changes."""
    return _graph(definition.pk, definition.sha)


@lru_cache(maxsize=256)
def _graph(pk: int, sha: str) -> Graph:
    return Graph.from_json(Definition.objects.only("graph").get(pk=pk, sha=sha).graph)


def upload(*, xml: bytes, access: Access, now: datetime, region: str = "CN") -> Definition:
    """A new version of a registered process, as a draft. BpmnRefusal names element and reason.

    Refusals `flow.process` (its id is none that is registered), `flow.same` (nothing changed), `rights.denied`.
    """
    compiled = compile_for(xml)  # first: the file says which process it is
    kind = processes.get(compiled.graph.key)
    access.need(access.may(Verb.CONFIGURE, kind.area), "维护流程")
    compiled = compile_for(xml, kind)
    place = canonical_region(region)
    _within(access, place)
    shipped = install(kind.key, now)
    with transaction.atomic():
        Definition.objects.select_for_update().only("pk").get(pk=shipped.pk)  # one upload of a process at a time
        last = Definition.objects.filter(key=kind.key).order_by("-version").first()
        if last is not None and last.sha == compiled.sha and last.region == place:
            raise Refusal("flow.same", f"文件与第 {last.version} 版完全相同,没有新增版本。")
        row = _insert(kind, compiled, xml, region=place, made_by=access.actor, made_at=now)
        body = {"key": row.key, "version": row.version, "sha": row.sha, "points": len(row.points)}
        post(actor=access.actor, act="flow.definition.upload", obj=f"flow.definition:{row.pk}", body=body)
    return row


def _within(access: Access, region: str) -> None:
    """Who works for a county may not change the process of the nation."""
    organ = access.organ
    if organ is not None and organ.superior_id is not None:
        from yiwang.core.standards.regions import chain

        if organ.region_id != region and organ.region_id not in chain(region):
            raise Refusal("flow.region", f"您只能为本地区({organ.region_id})维护流程,不能改动 {region} 的。")


def _insert(
    kind: ProcessKind,
    compiled: Compiled,
    xml: bytes,
    *,
    region: str,
    made_by: str,
    made_at: datetime | None,
    shipped: bool = False,
) -> Definition:
    last = Definition.objects.filter(key=kind.key).aggregate(last=Max("version"))["last"] or 0
    row = Definition(
        key=kind.key,
        version=last + 1,
        name=compiled.graph.name,
        area=kind.area,
        xml=xml,
        sha=compiled.sha,
        graph=compiled.graph.as_json(),
        points=list(compiled.points),
        region=region,
        made_by=made_by,
        made_at=made_at,
        shipped=shipped,
    )
    if shipped:
        row.state, row.valid_from = DefinitionState.IN_FORCE, BEGINNING
    row.save()
    return row


def publish(*, definition: int, on_from: date, access: Access, on: date) -> Definition:
    """Put a draft in force from a day on (today or later); the version before it ends there. Running cases keep theirs.

    Refusals `flow.points` (it is not complete), `flow.state`, `flow.day`, `flow.called` (it calls what is not there).
    """
    with transaction.atomic():
        row = Definition.objects.select_for_update().filter(pk=definition).defer("xml").first()
        if row is None:
            raise Refusal("flow.definition", "没有这个流程版本。")
        access.need(access.may(Verb.CONFIGURE, row.area), "维护流程")
        _within(access, row.region)
        _publishable(row, on_from, on)
        rows = Definition.objects.select_for_update().filter(
            key=row.key, region=row.region, state=DefinitionState.IN_FORCE
        )
        for before in rows.defer("xml"):
            if before.valid_from is not None and before.valid_from >= on_from:
                before.state = DefinitionState.RETIRED
            elif before.valid_to is None or before.valid_to > on_from:
                before.valid_to = on_from
            before.save(update_fields=["state", "valid_to"])
        row.state, row.valid_from = DefinitionState.IN_FORCE, on_from
        row.save(update_fields=["state", "valid_from"])
        body = {"key": row.key, "version": row.version, "from": on_from, "region": row.region}
        post(actor=access.actor, act="flow.definition.publish", obj=f"flow.definition:{row.pk}", body=body)
    return row


def _publishable(row: Definition, on_from: date, on: date) -> None:
    if row.state != DefinitionState.DRAFT:
        raise Refusal("flow.state", f"第 {row.version} 版现为“{row.get_state_display()}”,只有草稿可以启用。")
    if row.points:
        raise Refusal(
            "flow.points", f"还有 {len(row.points)} 处待完善:{';'.join(row.points[:3])}。完善后重新上传再启用。"
        )
    if on_from < on:
        raise Refusal("flow.day", f"启用日期 {on_from} 已过,应不早于 {on}。")
    for node in graph_of(row).nodes.values():
        if node.type is NodeType.CALL and not processes.known(node.called):
            raise Refusal("flow.called", f"“{node.name}”调用的流程 {node.called} 没有登记,不能启用。")


def retire(*, definition: int, access: Access, on: date) -> Definition:
    """A draft is dropped; a version in force ends today. The process must keep one that ships or another version."""
    with transaction.atomic():
        row = Definition.objects.select_for_update().filter(pk=definition).defer("xml").first()
        if row is None:
            raise Refusal("flow.definition", "没有这个流程版本。")
        access.need(access.may(Verb.CONFIGURE, row.area), "维护流程")
        _within(access, row.region)
        if row.state == DefinitionState.RETIRED:
            raise Refusal("flow.state", f"第 {row.version} 版已经停用。")
        if row.state == DefinitionState.IN_FORCE and row.region == "CN":
            raise Refusal("flow.last", "全国通用的版本不能停用,请启用新版本来代替它。")
        row.state, row.valid_from = DefinitionState.RETIRED, row.valid_from or on
        if row.valid_to is None and row.valid_from < on:
            row.valid_to = on
        row.save(update_fields=["state", "valid_from", "valid_to"])
        body = {"key": row.key, "version": row.version}
        post(actor=access.actor, act="flow.definition.retire", obj=f"flow.definition:{row.pk}", body=body)
    return row


def install(key: str, now: datetime | None = None) -> Definition:
    """The shipped version of a process, written if it is not there. Two at once give one."""
    kind = processes.get(key)
    shipped = Definition.objects.filter(key=key, shipped=True).defer("xml").order_by("version")
    found = shipped.first()
    if found is not None:
        return found
    data = kind.file.read_bytes()
    compiled = compile_for(data, kind)
    if compiled.graph.key != key:
        raise ValueError(f"{kind.file.name} is the process {compiled.graph.key}, not {key}")
    if compiled.points:
        raise ValueError(f"{kind.file.name} is a draft: {compiled.points}")
    from django.db import IntegrityError

    try:
        with transaction.atomic():
            row = _insert(kind, compiled, data, region="CN", made_by="system", made_at=now, shipped=True)
            body = {"key": key, "version": row.version, "sha": row.sha}
            post(actor="system", act="flow.definition.install", obj=f"flow.definition:{row.pk}", body=body)
    except IntegrityError:
        return shipped[0]
    return row


def install_shipped() -> list[Definition]:
    """Every registered process has a version."""
    return [install(kind.key) for kind in processes.all_kinds()]


def in_force(key: str, on: date, organ: Organ) -> Definition:
    """The definition by which a case of an organ is opened on a day. Refusals `flow.process`, `flow.none`."""
    found = Definition.objects.in_force(key, on, organ.region_id)
    if found is None:
        install(key)
        found = Definition.objects.in_force(key, on, organ.region_id)
    if found is None:
        raise Refusal("flow.none", f"“{processes.get(key).label}”在 {on} 没有现行版本,请联系管理员启用。")
    return found
