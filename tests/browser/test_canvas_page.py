"""The canvas: pointers draw on it, pictures and the device's camera come to it, drawings leave it."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from opened_pages import each_size, no_sideways_scrolling, open_canvas, shoot
from pen import STROKES, draw
from playwright.sync_api import expect


@each_size
def test_all_digits_drawn_with_a_pointer_are_read(page, address, size):
    open_canvas(page, address)
    rows = ["01234", "56789"]
    for place, row in enumerate(rows):
        draw(
            page, row, left=0.04, top=0.06 + 0.48 * place, height=0.3 if size == "desktop" else 0.2, gap=1.15
        )
    expect(page.locator("#text")).to_have_text("\n".join(rows), use_inner_text=True)
    expect(page.locator("#crops li")).to_have_count(10)
    assert no_sideways_scrolling(page)
    shoot(page, f"canvas-{size}")


@pytest.mark.parametrize("size", ["phone"], indirect=True)
@pytest.mark.parametrize("tool", ["touch", "pen"])
def test_fingers_and_pens_draw_as_well(page, context, address, size, tool):
    open_canvas(page, address)
    wire = context.new_cdp_session(page)
    paper = page.locator("#ink").bounding_box()
    for stroke in STROKES["4"]:
        points = [(paper["x"] + 60 + 1.4 * x, paper["y"] + 50 + 1.4 * y) for x, y in densely(stroke)]
        for place, (x, y) in enumerate(points):
            step = "Start" if place == 0 else "Move"
            if tool == "touch":
                finger = {"type": f"touch{step}", "touchPoints": [{"x": x, "y": y}]}
                wire.send("Input.dispatchTouchEvent", finger)
            else:
                wire.send("Input.dispatchMouseEvent", pen(PRESSED[step], x, y))
        if tool == "touch":
            wire.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        else:
            wire.send("Input.dispatchMouseEvent", pen("mouseReleased", *points[-1]))
    expect(page.locator("#text")).to_have_text("4")
    assert page.evaluate("window.scrollY") == 0, "drawing must not scroll the page"


PRESSED = {"Start": "mousePressed", "Move": "mouseMoved"}


def pen(kind: str, x: float, y: float) -> dict[str, object]:
    return {
        "type": kind,
        "x": x,
        "y": y,
        "button": "left",
        "clickCount": 1,
        "pointerType": "pen",
        "force": 0.5,
    }


def densely(stroke: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points between corners, so that no finger leaps."""
    pairs = itertools.pairwise(stroke)
    steps = [(a + (c - a) * i / 5, b + (d - b) * i / 5) for (a, b), (c, d) in pairs for i in range(5)]
    return [*steps, stroke[-1]]


def test_undo_clear_and_thickness_work_by_keyboard(page, address):
    open_canvas(page, address)
    draw(page, "7", left=0.1, top=0.2, height=0.4)
    expect(page.locator("#text")).to_have_text("7")
    draw(page, "1", left=0.6, top=0.2, height=0.4)
    expect(page.locator("#text")).to_have_text("71")
    page.keyboard.press("Control+z")
    expect(page.locator("#text")).to_have_text("7")
    before = page.locator("#thickness").input_value()
    page.keyboard.press("]")
    assert int(page.locator("#thickness").input_value()) > int(before)
    page.keyboard.press("e")
    expect(page.locator("#eraser")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Delete")
    expect(page.locator("#text")).to_have_text("–")
    expect(page.locator("#hint")).to_be_visible()


def picture_file(tmp_path: Path) -> Path:
    """A 7 in a picture file."""
    image = np.full((300, 300, 3), 240, np.uint8)
    points = np.add(np.array(STROKES["7"][0], np.int32), (100, 70)).astype(np.int32)
    cv2.polylines(image, [points], False, (40, 30, 30), 10, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "seven.png"), image)
    return tmp_path / "seven.png"


def test_a_picture_is_read_when_it_is_opened(page, address, tmp_path):
    open_canvas(page, address)
    page.locator("#file").set_input_files(picture_file(tmp_path))
    expect(page.locator("#text")).to_have_text("7")


@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_picture_is_read_when_it_is_dropped_or_pasted(page, address, tmp_path, way):
    open_canvas(page, address)
    data = list(picture_file(tmp_path).read_bytes())
    page.evaluate(
        """([bytes, way]) => {
            const files = new DataTransfer();
            files.items.add(new File([new Uint8Array(bytes)], "seven.png", { type: "image/png" }));
            const event = way === "drop"
                ? new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: files, bubbles: true });
            document.querySelector("#paper").dispatchEvent(event);
        }""",
        [data, way],
    )
    expect(page.locator("#text")).to_have_text("7")


def test_a_file_that_is_no_picture_is_named(page, address, tmp_path):
    open_canvas(page, address)
    (tmp_path / "notes.txt").write_text("no picture")
    page.locator("#file").set_input_files(tmp_path / "notes.txt")
    expect(page.locator("#problem")).to_contain_text("notes.txt is not a picture")


def test_a_drawing_can_be_saved(page, address, tmp_path):
    open_canvas(page, address)
    draw(page, "4", left=0.3, top=0.2, height=0.4)
    with page.expect_download() as download:
        page.locator("#save").click()
    download.value.save_as(tmp_path / "saved.png")
    saved = cv2.imread(str(tmp_path / "saved.png"), cv2.IMREAD_GRAYSCALE)
    assert saved[0, 0] == 255 and saved.min() < 50, "black on white"


def test_the_devices_own_camera_shows_and_is_given_back(page, address):
    open_canvas(page, address)
    page.locator("#camera").click()
    expect(page.locator("#video")).to_be_visible()
    expect(page.locator("#engine")).not_to_be_empty()
    page.locator("#camera").click()
    expect(page.locator("#photo")).to_be_visible()
    expect(page.locator("#video")).to_be_hidden()
    assert page.evaluate("document.querySelector('#video').srcObject === null")
