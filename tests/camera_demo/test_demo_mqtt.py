"""Readings published to an MQTT broker."""

from __future__ import annotations

import itertools
import json
import sys
import threading
from contextlib import contextmanager

import pytest
from demo_fakes import FakeReader, ScriptedSource
from mqtt_broker import MqttBroker
from waiting import eventually

pytest.importorskip("paho.mqtt.client")

from camera_demo import mqtt
from camera_demo.__main__ import main
from camera_demo.errors import BrokerError
from camera_demo.mqtt import Broker, Publisher, parse_broker
from camera_demo.pipeline import Pipeline


@pytest.fixture
def broker():
    with MqttBroker() as running:
        yield running


class Hand:
    """Holds up one digit after the other."""

    def __init__(self, digit: int) -> None:
        self.digit = digit

    def __iter__(self):
        while True:
            yield self.digit


@contextmanager
def publishing(broker: MqttBroker, hand=(), *, said=None, url="mqtt://127.0.0.1:{port}"):
    said = [] if said is None else said
    publisher = Publisher(parse_broker(url.format(port=broker.port), {}), said.append)
    with Pipeline(ScriptedSource(hand or itertools.cycle([3]), rate=100), FakeReader()) as pipeline:
        publisher.start(pipeline)
        try:
            yield publisher
        finally:
            publisher.close()


def readings(broker: MqttBroker) -> list[str]:
    texts = [json.loads(text)["text"] for text in broker.texts("edge-digits/reading")]
    return [text for text, _ in itertools.groupby(texts) if text]


def test_changes_of_the_reading_are_published_and_nothing_else(broker):
    hand = Hand(3)
    with publishing(broker, hand):
        assert eventually(lambda: readings(broker) == ["3"])
        hand.digit = 8
        assert eventually(lambda: readings(broker) == ["3", "8"])
        sent = len(broker.messages)
        assert not eventually(lambda: len(broker.messages) > sent, seconds=0.5)
    assert json.loads(broker.retained["edge-digits/reading"])["text"] == "8"
    assert all(message.qos == 1 and message.retain for message in broker.messages)


def test_a_message_says_what_was_read_and_when(broker):
    with publishing(broker):
        assert eventually(lambda: readings(broker) == ["3"])
        told = json.loads(broker.texts("edge-digits/reading")[-1])
    assert told["state"] == told["text"] == "3"
    assert (told["lines"], told["confidence"], told["unsure"]) == (["3"], 1.0, 0)
    assert (told["source"], told["source_state"]) == ("scripted source", "running")
    assert told["time"].endswith("+00:00")


def test_who_subscribes_knows_whether_the_program_runs(broker):
    with publishing(broker):
        assert eventually(lambda: broker.retained.get("edge-digits/status") == "online")
    assert eventually(lambda: broker.retained["edge-digits/status"] == "offline")
    assert broker.texts("edge-digits/status") == ["online", "offline"]


def test_when_the_line_breaks_the_broker_tells_and_the_publisher_comes_back(broker):
    hand, said = Hand(3), []
    with publishing(broker, hand, said=said):
        assert eventually(lambda: readings(broker) == ["3"])
        broker.cut()
        assert eventually(lambda: "offline" in broker.texts("edge-digits/status"))
        hand.digit = 4
        assert eventually(lambda: broker.retained["edge-digits/status"] == "online")
        assert eventually(lambda: readings(broker)[-1] == "4")
    assert any("hung up" in line for line in said)


def test_a_broker_that_comes_late_or_again_is_told_how_things_stand():
    broker = MqttBroker()
    broker.start()
    broker.stop()
    said: list[str] = []
    hand = Hand(5)
    with publishing(broker, hand, said=said):
        assert eventually(lambda: any("does not answer" in line for line in said))
        hand.digit = 6
        broker.start()
        assert eventually(lambda: readings(broker) == ["6"], seconds=20)
    assert broker.texts("edge-digits/status") == ["online", "offline"], "nothing piled up meanwhile"
    broker.stop()


def test_user_and_password_are_sent_and_a_refusal_is_said():
    with MqttBroker(password="right") as broker:
        said: list[str] = []
        with publishing(broker, url="mqtt://me:wrong@127.0.0.1:{port}", said=said):
            assert eventually(lambda: any("refuses us" in line for line in said))
        with publishing(broker, url="mqtt://me:right@127.0.0.1:{port}/kitchen"):
            assert eventually(lambda: broker.retained.get("kitchen/status") == "online")
        assert broker.sessions[-1].user == "me"
        assert broker.sessions[-1].will.topic == "kitchen/status"
        assert not any("right" in line or "wrong" in line for line in said)


def test_home_assistant_is_told_what_to_show(broker):
    with publishing(broker):
        assert eventually(lambda: readings(broker) == ["3"])
    found = {topic: json.loads(text) for topic, text in broker.retained.items() if "homeassistant" in topic}
    assert sorted(topic.split("/")[1] for topic in found) == ["binary_sensor", "sensor"]
    for topic, config in found.items():
        prefix, _, node, name, last = topic.split("/")
        assert (prefix, last) == ("homeassistant", "config")
        assert set(node) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
        assert config["unique_id"] == f"{node}_{name}"
        assert config["availability_topic"] in broker.retained, "what it points to is there"
        assert config["state_topic"] in broker.retained
        assert config["device"]["identifiers"] == [node]
        assert config["origin"]["name"] == "edge-digits"
        keys = set(json.loads(broker.retained[config["state_topic"]]))
        assert config["value_template"].split("value_json.")[1].split()[0] in keys


def test_the_announcement_can_be_left_out(broker):
    with publishing(broker, url="mqtt://127.0.0.1:{port}/a/b?discovery="):
        assert eventually(lambda: "a/b/reading" in broker.retained)
    assert set(broker.retained) == {"a/b/reading", "a/b/status"}


def test_a_state_is_never_longer_than_home_assistant_takes(broker):
    class Wordy(FakeReader):
        def read(self, image):
            reading = super().read(image)
            return type(reading)(reading.lines * 400, reading.size, "fake", "opencv", reading.labels)

    publisher = Publisher(parse_broker(f"mqtt://127.0.0.1:{broker.port}", {}), lambda _: None)
    with Pipeline(ScriptedSource(itertools.cycle([3]), rate=50), Wordy()) as pipeline:
        publisher.start(pipeline)
        assert eventually(lambda: readings(broker))
        publisher.close()
    told = json.loads(broker.retained["edge-digits/reading"])
    assert (len(told["state"]), len(told["lines"])) == (255, 400)


def test_after_the_end_of_a_clip_the_broker_still_learns_it(broker):
    with publishing(broker, [7, 7, 0.1]):
        assert eventually(
            lambda: (
                broker.texts("edge-digits/reading")
                and json.loads(broker.retained["edge-digits/reading"])["source_state"] == "ended"
            )
        )
        broker.retained.clear()
        broker.cut()
        assert eventually(lambda: "edge-digits/reading" in broker.retained)


def test_closing_leaves_no_thread(broker):
    before = threading.active_count()
    with MqttBroker() as own, publishing(own) as publisher:
        assert eventually(lambda: readings(own) == ["3"])
        publisher.close()
        publisher.close()
    assert eventually(lambda: threading.active_count() <= before)


# The address


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("mqtt://host", Broker("host", 1883, "edge-digits")),
        ("mqtts://host", Broker("host", 8883, "edge-digits", tls=True)),
        ("mqtt://[::1]:99/home/meter/", Broker("::1", 99, "home/meter")),
        ("mqtt://me:p%40ss@host/x", Broker("host", 1883, "x", user="me", password="p@ss")),
        ("mqtt://host?discovery=ha", Broker("host", 1883, "edge-digits", discovery="ha")),
    ],
)
def test_an_address_is_understood(url, wanted):
    assert parse_broker(url, {}) == wanted


def test_the_password_comes_from_the_environment_and_is_never_shown():
    broker = parse_broker("mqtt://me@host", {mqtt.PASSWORD_VARIABLE: "secret"})
    assert broker.password == "secret"
    assert "secret" not in repr(broker)


@pytest.mark.parametrize(
    "url",
    [
        *("host", "http://host", "mqtt://", "mqtt://host:port", "mqtt://host/a/%23", "mqtt://host/$SYS/x"),
        *("mqtt://a..b", f"mqtt://{'a' * 64}.local"),
        *(
            "mqtt://host?discovry=x",
            "mqtt://host?discovery=x&y",
            "mqtt://host/#",
            "mqtt://host?discovery=a#b",
        ),
    ],
)
def test_what_is_no_address_is_refused_with_what_is_wanted(url):
    with pytest.raises(BrokerError) as caught:
        parse_broker(url, {})
    assert caught.value.remedy


@pytest.mark.parametrize(
    "url",
    [
        "mqtt://me:secret@host:port",
        "mqtt://me:secret/more@host",
        "mqtt://me:more@secret@host:port",
        "mqtt://me:12/secret@host",
        "mqtt://me:12/+secret@host",
        "mqtt://me:12?discovery=secret@host",
    ],
)
def test_a_mistaken_address_shows_no_password(url):
    with pytest.raises(BrokerError) as caught:
        parse_broker(url, {})
    assert "secret" not in str(caught.value)
    assert "host" in caught.value.problem


def test_without_the_package_the_remedy_installs_it(monkeypatch, capfd):
    monkeypatch.setitem(sys.modules, "paho.mqtt.client", None)
    assert main(["--source", "sample", "--view", "terminal", "--mqtt", "mqtt://127.0.0.1"]) == 1
    assert "edge-digits[mqtt]" in capfd.readouterr().err
