"""What is done with terminals and tracks, as the ledger's pages say it."""

from __future__ import annotations

ACTS = {
    "vehicles.terminal.bind": "登记终端", "vehicles.terminal.register": "终端注册", "vehicles.terminal.logout": "终端注销",
    "vehicles.terminal.release": "解除设备绑定", "vehicles.terminal.command": "下发指令", "vehicles.terminal.enable": "启用终端", "vehicles.terminal.disable": "停用终端", "vehicles.track.purge": "清除到期轨迹",
}  # fmt: skip
THINGS = {"vehicles.terminal": "车载终端", "vehicles.track": "轨迹"}
PAGES: dict[str, str] = {}
