"""The twelve standard processes (业务流程标准). They ship as files; areas hang their own work on them by `extend`."""

from __future__ import annotations

from pathlib import Path

from yiwang.core.flow.processes import ProcessKind, known, register

FOLDER = Path(__file__).parent
#: key, label, how the numbers begin. The area is the key's first part.
STANDARD = (
    ("vehicles.trip", "公务用车申请", "YC"),
    ("vehicles.purchase", "公务用车购置(更新)", "GC"),
    ("vehicles.disposal", "公务用车处置", "CC"),
    ("offices.allocation", "办公用房调配", "FT"),
    ("offices.repair", "办公用房维修", "FX"),
    ("assets.purchase", "办公设备采购", "SC"),
    ("assets.disposal", "资产处置", "ZC"),
    ("engagements.reception", "公务接待", "JD"),
    ("engagements.meeting", "会议(活动)审批", "HY"),
    ("engagements.travel", "差旅(培训)审批", "CL"),
    ("services.repair", "后勤报修", "BX"),
    ("services.seal", "公章(证照)使用", "YZ"),
)


def register_standard() -> None:
    """Declare the twelve; called when Django starts."""
    for key, label, code in STANDARD:
        if not known(key):
            area = key.partition(".")[0]
            register(ProcessKind(key=key, label=label, area=area, file=FOLDER / f"{key}.bpmn", code=code))
