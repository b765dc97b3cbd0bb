"""Both pages keep what a person puts right: digits that were misread, and ink that was missed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import pytest
from opened_pages import LIVE, each_size, open_camera, open_canvas, shoot
from pen import draw
from playwright.sync_api import Page, expect

# What was misread


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


def places_of_digits(page: Page) -> Iterator[tuple[float, float]]:
    """Where the picture's pointer becomes a hand."""
    picture = page.locator("#marker")
    corner = picture.bounding_box()
    for row in range(2, 15):
        for column in range(2, 20):
            x = corner["x"] + corner["width"] * column / 20
            y = corner["y"] + corner["height"] * row / 15
            page.mouse.move(x, y)
            if picture.evaluate("element => element.style.cursor") == "pointer":
                yield x, y


def hold_a_page_of_digits(page: Page) -> None:
    """Pauses while the clip shows the sheet of eight digits."""
    expect(page.locator("#crops li")).to_have_count(8, timeout=LIVE)
    page.keyboard.press(" ")
    expect(page.locator("#state")).to_have_text("Paused")


def test_a_click_on_a_box_of_the_camera_page_corrects_it_by_keyboard(page, address, collected):
    before = files(collected)
    open_camera(page, address)
    hold_a_page_of_digits(page)
    page.mouse.click(*next(places_of_digits(page)))
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


# What was missed


def drag(page: Page, begin: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*begin)
    page.mouse.down()
    page.mouse.move(*end, steps=3)
    page.mouse.up()


def test_a_box_drawn_on_the_camera_page_teaches_what_is_in_it(page, address, collected):
    before = files(collected)
    open_camera(page, address)
    hold_a_page_of_digits(page)
    x, y = next(places_of_digits(page))
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
    columns, rows = zip(*places_of_digits(page), strict=True)
    margin = 0.08 * page.locator("#marker").bounding_box()["width"]
    page.mouse.click(min(columns) - margin, (min(rows) + max(rows)) / 2)
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
