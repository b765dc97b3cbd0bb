// The page about the API, made from /openapi.json.

const STREAMS = ["/api/stream", "/stream.mjpg"];
const page = document.getElementById("document");

function element(name, className, text = "") {
  return Object.assign(document.createElement(name), { className, textContent: text });
}

function shellExample(method, path, operation) {
  const parts = ["curl"];
  if (STREAMS.includes(path)) parts.push("-N");
  const body = operation.requestBody;
  if (body && body.content["application/json"]) {
    if (method !== "post") parts.push(`-X ${method.toUpperCase()}`);
    const properties = Object.keys(body.content["application/json"].schema.properties);
    const sample = JSON.stringify(Object.fromEntries(properties.map((name) => [name, "…"])));
    parts.push(`-H 'Content-Type: application/json' -d '${sample}'`);
  } else if (body) {
    parts.push("-H 'Content-Type: image/jpeg' --data-binary @note.jpg");
  }
  return [...parts, location.origin + path].join(" ");
}

function describe(method, path, operation) {
  const card = element("section", "card operation");
  const heading = element("h3", "");
  heading.append(element("span", "method", method.toUpperCase()), element("code", "", path));
  card.append(heading, element("p", "", operation.summary || ""));
  if (operation.description) card.append(element("p", "meta", operation.description));
  for (const parameter of operation.parameters || []) {
    const note = parameter.required ? "required" : `default ${parameter.schema.default}`;
    card.append(element("p", "meta", `${parameter.name}: ${parameter.schema.type}, ${note}`));
  }
  card.append(element("pre", "", shellExample(method, path, operation)));
  if (method === "get" && !STREAMS.includes(path)) card.append(...tryOut(path));
  return card;
}

function tryOut(path) {
  const button = Object.assign(element("button", "", "Try it"), { type: "button" });
  const result = element("pre", "");
  result.hidden = true;
  result.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    const text = await fetch(path).then((answer) => answer.text(), () => "The program does not answer.");
    try {
      result.textContent = JSON.stringify(JSON.parse(text), null, 1);
    } catch {
      result.textContent = text;
    }
    result.hidden = false;
  });
  return [button, result];
}

const api = await (await fetch("/openapi.json")).json();
const groups = new Map();
for (const [path, methods] of Object.entries(api.paths)) {
  for (const [method, operation] of Object.entries(methods)) {
    const tag = (operation.tags || ["other"])[0];
    groups.set(tag, [...(groups.get(tag) || []), describe(method, path, operation)]);
  }
}
for (const [tag, cards] of groups) page.append(element("h2", "", tag), ...cards);
