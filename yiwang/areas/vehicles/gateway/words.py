"""Words of alarm bits, status bits and extras of a position report. Pure.

Source: JT/T 808-2013 tables 24, 25, 27; JT/T 808-2019 tables 24, 25, 27 (bits 15–17 and 22 are new there).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

ALARMS = {
    0: "紧急报警",
    1: "超速报警",
    2: "疲劳驾驶",
    3: "危险预警",
    4: "GNSS 模块故障",
    5: "GNSS 天线未接或被剪断",
    6: "GNSS 天线短路",
    7: "终端主电源欠压",
    8: "终端主电源掉电",
    9: "终端显示器故障",
    10: "TTS 模块故障",
    11: "摄像头故障",
    12: "道路运输证 IC 卡模块故障",
    13: "超速预警",
    14: "疲劳驾驶预警",
    15: "违规行驶报警",
    16: "胎压预警",
    17: "右转盲区异常报警",
    18: "当天累计驾驶超时",
    19: "超时停车",
    20: "进出区域",
    21: "进出路线",
    22: "路段行驶时间不足或过长",
    23: "路线偏离报警",
    24: "车辆 VSS 故障",
    25: "车辆油量异常",
    26: "车辆被盗",
    27: "车辆非法点火",
    28: "车辆非法位移",
    29: "碰撞报警",
    30: "侧翻报警",
    31: "非法开门报警",
}
STATUSES = {
    0: "ACC 开",
    1: "已定位",
    2: "南纬",
    3: "西经",
    4: "停运",
    5: "经纬度已加密",
    6: "紧急刹车前撞预警",
    7: "车道偏移预警",
    10: "油路断开",
    11: "电路断开",
    12: "车门加锁",
    13: "门 1 开",
    14: "门 2 开",
    15: "门 3 开",
    16: "门 4 开",
    17: "门 5 开",
    18: "使用 GPS",
    19: "使用北斗",
    20: "使用 GLONASS",
    21: "使用 Galileo",
    22: "车辆行驶",
}


def words(bits: int, table: dict[int, str]) -> list[str]:
    """The words of the bits that are set; a bit without a word by its number."""
    return [table.get(bit, f"第 {bit} 位") for bit in range(32) if bits >> bit & 1]


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")


def _tenths(raw: bytes) -> float:
    return _number(raw) / 10


def _signed(raw: bytes) -> int:
    return int.from_bytes(raw, "big", signed=True)


def _overspeed(raw: bytes) -> dict[str, int]:
    return {"place": raw[0], "area": _number(raw[1:])} if len(raw) == 5 else {"place": raw[0]}


def _crossing(raw: bytes) -> dict[str, int]:
    return {"place": raw[0], "area": _number(raw[1:5]), "direction": raw[5]}


def _road_time(raw: bytes) -> dict[str, int]:
    return {"road": _number(raw[:4]), "seconds": _number(raw[4:6]), "result": raw[6]}


def _analog(raw: bytes) -> list[int]:
    return [_number(raw[2:4]), _number(raw[0:2])]


#: Extra → key, sizes it may have, how it is read.
EXTRAS: dict[int, tuple[str, tuple[int, ...], Callable[[bytes], Any]]] = {
    0x01: ("mileage_km", (4,), _tenths),
    0x02: ("fuel_litres", (2,), _tenths),
    0x03: ("recorder_speed_kmh", (2,), _tenths),
    0x04: ("alarm_event", (2,), _number),
    0x05: ("tyre_pressures", (30,), lambda raw: [one for one in raw if one != 0xFF]),
    0x06: ("cabin_celsius", (2,), _signed),
    0x11: ("overspeed", (1, 5), _overspeed),
    0x12: ("crossing", (6,), _crossing),
    0x13: ("road_time", (7,), _road_time),
    0x25: ("vehicle_signals", (4,), _number),
    0x2A: ("io", (2,), _number),
    0x2B: ("analog", (4,), _analog),
    0x30: ("signal_strength", (1,), _number),
    0x31: ("satellites", (1,), _number),
}


def extra(kind: int, raw: bytes) -> tuple[str, Any]:
    """Key and value; what is not known, or has another size than it should, as hex under its number."""
    if kind in EXTRAS and len(raw) in EXTRAS[kind][1]:
        key, _, reader = EXTRAS[kind]
        return key, reader(raw)
    return f"0x{kind:02x}", raw.hex()
