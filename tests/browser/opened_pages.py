"""The pages opened in windows of several sizes, and pictures taken of them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

SIZES = {"desktop": (1280, 860), "phone": (390, 844), "narrow": (360, 740), "smallest": (320, 568)}
# How long a text of the clip may take to come, in milliseconds.
LIVE = 60_000

each_size = pytest.mark.parametrize("size", ["desktop", "phone", "narrow"], indirect=True)


def open_camera(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#state")).to_have_text("Live")


def open_canvas(page: Page, address: str) -> None:
    page.goto(address + "canvas")
    expect(page.locator("#hint")).to_be_visible()


def no_sideways_scrolling(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def shoot(page: Page, name: str) -> None:
    folder = os.environ.get("EDGE_DIGITS_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def shoot_both_themes(page: Page, name: str) -> None:
    if "EDGE_DIGITS_SCREENSHOTS" not in os.environ:
        return
    for ending in ("", "-dark"):
        shoot(page, name + ending)
        page.locator("#theme").click()
