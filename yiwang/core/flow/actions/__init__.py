"""The verbs on cases. Each: keyword-only, one transaction with the case held first, one row of history, one entry.

`on` is the business day, `now` the instant; `key` makes a retry harmless (same key: same answer, one effect).
"""

from yiwang.core.flow.actions.acting import act, act_many
from yiwang.core.flow.actions.moving import send_back, void, withdraw
from yiwang.core.flow.actions.opening import open_case
from yiwang.core.flow.actions.remarks import attach, carbon_copy, comment, mark_read, pause, resume, urge
from yiwang.core.flow.actions.signers import add_signer, transfer
from yiwang.core.flow.actions.ticking import overdue, tick

__all__ = [
    "act",
    "act_many",
    "add_signer",
    "attach",
    "carbon_copy",
    "comment",
    "mark_read",
    "open_case",
    "overdue",
    "pause",
    "resume",
    "send_back",
    "tick",
    "transfer",
    "urge",
    "void",
    "withdraw",
]
