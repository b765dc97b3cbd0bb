// Marking a digit that was not read: a click on it or a box drawn around it. By keyboard
// the box is moved with the arrows, sized with Shift and the arrows, and taken with Enter.

import { notify, teach } from "./correct.js";

const SLACK = 6;
const STEP = 8;

/**
 * Makes an element that lies over a picture take clicks and boxes.
 * `area` tells where the picture lies within it, in CSS pixels; `grab` gives the picture
 * as { body, width, height }; `digitAt` finds what was read at a place, which `correct` is
 * then asked about; `changed` is told when marking begins and ends.
 */
export function connectMarking({ surface, mark, button, area, grab, digitAt, correct, changed }) {
  let on = false;
  let drag = null;
  let box = null;

  function show(next) {
    box = next;
    mark.hidden = !box;
    if (!box) return;
    for (const [side, value] of Object.entries({ left: box.x, top: box.y, width: box.width, height: box.height })) {
      mark.style[side] = `${value}px`;
    }
  }

  function within(event) {
    const corner = surface.getBoundingClientRect();
    return { x: event.clientX - corner.left, y: event.clientY - corner.top };
  }

  function between(a, b) {
    return { x: Math.min(a.x, b.x), y: Math.min(a.y, b.y), width: Math.abs(a.x - b.x), height: Math.abs(a.y - b.y) };
  }

  surface.addEventListener("pointerdown", (event) => {
    if (drag || event.button !== 0) return;
    const start = within(event);
    // The picture of this moment: a live one has moved on when the box is done.
    drag = { id: event.pointerId, start, digit: digitAt(start), picture: grab() };
    if (on) event.preventDefault();
    surface.setPointerCapture(event.pointerId);
  });

  surface.addEventListener("pointermove", (event) => {
    const place = within(event);
    if (!drag) surface.style.cursor = digitAt(place) ? "pointer" : "crosshair";
    else if (event.pointerId === drag.id) {
      const next = between(drag.start, place);
      if (Math.max(next.width, next.height) > SLACK) show(next);
    }
  });

  surface.addEventListener("pointerup", (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const { start, digit, picture } = drag;
    const drawn = !mark.hidden && Math.max(...Object.values(between(start, within(event)))) > SLACK ? box : null;
    drag = null;
    if (drawn) ask(picture, drawn);
    else if (digit) correct(digit);
    else ask(picture, { ...start, width: 0, height: 0 });
    if (!on) show(null);
  });

  surface.addEventListener("pointercancel", () => {
    drag = null; // the finger scrolls the page
    if (!on) show(null);
  });

  async function ask(grabbed, place) {
    const picture = await grabbed;
    if (!picture) return;
    const { x, y, width } = area();
    const scale = picture.width / width;
    const query = new URLSearchParams({
      x: Math.round((place.x - x) * scale), y: Math.round((place.y - y) * scale),
      width: Math.round(place.width * scale), height: Math.round(place.height * scale),
    });
    try {
      const answer = await fetch(`/api/crop?${query}`, {
        method: "POST", body: picture.body, headers: { "Content-Type": picture.body.type },
      });
      const told = await answer.json();
      if (!answer.ok) notify(`${told.error.problem}. ${told.error.remedy}.`);
      else if (told.crop) teach(told.crop);
      else notify(told.notice);
    } catch {
      notify("The program does not answer. Is it still running?");
    }
  }

  function turn(wanted) {
    if (wanted === on) return;
    on = wanted;
    button.setAttribute("aria-pressed", String(on));
    button.focus(); // Enter belongs to the box now, whatever had it before
    surface.classList.toggle("marking", on);
    changed(on);
    const { x, y, width, height } = area();
    const side = Math.round(Math.min(width, height) / 5);
    show(on ? { x: x + (width - side) / 2, y: y + (height - side) / 2, width: side, height: side } : null);
  }

  function nudge(key, sizes) {
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
    const { x, y, width, height } = area();
    const next = { ...box };
    if (sizes) {
      next.width = Math.max(STEP, next.width + dx * STEP);
      next.height = Math.max(STEP, next.height + dy * STEP);
    } else {
      next.x = Math.min(Math.max(x, next.x + dx * STEP), x + width - next.width);
      next.y = Math.min(Math.max(y, next.y + dy * STEP), y + height - next.height);
    }
    show(next);
  }

  button.addEventListener("click", () => turn(!on));

  return {
    toggle: () => turn(!on),
    /** Does what a key means while marking; false where it means nothing then. */
    press(event) {
      if (!on || !box || event.altKey || event.ctrlKey || event.metaKey) return false;
      if (event.key.startsWith("Arrow")) nudge(event.key, event.shiftKey);
      else if (event.key === "Enter" && (event.target === button || !event.target.closest("a, button"))) ask(grab(), box);
      else if (event.key === "Escape") turn(false);
      else return false;
      event.preventDefault();
      return true;
    },
  };
}
