// Elements are made here and nowhere else. Text is always text: there is no innerHTML in this page.
export function h(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  put(element, ...children);
  return element;
}
export function put(element, ...children) {
  for (const child of children.flat()) if (child !== null && child !== undefined && child !== false) element.append(child);
  return element;
}
export function fill(element, ...children) { element.replaceChildren(); return put(element, ...children); }
const SVG = "http://www.w3.org/2000/svg";
export function s(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return put(element, ...children);
}
const ICONS = {
  back: "M15 5l-7 7 7 7", send: "M4 12l16-8-6 16-3-6z", clip: "M8 12l6-6a3 3 0 014 4l-8 8a5 5 0 01-7-7l8-8", more: "M6 12h.01M12 12h.01M18 12h.01",
  close: "M6 6l12 12M18 6L6 18", down: "M6 9l6 6 6-6", plus: "M12 5v14M5 12h14", people: "M9 11a3 3 0 100-6 3 3 0 000 6zM3 19a6 6 0 0112 0M16 6a3 3 0 010 5M17 14a5 5 0 014 5",
  next: "M5 5l9 7-9 7zM18 5v14", pause: "M8 5v14M16 5v14", slash: "M15 5L9 19", file: "M6 3h8l4 4v14H6zM14 3v4h4", keys: "M4 7h16v10H4zM8 14h8",
};
export function icon(name) {
  return s("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, s("path", { d: ICONS[name] }));
}

export async function post(path, body) {
  const response = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const text = await response.text();
  let answer = {};
  try { answer = JSON.parse(text); } catch { answer = { problem: text }; }
  if (!response.ok) { notice(answer.problem || response.statusText); throw new Error(answer.problem); }
  return answer;
}
let hiding = 0;
export function notice(text) {
  const box = document.getElementById("notice");
  box.textContent = text; box.hidden = false;
  clearTimeout(hiding); hiding = setTimeout(() => { box.hidden = true; }, 4000);
}

export function dialog(title, ...content) {
  const box = document.getElementById("dialog");
  const close = () => { box.hidden = true; box.replaceChildren(); };
  const card = h("div", { class: "card", role: "dialog" },
    h("header", {}, h("b", {}, title), h("button", { class: "plain", onclick: close, title: "×" }, icon("close"))), ...content);
  fill(box, card);
  box.hidden = false;
  box.onclick = event => { if (event.target === box) close(); };
  return close;
}
const HUES = ["#e17076", "#eda86c", "#a695e7", "#7bc862", "#6ec9cb", "#65aadd", "#ee7aae", "#c98a5e"];
export function hue(id) { return HUES[Math.abs(id) % HUES.length]; }
export function avatar(id, name) {
  const chars = [...name.replace(/(先生|女士|经理)$/, "")];
  const face = h("span", { class: "avatar" }, /[\u4e00-\u9fff]/.test(name) ? (id < 0 ? chars.slice(0, 2) : chars.slice(-2)).join("") : chars.slice(0, 1).join("").toUpperCase());
  face.style.background = `linear-gradient(160deg, ${hue(id)}, color-mix(in srgb, ${hue(id)} 72%, #234))`;
  return face;
}
export async function base64(file) {
  const url = await new Promise((done, failed) => {
    const reader = new FileReader(); reader.onload = () => done(reader.result); reader.onerror = failed; reader.readAsDataURL(file);
  });
  return url.slice(url.indexOf(",") + 1);
}
