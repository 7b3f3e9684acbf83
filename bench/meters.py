"""Readings of meters over MQTT: from the broker to the commit, with 1,000 readings a message; and a receiver that is stopped
half-way, with the next one taking up its session.

`python -m bench.meters [READINGS]` prints JSON. Needs a broker (YIWANG_TEST_MQTT, else 127.0.0.1:1883); the database is a file of SQLite.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from yiwang.areas.energy.mqtt.receiver import Receiver

READINGS, BATCH, METERS = 1_000_000, 1000, 5_000
#: Readings that are sent across a restart: fewer messages than the 1,000 that mosquitto keeps for a subscriber who is away,
#: unless it is told otherwise. Seconds after which a run gives up.
RESTARTED, MOST = 900_000, 120
AT = 1_764_460_800


def _messages(readings: int) -> list[bytes]:
    """Each meter reports every minute."""
    rows = [
        [f"M{number % METERS:05}", AT + number // METERS * 60, round(number // METERS * 0.125, 3)]
        for number in range(readings)
    ]
    return [json.dumps({"rows": rows[at : at + BATCH]}).encode() for at in range(0, readings, BATCH)]


def _meters() -> None:
    from yiwang.areas.energy import factories
    from yiwang.core.orgs import factories as orgs

    organ = orgs.organ("示例局", code="990000")
    for number in range(METERS):
        factories.meter(organ, number=f"M{number:05}", name="表")


def figures() -> dict[str, float] | None:
    """Measured in a process of its own; None where no broker answers."""
    host, port = _broker()
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return None
    done = subprocess.run([sys.executable, "-m", "bench.meters"], check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _broker() -> tuple[str, int]:
    host, port = os.environ.get("YIWANG_TEST_MQTT", "127.0.0.1:1883").split(":")
    return host, int(port)


def _receiver(name: str) -> Receiver:
    """Subscribed under a session of this name."""
    from yiwang.areas.energy.mqtt.receiver import Broker, Receiver

    found = Receiver(Broker(*_broker(), f"{name}/#", name))
    found.start()
    found.subscribed.wait(10)
    return found


def _send(name: str, messages: list[bytes]) -> int:
    """From a process of its own: what is counted is the receiver. Its id."""
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    sender = mqtt.Client(CallbackAPIVersion.VERSION2)
    sender.max_queued_messages_set(0)
    sender.connect(*_broker())
    pid = os.fork()
    if pid == 0:
        sender.loop_start()
        sent = [sender.publish(f"{name}/a", one, qos=1) for one in messages]
        for one in sent:
            one.wait_for_publish(120)
        sender.disconnect()
        os._exit(0)
    return pid


def _missing(readings: int) -> int:
    """Hours of meters that are not in the database."""
    from yiwang.areas.energy.models import HourValue

    return METERS * ((readings // METERS - 1) * 60 // 3600 + 1) - HourValue.objects.count()


def run(readings: int = READINGS) -> dict[str, float]:
    """Readings per second and per CPU-s of the receiver, and how many are missing afterwards (hours of meters)."""
    name = f"yiwang-bench-{uuid4().hex[:12]}"
    receiver, messages = _receiver(name), _messages(readings)
    pid = _send(name, messages)
    began, cpu = time.perf_counter(), time.process_time()
    while receiver.tally.messages < len(messages) and time.perf_counter() - began < MOST:
        receiver.step(0.2)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    receiver.stop()
    os.waitpid(pid, 0)
    return {
        "readings": receiver.tally.readings,
        "per_s": round(receiver.tally.readings / seconds),
        "per_cpu_s": round(receiver.tally.readings / cpu),
        "missing_hours": _missing(readings),
    }


def restarted(readings: int = RESTARTED) -> dict[str, float]:
    """Stopped with messages in hand that it has not acknowledged; the next one of the same name gets them again."""
    from yiwang.areas.energy.models import HourValue

    HourValue.objects.all().delete()
    name = f"yiwang-bench-{uuid4().hex[:12]}"
    receiver, messages = _receiver(name), _messages(readings)
    pid, began = _send(name, messages), time.perf_counter()
    while receiver.tally.messages < len(messages) // 2 and time.perf_counter() - began < MOST:
        receiver.step(0.2)
    first = receiver.tally.messages
    receiver.stop()
    receiver = _receiver(name)
    while _missing(readings) and time.perf_counter() - began < MOST:
        receiver.step(0.2)
    receiver.stop()
    os.waitpid(pid, 0)
    return {"restarted_after": first, "restarted_missing_hours": _missing(readings)}


def main() -> None:
    """In a database of its own."""
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"YIWANG_HOME": home, "DJANGO_SETTINGS_MODULE": "yiwang.portal.settings"}
        os.environ.pop("YIWANG_DATABASE", None)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _meters()
        print(json.dumps(run(*map(int, sys.argv[1:2])) | restarted()))


if __name__ == "__main__":
    main()
