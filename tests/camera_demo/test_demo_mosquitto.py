"""The command publishing to a real mosquitto, where EDGE_DIGITS_MOSQUITTO names one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from paho.mqtt import client as paho
from waiting import eventually

ROOT = Path(__file__).resolve().parents[2]
MOSQUITTO = os.environ["EDGE_DIGITS_MOSQUITTO"]


class RealBroker:
    """A mosquitto of our own on a free port of loopback, asking for a password."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self._config = folder / "mosquitto.conf"
        passwords = folder / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, "meter", "s3cret"], check=True)
        passwords.chmod(0o644)
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nuser root\n"
        )

    def start(self) -> None:
        self._process = subprocess.Popen([MOSQUITTO, "-c", self._config], stderr=subprocess.DEVNULL)
        assert eventually(lambda: _answers(self.port))

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def broker(tmp_path):
    running = RealBroker(tmp_path)
    running.start()
    yield running
    running.stop()


@contextmanager
def subscriber(broker: RealBroker):
    """Another client, which keeps the last message of every topic."""
    last: dict[str, str] = {}
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.username_pw_set("meter", "s3cret")
    client.on_connect = lambda *_: client.subscribe("#", qos=1)
    client.on_message = lambda _c, _d, message: last.__setitem__(message.topic, message.payload.decode())
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    try:
        yield last
    finally:
        client.disconnect()
        client.loop_stop()


@contextmanager
def command(broker: RealBroker):
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "camera_demo", "--source", "sample", "--view", "terminal"),
            *("--mqtt", f"mqtt://meter@127.0.0.1:{broker.port}/meter"),
        ],
        cwd=ROOT,
        env={**os.environ, "EDGE_DIGITS_MQTT_PASSWORD": "s3cret"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def text_of(last: dict[str, str]) -> str:
    return json.loads(last.get("meter/reading", '{"text": ""}'))["text"]


def test_the_clip_is_read_and_told_to_home_assistant(broker):
    with subscriber(broker) as last, command(broker) as process:
        assert eventually(lambda: text_of(last) == "3141\n5926", seconds=60)
        assert last["meter/status"] == "online"
        assert sum(topic.startswith("homeassistant/") for topic in last) == 2
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
        assert eventually(lambda: last["meter/status"] == "offline")


def test_the_last_will_is_told_when_the_program_is_killed(broker):
    with subscriber(broker) as last, command(broker) as process:
        assert eventually(lambda: last.get("meter/status") == "online", seconds=30)
        process.kill()
        assert eventually(lambda: last["meter/status"] == "offline")


def test_a_broker_that_was_restarted_is_told_again(broker):
    with command(broker) as process:
        with subscriber(broker) as last:
            assert eventually(lambda: text_of(last), seconds=60)
        broker.stop()
        broker.start()
        with subscriber(broker) as last:
            assert eventually(lambda: last.get("meter/status") == "online", seconds=60)
            assert eventually(lambda: "meter/reading" in last)
        assert process.poll() is None
