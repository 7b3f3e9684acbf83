"""Typed views of the registers of office equipment and furniture. No Django here. Prices in yuan."""

from __future__ import annotations

from yiwang.core.datasets import Column, Dataset, Kind, register

ORGAN = Column(
    key="organ",
    label="单位",
    synonyms=("单位名称", "使用单位", "资产占有单位", "所在单位", "购置单位"),
    example="示例省财政厅",
)
ORGAN_TIER = Column(
    key="organ_tier",
    label="机关层级",
    vocabulary="organ_tier",
    synonyms=("单位层级", "层级", "单位级别"),
    note="中央标准只管中央机关,各地标准管本地机关",
    example="省级机关",
)
ITEM = Column(
    key="item",
    label="品目",
    vocabulary="asset_item",
    synonyms=("资产名称", "品名", "名称", "设备名称", "家具名称", "资产品目"),
    note="如台式计算机、便携式计算机、A4打印机(黑白)、办公桌、三人沙发",
    example="台式计算机",
)
RANK = Column(
    key="rank",
    label="使用人职级",
    vocabulary="rank",
    synonyms=("职级", "职务级别", "行政级别", "级别"),
    note="家具按使用人职级定价的要填",
    example="正处级",
)
CODE = Column(
    key="code",
    label="资产编号",
    kind=Kind.CODE,
    synonyms=("资产编码", "卡片编号", "资产卡片编号"),
    example="ZC2026000123",
)


def _pieces(key: str, label: str, *synonyms: str, unit: str = "台", example: str = "") -> Column:
    """A column with a number of pieces."""
    return Column(
        key=key,
        label=label,
        kind=Kind.INTEGER,
        unit=unit,
        synonyms=synonyms,
        note="没有的填 0",
        example=example,
    )


PURCHASE = register(
    Dataset(
        key="assets.purchase",
        label="办公设备家具购置",
        synonyms=("办公设备购置情况表", "资产购置台账", "办公家具购置情况表"),
        columns=(
            ORGAN,
            ORGAN_TIER,
            CODE,
            ITEM,
            RANK,
            Column(
                key="unit_price",
                label="单价",
                kind=Kind.NUMBER,
                unit="元",
                synonyms=("购置单价", "价格", "单位价格", "原值", "购置价格"),
                example="4800",
            ),
            _pieces("quantity", "数量", "购置数量", "件数", unit="件", example="1"),
            Column(
                key="meeting_room_area",
                label="会议室使用面积",
                kind=Kind.NUMBER,
                unit="平方米",
                synonyms=("会议室面积",),
                note="会议桌填",
            ),
        ),
        subject=("organ", "code", "item"),
        note="一行一次购置的一种",
    )
)

HOLDING = register(
    Dataset(
        key="assets.holding",
        label="办公设备配置数量",
        synonyms=("办公设备配置情况表", "通用办公设备数量表"),
        columns=(
            ORGAN,
            ORGAN_TIER,
            Column(
                key="unit_type",
                label="是否涉密单位",
                vocabulary="unit_type",
                synonyms=("涉密情况", "单位涉密类型"),
                example="非涉密单位",
            ),
            Column(
                key="headcount",
                label="编制内实有人数",
                kind=Kind.INTEGER,
                unit="人",
                synonyms=("在编实有人数", "实有人数", "在编人数"),
                example="100",
            ),
            _pieces("desktops", "台式计算机数量", "台式计算机", "台式电脑", example="95"),
            _pieces("laptops", "便携式计算机数量", "便携式计算机", "笔记本电脑", example="30"),
            _pieces("a4_printers", "A4打印机数量", "A4打印机", example="60"),
            _pieces("a3_printers", "A3打印机数量", "A3打印机", example="10"),
            _pieces("colour_printers", "彩色打印机数量", "彩色打印机", example="1"),
            _pieces("copiers", "复印机数量", "复印机", example="5"),
            _pieces("faxes", "一体机和传真机数量", "一体机/传真机", "一体机", "传真机", example="20"),
            _pieces("scanners", "扫描仪数量", "扫描仪", example="3"),
            _pieces("shredders", "碎纸机数量", "碎纸机", example="3"),
            _pieces("projectors", "投影仪数量", "投影仪", example="2"),
        ),
        subject=("organ",),
        note="一行一个单位",
    )
)

OFFICE_FURNITURE = register(
    Dataset(
        key="assets.office_furniture",
        label="办公室家具配置数量",
        synonyms=("办公家具配置情况表", "办公室家具数量表"),
        columns=(
            ORGAN,
            ORGAN_TIER,
            Column(key="room", label="房号", synonyms=("房间号", "办公室"), example="A-501"),
            RANK,
            Column(
                key="persons",
                label="办公人数",
                kind=Kind.INTEGER,
                unit="人",
                synonyms=("使用人数", "人数"),
                example="1",
            ),
            _pieces("desks", "办公桌数量", "办公桌", unit="套", example="1"),
            _pieces("chairs", "办公椅数量", "办公椅", unit="把", example="1"),
            _pieces("triple_sofas", "三人沙发数量", "三人沙发", unit="个", example="1"),
            _pieces("single_sofas", "单人沙发数量", "单人沙发", unit="个", example="0"),
            _pieces("tea_tables", "茶几数量", "茶几", unit="个", example="1"),
            _pieces("front_chairs", "桌前椅数量", "桌前椅", unit="个", example="1"),
            _pieces("bookcases", "书柜数量", "书柜", unit="组", example="1"),
            _pieces("filing_cabinets", "文件柜数量", "文件柜", unit="组", example="1"),
            _pieces("wardrobes", "更衣柜数量", "更衣柜", unit="组", example="1"),
            _pieces("tea_cabinets", "茶水柜数量", "茶水柜", unit="组", example="1"),
        ),
        subject=("organ", "room"),
        note="一行一间办公室",
    )
)

RENEWAL = register(
    Dataset(
        key="assets.renewal",
        label="办公设备家具更新",
        synonyms=("资产更新申请表", "资产报废更新表"),
        columns=(
            ORGAN,
            ORGAN_TIER,
            CODE,
            ITEM,
            Column(
                key="years_used",
                label="已使用年限",
                kind=Kind.NUMBER,
                unit="年",
                synonyms=("使用年限", "已用年限", "使用年数"),
                example="7",
            ),
            Column(
                key="damaged",
                label="损毁且无法修复",
                kind=Kind.BOOL,
                synonyms=("是否损毁", "无法修复"),
                note="空着为否",
            ),
            Column(
                key="copies",
                label="复印张数",
                kind=Kind.INTEGER,
                unit="张",
                synonyms=("累计复印张数", "印量"),
                note="复印机未到年限的填",
            ),
        ),
        subject=("organ", "code", "item"),
        note="一行一件要更新的资产",
    )
)

FINAL_ACCOUNT = register(
    Dataset(
        key="assets.final_account",
        label="建设项目竣工财务决算",
        synonyms=("竣工财务决算情况表", "基建项目决算情况表"),
        columns=(
            ORGAN,
            Column(
                key="project", label="项目", synonyms=("项目名称", "工程名称"), required=True, example="办公楼改造工程"
            ),
            Column(
                key="accepted_date",
                label="竣工验收日期",
                kind=Kind.DATE,
                synonyms=("验收合格日期", "竣工日期"),
                example="2025-03-01",
            ),
            Column(
                key="settled_date",
                label="竣工财务决算日期",
                kind=Kind.DATE,
                synonyms=("决算日期", "决算完成日期"),
                note="还没有办的填统计日期",
                example="2025-12-01",
            ),
        ),
        subject=("organ", "project"),
    )
)
