"""The camera's page: what it shows of the clip, pauses, and settings that all viewers share."""

from __future__ import annotations

import json
import re
from pathlib import Path

from opened_pages import LIVE, each_size, no_sideways_scrolling, open_camera, shoot_both_themes
from playwright.sync_api import Page, expect
from waiting import eventually

SAMPLE = Path(__file__).resolve().parents[2] / "camera_demo" / "assets" / "sample.json"
EXPECTED = json.loads(SAMPLE.read_text())


@each_size
def test_the_clip_is_read_as_what_is_written_in_it(page, address, size):
    open_camera(page, address)
    for text in sorted({segment["text"] for segment in EXPECTED["segments"]} - {"", None}):
        expect(page.locator("#text")).to_have_text(text, use_inner_text=True, timeout=LIVE)
        expect(page.locator("#crops li")).to_have_count(len(text.replace("\n", "")), timeout=LIVE)
        shoot_both_themes(page, f"camera-{size}")
        expect(page.locator("#history li span", has_text=text.replace("\n", " / ")).first).to_be_visible(
            timeout=LIVE
        )
    assert float(page.locator("#fps").inner_text()) > 0
    assert float(page.locator("#p50").inner_text()) > 0
    assert no_sideways_scrolling(page)


def text_seen(page: Page, address: str) -> str:
    """What the program reads now, whatever the page shows."""
    reading = page.request.get(f"{address}api/reading").json()["reading"]
    return reading["text"] if reading else ""


def test_a_pause_holds_the_picture_and_the_number(page, address):
    open_camera(page, address)
    expect(page.locator("#crops li").nth(4)).to_be_visible(timeout=LIVE)
    page.keyboard.press(" ")
    expect(page.locator("#state")).to_have_text("Paused")
    text = page.locator("#text").inner_text()
    # Meanwhile the camera sees something else.
    assert eventually(lambda: text_seen(page, address) != text, LIVE / 1000)
    assert page.locator("#text").inner_text() == text
    page.keyboard.press(" ")
    expect(page.locator("#state")).to_have_text("Live")


def test_mode_model_and_backend_are_chosen_while_frames_are_read(page, address):
    open_camera(page, address)
    expect(page.locator("#mode")).to_have_value(re.compile("balanced|strict|eager"))
    page.locator("#model").select_option("classic-int8")
    expect(page.locator("#engine")).to_contain_text("classic-int8", timeout=LIVE)
    page.locator("#backend").select_option("onnxruntime")
    expect(page.locator("#engine")).to_have_text("classic-int8 on onnxruntime", timeout=LIVE)
    page.locator("#mode").select_option("balanced")
    page.locator("#text").click()
    page.keyboard.press("m")
    expect(page.locator("#mode")).to_have_value("strict")
    page.locator("#model").select_option("classic-float32")
    page.locator("#mode").select_option("balanced")
    expect(page.locator("#engine")).to_contain_text("classic-float32", timeout=LIVE)


def test_other_viewers_learn_of_a_choice(page, context, address):
    open_camera(page, address)
    other = context.new_page()
    open_camera(other, address)
    page.locator("#mode").select_option("eager")
    page.bring_to_front()
    other.bring_to_front()
    expect(other.locator("#mode")).to_have_value("eager")
    other.locator("#mode").select_option("balanced")
    other.close()
