// Correcting a digit: one click on it, one on what it really is. The crop goes
// with its right value into a folder that training takes.

import { paintCrop, percent } from "./show.js";

const NOT_A_DIGIT = "none";
const nameOf = (label) => (label === NOT_A_DIGIT ? "not a digit" : label);

const corrections = (count) => (count === 1 ? "1 correction" : `${count} corrections`);

let crop = "";
let parts = null;
let hiding = 0;

function element(name, className, text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

function key(label) {
  const button = element("button", label === NOT_A_DIGIT ? "none" : "", label === NOT_A_DIGIT ? "Not a digit" : label);
  button.type = "button";
  button.dataset.label = label;
  button.addEventListener("click", () => save(label));
  return button;
}

function build() {
  const dialog = element("dialog", "fix");
  dialog.setAttribute("aria-labelledby", "fix-title");
  const head = element("div", "fix-head");
  const image = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
  const words = element("div", "");
  const title = element("h2", "");
  title.id = "fix-title";
  const was = element("p", "meta");
  words.append(title, was);
  head.append(image, words);
  const keys = element("div", "keys");
  keys.append(...[..."1234567890", NOT_A_DIGIT].map(key));
  const problem = element("p", "problem");
  problem.setAttribute("role", "alert");
  const cancel = element("button", "cancel", "Cancel");
  cancel.type = "button";
  cancel.addEventListener("click", () => dialog.close());
  dialog.append(head, keys, problem, cancel);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    event.stopPropagation(); // the page has its own use for some of these keys
    if (/^[0-9]$/.test(event.key)) save(event.key);
    else if (event.key === "n" || event.key === "Delete") save(NOT_A_DIGIT);
  });
  document.body.append(dialog);
  return { dialog, image, title, was, keys, problem };
}

function ask(question, was, read) {
  parts = parts || build();
  paintCrop(parts.image, crop);
  parts.title.textContent = question;
  parts.was.textContent = was;
  parts.problem.hidden = true;
  for (const button of parts.keys.children) button.classList.toggle("read", button.dataset.label === read);
  if (!parts.dialog.open) parts.dialog.showModal();
}

/** Asks what a digit really is. */
export function correct(digit) {
  if (!digit || !digit.crop) return;
  crop = digit.crop;
  const read = `${nameOf(digit.label)}, ${percent(digit.confidence)}`;
  ask("What is it really?", digit.sure ? `It was read as ${read}.` : `It was not sure; the best guess was ${read}.`, digit.label);
}

/** Asks what a crop is that was not read. */
export function teach(missed) {
  crop = missed;
  ask("What is written here?", "This is what the model sees there.", "");
}

async function save(label) {
  try {
    const answer = await fetch("/api/corrections", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ crop, label }),
    });
    const told = await answer.json();
    if (!answer.ok) {
      complain(`${told.error.problem}. ${told.error.remedy}`);
      return;
    }
    parts.dialog.close();
    showCollected(told);
    notify(`Kept as ${nameOf(label)}. ${corrections(told.total)} so far.`);
  } catch {
    complain("The program does not answer. Is it still running?");
  }
}

function complain(text) {
  parts.problem.textContent = text;
  parts.problem.hidden = false;
}

/** Tells something for a few seconds. */
export function notify(text) {
  const toast = document.querySelector(".toast") || document.body.appendChild(element("p", "toast"));
  toast.setAttribute("role", "status");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, 4000);
}

/** Tells how many crops were corrected so far, and where they lie. */
export function showCollected(told) {
  const note = document.getElementById("collected");
  note.textContent = `A digit is wrong? Click it. One was missed? Teach it.${told.total ? ` ${corrections(told.total)} kept.` : ""}`;
  note.title = `In ${told.folder}`;
  note.hidden = false;
}

/** Whether the question is open. */
export const isCorrecting = () => Boolean(parts && parts.dialog.open);
