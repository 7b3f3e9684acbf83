"""Acts and objects of the ledger in words, and where an object is shown."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from yiwang.areas.services.orders.machine import WORDS as ORDER_WORDS
from yiwang.core.flow.models import EventVerb
from yiwang.core.ledger.models import Entry
from yiwang.core.registers.sight import said
from yiwang.core.rights.access import Access
from yiwang.core.rights.models import User, Verb
from yiwang.desk import kinds
from yiwang.portal.ledger import (
    words_board,
    words_canteen,
    words_energy,
    words_life,
    words_returns,
    words_tracks,
    words_trips,
    words_watch,
)

#: The verb, the last part of an act's code.
VERBS = {
    "create": "登记", "change": "修改", "delete": "删除", "import": "导入", "open": "设立", "rename": "更名", "transfer": "划转",
    "merge": "合并", "split": "拆分", "close": "撤销", "set": "核定", "hand-over": "移交", "hire": "录用", "appoint": "任职",
    "end": "结束", "retire": "离退休", "leave": "离任", "promote": "职级变动", "judge": "判定", "verify": "校验", "load": "装入",
}  # fmt: skip
#: Acts whose verb means something else than elsewhere.
ACTS = {
    "verdicts.finding.assign": "交办问题", "verdicts.finding.extend": "问题延期", "verdicts.finding.start": "开始整改",
    "verdicts.finding.rectify": "提交整改", "verdicts.finding.withdraw": "撤回整改或申诉", "verdicts.finding.send-back": "复核退回",
    "verdicts.finding.close": "问题销号", "verdicts.finding.appeal": "问题申诉", "verdicts.finding.reject": "驳回申诉",
    "verdicts.finding.judge": "判定台账", "rights.user.open": "开户", "rights.user.disable": "停用账号", "rights.user.enable": "恢复账号",
    "rights.user.end-date": "改停用日期", "rights.user.link": "关联人员", "rights.password.reset": "重设口令",
    "rights.password.ask": "申请找回密码", "rights.password.recover": "找回密码", "rights.user.mailbox": "登记邮箱",
    "rights.grant.give": "授权", "rights.grant.revoke": "收回授权", "rights.grant.adopt": "补记授权", "rights.role.define": "定义角色",
    "rights.delegation.lend": "委托", "rights.delegation.end": "收回委托", "rights.session.begin": "登录", "rights.session.logout": "退出",
    "rights.session.fail": "登录失败", "rights.session.lock": "锁定登录", "rights.session.unlock": "解除锁定", "rights.session.end": "结束会话",
    "rights.password.change": "修改密码", "rights.second.enrol": "绑定动态口令", "rights.second.drop": "解除动态口令",
    "rights.second.reset": "重设动态口令", "rights.second.codes": "签发备用码", "rights.second.lock": "锁定动态口令",
    "rights.token.issue": "签发令牌", "rights.token.revoke": "收回令牌", "rights.alarm.raise": "安全告警",
    "demo.furnish": "装入示例后勤数据", "jobs.job.start": "发起后台任务", "jobs.job.park": "停放后台任务", "jobs.job.again": "重新运行后台任务",
    "notices.setting.choose": "修改消息设置", "notices.hook.set": "登记机器人", "notices.hook.drop": "删除机器人",
    "notices.delivery.retry": "重发消息", "papers.paper.issue": "开具单据", "papers.paper.void": "作废单据",
    "attachments.attachment.keep": "添加附件", "attachments.attachment.remove": "删除附件",
    "attachments.attachment.infected": "拦下带病毒的附件", "portal.file.export": "导出或下载文件",
    **{f"services.order.{verb.replace('_', '-')}": f"工单{word}" for verb, word in ORDER_WORDS.items()},
    "services.team.put-in": "班组加人", "services.team.take-out": "班组减人", "services.spot.label": "制作房间标签",
    "services.patrol.look": "巡检点位", "services.patrol.done": "完成巡检", "services.patrol.tick": "生成巡检任务",
}  # fmt: skip
ACTS |= {
    "demo.venues": "装入示例场所", "services.booking.book": "预约场所", "services.booking.change": "改预约", "services.booking.extend": "延长预约",
    "services.booking.cancel": "取消预约", "services.booking.check-in": "签到", "services.booking.finish": "提前结束",
    "services.booking.approve": "批准预约", "services.booking.refuse": "不批准预约", "services.booking.expire": "预约逾期未批",
    "services.booking.release": "未到释放", "services.booking.use": "预约用毕", "services.booking.series": "周期预约",
    "services.waiting.wait": "登记候补", "services.venue.code": "换门牌码", "services.event.draft": "拟会议方案",
    "services.event.change": "改会议方案", "services.event.add-line": "方案加项", "services.event.remove-line": "方案减项",
    "services.event.change-line": "方案改数量",
    "services.event.add-task": "安排会议任务", "services.event.finish-task": "完成会议任务", "services.event.submit": "会议报批",
    "services.event.cancel": "取消会议", "services.event.back": "会议方案退回", "services.event.asked": "会议重新报批", "services.event.approved": "会议批准",
    "flow.definition.upload": "上传流程定义", "flow.definition.publish": "发布流程定义", "flow.definition.retire": "停用流程定义",
    "flow.definition.install": "装入流程定义",
    "services.event.refused": "会议未批准", "services.event.closed": "会议办结",
}  # fmt: skip
#: What the act is done to, the parts before the verb.
THINGS = {
    "orgs.organ": "单位", "orgs.post": "编制", "orgs.person": "人员", "ledger": "存证", "verdicts.finding": "问题",
    "verdicts.dataset": "数据集", "demo": "示例省", "demo.province": "示例省", "demo.services": "示例后勤", "desk.import": "导入",
    "rights.user": "账号", "rights.grant": "授权", "rights.role": "自定义角色", "rights.delegation": "委托",
    "jobs.job": "后台任务", "notices.setting": "消息设置", "notices.hook": "机器人", "notices.delivery": "消息",
    "papers.paper": "单据", "attachments.attachment": "附件", "rights.token": "接口令牌", "rights.alarm": "安全告警", "portal.path": "地址",
    "services.order": "工单", "services.round": "巡检任务", "services.patrol": "巡检", "places.building": "楼",
}  # fmt: skip
#: Objects that are not of the desk, and the pages that show them.
PAGES = {
    "orgs.organ": "orgs:organ",
    "verdicts.finding": "findings:detail",
    "desk.import": "intake:job",
    "services.order": "services:order",
}


THINGS |= {
    "services.booking": "预约", "services.booking_series": "周期预约", "services.event": "会议保障", "services.waiting": "候补",
}  # fmt: skip
PAGES |= {"services.booking": "services:booking", "services.event": "services:event"}
ACTS |= {f"flow.case.{one.value.lower().replace('_', '-')}": f"办事{one.label}" for one in EventVerb}
THINGS |= {"flow.case": "办事", "flow.definition": "流程定义"}
PAGES |= {"flow.case": "cases:case", "flow.definition": "cases:definition"}

for more in (
    words_board,
    words_canteen,
    words_energy,
    words_life,
    words_returns,
    words_tracks,
    words_trips,
    words_watch,
):
    ACTS |= more.ACTS
    THINGS |= more.THINGS
    PAGES |= more.PAGES


def thing_of(code: str) -> str:
    """The label of `orgs.organ` or of a kind of the desk, else the code."""
    if code in THINGS:
        return THINGS[code]
    return _kind_label(code) or code


def _kind_label(code: str) -> str:
    try:
        return kinds.get(code).label
    except KeyError:
        return ""


def act_in_words(act: str) -> str:
    """`offices.room.change` → 修改房间; a verb that is not known stands for itself."""
    if act in ACTS:
        return ACTS[act]
    thing, _, verb = act.rpartition(".")
    return f"{_verb(thing, verb)}{thing_of(thing)}" if thing else VERBS.get(act, act)


def _verb(thing: str, verb: str) -> str:
    """The word of the kind for its verb, else the common one."""
    try:
        return dict(kinds.get(thing).words).get(verb) or VERBS.get(verb, verb)
    except KeyError:
        return VERBS.get(verb, verb)


def object_in_words(obj: str) -> str:
    """`offices.room:123` → 房间 123; what has no label stands for itself."""
    kind, _, key = obj.partition(":")
    label = thing_of(kind)
    return f"{label} {key}" if label != kind else obj


def address_of(obj: str, access: Access) -> str:
    """Where an object is shown, or "" if it has no page or the reader of the ledger may not open such pages."""
    return addresses([obj], access)[obj]


def addresses(objs: Iterable[str], access: Access) -> dict[str, str]:
    """Those of many, by object. One query for each kind whose pages are not every reader's."""
    parts = {obj: obj.partition(":")[::2] for obj in objs}
    keys: dict[str, set[int]] = {kind: set() for kind, _ in parts.values() if kind in words_returns.OPENS}
    for kind, key in parts.values():
        if kind in keys and key.isdigit():
            keys[kind].add(int(key))
    opened = {kind: words_returns.OPENS[kind](access, some) for kind, some in keys.items()}
    return {
        obj: _address(kind, key) if key.isdigit() and _opens(kind, int(key), opened, access) else ""
        for obj, (kind, key) in parts.items()
    }


def _opens(kind: str, key: int, opened: Mapping[str, set[int]], access: Access) -> bool:
    if kind in opened:
        return key in opened[kind]
    return access.may(Verb.CONFIGURE) if kind == "flow.definition" else access.can_read


def _address(kind: str, key: str) -> str:
    if kind in PAGES:
        return reverse(PAGES[kind], args=[key])
    try:
        return f"{kinds.get(kind).url}{key}/"
    except KeyError:
        return ""


def actors(codes: Iterable[str]) -> dict[str, str]:
    """Names by the code that entries use: `user:7` → 王敏."""
    keys = {int(code[5:]) for code in codes if code.startswith("user:") and code[5:].isdigit()}
    users = User.objects.filter(pk__in=keys).only("pk", "display_name", "username")
    return {f"user:{user.pk}": user.display_name or user.username for user in users} | {"system": "系统"}


_BEHALF = re.compile(r'"behalf":"(user:\d+)"')


def behalf_of(body: str) -> str:
    """The code of the user for whom the act was done (代), or ""."""
    found = _BEHALF.search(body)
    return found[1] if found else ""


def who(entry: Entry, names: Mapping[str, str]) -> str:
    """Who acted, and for whom: 李强(代周正)."""
    actor, lender = names.get(entry.actor, entry.actor), behalf_of(entry.body)
    return f"{actor}(代{names.get(lender, lender)})" if lender else actor


def involved(entries: Iterable[Entry]) -> list[str]:
    """The codes of all who acted and for whom."""
    return [code for entry in entries for code in (entry.actor, behalf_of(entry.body)) if code]


def moment(text: str) -> datetime | None:
    """An entry's instant; None where it is no time."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def body_lines(entry: Entry, access: Access) -> list[tuple[str, str]]:
    """The content of an entry as lines of key and value, as the reader may see it; what is not an object as one line."""
    text = entry.body
    if not text:
        return []
    try:
        data: Any = json.loads(text)
    except ValueError:
        return [("内容", text)]
    if not isinstance(data, dict):
        return [("内容", text)]
    return [_line(key, value) for key, value in said(entry.act, entry.obj, data, access).items()]


def _line(key: str, value: Any) -> tuple[str, str]:
    """A line of the content; where the act came from in words."""
    if key == "via" and isinstance(value, dict):
        words = {"unit": "单位", "address": "地址", "request": "请求"}
        return "来源", " · ".join(f"{words.get(name, name)} {one}" for name, one in value.items() if one != "")
    return key, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
