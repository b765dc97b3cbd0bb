// The drawing canvas. Strokes are kept as points, so that they can be undone,
// redrawn at any size and sent as black on white whatever the page looks like.

import { correct, isCorrecting, notify, showCollected } from "./correct.js";
import { grabFrame, lendsCamera, startCamera, stopCamera } from "./device.js";
import { connectMarking } from "./mark.js";
import { takePictures } from "./pictures.js";
import { digitAt, drawBoxes, engineOf, isTyping, showCrops, showState, showText } from "./show.js";
import { drawStroke, pngOf, scaleStroke } from "./strokes.js";

const find = (id) => document.getElementById(id);
const ink = find("ink");
const context = ink.getContext("2d");
const photo = find("photo");
const video = find("video");
const DELAY = 90;
const TAP_PIXELS = 5;

let strokes = [];
let past = [];
let current = null;
let erasing = false;
let size = { width: 0, height: 0 };
let reading = null;
let timer = 0;
let busy = false;
let version = 0;
let live = false;
let before = null;

/* Drawing */

function redraw() {
  context.clearRect(0, 0, size.width, size.height);
  const colour = getComputedStyle(find("paper")).color;
  for (const stroke of strokes) drawStroke(context, stroke, colour);
  find("hint").hidden = strokes.length > 0 || hasPhoto() || live;
  find("undo").disabled = past.length === 0;
  find("clear").disabled = find("save").disabled = isBlank();
}

function fit() {
  const { clientWidth: width, clientHeight: height } = find("paper");
  if (!width || (width === size.width && height === size.height)) return;
  const scale = size.width ? Math.min(width / size.width, height / size.height, 1) : 1;
  if (scale !== 1) for (const stroke of [...strokes, ...past.flat()]) scaleStroke(stroke, scale, scale * size.width);
  size = { width, height };
  const ratio = window.devicePixelRatio || 1;
  Object.assign(ink, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  redraw();
  showReading(null);
  changed();
}

/* Pointers */

function pointOf(event) {
  const thickness = Number(find("thickness").value);
  const pressed = event.pointerType === "pen" && event.pressure ? 0.5 + event.pressure : 1;
  const box = ink.getBoundingClientRect();
  return {
    x: event.clientX - box.left,
    y: event.clientY - box.top,
    width: thickness * pressed * (erasing ? 2.5 : 1),
  };
}

ink.addEventListener("pointerdown", (event) => {
  if (current || event.button !== 0) return; // a second finger or a palm
  event.preventDefault();
  ink.setPointerCapture(event.pointerId);
  remember();
  current = { id: event.pointerId, erases: erasing, points: [pointOf(event)], done: false };
  before = reading;
  strokes.push(current);
  redraw();
});

ink.addEventListener("pointermove", (event) => {
  if (!current || event.pointerId !== current.id) return;
  const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
  const from = current.points.length;
  for (const one of events.length ? events : [event]) current.points.push(pointOf(one));
  if (live) return; // over a moving picture only taps mean something
  drawStroke(context, current, getComputedStyle(find("paper")).color, from);
  changed();
});

function lift(event) {
  if (!current || event.pointerId !== current.id) return;
  const stroke = current;
  current.done = true;
  current = null;
  const digit = event.type === "pointerup" ? tappedDigit(stroke) : null;
  if (digit || live) strokes = past.pop();
  redraw();
  changed();
  correct(digit);
}

/** The digit that was pointed at, where a stroke is no stroke but a tap on one. */
function tappedDigit(stroke) {
  const [first, ...others] = stroke.points;
  const still = others.every((point) => Math.hypot(point.x - first.x, point.y - first.y) < TAP_PIXELS);
  return still ? digitAt(before, readArea(), first.x, first.y) : null;
}

ink.addEventListener("pointerup", lift);
ink.addEventListener("pointercancel", lift);

/* Actions */

const hasPhoto = () => !photo.hidden;
const isBlank = () => !live && !hasPhoto() && !strokes.some((stroke) => !stroke.erases);

function remember() {
  past.push(strokes.slice());
}

function undo() {
  if (!past.length || current) return;
  strokes = past.pop();
  redraw();
  changed();
}

function clear() {
  if (isBlank() || current) return;
  if (strokes.length) remember();
  strokes = [];
  endLive();
  closePhoto();
  redraw();
  changed();
}

function choose(eraser) {
  erasing = eraser;
  find("pen").setAttribute("aria-pressed", String(!eraser));
  find("eraser").setAttribute("aria-pressed", String(eraser));
}

function thicken(step) {
  const slider = find("thickness");
  slider.value = String(Number(slider.value) + step);
}

/** The drawing as it is read: black on white, or on the picture that was opened. */
const toPng = (scale = 1) => pngOf(strokes, size, { photo: hasPhoto() ? photo : null, scale });

async function save() {
  if (isBlank()) return;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await toPng(2));
  link.download = `digits-${new Date().toISOString().slice(0, 19).replaceAll(/[:T]/g, "-")}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function closePhoto() {
  if (!hasPhoto()) return;
  URL.revokeObjectURL(photo.src);
  photo.hidden = true;
  photo.removeAttribute("src");
  find("paper").classList.remove("has-photo");
}

async function openPicture(file) {
  if (!file) return;
  endLive();
  closePhoto();
  photo.src = URL.createObjectURL(file);
  try {
    await photo.decode();
  } catch {
    URL.revokeObjectURL(photo.src);
    photo.removeAttribute("src");
    complain(`${file.name || "This"} is not a picture that this browser can show`);
    return;
  }
  remember();
  strokes = [];
  photo.hidden = false;
  find("paper").classList.add("has-photo");
  redraw();
  changed();
}

/* This device's camera */

async function toggleLive() {
  if (live) {
    // Pressed again it takes the picture, which can then be drawn upon, corrected and saved.
    const frame = await grabFrame(video, "image/png");
    openPicture(frame);
  } else if (lendsCamera()) {
    try {
      await startCamera(video, endLive);
    } catch (error) {
      complain(error.message);
      return;
    }
    closePhoto();
    if (strokes.length) remember();
    strokes = [];
    setLive(true);
    redraw();
    changed();
  } else {
    find("shoot").click();
  }
}

function endLive() {
  if (!live) return;
  stopCamera(video);
  setLive(false);
  changed();
}

function setLive(on) {
  live = on;
  video.hidden = !on;
  find("paper").classList.toggle("has-photo", on);
  find("camera").setAttribute("aria-pressed", String(on));
  find("camera").textContent = on ? "Take" : "Camera";
}

/** Where what was read lies within the paper. */
function readArea() {
  if (!live || !video.videoWidth) return { x: 0, y: 0, ...size };
  const scale = Math.min(size.width / video.videoWidth, size.height / video.videoHeight);
  const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
  return { x: (size.width - width) / 2, y: (size.height - height) / 2, width, height };
}

/* Marking */

/** What is read, as a picture. */
async function grabPicture() {
  if (isBlank()) return null;
  if (!live) return { body: await toPng(), ...size };
  const body = await grabFrame(video);
  const bitmap = await createImageBitmap(body);
  const { width, height } = bitmap;
  bitmap.close();
  return { body, width, height };
}

const marking = connectMarking({
  surface: find("marker"),
  mark: find("mark"),
  button: find("teach"),
  area: readArea,
  grab: grabPicture,
  digitAt: ({ x, y }) => digitAt(reading, readArea(), x, y),
  correct,
  changed: (on) => {
    find("marker").hidden = !on;
    if (on) notify("Click a digit that was missed, or draw a box around it. Esc or Teach ends this.");
  },
});

/* Reading */

function changed() {
  version += 1;
  find("reading").ariaBusy = "true";
  // The first change starts the clock: reading goes on while one draws, and not for each point.
  if (!timer && !busy) timer = setTimeout(read, DELAY);
}

async function read() {
  timer = 0;
  if (isBlank()) {
    showReading(null);
    find("reading").ariaBusy = "false";
    return;
  }
  busy = true;
  const asked = version;
  try {
    const body = live ? await grabFrame(video) : await toPng();
    const answer = await fetch("/api/read?crops=1", { method: "POST", body, headers: { "Content-Type": body.type } });
    const told = await answer.json();
    if (answer.ok) showReading(isBlank() ? null : told);
    else complain(`${told.error.problem}. ${told.error.remedy}`);
  } catch {
    complain("The program does not answer. Is it still running?");
  }
  busy = false;
  find("reading").ariaBusy = String(version !== asked);
  if (version !== asked || (live && !document.hidden)) changed();
}

function showReading(news) {
  reading = news;
  find("problem").hidden = true;
  showText(find("text"), news);
  showCrops(find("crops"), find("no-crops"), news, correct);
  find("no-crops").textContent = isBlank() ? "Nothing drawn yet" : "No digit in it";
  find("engine").textContent = news ? `${engineOf(news)} · ${news.timing.total.toFixed(1)} ms` : "";
  showState(find("state"), news ? "running" : "ended", news ? "Reading" : "Ready");
  drawBoxes(find("overlay"), news, readArea());
}

function complain(text) {
  find("problem").textContent = text;
  find("problem").hidden = false;
  showState(find("state"), "failed", "Problem");
}

/* Controls */

find("pen").addEventListener("click", () => choose(false));
find("eraser").addEventListener("click", () => choose(true));
find("undo").addEventListener("click", undo);
find("clear").addEventListener("click", clear);
find("save").addEventListener("click", save);
find("open").addEventListener("click", () => find("file").click());
takePictures({ inputs: [find("file"), find("shoot")], target: find("paper"), open: openPicture });
find("camera").addEventListener("click", toggleLive);
if (!lendsCamera()) {
  find("camera").title = "Takes a photo where the device can; browsers show a live picture only on https and localhost";
}
document.addEventListener("visibilitychange", () => {
  if (live && !document.hidden) changed();
});
document.addEventListener("keydown", (event) => {
  if (isCorrecting()) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    undo();
    return;
  }
  if (isTyping(event) || marking.press(event)) return;
  const actions = {
    p: () => choose(false), e: () => choose(true), s: save, o: () => find("file").click(), c: toggleLive, t: marking.toggle,
    Delete: clear, "[": () => thicken(-2), "]": () => thicken(2),
  };
  actions[event.key]?.();
});
new ResizeObserver(fit).observe(find("paper"));
document.addEventListener("themechange", () => {
  redraw();
  showReading(reading);
});
showText(find("text"), null);
fit();
fetch("/api/corrections").then(async (answer) => {
  if (answer.ok) showCollected(await answer.json());
}).catch(() => {}); // what does not answer now is told of when something is drawn
