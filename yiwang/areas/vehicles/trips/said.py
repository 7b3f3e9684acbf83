"""The acts of a driver, in words."""

from __future__ import annotations

#: As they are noted.
DONE_WORDS = {
    "accept": "已接单",
    "decline": "已退回调度",
    "inspect": "出车检查合格",
    "start": "已出车",
    "arrive": "已到达",
    "wait": "开始等候",
    "resume": "继续行驶",
    "end": "已收车",
    "no_show": "已登记乘车人未到",
    "expense": "费用已登记",
}
#: The next act as a button says it.
NEXT_WORDS = {
    "accept": "接单",
    "inspect": "出车检查合格",
    "start": "出车",
    "arrive": "到达",
    "resume": "继续行驶",
    "end": "收车",
}
