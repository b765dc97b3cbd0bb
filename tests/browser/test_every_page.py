"""What holds on every page: the theme that is chosen stays, and the Tab key reaches everything."""

from __future__ import annotations

import pytest
from opened_pages import no_sideways_scrolling, open_canvas, shoot
from playwright.sync_api import Page, expect


def expect_theme(page: Page, name: str) -> None:
    ground = "rgb(18, 20, 22)" if name == "dark" else "rgb(245, 245, 242)"
    expect(page.locator("body")).to_have_css("background-color", ground)
    expect(page.locator("html")).to_have_css("color-scheme", name)


def test_the_theme_is_the_devices_until_one_is_chosen_and_is_then_remembered(page, address):
    page.emulate_media(color_scheme="dark")
    open_canvas(page, address)
    expect_theme(page, "dark")
    page.locator("#theme").focus()
    page.keyboard.press("Enter")
    expect_theme(page, "light")
    for path in ("docs", "", "canvas"):
        page.goto(address + path)
        expect_theme(page, "light")
    page.locator("#theme").click()
    expect_theme(page, "dark")
    # What is as the device has it follows the device from then on.
    page.emulate_media(color_scheme="light")
    expect_theme(page, "light")


def test_everything_can_be_reached_with_the_tab_key(page, address):
    for path in ("", "canvas", "docs"):
        page.goto(address + path)
        expect(page.locator("#theme")).to_be_visible()
        wanted = page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select")].filter(
                (one) => one.checkVisibility() && !one.disabled && !one.closest("#crops, .operation")
            ).map((one) => one.id || one.textContent)"""
        )
        left = set(wanted)
        for _ in range(3 * len(wanted) + 30):
            page.keyboard.press("Tab")
            left.discard(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
            if not left:
                break
        assert left == set()


@pytest.mark.parametrize("size", ["smallest"], indirect=True)
@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("", ["Starting", "Live", "Waiting", "Ended", "Stopped", "Paused", "Disconnected"]),
        ("canvas", ["Ready", "Reading", "Problem"]),
    ],
)
def test_on_the_smallest_phone_the_state_is_not_cut(page, address, path, words):
    page.goto(address + path)
    pill = page.locator("#state")
    for word in words:
        fits = "(pill, word) => { pill.textContent = word; return pill.scrollWidth <= pill.clientWidth; }"
        assert pill.evaluate(fits, word), word
    assert no_sideways_scrolling(page)
    shoot(page, f"smallest-{path or 'camera'}")
