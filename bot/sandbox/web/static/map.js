// A drawn map of Shanghai: the rivers, the coast, the ring roads, names of districts. Nothing is fetched.
import { s } from "./dom.js";

const EAST = 0.8555; // how much narrower a degree of longitude is here
const HUANGPU = [[30.975,121.18],[30.985,121.30],[30.99,121.40],[31.005,121.46],[31.04,121.478],[31.085,121.462],[31.125,121.455],[31.155,121.462],[31.18,121.46],[31.193,121.475],[31.205,121.497],[31.222,121.507],[31.238,121.495],[31.248,121.497],[31.251,121.515],[31.247,121.535],[31.262,121.56],[31.285,121.567],[31.315,121.555],[31.345,121.535],[31.385,121.505],[31.41,121.50]];
const SUZHOU = [[31.245,121.49],[31.246,121.465],[31.255,121.445],[31.238,121.437],[31.236,121.41],[31.222,121.385],[31.228,121.34],[31.247,121.29],[31.262,121.20]];
const COAST = [[31.60,121.18],[31.50,121.33],[31.42,121.46],[31.40,121.51],[31.365,121.61],[31.31,121.71],[31.22,121.82],[31.05,121.92],[30.90,121.95],[30.86,121.85],[30.84,121.60],[30.80,121.45],[30.72,121.30],[30.60,121.20],[30.50,122.4],[31.7,122.4]];
const INNER = [[31.274,121.44],[31.278,121.50],[31.262,121.535],[31.235,121.553],[31.205,121.545],[31.182,121.505],[31.180,121.455],[31.190,121.425],[31.225,121.412],[31.255,121.418]];
const OUTER = [[31.345,121.37],[31.352,121.45],[31.348,121.55],[31.30,121.60],[31.22,121.625],[31.15,121.61],[31.125,121.53],[31.115,121.44],[31.125,121.37],[31.18,121.345],[31.25,121.335],[31.31,121.335]];
const ROADS = [[[31.231,121.30],[31.224,121.38],[31.224,121.44],[31.231,121.475],[31.239,121.50],[31.228,121.54],[31.205,121.59],[31.190,121.66]],[[31.10,121.25],[31.125,121.37],[31.165,121.415],[31.20,121.435],[31.246,121.46],[31.30,121.455],[31.37,121.44]],[[31.03,121.22],[31.075,121.30],[31.112,121.38],[31.155,121.41]],[[31.20,121.43],[31.20,121.50],[31.203,121.59]],[[31.37,121.26],[31.31,121.335],[31.262,121.39],[31.246,121.46]]];
const NAMES = [["人民广场",31.230,121.473,1],["陆家嘴",31.238,121.508,1],["浦东新区",31.222,121.56,0],["张江",31.206,121.600,1],["徐汇",31.186,121.436,0],["闵行",31.112,121.385,0],["松江",31.033,121.228,0],["嘉定",31.374,121.266,0],["宝山",31.400,121.455,0],["虹桥",31.197,121.335,1],["静安",31.247,121.445,0],["杨浦",31.285,121.525,0],["普陀",31.252,121.392,0],["青浦",31.150,121.125,0],["奉贤",30.918,121.475,0],["黄浦江",31.115,121.475,2],["长江",31.47,121.56,2],["东海",31.02,121.99,2]];

const x = longitude => (longitude - 121.4737) * EAST * 1000;
const y = latitude => (31.2304 - latitude) * 1000;
const line = (points, closed) => "M" + points.map(([lat, lon]) => `${x(lon).toFixed(1)} ${y(lat).toFixed(1)}`).join("L") + (closed ? "Z" : "");

// The map around a point. `span`: how many thousandths of a degree its width shows.
export function drawMap(latitude, longitude, span, pins = []) {
  const height = span * 0.62;
  const left = x(longitude) - span / 2, top = y(latitude) - height / 2;
  const map = s("svg", { class: "map", viewBox: `${left} ${top} ${span} ${height}`, preserveAspectRatio: "xMidYMid slice" });
  const unit = span / 100;
  const road = (points, width, closed) => {
    map.append(s("path", { d: line(points, closed), class: "casing", "stroke-width": width * 1.5 }), s("path", { d: line(points, closed), class: "road", "stroke-width": width }));
  };
  const back = s("rect", { x: left - span, y: top - span, width: span * 3, height: span * 3, class: "land" });
  map.append(back);
  const grid = 0.01 * 1000, first = Math.floor((left - span) / grid) * grid;
  let streets = "";
  if (span <= 160) {
    for (let at = first; at < left + span * 2; at += grid) streets += `M${at + 3} ${top - span}l${grid * 0.3} ${span * 3}`;
    for (let at = Math.floor((top - span) / grid) * grid; at < top + span * 2; at += grid) streets += `M${left - span} ${at + 2}l${span * 3} ${grid * 0.35}`;
  }
  map.append(s("path", { d: streets, class: "street", "stroke-width": unit * 0.5 }));
  map.append(s("path", { d: line(COAST, true), class: "water" }));
  map.append(s("path", { d: line(SUZHOU), class: "river", "stroke-width": 1.6 }), s("path", { d: line(HUANGPU), class: "river", "stroke-width": 6.5 }));
  road(OUTER, Math.max(unit, 1.6), true); road(INNER, Math.max(unit, 1.4), true);
  for (const one of ROADS) road(one, Math.max(unit * 0.8, 1.1));
  for (const [name, lat, lon, kind] of NAMES) {
    if (kind === 1 && span > 330) continue;
    map.append(s("text", { x: x(lon), y: y(lat), class: `name k${kind}`, "font-size": unit * (kind === 0 ? 4.4 : 3.6) }, name));
  }
  for (const pin of pins) map.append(marker(pin, unit));
  return map;
}

function marker({ latitude, longitude, accuracy, live, name }, unit) {
  const group = s("g", { transform: `translate(${x(longitude)} ${y(latitude)})`, class: live ? "pin live" : "pin" });
  if (accuracy) group.append(s("circle", { r: Math.max(unit * 3, accuracy / 111), class: "halo" }));
  group.append(s("path", { d: "M0 0C-1 -3 -4 -4.500 -4 -8a4 4 0 0 1 8 0c0 3.500-3 5-4 8z", transform: `scale(${unit * 1.5})`, class: "drop" }), s("circle", { cy: -8 * unit * 1.5, r: unit * 2.1, class: "eye" }));
  if (name) group.append(s("text", { y: unit * 5, class: "who", "font-size": unit * 4 }, name));
  return group;
}

// A map to pick from: tap for a place, wheel or pinch buttons to zoom, drag to move.
export function pickMap(start, others, onpick) {
  const box = document.createElement("div");
  box.className = "picker";
  let centre = { ...start }, span = 160, chosen = { ...start }, from = null;
  const draw = () => {
    const pins = [...others.map(other => ({ ...other, live: true })), chosen];
    box.replaceChildren(drawMap(centre.latitude, centre.longitude, span, pins));
    const zoom = document.createElement("div");
    zoom.className = "zoom";
    for (const [label, factor] of [["＋", 0.6], ["－", 1.6]]) {
      const button = document.createElement("button");
      button.textContent = label;
      button.onclick = event => { event.stopPropagation(); span = Math.min(900, Math.max(12, span * factor)); draw(); };
      zoom.append(button);
    }
    box.append(zoom);
  };
  const place = event => {
    const map = box.querySelector("svg");
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    return { latitude: 31.2304 - point.y / 1000, longitude: 121.4737 + point.x / 1000 / EAST };
  };
  box.addEventListener("pointerdown", event => { if (!event.target.closest(".zoom")) from = { at: place(event), px: event.clientX, py: event.clientY, moved: false }; });
  box.addEventListener("pointermove", event => {
    if (!from || (!from.moved && Math.hypot(event.clientX - from.px, event.clientY - from.py) < 6)) return;
    from.moved = true;
    const now = place(event);
    centre = { latitude: centre.latitude + from.at.latitude - now.latitude, longitude: centre.longitude + from.at.longitude - now.longitude };
    draw();
  });
  box.addEventListener("pointerup", event => {
    if (from && !from.moved) { chosen = place(event); onpick(chosen); draw(); }
    from = null;
  });
  box.addEventListener("pointerleave", () => { from = null; });
  box.addEventListener("wheel", event => { event.preventDefault(); span = Math.min(900, Math.max(12, span * (event.deltaY > 0 ? 1.2 : 0.83))); draw(); }, { passive: false });
  draw();
  return box;
}
