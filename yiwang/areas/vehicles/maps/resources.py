"""台账 of geofences, and the pages of the map."""

from __future__ import annotations

from yiwang.areas.vehicles.maps.models import Geofence
from yiwang.areas.vehicles.maps.rights import may_see_map
from yiwang.areas.vehicles.nav import reads
from yiwang.core.registers.pages import guard
from yiwang.desk.kinds import Column, Resource, page, register

page("vehicles", "车辆地图", "vehicles:map")
page("vehicles", "电子围栏图", "vehicles:fences")
guard("vehicles:map", may_see_map)
guard("vehicles:fences", reads)

GEOFENCE = register(
    Resource(
        key="vehicles.geofence",
        label="电子围栏",
        model=Geofence,
        columns=(
            Column(path="name", sort="sort_key", synonyms=("围栏名称",), example="市区范围"),
            Column(path="organ", synonyms=("划定单位",)),
            Column(path="kind", synonyms=("围栏类别",)),
            Column(path="valid_from", example="2026-01-01"),
            Column(path="valid_to"),
            Column(path="note", brief=False),
        ),
        natural=("organ", "name"),
        pinyin=(("sort_key", "name"),),
        filters=("organ", "kind"),
        search=("name",),
        order="sort_key",
        ends="valid_to",
        words=(("open", "画围栏"), ("redraw", "重画围栏"), ("end", "终止围栏")),
    )
)
