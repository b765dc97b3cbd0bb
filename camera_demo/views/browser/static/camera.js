// The camera page: asks for one frame at a time over a socket, so that a slow
// line or a hidden tab never piles up old ones.

import { correct, isCorrecting, notify, showCollected } from "./correct.js";
import { connectSettings, nextMode, showSettings } from "./settings.js";
import { connectMarking } from "./mark.js";
import { digitAt, drawBoxes, engineOf, isTyping, showCrops, showState, showText } from "./show.js";

const find = (id) => document.getElementById(id);
const decoder = new TextDecoder();
const NAMES = {
  starting: "Starting", running: "Live", waiting: "Waiting", ended: "Ended", failed: "Stopped",
};

let socket = null;
let attempts = 0;
let paused = false;
let asked = false;
let shown = null;
let painted = null;
let running = false;

function connect() {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/frames`);
  socket.binaryType = "arraybuffer";
  asked = false;
  socket.onopen = () => {
    attempts = 0;
    ask();
  };
  socket.onmessage = async (event) => {
    asked = false;
    await show(event.data);
    ask();
  };
  socket.onclose = () => {
    showState(find("state"), "failed", "Disconnected");
    say("The program does not answer. Is it still running?");
    attempts += 1;
    setTimeout(connect, Math.min(8000, 500 * 2 ** attempts));
  };
}

function ask() {
  if (asked || paused || document.hidden || socket.readyState !== WebSocket.OPEN) return;
  asked = true;
  socket.send("next");
}

async function show(message) {
  const length = new DataView(message).getUint32(0);
  const news = JSON.parse(decoder.decode(new Uint8Array(message, 4, length)));
  const jpeg = new Uint8Array(message, 4 + length);
  if (jpeg.length) {
    try {
      await paint(jpeg);
    } catch {
      // A damaged frame is passed over; the next one comes at once.
    }
  }
  showExtras(news);
  if (paused) return;
  shown = news;
  showNews(news);
}

async function paint(jpeg) {
  const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
  const canvas = find("picture");
  if (!paused) {
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    }
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    painted = jpeg;
  }
  bitmap.close();
}

function showNews(news) {
  showState(find("state"), news.state, NAMES[news.state] || news.state);
  find("frame").classList.toggle("stale", news.state === "waiting" || news.state === "failed");
  say(news.notice || (news.state === "starting" ? "Waiting for the first frame" : ""));
  find("source").textContent = news.picture ? `${news.source}: ${news.picture}` : news.source;
  showText(find("text"), news.reading);
  showCrops(find("crops"), find("no-crops"), news.reading, correct);
  showBoxes();
  if (news.reading) {
    // Of single pictures no rate tells anything.
    find("fps").textContent = news.picture ? "–" : news.fps.toFixed(news.fps < 10 ? 1 : 0);
    find("p50").textContent = news.latency.p50.toFixed(1);
    find("p90").textContent = news.latency.p90.toFixed(1);
    find("age").textContent = news.age.toFixed(0);
    find("read").textContent = news.read.toLocaleString();
    find("dropped").textContent = news.dropped.toLocaleString();
    find("engine").textContent = engineOf(news.reading);
  }
}

/** What is told once, and again when it changed; a pause must not lose it. */
function showExtras(news) {
  if (news.history) showHistory(news.history);
  if (news.settings) showSettings(news.settings);
  if (news.collected) showCollected(news.collected);
}

function showBoxes() {
  const wanted = find("boxes").getAttribute("aria-pressed") === "true";
  drawBoxes(find("overlay"), wanted && shown ? shown.reading : null, pictureArea());
}

/** Where the picture lies within its element, which may leave room at two sides. */
function pictureArea() {
  const canvas = find("picture");
  const scale = Math.min(canvas.clientWidth / canvas.width, canvas.clientHeight / canvas.height);
  const width = canvas.width * scale;
  const height = canvas.height * scale;
  return { x: (canvas.clientWidth - width) / 2, y: (canvas.clientHeight - height) / 2, width, height };
}

function showHistory(entries) {
  find("no-history").hidden = entries.length > 0;
  find("history").replaceChildren(...entries.map((entry) => {
    const item = document.createElement("li");
    const text = document.createElement("span");
    const time = document.createElement("time");
    const moment = new Date(entry.time * 1000);
    text.textContent = entry.text.replaceAll("\n", " / ");
    time.textContent = entry.picture || moment.toLocaleTimeString([], { hour12: false });
    time.dateTime = moment.toISOString();
    item.append(text, time);
    return item;
  }));
}

/** The picture as it is shown, for cutting a digit out of it. */
function grabPicture() {
  const { width, height } = find("picture");
  return painted && { body: new Blob([painted], { type: "image/jpeg" }), width, height };
}

/** A picture that holds still is easier to mark; afterwards it goes on if it did before. */
function markingChanged(on) {
  if (on) running = !paused;
  if (running && on !== paused) togglePause();
  if (on) notify("Click a digit that was missed, or draw a box around it. Esc or Teach ends this.");
}

function correctNext() {
  const digits = shown && shown.reading ? shown.reading.lines.flat() : [];
  correct(digits.find((digit) => !digit.sure) || digits[0]);
}

function say(text) {
  const message = find("message");
  if (message.textContent !== text) message.textContent = text;
  message.hidden = !text;
}

function togglePause() {
  paused = !paused;
  const button = find("pause");
  button.setAttribute("aria-pressed", String(paused));
  button.textContent = paused ? "Resume" : "Pause";
  if (paused) showState(find("state"), "ended", "Paused");
  else if (shown) showNews(shown);
  ask();
}

function toggleBoxes() {
  const button = find("boxes");
  button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
  showBoxes();
}

find("pause").addEventListener("click", togglePause);
find("boxes").addEventListener("click", toggleBoxes);
const marking = connectMarking({
  surface: find("marker"),
  mark: find("mark"),
  button: find("teach"),
  area: pictureArea,
  grab: grabPicture,
  digitAt: ({ x, y }) => digitAt(shown && shown.reading, pictureArea(), x, y),
  correct,
  changed: markingChanged,
});
document.addEventListener("visibilitychange", ask);
window.addEventListener("resize", showBoxes);
document.addEventListener("keydown", (event) => {
  if (isCorrecting() || isTyping(event) || marking.press(event)) return;
  if (event.key === " " && event.target.closest("button, a") === null) {
    event.preventDefault();
    togglePause();
  } else if (event.key === "b") toggleBoxes();
  else if (event.key === "m") nextMode();
  else if (event.key === "c") correctNext();
  else if (event.key === "t") marking.toggle();
});
document.addEventListener("themechange", showBoxes);
connectSettings();
showText(find("text"), null);
connect();
