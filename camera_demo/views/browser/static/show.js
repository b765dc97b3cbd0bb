// What both pages show of a reading: the number, the boxes and the crops.

export const percent = (part) => `${Math.round(part * 100)} %`;

function colour(element, name) {
  return getComputedStyle(element).getPropertyValue(name).trim();
}

/** Writes the number in large type; unsure digits stand out. */
export function showText(output, reading) {
  const text = reading ? reading.text : "";
  if (output.dataset.text === text && output.childNodes.length) return;
  output.dataset.text = text;
  output.classList.toggle("none", !text);
  output.classList.toggle("long", text.length > 24);
  output.replaceChildren(...(text ? pieces(text) : ["–"]));
}

function pieces(text) {
  return text.split(/(\?+)/).filter(Boolean).map((piece) => {
    if (!piece.startsWith("?")) return piece;
    const mark = document.createElement("span");
    mark.className = "unsure";
    mark.textContent = piece;
    return mark;
  });
}

/**
 * Draws boxes with digit and confidence.
 * `area` is where the picture lies within the canvas, in CSS pixels.
 */
export function drawBoxes(canvas, reading, area) {
  const ratio = window.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvas.clientWidth, canvas.clientHeight);
  if (!reading) return;
  const scale = area.width / reading.size[0];
  const label = area.width < 420 ? { font: 11, height: 15 } : { font: 13, height: 20 };
  context.font = `600 ${label.font}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.lineWidth = 2;
  const sure = [colour(canvas, "--accent"), colour(canvas, "--on-accent")];
  const unsure = [colour(canvas, "--warn"), colour(canvas, "--card")];
  const digits = reading.lines.flat();
  // Percentages are shown with all digits or, where they would cover neighbours, with none.
  const roomy = digits.every((digit) => labelWidth(context, fullLabel(digit)) <= digit.box[2] * scale + 16);
  for (const digit of digits) {
    const [x, y, w, h] = digit.box.map((value) => value * scale);
    const [line, text] = digit.sure ? sure : unsure;
    context.strokeStyle = context.fillStyle = line;
    context.strokeRect(area.x + x, area.y + y, w, h);
    drawLabel(context, roomy ? fullLabel(digit) : mark(digit), { x: area.x + x, y: area.y + y, height: label.height }, text);
  }
}

const mark = (digit) => (digit.sure ? digit.label : `${digit.label}?`);
const fullLabel = (digit) => `${mark(digit)}  ${percent(digit.confidence)}`;
const labelWidth = (context, label) => Math.max(14, context.measureText(label).width + 8);

function drawLabel(context, label, { x, y, height }, textColour) {
  const top = y > height + 1 ? y - height - 1 : y + 2;
  context.fillRect(x - 1, top, labelWidth(context, label), height);
  context.fillStyle = textColour;
  context.fillText(label, x + 3, top + height / 2 + 0.5);
}

/** The digit whose box or label is at a place in the canvas, the smallest where several are. */
export function digitAt(reading, area, x, y) {
  if (!reading) return null;
  const scale = area.width / reading.size[0];
  const size = ([, , w, h]) => w * h;
  const hit = reading.lines.flat().filter((digit) => {
    const [left, top, width, height] = digit.box.map((value) => value * scale);
    return x >= area.x + left - 4 && x <= area.x + left + width + 4
      && y >= area.y + top - 22 && y <= area.y + top + height + 4;
  });
  return hit.sort((a, b) => size(a.box) - size(b.box))[0] || null;
}

/** Shows the 28x28 pictures that the model saw, re-using the elements that are there; a click asks for the right value. */
export function showCrops(list, note, reading, correct) {
  const digits = reading ? reading.lines.flat().filter((digit) => digit.crop).slice(0, 40) : [];
  note.hidden = digits.length > 0;
  while (list.children.length > digits.length) list.lastElementChild.remove();
  digits.forEach((digit, index) => {
    const item = list.children[index] || list.appendChild(newCrop(correct));
    item.className = digit.sure ? "" : "unsure";
    item.digit = digit;
    item.querySelector("b").textContent = mark(digit);
    item.querySelector("small").textContent = percent(digit.confidence);
    paintCrop(item.querySelector("canvas"), digit.crop);
  });
}

function newCrop(correct) {
  const item = document.createElement("li");
  const button = Object.assign(document.createElement("button"), { type: "button", title: "Correct this digit" });
  const canvas = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
  button.append(canvas, document.createElement("b"), document.createElement("small"));
  button.addEventListener("click", () => correct(item.digit));
  item.append(button);
  return item;
}

/** Paints 784 grey bytes in base64 on a canvas of 28x28. */
export function paintCrop(canvas, base64) {
  const grey = atob(base64);
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(28, 28);
  for (let i = 0; i < 784; i += 1) {
    pixels.data.fill(grey.charCodeAt(i), 4 * i, 4 * i + 3);
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}

/** Which model reads, on what. */
export function engineOf(reading) {
  return reading ? `${reading.model} on ${reading.backend}` : "";
}

/** Tells how things stand, in the page's corner. */
export function showState(pill, state, text) {
  pill.dataset.state = state;
  if (pill.textContent !== text) pill.textContent = text;
}

/** Whether a key press belongs to an element that has its own use for it. */
export function isTyping(event) {
  return event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea") !== null;
}
