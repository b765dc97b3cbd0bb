// Mode, model and backend: one choice for all who watch.

const find = (id) => document.getElementById(id);
const CHOICES = { mode: "modes", model: "models", backend: "backends" };
const BACKENDS = { tflite: "LiteRT (tflite)", onnxruntime: "ONNX Runtime", opencv: "OpenCV" };

let settings = null;

/** Shows what is chosen and what there is to choose from. */
export function showSettings(told) {
  settings = told;
  find("settings").hidden = false;
  for (const [name, list] of Object.entries(CHOICES)) {
    const select = find(name);
    const options = told[list];
    if ([...select.options].map((option) => option.value).join("\n") !== options.join("\n")) {
      select.replaceChildren(...options.map((value) => new Option(name === "backend" ? BACKENDS[value] || value : value, value)));
    }
    select.value = told[name];
    select.disabled = options.length < 2;
  }
}

async function choose(name) {
  const wanted = find(name).value;
  find("settings-problem").hidden = true;
  try {
    const answer = await fetch("/api/settings", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ [name]: wanted }),
    });
    const told = await answer.json();
    if (answer.ok) showSettings(told);
    else complain(`${told.error.problem}. ${told.error.remedy}`);
  } catch {
    complain("The program does not answer. Is it still running?");
  }
}

function complain(text) {
  find("settings-problem").textContent = text;
  find("settings-problem").hidden = false;
  showSettings(settings);
}

/** Chooses the mode after the present one. */
export function nextMode() {
  if (!settings) return;
  const select = find("mode");
  select.selectedIndex = (select.selectedIndex + 1) % select.options.length;
  choose("mode");
}

/** Makes the selectors work. */
export function connectSettings() {
  for (const name of Object.keys(CHOICES)) find(name).addEventListener("change", () => choose(name));
}
