"""Changes of the reading, published to an MQTT broker and announced to Home Assistant."""

from __future__ import annotations

import importlib
import json
import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from camera_demo.addresses import ENCODE_REMEDY, without_password
from camera_demo.errors import BrokerAddressError, BrokerError
from camera_demo.pipeline import Pipeline
from camera_demo.snapshot import Snapshot
from edge_digits import __version__

PASSWORD_VARIABLE = "EDGE_DIGITS_MQTT_PASSWORD"

_WANTED = "Wanted is mqtt://[user@]host[:port][/prefix][?discovery=topic], or mqtts:// for TLS"
_PORTS = {"mqtt": 1883, "mqtts": 8883}
# Home Assistant refuses longer states.
_LONGEST_STATE = 255
_SHORTEST_PAUSE = 0.1
_FAREWELL_SECONDS = 2.0


@dataclass(frozen=True)
class Broker:
    """Where to publish."""

    host: str
    port: int
    prefix: str
    """What our topics begin with."""
    tls: bool = False
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    discovery: str = "homeassistant"
    """What the topics begin with that Home Assistant watches; empty for no announcement."""

    @property
    def name(self) -> str:
        """What a person calls it; without user and password."""
        return f"{self.host}:{self.port}"


def parse_broker(url: str, environ: Mapping[str, str]) -> Broker:
    """Understands what --mqtt says.

    Args:
        url: mqtt://[user[:password]@]host[:port][/prefix][?discovery=topic].
        environ: For the password, which other users of this computer could
            read from a command line.

    Raises:
        BrokerAddressError: It is not such an address, or holds more, or the prefix is no topic.
    """
    shown = without_password(url)
    try:
        parts = urlsplit(url)
        port = parts.port
        (parts.hostname or "").encode("idna")  # as connecting to it will
    except ValueError:  # its text may quote the password
        raise BrokerAddressError(
            f"{shown} is not an address: its host or port cannot be understood", f"{_WANTED}; {ENCODE_REMEDY}"
        ) from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BrokerAddressError(f"{shown} is not the address of an MQTT broker", _WANTED)
    asked = parse_qs(parts.query, keep_blank_values=True)
    if "#" in url or "@" in parts.path + parts.query or set(asked) - {"discovery"}:
        raise BrokerAddressError(
            f"{shown} has more behind the host than a prefix and ?discovery=topic",
            f"{_WANTED}; {ENCODE_REMEDY}",
        )
    prefix = unquote(parts.path).strip("/") or "edge-digits"
    discovery = asked.get("discovery", ["homeassistant"])[-1]
    for topic in (prefix, discovery):
        if any(mark in topic for mark in "+#\0") or topic.startswith("$") or len(topic) > 200:
            raise BrokerAddressError(
                f"{topic!r} is no topic to publish to", "Leave out + and #, and $ in front"
            )
    return Broker(
        parts.hostname,
        port or _PORTS[parts.scheme],
        prefix,
        tls=parts.scheme == "mqtts",
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else environ.get(PASSWORD_VARIABLE),
        discovery=discovery.strip("/"),
    )


class Publisher:
    """Publishes each change of the reading, retained, for as long as it runs.

    While the broker is away nothing piles up: when it is back, it is told how
    things stand then.

    Args:
        broker: Where to.
        say: Told when the broker comes and goes.

    Raises:
        BrokerError: paho-mqtt is not installed.
    """

    def __init__(self, broker: Broker, say: Callable[[str], None]) -> None:
        self._broker = broker
        self._say = say
        self._stop = threading.Event()
        self._greet = threading.Event()
        self._said = ""
        self._thread: threading.Thread | None = None
        self._client = self._make_client()

    def start(self, pipeline: Pipeline) -> None:
        """Connects, now or as soon as the broker answers, and follows the pipeline."""
        self._client.connect_async(self._broker.host, self._broker.port, keepalive=30)
        self._client.loop_start()
        self._thread = threading.Thread(target=self._follow, args=(pipeline,), name="mqtt", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Tells that it goes and hangs up; harmless when repeated."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(_FAREWELL_SECONDS)
            self._thread = None
            if self._client.is_connected():
                self._publish("status", "offline", wait=True)
            self._client.disconnect()
            self._client.loop_stop()

    def _make_client(self) -> Any:
        try:
            mqtt = importlib.import_module("paho.mqtt.client")
        except ImportError:
            raise BrokerError(
                "--mqtt needs a package that is not installed: paho-mqtt",
                "Install it: pip install 'edge-digits[mqtt]'",
            ) from None
        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=_node(self._broker))
        if self._broker.user is not None:
            client.username_pw_set(self._broker.user, self._broker.password)
        if self._broker.tls:
            client.tls_set()
        client.reconnect_delay_set(min_delay=1, max_delay=30)
        client.will_set(f"{self._broker.prefix}/status", "offline", qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_connect_fail = lambda *_: self._tell("does not answer; trying again")
        client.on_disconnect = self._on_disconnect
        return client

    def _on_connect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            self._tell(f"refuses us ({reason}); trying again")
            return
        self._tell("is connected")
        self._greet.set()

    def _on_disconnect(self, _client: Any, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not self._stop.is_set() and not self._said.startswith("refuses"):
            self._tell(f"hung up ({reason}); trying again")

    def _tell(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._say(f"MQTT broker {self._broker.name} {text}")

    def _follow(self, pipeline: Pipeline) -> None:
        told: tuple[str, str] | None = None
        with pipeline.feed.subscribe() as subscription:
            latest = pipeline.feed.latest
            while not self._stop.is_set():
                # After the feed's end nothing comes any more, but the broker may.
                if subscription.closed:
                    self._stop.wait(_SHORTEST_PAUSE)
                latest = subscription.get(timeout=0.5) or latest
                if self._greet.is_set():
                    self._greet.clear()
                    told = None
                    self._announce(pipeline)
                news = (latest.state.value, latest.reading.text if latest.reading else "")
                if news != told and self._client.is_connected():
                    self._publish("reading", json.dumps(_payload(latest)))
                    told = news
                    self._stop.wait(_SHORTEST_PAUSE)

    def _announce(self, pipeline: Pipeline) -> None:
        self._publish("status", "online")
        if self._broker.discovery:
            for topic, config in discovery(self._broker, pipeline.source.name).items():
                self._client.publish(topic, json.dumps(config), qos=1, retain=True)

    def _publish(self, topic: str, payload: str, *, wait: bool = False) -> None:
        sent = self._client.publish(f"{self._broker.prefix}/{topic}", payload, qos=1, retain=True)
        if wait:
            try:
                sent.wait_for_publish(_FAREWELL_SECONDS)
            except RuntimeError:
                return  # the broker went at this very moment; its last will tells the same


def _payload(snapshot: Snapshot) -> dict[str, Any]:
    reading = snapshot.reading
    text = reading.text if reading else ""
    return {
        "state": text.replace("\n", " ")[:_LONGEST_STATE],
        "text": text,
        "lines": text.split("\n") if text else [],
        "confidence": round(min((d.confidence for d in reading.digits), default=0.0), 4) if reading else 0.0,
        "unsure": len(reading.unsure) if reading else 0,
        "source": snapshot.source,
        "source_state": snapshot.state.value,
        "time": datetime.fromtimestamp(snapshot.moment, UTC).isoformat(timespec="milliseconds"),
    }


def discovery(broker: Broker, source: str) -> dict[str, dict[str, Any]]:
    """What Home Assistant is told, so that it shows the reading without being configured.

    Args:
        broker: Whose prefix makes the entities' names unique.
        source: What the frames come from.

    Returns:
        For each topic its configuration: a sensor for the reading, and a
        binary sensor for whether frames come.
    """
    node = _node(broker)
    common: dict[str, Any] = {
        "availability_topic": f"{broker.prefix}/status",
        "device": {
            "identifiers": [node],
            "name": f"edge-digits {socket.gethostname()}",
            "manufacturer": "edge-digits",
            "model": source,
            "sw_version": __version__,
        },
        "origin": {"name": "edge-digits", "sw_version": __version__},
        "state_topic": f"{broker.prefix}/reading",
    }
    reading = {
        **common,
        "name": "Reading",
        "unique_id": f"{node}_reading",
        "icon": "mdi:numeric",
        "value_template": "{{ value_json.state }}",
        "json_attributes_topic": f"{broker.prefix}/reading",
    }
    camera = {
        **common,
        "name": "Camera",
        "unique_id": f"{node}_camera",
        "device_class": "connectivity",
        "value_template": "{{ 'ON' if value_json.source_state == 'running' else 'OFF' }}",
    }
    return {
        f"{broker.discovery}/sensor/{node}/reading/config": reading,
        f"{broker.discovery}/binary_sensor/{node}/camera/config": camera,
    }


def _node(broker: Broker) -> str:
    """A name of this publisher that is the same after each start."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", f"{broker.prefix}_{socket.gethostname()}")[:64]
