"""The registers of the watch: all that kinds inherit."""

from __future__ import annotations

from datetime import date
from itertools import count

from yiwang.areas.vehicles.watch.models import ListedPlace, Threshold
from yiwang.areas.vehicles.watch.tests import scene
from yiwang.core.orgs.models import Organ, Scoped
from yiwang.desk.testing import KindTests

_numbers = count(1)


def _saved(row: Scoped) -> Scoped:
    row.place()
    row.save()
    return row


class TestThreshold(KindTests):
    """监督阈值."""

    key = "vehicles.threshold"

    def make(self, organ: Organ) -> Scoped:
        """Each of another rule's figure."""
        names = (("MOVED", "上限"), ("SPEED", "持续"), ("TANK", "上限"), ("AREA", "上限"), ("STOP", "上限"))
        rule, name = names[Threshold.objects.filter(organ=organ).count() % len(names)]
        since = date(2026, 1, 1 + Threshold.objects.filter(organ=organ).count() // len(names))
        until = date(since.year, since.month, since.day + 1)
        return _saved(Threshold(organ=organ, rule=rule, name=name, value=100, valid_from=since, valid_to=until))

    def given(self, organ: Organ) -> dict[str, str]:
        """One more."""
        given = {"organ": organ.name, "rule": "无单移动", "name": "前后宽限", "value": "45"}
        return {**given, "valid_from": "2026-06-01", "valid_to": "", "ground": "示机管〔2026〕9号"}


class TestListedPlace(KindTests):
    """所列场所."""

    key = "vehicles.listed-place"

    def make(self, organ: Organ) -> Scoped:
        """A circle."""
        facts = {"longitude": 102, "latitude": 25, "valid_from": date(2026, 1, 1)}
        return _saved(ListedPlace(organ=organ, name=f"度假村{next(_numbers)}", kind="SCENIC", **facts))

    def given(self, organ: Organ) -> dict[str, str]:
        """One more."""
        given = {"organ": organ.name, "name": "示例温泉", "kind": "旅游景区", "radius": "200"}
        return {**given, "longitude": "102.712300", "latitude": "25.046800", "valid_from": "2026-06-01", "valid_to": ""}


class TestAssessment(KindTests):
    """个人信息影响评估."""

    key = "vehicles.assessment"

    def make(self, organ: Organ) -> Scoped:
        """One in force."""
        return scene.assessment(organ, title=f"轨迹查阅{next(_numbers)}")

    def given(self, organ: Organ) -> dict[str, str]:
        """One more."""
        given = {"organ": organ.name, "title": "轨迹查阅评估", "purpose": "核查线索", "risk": "可推知行踪"}
        more = {"measures": "逐次写明事由", "assessor": "法规处", "valid_from": "2026-06-01", "valid_to": "2027-06-01"}
        return {**given, **more}
