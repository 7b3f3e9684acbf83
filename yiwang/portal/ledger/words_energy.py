"""Acts and things of energy in words."""

from __future__ import annotations

ACTS = {
    "energy.reading.record": "登记抄表", "energy.reading.deliver": "接收抄表", "energy.reading.correct": "更正抄表",
    "energy.reading.strike": "删除抄表", "energy.meter.share": "登记分摊", "energy.meter.compose": "设定虚拟表算式",
    "energy.meter.bill": "登记能源账单", "energy.meter.rework": "重算月用量", "energy.meter.receive": "接收自动采集",
    "energy.statement.take": "导入能源对账单", "demo.energy": "装入示例能耗",
}  # fmt: skip
ACTS |= {
    "energy.sign.judge": "判定用能线索", "energy.sign.answer": "答复用能线索", "energy.target.plan": "登记节能规划",
    "energy.target.give": "下达节能目标",
}  # fmt: skip
THINGS = {
    "energy.reading": "抄表记录", "energy.meter": "计量器具", "energy.statement": "能源对账单", "energy.sign": "用能线索",
    "energy.target": "节能目标", "energy.telemetry": "自动采集",
}  # fmt: skip
PAGES = {"energy.meter": "energy:meter", "energy.sign": "energy_judge:sign"}
