"""One publisher of snapshots, any number of views, none of which delays another."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

from camera_demo.snapshot import Snapshot


class Subscription:
    """One view's place at the feed; made by Feed.subscribe()."""

    def __init__(self, feed: Feed, *, every: bool, notify: Callable[[], None] | None) -> None:
        self._feed = feed
        self._waiting: deque[Snapshot] = deque(maxlen=None if every else 1)
        self._changed = threading.Condition()
        self._notify = notify
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether nothing will come any more and nothing is left."""
        with self._changed:
            return self._closed and not self._waiting

    def offer(self, snapshot: Snapshot) -> None:
        """Called by the feed: leaves a snapshot here, in place of an older one; never waits."""
        with self._changed:
            self._waiting.append(snapshot)
            self._changed.notify_all()
        if self._notify is not None:
            self._notify()

    def poll(self) -> Snapshot | None:
        """The next snapshot if there is one, without waiting."""
        with self._changed:
            return self._waiting.popleft() if self._waiting else None

    def get(self, timeout: float) -> Snapshot | None:
        """The next snapshot, waiting up to timeout seconds; None where none came or the feed ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting, timeout)
            return self._waiting.popleft() if self._waiting else None

    def close(self) -> None:
        """Leaves the feed; harmless when done already."""
        self._feed.leave(self)
        self.end()

    def end(self) -> None:
        """Called by the feed when nothing more will come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._notify is not None:
            self._notify()

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def follow(self, stop: threading.Event) -> Iterator[Snapshot]:
        """Snapshots up to the one that says that the source ended or failed, or until stop is set."""
        while not self.closed and not stop.is_set():
            snapshot = self.get(timeout=0.5)
            if snapshot is not None:
                yield snapshot
                if snapshot.state.final:
                    return


class Feed:
    """Hands each snapshot to all subscriptions.

    Args:
        first: What is shown before the first frame.
    """

    def __init__(self, first: Snapshot) -> None:
        self._lock = threading.Lock()
        self._latest = first
        self._subscriptions: list[Subscription] = []
        self._closed = False

    @property
    def latest(self) -> Snapshot:
        """The newest snapshot."""
        return self._latest

    @property
    def viewers(self) -> int:
        """How many subscriptions there are."""
        return len(self._subscriptions)

    def publish(self, snapshot: Snapshot) -> None:
        """Makes a snapshot the newest and leaves it with every subscription."""
        with self._lock:
            self._latest = snapshot
            subscriptions = list(self._subscriptions)
        for subscription in subscriptions:
            subscription.offer(snapshot)

    def subscribe(self, *, every: bool = False, notify: Callable[[], None] | None = None) -> Subscription:
        """Joins the feed; the newest snapshot is there at once.

        Args:
            every: Whether to keep all snapshots until fetched, instead of the
                newest only.
            notify: Called from the publishing thread whenever one arrived or
                the feed ended; it must not wait.
        """
        subscription = Subscription(self, every=every, notify=notify)
        with self._lock:
            subscription.offer(self._latest)
            if self._closed:
                subscription.end()
            else:
                self._subscriptions.append(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        """Called by a subscription that closes."""
        with self._lock:
            if subscription in self._subscriptions:
                self._subscriptions.remove(subscription)

    def close(self) -> None:
        """Ends all subscriptions; what they have not fetched stays fetchable."""
        with self._lock:
            self._closed = True
            subscriptions, self._subscriptions = self._subscriptions, []
        for subscription in subscriptions:
            subscription.end()
