"""The subscriber: QoS 1, a session that the broker keeps, each message acknowledged after the commit that holds it.

The network thread only queues. Whoever calls `step` stores and acknowledges, so that the database is used by one thread.
What was received and not acknowledged when the process dies comes again; what comes twice changes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Event
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from yiwang.areas.energy.mqtt import payload
from yiwang.areas.energy.mqtt.store import Numbers, fold, keep
from yiwang.kit.refusal import Refusal

log = logging.getLogger(__name__)
#: Messages that are written together at most.
MOST = 500


@dataclass(frozen=True)
class Broker:
    """Where the meters report to. `client` names the session that the broker keeps."""

    host: str = "127.0.0.1"
    port: int = 1883
    topic: str = "yiwang/meters/#"
    client: str = "yiwang-energy"
    user: str = ""
    password: str = ""
    tls: bool = False


@dataclass
class Tally:
    """Since the start: messages, readings, hours written, readings of unknown meters, what could not be read."""

    messages: int = 0
    readings: int = 0
    hours: int = 0
    unknown: int = 0
    wrong: int = 0


class Receiver:
    """One subscriber. `step` until told to stop."""

    def __init__(self, broker: Broker) -> None:
        self.broker, self.tally = broker, Tally()
        self.meters: set[int] = set()  # touched since the caller last cleared it
        self._numbers, self._queue = Numbers(), Queue[mqtt.MQTTMessage]()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=broker.client, clean_session=False, manual_ack=True
        )
        if broker.user:
            self._client.username_pw_set(broker.user, broker.password)
        if broker.tls:
            self._client.tls_set()
        self.subscribed = Event()
        self._client.on_connect = self._subscribe
        self._client.on_subscribe = lambda *_: self.subscribed.set()
        self._client.on_message = lambda _client, _data, message: self._queue.put(message)

    def start(self) -> None:
        """Connect, and go on connecting when the line is lost. Refusal `mqtt.connect` where it cannot be done at first."""
        try:
            self._client.connect(self.broker.host, self.broker.port, keepalive=30)
        except OSError as error:
            where = f"{self.broker.host}:{self.broker.port}"
            raise Refusal("mqtt.connect", f"连不上 MQTT 服务器 {where}({error}),请核对地址和端口。") from None
        self._client.loop_start()

    def _subscribe(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            log.error("MQTT 服务器拒绝连接:%s", reason)
            return
        client.subscribe(self.broker.topic, qos=1)

    def step(self, wait: float = 0.5) -> int:
        """Store what has come (or comes within `wait` seconds), then acknowledge it; how many messages."""
        batch = self._batch(wait)
        if batch:
            self.store(batch)
            for one in batch:
                self._client.ack(one.mid, one.qos)
        return len(batch)

    def _batch(self, wait: float) -> list[mqtt.MQTTMessage]:
        found: list[mqtt.MQTTMessage] = []
        try:
            while len(found) < MOST:
                found.append(self._queue.get(timeout=wait) if not found else self._queue.get_nowait())
        except Empty:
            pass
        return found

    def store(self, batch: list[mqtt.MQTTMessage]) -> None:
        """Write a batch; committed on return."""
        rows: list[payload.Row] = []
        for one in batch:
            message = payload.read(bytes(one.payload))
            rows += message.rows
            self.tally.wrong += message.wrong
        folded, unknown = fold(rows, self._numbers.of(number for number, _, _ in rows))
        keep(folded)
        self.meters.update(meter for meter, _ in folded)
        self.tally.messages += len(batch)
        self.tally.readings += len(rows)
        self.tally.hours += len(folded)
        self.tally.unknown += unknown

    def stop(self) -> None:
        """Leave; the broker keeps the session and what comes meanwhile."""
        self._client.disconnect()
        self._client.loop_stop()

    def run(self, until: Callable[[], bool], each: Callable[[], None] = lambda: None) -> None:
        """Step until told to stop; `each` is called after every step."""
        while not until():
            self.step()
            each()
