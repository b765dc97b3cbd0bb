"""Both pages, driven by pointer and keys in a real browser."""

from __future__ import annotations

import itertools
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from pen import STROKES
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = json.loads((ROOT / "camera_demo" / "assets" / "sample.json").read_text())
SIZES = {"desktop": (1280, 860), "phone": (390, 844), "narrow": (360, 740)}
PATIENCE = 30_000
LIVE = 60_000


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    """Where the program keeps corrections."""
    return tmp_path_factory.mktemp("corrections")


@pytest.fixture(scope="module")
def address(collected) -> Iterator[str]:
    """The program as a user starts it, playing the sample clip."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "camera_demo", "--source", "sample", "--view", "browser"),
            *("--port", str(free_port()), "--no-open", "--collect", str(collected), "--rate-limit", "0"),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process.stdout.readline().split()[-1]
    process.terminate()
    _, notes = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in notes


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE)
        options = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        chromium = playwright.chromium.launch(
            executable_path=os.environ["EDGE_DIGITS_CHROMIUM"], args=options
        )
        yield chromium
        chromium.close()


@pytest.fixture
def size(request) -> str:
    """Which window; a desktop's where the test does not ask for each."""
    return getattr(request, "param", "desktop")


each_size = pytest.mark.parametrize("size", SIZES, indirect=True)


@pytest.fixture
def context(browser, size) -> Iterator[BrowserContext]:
    width, height = SIZES[size]
    opened = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=size != "desktop", accept_downloads=True
    )
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


@pytest.fixture
def page(context, address) -> Iterator[Page]:
    """A page whose console must stay clean, and which never asks another host for anything."""
    opened = context.new_page()
    complaints: list[str] = []
    hosts: set[str] = set()
    opened.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", lambda request: hosts.add(request.url.split("/")[2] if "//" in request.url else ""))
    yield opened
    opened.goto("about:blank")
    assert complaints == []
    assert hosts <= {address.split("/")[2], ""}


def open_camera(page: Page, address: str) -> None:
    page.goto(address)
    expect(page.locator("#state")).to_have_text("Live")


def open_canvas(page: Page, address: str) -> None:
    page.goto(address + "canvas")
    expect(page.locator("#hint")).to_be_visible()


def eventually(truth: Callable[[], object], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not truth():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


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


def draw(page: Page, text: str, *, left: float, top: float, height: float, gap: float = 1.3) -> None:
    """Writes digits side by side, place and size as parts of the paper."""
    paper = page.locator("#ink").bounding_box()
    scale = height * paper["height"] / 160
    for place, label in enumerate(text):
        x = paper["x"] + left * paper["width"] + place * 100 * scale * gap
        y = paper["y"] + top * paper["height"]
        for stroke in STROKES[label]:
            points = [(x + px * scale, y + py * scale) for px, py in stroke]
            page.mouse.move(*points[0])
            page.mouse.down()
            for point in points[1:]:
                page.mouse.move(*point)
            page.mouse.up()


def no_sideways_scrolling(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


# Canvas


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


# Camera


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


# Correcting


def kept(collected: Path) -> dict[str, list[Path]]:
    return {folder.name: sorted(folder.glob("*.png")) for folder in collected.iterdir() if folder.is_dir()}


def files(collected: Path) -> set[Path]:
    return {path for paths in kept(collected).values() for path in paths}


@each_size
def test_one_click_on_a_crop_of_the_camera_page_keeps_it_under_the_right_value(
    page, address, collected, size
):
    before = files(collected)
    open_camera(page, address)
    crop = page.locator("#crops button").first
    crop.click(timeout=LIVE) if size == "desktop" else crop.tap(timeout=LIVE)
    expect(page.locator("dialog.fix")).to_be_visible()
    shoot(page, f"correct-{size}")
    page.locator("dialog.fix button", has_text="Not a digit").click()
    expect(page.locator(".toast")).to_contain_text("Kept as not a digit")
    (new,) = files(collected) - before
    assert new.parent.name == "none"
    assert cv2.imread(str(new), cv2.IMREAD_UNCHANGED).shape == (28, 28)
    expect(page.locator("#collected")).to_contain_text(f"{len(files(collected))} correction")


def place_of_a_digit(page: Page) -> tuple[float, float]:
    """Where the picture's pointer becomes a hand."""
    picture = page.locator("#marker")
    corner = picture.bounding_box()
    for row in range(2, 15):
        for column in range(2, 20):
            x = corner["x"] + corner["width"] * column / 20
            y = corner["y"] + corner["height"] * row / 15
            page.mouse.move(x, y)
            if picture.evaluate("element => element.style.cursor") == "pointer":
                return x, y
    pytest.fail("no place in the picture can be clicked")


def hold_a_page_of_digits(page: Page) -> None:
    """Pauses while the clip shows the sheet of eight digits."""
    expect(page.locator("#crops li")).to_have_count(8, timeout=LIVE)
    page.keyboard.press(" ")
    expect(page.locator("#state")).to_have_text("Paused")


def test_a_click_on_a_box_of_the_camera_page_corrects_it_by_keyboard(page, address, collected):
    before = files(collected)
    open_camera(page, address)
    hold_a_page_of_digits(page)
    page.mouse.click(*place_of_a_digit(page))
    expect(page.locator("dialog.fix")).to_be_visible()
    page.keyboard.press("8")
    expect(page.locator(".toast")).to_contain_text("Kept as 8")
    (new,) = files(collected) - before
    assert new.parent.name == "8"


def test_a_tap_on_a_digit_of_the_canvas_corrects_it_and_draws_nothing(page, address, collected):
    before = files(collected)
    open_canvas(page, address)
    draw(page, "7", left=0.3, top=0.2, height=0.45)
    expect(page.locator("#text")).to_have_text("7")
    expect(page.locator("#reading")).to_have_attribute("aria-busy", "false")
    paper = page.locator("#ink").bounding_box()
    scale = 0.45 * paper["height"] / 160
    page.mouse.click(
        paper["x"] + 0.3 * paper["width"] + 30 * scale, paper["y"] + 0.2 * paper["height"] + 90 * scale
    )
    expect(page.locator("dialog.fix")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog.fix")).to_be_hidden()
    assert files(collected) == before, "nothing is kept when one thinks better of it"
    page.locator("#crops button").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_contain_text("Kept as 1")
    (new,) = files(collected) - before
    assert new.parent.name == "1"
    page.keyboard.press("Control+z")
    expect(page.locator("#text")).to_have_text("–")


# Teaching what was missed


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(*end, steps=3)
    page.mouse.up()


def test_a_box_drawn_on_the_camera_page_teaches_what_is_in_it(page, address, collected):
    before = files(collected)
    open_camera(page, address)
    hold_a_page_of_digits(page)
    x, y = place_of_a_digit(page)
    drag(page, (x - 60, y - 70), (x + 60, y + 70))
    expect(page.locator("dialog.fix")).to_contain_text("What is written here?")
    shoot(page, "teach")
    page.keyboard.press("3")
    expect(page.locator(".toast")).to_contain_text("Kept as 3")
    (new,) = files(collected) - before
    assert new.parent.name == "3"
    assert cv2.imread(str(new), cv2.IMREAD_UNCHANGED).max() > 200


def test_a_click_where_nothing_is_written_says_so(page, address):
    open_camera(page, address)
    hold_a_page_of_digits(page)
    picture = page.locator("#marker").bounding_box()
    page.mouse.click(picture["x"] + 0.19 * picture["width"], picture["y"] + 0.96 * picture["height"])
    expect(page.locator(".toast")).to_contain_text("No ink was found there. Draw a box")
    expect(page.locator("dialog.fix")).to_have_count(0)


def test_a_missed_digit_is_taught_by_keyboard_alone(page, address, collected):
    before = files(collected)
    open_camera(page, address)
    expect(page.locator("#crops li")).to_have_count(8, timeout=LIVE)
    page.keyboard.press("t")
    expect(page.locator("#state")).to_have_text("Paused")
    start = page.locator("#mark").bounding_box()
    for key in ("ArrowLeft", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    moved = page.locator("#mark").bounding_box()
    assert (moved["x"], moved["y"]) == (start["x"] - 8, start["y"] + 8)
    assert (moved["width"], moved["height"]) == (start["width"] + 8, start["height"] + 8)
    page.keyboard.press("Enter")
    expect(page.locator("dialog.fix")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator(".toast")).to_contain_text("Kept as not a digit")
    page.keyboard.press("Escape")
    expect(page.locator("#mark")).to_be_hidden()
    expect(page.locator("#state")).to_have_text("Live")
    (new,) = files(collected) - before
    assert new.parent.name == "none"


@pytest.mark.parametrize("size", ["phone"], indirect=True)
def test_a_digit_on_the_canvas_is_taught_by_a_finger(page, address, collected, size):
    before = files(collected)
    open_canvas(page, address)
    draw(page, "6", left=0.3, top=0.2, height=0.4)
    expect(page.locator("#text")).to_have_text("6")
    page.locator("#teach").tap()
    paper = page.locator("#paper").bounding_box()
    corner = (paper["x"] + 0.2 * paper["width"], paper["y"] + 0.1 * paper["height"])
    drag(page, corner, (paper["x"] + 0.9 * paper["width"], paper["y"] + 0.7 * paper["height"]))
    expect(page.locator("dialog.fix")).to_contain_text("What is written here?")
    page.locator("dialog.fix button", has_text="0").tap()
    expect(page.locator(".toast")).to_contain_text("Kept as 0")
    (new,) = files(collected) - before
    assert new.parent.name == "0"
    page.locator("#teach").tap()
    expect(page.locator("#text")).to_have_text("6")
    expect(page.locator("#marker")).to_be_hidden()


# Themes


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


# API


@each_size
def test_the_page_about_the_api_lists_and_tries_it(page, address, size):
    page.goto(address + "docs")
    expect(page.locator(".operation")).to_have_count(11)
    card = page.locator(".operation", has_text="/api/settings").filter(has_text="GET")
    card.get_by_role("button").click()
    expect(card.locator("pre").last).to_contain_text('"mode"')
    assert no_sideways_scrolling(page)
    shoot(page, f"api-{size}")
