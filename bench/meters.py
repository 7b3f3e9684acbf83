"""Readings of meters over MQTT: from the broker to the commit, with 1,000 readings a message.

`python -m bench.meters [READINGS]` prints JSON. Needs a broker (YIWANG_TEST_MQTT, else 127.0.0.1:1883); the database is a file of SQLite.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from uuid import uuid4

READINGS, BATCH, METERS = 1_000_000, 1000, 5_000
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


def run(readings: int = READINGS) -> dict[str, float]:
    """Readings per second and per CPU-s of the receiver, and how many are missing afterwards (hours of meters)."""
    import paho.mqtt.client as mqtt
    from paho.mqtt.enums import CallbackAPIVersion

    from yiwang.areas.energy.models import HourValue
    from yiwang.areas.energy.mqtt.receiver import Broker, Receiver

    host, port = os.environ.get("YIWANG_TEST_MQTT", "127.0.0.1:1883").split(":")
    name = f"yiwang-bench-{uuid4().hex[:12]}"
    receiver = Receiver(Broker(host, int(port), f"{name}/#", name))
    receiver.start()
    receiver.subscribed.wait(10)
    messages = _messages(readings)
    sender = mqtt.Client(CallbackAPIVersion.VERSION2)
    sender.max_queued_messages_set(0)
    sender.connect(host, int(port))
    pid = os.fork()
    if pid == 0:  # the sender is a process of its own: what is counted is the receiver
        sender.loop_start()
        sent = [sender.publish(f"{name}/a", one, qos=1) for one in messages]
        for one in sent:
            one.wait_for_publish(120)
        sender.disconnect()
        os._exit(0)
    began, cpu = time.perf_counter(), time.process_time()
    while receiver.tally.messages < len(messages) and time.perf_counter() - began < 120:
        receiver.step(0.2)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    receiver.stop()
    os.waitpid(pid, 0)
    expected = METERS * ((readings // METERS - 1) * 60 // 3600 + 1)
    return {
        "readings": receiver.tally.readings,
        "per_s": round(receiver.tally.readings / seconds),
        "per_cpu_s": round(receiver.tally.readings / cpu),
        "missing_hours": expected - HourValue.objects.count(),
    }


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
        print(json.dumps(run(*map(int, sys.argv[1:2]))))


if __name__ == "__main__":
    main()
