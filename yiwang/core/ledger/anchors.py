"""The anchor: the day's end of the chain, signed (Ed25519), in a file that leaves the machine.

The chain alone cannot see that its tail was cut or that all of it was made anew; an anchor kept elsewhere can. The
key signs, so that an anchor cannot be altered where it is kept; it is of no use against who holds key and database
both: against him there is only that the file left in time.
"""

from __future__ import annotations

import base64
import json
import os
import stat
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core.mail import EmailMessage
from django.db import transaction

from yiwang.core.ledger.models import Anchor, Head
from yiwang.core.ledger.post import now_text
from yiwang.kit.digest import canonical
from yiwang.kit.refusal import Refusal, Where

#: What is signed is this line and the canonical JSON of the statement: the key signs nothing else with it.
CONTEXT = b"yiwang-ledger-anchor-1\n"


@dataclass(frozen=True)
class Signed:
    """An anchor as a file holds it: the statement (seq, hash, day …), its signature and the key it claims."""

    statement: dict[str, Any]
    signature: str  # base64
    public_key: str  # base64 of the 32 raw bytes

    @property
    def seq(self) -> int:
        return int(self.statement["seq"])

    @property
    def hash(self) -> str:
        return str(self.statement["hash"])

    def text(self) -> str:
        """The file's text."""
        return json.dumps(self.__dict__, ensure_ascii=False, indent=1) + "\n"


def private_key(path: Path) -> Ed25519PrivateKey:
    """The signing key, made on first use (mode 0600). Refuses one that others can read."""
    if not path.exists():
        _make_key(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise Refusal("ledger.key-open", f"签名私钥 {path} 对他人可读,请改为 0600 权限后重试")
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise Refusal("ledger.key-kind", f"{path} 不是 Ed25519 私钥")
    return key


def _make_key(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)


def own_public(path: Path) -> bytes | None:
    """The 32 raw bytes of this machine's public key, or None while it has none."""
    if not path.exists():
        return None
    return private_key(path).public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def public_pem(path: Path) -> str:
    """The public key that goes to whoever checks anchors."""
    return (
        private_key(path)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode("ascii")
    )


def make(*, day: date, key: Path) -> Signed:
    """Sign the present end of the chain. Refuses when nothing is sealed yet."""
    head = Head.objects.get()
    if head.seq == 0:
        raise Refusal("ledger.empty", "存证链还没有封存任何条目,无可锚定")
    statement = {
        "day": day.isoformat(),
        "seq": head.seq,
        "hash": head.hash,
        "algorithm": head.algorithm,
        "made_at": now_text(),
    }
    secret = private_key(key)
    raw = secret.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    signature = secret.sign(CONTEXT + canonical(statement).encode())
    return Signed(statement, base64.b64encode(signature).decode(), base64.b64encode(raw).decode())


def keep(anchor: Signed, *, sent_to: str) -> None:
    """Store that the anchor was made and where it went."""
    with transaction.atomic():
        Anchor.objects.create(
            day=date.fromisoformat(anchor.statement["day"]),
            seq=anchor.seq,
            hash=anchor.hash,
            statement=canonical(anchor.statement),
            signature=anchor.signature,
            sent_to=sent_to,
        )


def send(anchor: Signed, *, folder: Path | None, mail: str) -> str:
    """Write the anchor to `folder` and mail it; returns where it went. A mail that fails raises, nothing is hidden."""
    places = []
    name = f"anchor-{anchor.statement['day']}-{anchor.seq}.json"
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(anchor.text(), encoding="utf-8")
        places.append(str(folder / name))
    if mail:
        message = EmailMessage(f"存证锚 {anchor.statement['day']}", _letter(anchor), to=[mail])
        message.attach(name, anchor.text(), "application/json")
        message.send()
        places.append(mail)
    return "、".join(places)


def _letter(anchor: Signed) -> str:
    return (
        f"日期 {anchor.statement['day']},存证链第 {anchor.seq} 条,链值:\n{anchor.hash}\n\n"
        "请妥善保存本邮件及附件。校验:yiwang ledger verify --anchor 附件\n"
    )


def read(path: Path) -> Signed:
    """An anchor from its file; refuses what is not one."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        anchor = Signed(data["statement"], data["signature"], data["public_key"])
        base64.b64decode(anchor.signature, validate=True)
        _ = anchor.seq, anchor.hash
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal("ledger.anchor-file", f"读不出锚文件:{error}", where=Where(file=str(path))) from None
    return anchor


def read_public(path: Path) -> bytes:
    """The 32 raw bytes of a public key in a PEM file."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Refusal("ledger.key-file", f"读不出公钥:{error}", where=Where(file=str(path))) from None
    if not isinstance(key, Ed25519PublicKey):
        raise Refusal("ledger.key-kind", "不是 Ed25519 公钥", where=Where(file=str(path)))
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def signature_holds(anchor: Signed, public: bytes) -> bool:
    """Whether `public` (32 raw bytes) signed the statement."""
    signed = CONTEXT + canonical(anchor.statement).encode()
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(anchor.signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True
