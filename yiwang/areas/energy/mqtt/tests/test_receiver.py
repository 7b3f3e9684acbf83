"""Against a real broker: what was not acknowledged comes again, what comes twice is once, the session is kept."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from uuid import uuid4

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from yiwang.areas.energy import factories
from yiwang.areas.energy.models import HourValue, Meter
from yiwang.areas.energy.mqtt.receiver import Broker, Receiver
from yiwang.areas.energy.mqtt.store import HOUR
from yiwang.desk.testing import world
from yiwang.kit.refusal import Refusal

HOST, PORT = os.environ.get("YIWANG_TEST_MQTT", "127.0.0.1:1883").split(":")
AT = 1_764_460_800


def answers() -> bool:
    """Whether a broker is there."""
    try:
        with socket.create_connection((HOST, int(PORT)), timeout=1):
            return True
    except OSError:
        return False


pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not answers(), reason="no MQTT broker answers (YIWANG_TEST_MQTT=host:port)"),
]


@pytest.fixture
def broker() -> Iterator[Broker]:
    """A topic and a session of this test's own, taken away afterwards."""
    name = f"yiwang-test-{uuid4().hex[:12]}"
    yield Broker(HOST, int(PORT), f"{name}/#", name)
    cleaner = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=True)
    cleaner.connect(HOST, int(PORT))
    cleaner.disconnect()


@pytest.fixture
def meter() -> Meter:
    return factories.meter(world().ours, number="B1")


def publish(broker: Broker, *hours: int) -> None:
    """A message for each hour."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect(HOST, int(PORT))
    client.loop_start()
    sent = [
        client.publish(f"{broker.client}/a", json.dumps({"rows": [["B1", AT + hour * HOUR, hour]]}), qos=1)
        for hour in hours
    ]
    for one in sent:
        one.wait_for_publish(5)
    client.disconnect()
    client.loop_stop()


def until(receiver: Receiver, messages: int) -> None:
    """Step until so many have been stored."""
    end = time.monotonic() + 10
    while receiver.tally.messages < messages and time.monotonic() < end:
        receiver.step(0.05)
    assert receiver.tally.messages >= messages


def hours() -> set[int]:
    return {hour - AT // HOUR for hour in HourValue.objects.values_list("hour", flat=True)}


def waiting(receiver: Receiver, number: int) -> None:
    """Until so many have come over the line."""
    end = time.monotonic() + 10
    while receiver._queue.qsize() < number and time.monotonic() < end:
        time.sleep(0.01)
    assert receiver._queue.qsize() >= number


def subscribed(receiver: Receiver) -> None:
    """Start it, and wait until the broker has its session."""
    receiver.start()
    end = time.monotonic() + 10
    while not receiver.subscribed.is_set() and time.monotonic() < end:
        time.sleep(0.01)
    assert receiver.subscribed.is_set()


def test_none_is_lost_across_a_restart(broker: Broker, meter: Meter) -> None:
    """Ten are stored; ten have come over the line and are lost with the process; ten come while nobody is there."""
    first = Receiver(broker)
    subscribed(first)
    publish(broker, *range(10))
    until(first, 10)
    publish(broker, *range(10, 20))
    waiting(first, 10)
    first.stop()  # without a step: nothing of these was stored or acknowledged
    assert hours() == set(range(10))
    publish(broker, *range(20, 30))
    second = Receiver(broker)
    subscribed(second)
    until(second, 20)
    second.stop()
    assert hours() == set(range(30))


def test_stored_and_not_acknowledged_comes_again_and_changes_nothing(broker: Broker, meter: Meter) -> None:
    first = Receiver(broker)
    subscribed(first)
    publish(broker, 1, 2, 3)
    waiting(first, 3)
    first.store([first._queue.get() for _ in range(3)])  # the process dies between the commit and the acknowledgement
    first.stop()
    second = Receiver(broker)
    subscribed(second)
    until(second, 3)
    second.stop()
    assert hours() == {1, 2, 3}


def test_what_cannot_be_read_is_counted_and_does_not_come_again(broker: Broker, meter: Meter) -> None:
    receiver = Receiver(broker)
    subscribed(receiver)
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.connect(HOST, int(PORT))
    client.loop_start()
    client.publish(f"{broker.client}/a", b"\xff", qos=1).wait_for_publish(5)
    client.disconnect()
    client.loop_stop()
    until(receiver, 1)
    assert receiver.tally.wrong == 1
    publish(broker, 7)
    until(receiver, 2)
    receiver.stop()
    assert hours() == {7}


def test_no_broker_is_a_refusal() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Refusal) as caught:
        Receiver(Broker("127.0.0.1", port)).start()
    assert caught.value.code == "mqtt.connect"
