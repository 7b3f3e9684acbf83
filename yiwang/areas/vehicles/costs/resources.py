"""台账 of designated suppliers. The page of costs is declared with those of the watch, after those of the trips."""

from __future__ import annotations

from yiwang.areas.vehicles.costs.models import DesignatedSupplier
from yiwang.desk.kinds import Column, Resource, register

DESIGNATED = register(
    Resource(
        key="vehicles.designated-supplier",
        label="定点供应商",
        model=DesignatedSupplier,
        columns=(
            Column(path="name", sort="sort_key", synonyms=("供应商名称", "定点单位"), example="示例石化示例路加油站"),
            Column(path="kind", synonyms=("定点类别",), example="加油"),
            Column(path="organ", label="签约单位", synonyms=("单位",)),
            Column(path="contract", synonyms=("合同号",)),
            Column(path="address", brief=False, synonyms=("坐落",)),
            Column(path="longitude", unit="度", brief=False, example="102.712300"),
            Column(path="latitude", unit="度", brief=False, example="25.046800"),
            Column(path="valid_from"),
            Column(path="valid_to"),
        ),
        natural=("organ", "name", "kind"),
        pinyin=(("sort_key", "name"),),
        filters=("organ", "kind"),
        search=("name", "contract"),
        ends="valid_to",
    )
)
