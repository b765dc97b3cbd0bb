"""As much of an MQTT 3.1.1 broker as a publisher can notice, in this process.

It keeps retained messages, acknowledges, publishes last wills, asks for a
password if told to, and can be cut off and come back on the same port.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field

CONNECT, CONNACK, PUBLISH, PUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 12, 13, 14


@dataclass
class Message:
    """One message as it came."""

    topic: str
    payload: str
    qos: int
    retain: bool


@dataclass
class Session:
    """What a client said when it connected."""

    client: str
    clean: bool
    will: Message | None = None
    user: str | None = None
    password: str | None = None


@dataclass
class MqttBroker:
    """A broker on loopback; also a context manager."""

    password: str | None = None
    port: int = 0
    messages: list[Message] = field(default_factory=list)
    retained: dict[str, str] = field(default_factory=dict)
    sessions: list[Session] = field(default_factory=list)
    _lines: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> MqttBroker:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """Goes down like a computer whose plug is pulled."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Breaks all connections."""
        lines, self._lines = self._lines, []
        for line in lines:
            with contextlib.suppress(OSError):  # the client hung up already
                line.shutdown(socket.SHUT_RDWR)

    def texts(self, topic: str) -> list[str]:
        """All that was published to a topic, in order."""
        return [message.payload for message in self.messages if message.topic == topic]

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self._lines.append(line)
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        will = None
        try:
            with line, line.makefile("rb") as stream:
                while True:
                    kind, flags, body = _packet(stream)
                    if kind == CONNECT:
                        session = _session(body)
                        self.sessions.append(session)
                        refused = self.password is not None and session.password != self.password
                        line.sendall(bytes([CONNACK << 4, 2, 0, 5 if refused else 0]))
                        if refused:
                            return
                        will = session.will
                    elif kind == PUBLISH:
                        message, number = _message(flags, body)
                        if message.qos:
                            line.sendall(struct.pack(">BBH", PUBACK << 4, 2, number))
                        self._take(message)
                    elif kind == PINGREQ:
                        line.sendall(bytes([PINGRESP << 4, 0]))
                    elif kind == DISCONNECT:
                        will = None
                        return
                    else:
                        raise AssertionError(f"packet of type {kind}")
        except (OSError, EOFError):
            pass
        finally:
            if will is not None:
                self._take(will)

    def _take(self, message: Message) -> None:
        self.messages.append(message)
        if message.retain:
            self.retained[message.topic] = message.payload


def _packet(stream) -> tuple[int, int, bytes]:
    head = _exactly(stream, 1)[0]
    length = shift = 0
    while True:
        byte = _exactly(stream, 1)[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return head >> 4, head & 15, _exactly(stream, length)


def _exactly(stream, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _text(body: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from(">H", body, at)
    return body[at + 2 : at + 2 + length].decode(), at + 2 + length


def _session(body: bytes) -> Session:
    protocol, at = _text(body, 0)
    assert (protocol, body[at]) == ("MQTT", 4)
    flags = body[at + 1]
    client, at = _text(body, at + 4)
    session = Session(client, bool(flags & 2))
    if flags & 4:
        topic, at = _text(body, at)
        payload, at = _text(body, at)
        session.will = Message(topic, payload, flags >> 3 & 3, bool(flags & 32))
    if flags & 128:
        session.user, at = _text(body, at)
    if flags & 64:
        session.password, at = _text(body, at)
    return session


def _message(flags: int, body: bytes) -> tuple[Message, int]:
    topic, at = _text(body, 0)
    qos, number = flags >> 1 & 3, 0
    if qos:
        (number,) = struct.unpack_from(">H", body, at)
        at += 2
    return Message(topic, body[at:].decode(), qos, bool(flags & 1)), number
