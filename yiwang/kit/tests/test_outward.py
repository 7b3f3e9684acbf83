"""A02: an address that a user typed never leads into the own network. A real server listens; it must stay silent."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from yiwang.kit import outward
from yiwang.kit.refusal import Refusal

PUBLIC = "93.184.215.14"
LOOPBACK = outward.networks(["127.0.0.0/8"])


class Canary:
    """A web server on loopback; `hits` are the requests that it got."""

    def __init__(self) -> None:
        canary = self
        self.hits: list[tuple[str, bytes, dict[str, str]]] = []
        self.status, self.headers, self.drip = 200, dict[str, str](), 0.0

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                canary.hits.append((self.path, body, dict(self.headers.items())))
                self.send_response(canary.status)
                for name, value in canary.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                for _ in range(400 if canary.drip else 1):
                    try:
                        self.wfile.write(b"." if canary.drip else b"{}")
                    except OSError:
                        break  # he has hung up
                    time.sleep(canary.drip)

            do_GET = do_POST

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()


@pytest.fixture
def canary() -> Iterator[Canary]:
    """Listening."""
    made = Canary()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """What the resolver answers, turn by turn; the last answer stays. Numbers it reads as the system does."""
    answers: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *given: Any, **named: Any) -> Any:
        turns = answers.get(host)
        if turns is None:
            return real(host, port, *given, **(named | {"flags": socket.AI_NUMERICHOST}))
        found = turns.pop(0) if len(turns) > 1 else turns[0]
        return [(socket.AF_INET6 if ":" in ip else socket.AF_INET, 1, 6, "", (ip, port)) for ip in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return answers


def refused(address: str, allowed: Any = ()) -> str:
    """The code."""
    with pytest.raises(Refusal) as caught:
        outward.target(address, allowed)
    return caught.value.code


SPELLINGS = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1./",
    "https://0/",
    "https://0.0.0.0/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fd00::1]/",
    "https://10.0.0.1/",
    "https://172.16.5.5/",
    "https://192.168.1.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://localhost/",
    "https://user:pass@127.0.0.1/",
    "https://oapi.dingtalk.com@127.0.0.1/",
    "https://127.0.0.1#@oapi.dingtalk.com/",
    "https://127.0.0.1\\@oapi.dingtalk.com/",
    "https://127.0.0.1%2f@oapi.dingtalk.com/",
    "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.0.0.1/",
    " https://127.0.0.1/",
    "https://127.0.0.1\t/",
    "http://127.0.0.1/",
    "http://oapi.dingtalk.com/robot/send",
    "https://oapi.dingtalk.com:22/",
    "https://oapi.dingtalk.com:6379/",
    "ftp://oapi.dingtalk.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_x",
    "//127.0.0.1/",
    "127.0.0.1",
    "https://",
    "https:///x",
    "https://[::1/",
    "https://a b.com/",
    "https://oapi.dingtalk.com:99999/",
    "https://-x.com/",
    "https://x" + "a" * 3000 + ".com/",
    "",
]


@pytest.mark.parametrize("address", SPELLINGS)
def test_a02_spellings_of_what_is_inside(address: str, names: dict[str, list[list[str]]]) -> None:
    names["oapi.dingtalk.com"] = [[PUBLIC]]
    names["localhost"] = [["127.0.0.1"]]
    assert refused(address).startswith("outward.")


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["::1"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        ["2002:a00:1::"],
        ["2001:0:4136:e378:8000:63bf:3fff:fdd2"],
        ["fec0::1"],
        ["198.18.0.1"],
        ["240.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        ["127.0.0.1", PUBLIC],
    ],
)
def test_a02_names_that_lead_inside(answer: list[str], names: dict[str, list[list[str]]]) -> None:
    names["hook.example"] = [answer]
    assert refused("https://hook.example/x") == "outward.private"


def test_a_name_of_the_internet(names: dict[str, list[list[str]]]) -> None:
    names["hook.example"] = [[PUBLIC, "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]]
    found = outward.target("https://Hook.Example:8443/send?key=a&b=c")
    assert found == outward.Target("https", "hook.example", 8443, PUBLIC, "/send?key=a&b=c")
    assert refused("https://nobody.invalid/") == "outward.name"


def test_a02_rebinding_gains_nothing(
    canary: Canary, names: dict[str, list[list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Public when it is saved, loopback when it is used; and public first, loopback second within one use."""
    names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    outward.target("https://rebind.example/")  # saved
    assert refused("https://rebind.example/") == "outward.private"  # used
    names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    found = outward.target("https://rebind.example/")
    connected: list[Any] = []

    def connect(address: Any, **_: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(ConnectionRefusedError):
        outward.post(found, b"", {}, seconds=1)
    assert connected == [(PUBLIC, 443)]
    assert canary.hits == []


def test_a02_redirects_are_not_followed(canary: Canary) -> None:
    canary.status, canary.headers = 307, {"Location": f"http://127.0.0.1:{canary.port}/inside"}
    found = outward.target(f"http://127.0.0.1:{canary.port}/outside", LOOPBACK)
    assert outward.post(found, b"x", {}, seconds=5).status == 307
    assert [path for path, _, _ in canary.hits] == ["/outside"]


def test_networks_that_the_operator_allows(canary: Canary, names: dict[str, list[list[str]]]) -> None:
    names["wecom.intranet"] = [["127.0.0.1"]]
    address = f"http://wecom.intranet:{canary.port}/send?key=1"
    assert refused(address).startswith("outward.")
    answer = outward.post(outward.target(address, LOOPBACK), b"{}", {"Content-Type": "application/json"}, seconds=5)
    assert answer == outward.Answer(200, b"{}")
    path, body, headers = canary.hits[0]
    assert (path, body, headers["Host"]) == ("/send?key=1", b"{}", f"wecom.intranet:{canary.port}")
    assert refused("http://10.0.0.1/", LOOPBACK).startswith("outward.")
    with pytest.raises(ValueError, match="not a net"):
        outward.networks(["not a net"])


def test_who_drips_is_cut_off(canary: Canary) -> None:
    canary.drip = 0.05
    found = outward.target(f"http://127.0.0.1:{canary.port}/", LOOPBACK)
    begun = time.monotonic()
    with contextlib.suppress(OSError):
        outward.post(found, b"", {}, seconds=0.2)
    assert time.monotonic() - begun < 10, "half of what he would take"
