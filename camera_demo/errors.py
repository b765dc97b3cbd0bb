"""What can go wrong while frames are fetched and shown."""

from __future__ import annotations

from edge_digits.errors import EdgeDigitsError, SourceError


class SourceLostError(SourceError):
    """A source that ran yields no more frames for now; opening it again may help."""


class FrameSkippedError(SourceError):
    """One picture could not be had; the source goes on with the next."""


class ViewError(EdgeDigitsError):
    """A view cannot be shown here: no display, no web packages, or a port in use."""


class BrokerError(EdgeDigitsError):
    """The package that talks to MQTT brokers is missing."""


class BrokerAddressError(BrokerError):
    """The address of an MQTT broker is not one."""
