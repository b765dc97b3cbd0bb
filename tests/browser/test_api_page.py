"""The page about the API lists what can be asked, and asks it."""

from __future__ import annotations

from opened_pages import each_size, no_sideways_scrolling, shoot
from playwright.sync_api import expect


@each_size
def test_the_page_about_the_api_lists_and_tries_it(page, address, size):
    page.goto(address + "docs")
    expect(page.locator(".operation")).to_have_count(11)
    card = page.locator(".operation", has_text="/api/settings").filter(has_text="GET")
    card.get_by_role("button").click()
    expect(card.locator("pre").last).to_contain_text('"mode"')
    assert no_sideways_scrolling(page)
    shoot(page, f"api-{size}")
