"""Tests that need a program from outside Python are collected only where it is named."""

from __future__ import annotations

import os

# EDGE_DIGITS_MOSQUITTO=/usr/sbin/mosquitto (apt-get install mosquitto)
collect_ignore = [] if os.environ.get("EDGE_DIGITS_MOSQUITTO") else ["test_demo_mosquitto.py"]
