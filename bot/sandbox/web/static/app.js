// The page: follows the event stream, keeps the world, and gives each phone what changed.
import { h, fill, icon, avatar, post, dialog, notice } from "./dom.js";
import { t, both, language, switchLanguage, dayWords, setZone, clockTime, dayKey, dayShort } from "./words.js";
import { Phone } from "./phone.js";

const DEFAULT_PHONES = ["张三", "李四", "王建国", "黄先生"];
const STEP_PAUSE = 4500;
const $ = id => document.getElementById(id);

class App {
  world = { users: new Map(), chats: new Map(), bot: 0, username: "" };
  status = {};
  phones = new Map();
  tab = "0";
  drawn = {};

  constructor() {
    this.frame();
    this.listen();
  }

  nameOf = id => this.world.users.get(id)?.name || "…";
  ownLink = url => { try { const at = new URL(url); return at.host === "t.me" && at.pathname.slice(1).toLowerCase() === this.world.username.toLowerCase(); } catch { return false; } };

  // The stream

  listen() {
    const stream = new EventSource("/events");
    stream.addEventListener("world", event => this.begin(JSON.parse(event.data)));
    stream.addEventListener("changes", event => this.change(JSON.parse(event.data)));
    stream.onopen = () => document.body.classList.remove("lost");
    stream.onerror = () => document.body.classList.add("lost");
  }
  begin(given) {
    const world = { users: new Map(), chats: new Map(), bot: given.bot, username: given.bot_username };
    for (const user of given.users) world.users.set(user.user, user);
    for (const chat of given.chats) world.chats.set(chat.chat, { ...chat, messages: new Map(), top: 0, last: 0 });
    for (const message of given.messages) keep(world.chats.get(message.chat), message);
    this.world = world;
    this.setStatus(given.status);
    for (const [id, phone] of this.phones) {
      if (!world.users.has(id)) { this.removePhone(id); continue; }
      phone.readAll(); phone.log = null; phone.show();
    }
    this.choosePhones();
  }
  change(batch) {
    const changed = { messages: new Map(), chats: new Set() };
    for (const one of batch) this.changeOne(one, changed);
    const story = this.status.story?.running;
    if (changed.messages.size || changed.chats.size) {
      for (const phone of this.phones.values()) {
        phone.update(changed);
        if (story) this.follow(phone, changed);
      }
      this.showTabs();
    }
    if (!this.phones.size) this.choosePhones();
  }
  changeOne(one, changed) {
    const chat = this.world.chats.get(one.chat);
    if (one.kind === "user") this.world.users.set(one.user, one);
    else if (one.kind === "status") this.setStatus(one.status);
    else if (one.kind === "answer") this.phones.get(one.user)?.answered(one);
    else if (one.kind === "chat") {
      const old = chat || { messages: new Map(), top: 0, last: 0 };
      this.world.chats.set(one.chat, Object.assign(old, one));
      changed.chats.add(one.chat);
    } else if (one.kind === "typing") {
      for (const phone of this.phones.values()) if (phone.chat === one.chat) phone.isTyping();
    } else if (one.kind === "message") {
      const place = chat || this.missing(one);
      if (one.gone) place.messages.delete(one.id); else keep(place, one);
      if (one.from === one.chat && !place.started) { place.started = true; changed.chats.add(one.chat); }
      if (!changed.messages.has(one.chat)) changed.messages.set(one.chat, []);
      changed.messages.get(one.chat).push(one);
    }
  }
  missing(message) {
    const chat = { chat: message.chat, type: message.chat > 0 ? "private" : "group", title: "", members: {}, keyboards: {}, pinned: [], started: true, messages: new Map(), top: 0, last: 0 };
    this.world.chats.set(message.chat, chat);
    return chat;
  }
  follow(phone, changed) {
    if (phone.element.contains(document.activeElement) && document.activeElement.value) return;
    for (const [chat, messages] of changed.messages) {
      const seen = phone.chats().some(one => one.chat === chat);
      if (seen && phone.chat !== chat && messages.some(message => !message.gone && !message.wire.edit_date)) { phone.open(chat); return; }
    }
  }

  // Phones

  choosePhones() {
    if (this.status.stage !== "ready" || this.phones.size) return;
    let stored = [];
    try { stored = JSON.parse(sessionStorage.getItem("phones") || "[]"); } catch { stored = []; }
    const byName = this.status.phones || {};
    const wanted = stored.filter(id => this.world.users.has(id));
    for (const id of wanted.length ? wanted : DEFAULT_PHONES.map(name => byName[name]).filter(Boolean)) this.addPhone(id);
  }
  addPhone(id, look) {
    if (!this.phones.has(id)) {
      const phone = new Phone(this, id);
      this.phones.set(id, phone);
      $("phones").append(phone.element);
    }
    if (look) { this.tab = String(id); this.phones.get(id).element.scrollIntoView({ inline: "nearest", behavior: "smooth" }); }
    this.phonesChanged();
  }
  removePhone(id) { this.phones.get(id)?.element.remove(); this.phones.delete(id); this.phonesChanged(); }
  phonesChanged() {
    sessionStorage.setItem("phones", JSON.stringify([...this.phones.keys()]));
    $("phones").classList.toggle("none", !this.phones.size);
    $("phones").dataset.empty = t("noPhones");
    this.showTabs();
  }
  peopleDialog() {
    const list = h("div", { class: "people" }), search = h("input", { placeholder: t("search"), oninput: () => draw() });
    const draw = () => {
      const wanted = search.value.trim().toLowerCase();
      const people = [...this.world.users.values()].filter(user => !user.bot && (!wanted || user.name.toLowerCase().includes(wanted)));
      fill(list, people.slice(0, 300).map(user => h("button", { class: this.phones.has(user.user) ? "on" : "", onclick: () => {
        if (this.phones.has(user.user)) this.removePhone(user.user); else this.addPhone(user.user, true);
        draw();
      } }, avatar(user.user, user.name), user.name)));
    };
    const name = h("input", { placeholder: t("personName") });
    const add = async () => {
      if (!name.value.trim()) return;
      const { person } = await post("/act", { act: "newcomer", person: [...this.world.users.values()].find(user => !user.bot).user, name: name.value.trim() });
      name.value = "";
      setTimeout(() => { this.addPhone(person, true); draw(); }, 80);
    };
    draw();
    dialog(t("choosePhones"), search, list, h("div", { class: "line" }, name, h("button", { class: "main", onclick: add }, `＋ ${t("newPerson")}`)));
  }

  // The frame

  frame() {
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    for (const element of document.querySelectorAll("[data-words]")) element.textContent = t(element.dataset.words);
    const tool = (label, act, title) => h("button", { onclick: act, title: title || "" }, label);
    this.loader = h("input", { type: "file", accept: ".zip", hidden: true, onchange: () => this.load() });
    fill($("tools"), tool(`＋ ${t("phones")}`, () => this.peopleDialog()), tool(t("save"), () => { location.href = "/save"; }), tool(t("load"), () => this.loader.click()), this.loader,
      tool(t("transcript"), () => { location.href = "/transcript.md"; }), tool(t("restart"), () => this.restart()),
      tool(language === "zh" ? "English" : "中文", () => this.turnLanguage()));
    this.drawn = {};
  }
  turnLanguage() {
    switchLanguage();
    this.frame();
    this.setStatus(this.status);
    for (const [id, phone] of [...this.phones]) {
      const { chat } = phone;
      const fresh = new Phone(this, id);
      phone.element.replaceWith(fresh.element);
      this.phones.set(id, fresh);
      if (chat !== null) fresh.open(chat);
    }
    this.phonesChanged();
  }
  async load() {
    const [file] = this.loader.files;
    if (!file) return;
    const response = await fetch("/load", { method: "POST", body: file });
    if (!response.ok) notice((await response.json()).problem);
    this.loader.value = "";
  }
  restart() {
    const close = dialog(t("confirmRestart"), h("div", { class: "line" }, h("button", { onclick: () => close() }, t("cancel")),
      h("button", { class: "main", onclick: () => { close(); this.control("restart"); } }, t("restart"))));
  }
  control(name, body = {}) { return post("/control", { control: name, ...body }); }

  // Status: clock, rules, story

  setStatus(status) {
    this.status = status;
    if (status.clock) setZone(status.clock.zone);
    const veil = status.stage !== "ready";
    $("veil").hidden = !veil;
    $("veil").lastElementChild.textContent = veil ? `${t(status.stage)} ${status.problem || ""}` : "";
    document.body.dataset.stage = status.stage;
    this.showClock();
    this.part("rules", status.rules, () => this.showRules());
    this.part("story", status.story, () => this.showStory());
    for (const phone of this.phones.values()) phone.tick();
    this.choosePhones();
  }
  part(name, value, draw) {
    const now = JSON.stringify([value, language, name === "rules" ? this.status.clock?.time.slice(0, 5) : 0]);
    if (this.drawn[name] === now) return;
    this.drawn[name] = now;
    draw();
  }
  showClock() {
    const clock = this.status.clock;
    if (!clock) return;
    if (!this.clockBox || this.drawn.clock !== language) this.makeClock();
    this.clockDate.textContent = dayWords(clock.date, clock.weekday);
    this.clockTime.textContent = clock.time;
    this.clockDay.textContent = `${both(clock.day)} · ${clock.working ? t("working") : t("resting")}`;
    this.clockDay.className = clock.working ? "daykind on" : clock.works ? "daykind" : "daykind off";
    for (const [speed, button] of this.speeds) button.classList.toggle("on", (this.status.speed || 0) === speed);
  }
  makeClock() {
    this.drawn.clock = language;
    this.clockDate = h("span", { class: "date" }); this.clockTime = h("b", { class: "time" }); this.clockDay = h("span", { class: "daykind" });
    const jump = (label, body, key) => h("button", { data: { jump: key }, onclick: event => this.moveClock(body, event.currentTarget) }, label);
    this.speeds = [[0, icon("pause")], [1, "×1"], [60, "×60"], [600, "×600"]].map(([speed, label]) =>
      [speed, h("button", { title: speed ? "" : t("pause"), data: { speed }, onclick: () => this.control("speed", { speed }) }, label)]);
    this.clockBox = $("clock");
    fill(this.clockBox, h("div", { class: "now" }, this.clockDate, this.clockTime, this.clockDay),
      h("div", { class: "jumps" }, jump("08:49", { to: "08:49" }, "0849"), ...[1, 10, 30].map(n => jump(`+${n} ${t("minutes")}`, { minutes: n }, `m${n}`)), jump([t("next"), icon("next")], { next: true }, "next")),
      h("div", { class: "speeds" }, ...this.speeds.map(([, button]) => button)));
  }
  async moveClock(body, button) {
    button.classList.add("busy");
    try { await this.control("clock", body); } finally { button.classList.remove("busy"); }
  }
  showRules() {
    const rules = this.status.rules || { deadlines: [], rounds: [] }, now = this.status.clock.now;
    const left = at => {
      const minutes = Math.round((at - now) / 60);
      if (minutes <= 0) return t("passed");
      if (minutes < 60) return `${minutes} ${t("minutes")}`;
      return minutes < 1440 ? `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}` : `${Math.floor(minutes / 1440)} ${t("days")}`;
    };
    const when = at => (dayKey(at) === dayKey(now) ? "" : `${dayShort(at)} `) + clockTime(at);
    const row = (title, detail, at) => h("li", { class: at - now <= 600 ? "soon" : "" }, h("span", {}, h("b", {}, title), detail ? h("small", {}, detail) : null), h("span", { class: "at" }, h("time", {}, when(at)), h("small", {}, left(at))));
    fill($("rules"), h("h3", {}, t("rules"), h("i", { class: "count" }, String(rules.deadlines.length))),
      rules.deadlines.length ? h("ol", {}, ...rules.deadlines.map(one => row(both(one.words), [both(one.subject), both(one.clause)].filter(Boolean).join(" · "), one.at))) : h("p", { class: "empty" }, t("noRules")),
      rules.rounds.length ? h("h3", {}, t("rounds")) : null,
      h("ol", {}, ...rules.rounds.map(one => row(both(one.words), "", one.at))));
  }
  showStory() {
    const story = this.status.story || { steps: [], done: 0 };
    const { steps, done } = story;
    $("story").hidden = false;
    if (!steps.length) { fill($("story"), h("h3", {}, t("story")), h("p", { class: "empty" }, t("noStory"))); return; }
    const current = steps[done - 1], ended = done >= steps.length;
    fill($("story"), h("h3", {}, t("story"), h("i", { class: "count" }, `${done}/${steps.length}`)),
      h("div", { class: "bar" }, Object.assign(h("i"), { style: "" })),
      current ? h("div", { class: "told" }, h("b", {}, `${current.clock || ""} ${both(current.title)}`), h("p", {}, both(current.sentence))) : null,
      ended && !story.running ? h("p", { class: "empty" }, t("storyEnd")) : null,
      h("div", { class: "line" },
        h("button", { class: "main", id: "step", disabled: ended || story.running, onclick: () => this.step() }, story.running ? "…" : `▶ ${t("step")}${steps[done] ? `：${both(steps[done].title)}` : ""}`),
        h("button", { disabled: ended && !this.playing, onclick: () => this.play() }, this.playing ? `■ ${t("stop")}` : `▶▶ ${t("play")}`)));
    $("story").querySelector(".bar i").style.width = `${100 * done / steps.length}%`;
  }
  async step() {
    for (const alert of document.querySelectorAll(".phone .alert")) alert.remove(); // told by the step before
    await this.control("story");
  }
  async play() {
    this.playing = !this.playing;
    this.drawn.story = ""; this.setStatus(this.status);
    while (this.playing && this.status.story.done < this.status.story.steps.length) {
      try { await this.step(); } catch { break; }
      await new Promise(done => setTimeout(done, STEP_PAUSE));
    }
    this.playing = false; this.drawn.story = ""; this.setStatus(this.status);
  }

  // Narrow screens: one phone at a time

  showTabs() {
    const ids = [...this.phones.keys()].map(String);
    if (!ids.includes(this.tab) && this.tab !== "rules") this.tab = ids[0] || "rules";
    fill($("tabs"), ...ids.map(id => {
      const phone = this.phones.get(Number(id)), unread = this.tab === id ? 0 : phone.chats().reduce((sum, chat) => sum + phone.unread(chat), 0);
      return h("button", { class: this.tab === id ? "on" : "", onclick: () => { this.tab = id; this.showTabs(); } }, this.nameOf(Number(id)), unread ? h("i", { class: "badge" }, String(unread)) : null);
    }), h("button", { class: this.tab === "rules" ? "on" : "", onclick: () => { this.tab = "rules"; this.showTabs(); } }, `${t("day")} · ${t("rest")}`));
    document.body.classList.toggle("rules-tab", this.tab === "rules");
    for (const [id, phone] of this.phones) phone.element.classList.toggle("front", String(id) === this.tab);
  }
}

function keep(chat, message) {
  const place = chat.messages;
  const late = !place.has(message.id) && message.id < chat.top;
  place.set(message.id, message);
  if (late) { const sorted = [...place.entries()].sort((a, b) => a[0] - b[0]); place.clear(); for (const [id, one] of sorted) place.set(id, one); }
  chat.top = Math.max(chat.top, message.id);
  chat.last = Math.max(chat.last, message.wire.date);
}

window.sandbox = new App();
