"""A web server on loopback that answers as the robots of DingTalk, WeCom and Feishu do, and checks what it gets."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

TOKEN, SECRET = "abc123", "SECabc"


class RobotServer:
    """`texts` are what arrived and was in order, as (service, text); `status` and `code` make it refuse."""

    def __init__(self) -> None:
        robot = self
        self.texts: list[tuple[str, str]] = []
        self.hits = 0
        self.status, self.code = 200, 0
        self.location = ""

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                robot.hits += 1
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                parts = urlsplit(self.path)
                name = parts.path.split("/")[1]
                answer = robot._answer(name, parts.path, parse_qs(parts.query), body)
                assert self.headers["Content-Type"].startswith("application/json")
                self.send_response(robot.status)
                if robot.location:
                    self.send_header("Location", robot.location)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def _answer(self, name: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> dict[str, Any]:
        if self.code:
            return {"errcode": self.code, "errmsg": "keywords not in content", "code": self.code, "msg": "Bad Request"}
        try:
            self.texts.append((name, getattr(self, f"_{name}")(path, query, body)))
        except (KeyError, AssertionError) as error:
            return {"errcode": 40001, "errmsg": repr(error), "code": 9499, "msg": repr(error)}
        return {"errcode": 0, "errmsg": "ok", "code": 0, "msg": "success"}

    def _dingtalk(self, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> str:
        assert query["access_token"] == [TOKEN]
        if "sign" in query:
            said = f"{query['timestamp'][0]}\n{SECRET}".encode()
            right = base64.b64encode(hmac.new(SECRET.encode(), said, hashlib.sha256).digest()).decode()
            assert query["sign"] == [right]
        assert body["msgtype"] == "text"
        return str(body["text"]["content"])

    def _wecom(self, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> str:
        assert query["key"] == [TOKEN]
        assert body["msgtype"] == "text"
        return str(body["text"]["content"])

    def _feishu(self, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> str:
        assert path.endswith(f"/hook/{TOKEN}")
        assert body["msg_type"] == "text"
        return str(body["content"]["text"])

    def address(self, service: str) -> str:
        """The address of the robot of a service, as its settings show it."""
        path = {
            "DINGTALK": f"dingtalk/robot/send?access_token={TOKEN}",
            "WECOM": f"wecom/cgi-bin/webhook/send?key={TOKEN}",
            "FEISHU": f"feishu/open-apis/bot/v2/hook/{TOKEN}",
        }[service]
        return f"http://127.0.0.1:{self.server.server_address[1]}/{path}"

    def stop(self) -> None:
        """No longer there."""
        self.server.shutdown()
        self.server.server_close()
