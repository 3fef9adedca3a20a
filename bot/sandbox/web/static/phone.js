// One person's phone: the list of chats, or one of them open.
import { h, fill, icon, avatar, base64, post, notice } from "./dom.js";
import { t, clockTime, dayKey, dayShort } from "./words.js";
import { bubble, summary, serviceText } from "./bubble.js";
import { pickMap } from "./map.js";

const FIRST_SHOWN = 60, MORE = 120, TOGETHER_SECONDS = 300, NEAR_BOTTOM = 90;

export class Phone {
  constructor(app, id) {
    this.app = app;
    this.me = id;
    this.chat = null; // the id of the open chat
    this.shown = FIRST_SHOWN;
    this.rows = new Map();
    this.read = new Map();
    this.element = h("article", { class: "phone", data: { person: id } });
    this.clock = h("time");
    this.screen = h("div", { class: "screen" });
    this.name = h("b");
    this.toasts = h("div", { class: "toasts" });
    fill(this.element,
      h("header", { class: "owner" }, this.clock, this.name,
        h("button", { class: "plain", title: t("menu"), onclick: () => this.ownMenu() }, icon("more")),
        h("button", { class: "plain", title: t("close"), onclick: () => app.removePhone(id) }, icon("close"))),
      this.screen, this.toasts);
    this.readAll();
    this.show();
  }

  nameOf = id => this.app.nameOf(id);
  links = {
    own: url => this.app.ownLink(url),
    open: url => { this.act("open", { url }).then(() => this.open(this.me)); },
    command: text => this.act("say", { text }),
  };

  get group() { return this.chat !== this.me; }
  world() { return this.app.world; }
  chats() {
    const last = chat => chat.last || 0;
    return [...this.world().chats.values()].filter(chat => !chat.moved && (chat.chat === this.me || (chat.type !== "private" && String(this.me) in chat.members)))
      .sort((a, b) => last(b) - last(a));
  }
  titleOf(chat) { return chat.type === "private" ? this.nameOf(this.world().bot) : chat.title; }
  readAll() { for (const chat of this.world().chats.values()) this.read.set(chat.chat, chat.top || 0); }
  act(name, body = {}) { return post("/act", { act: name, person: this.me, chat: this.chat ?? this.me, ...body }); }

  // Views

  show() {
    this.name.textContent = this.nameOf(this.me);
    this.tick();
    if (this.chat !== null && !this.chats().some(chat => chat.chat === this.chat)) this.chat = null;
    if (this.chat === null) this.showList(); else this.showChat();
  }
  tick() { this.clock.textContent = this.app.status.clock?.time.slice(0, 5) || ""; }

  showList() {
    this.rows.clear();
    this.log = null;
    this.list = h("div", { class: "chats" });
    fill(this.screen, h("div", { class: "head" }, h("h2", {}, t("chats"))), this.list);
    this.fillList();
  }
  fillList() {
    const chats = this.chats();
    fill(this.list, chats.length ? chats.map(chat => this.listRow(chat)) : h("p", { class: "empty" }, t("noChat")));
  }
  listRow(chat) {
    const last = [...chat.messages.values()].pop(), unread = this.unread(chat);
    const title = this.titleOf(chat);
    const who = last && chat.type !== "private" && !serviceText(last, this.nameOf) ? `${last.from === this.me ? t("me") : this.nameOf(last.from)}: ` : "";
    return h("button", { class: "chat", data: { chat: chat.chat }, onclick: () => this.open(chat.chat) },
      avatar(chat.type === "private" ? this.world().bot : chat.chat, title),
      h("span", { class: "what" }, h("b", {}, title), h("small", {}, last ? who + summary(last, this.nameOf).replace(/\s+/g, " ").slice(0, 60) : t("start"))),
      h("span", { class: "when" }, h("time", {}, last ? this.when(last.wire.date) : ""), unread ? h("i", { class: "badge" }, unread > 99 ? "99+" : String(unread)) : null));
  }
  when(date) { return dayKey(date) === dayKey(this.app.status.clock.now) ? clockTime(date) : dayShort(date); }
  unread(chat) {
    const read = this.read.get(chat.chat) || 0;
    let count = 0;
    if ((chat.top || 0) <= read) return 0;
    for (const message of chat.messages.values()) if (message.id > read && message.from !== this.me) count++;
    return count;
  }
  unreadElsewhere() { return this.chats().reduce((sum, chat) => sum + (chat.chat === this.chat ? 0 : this.unread(chat)), 0); }

  open(chat) {
    if (this.chat === chat && this.log) return;
    this.chat = chat; this.shown = FIRST_SHOWN; this.replyTo = null; this.editing = null; this.closeSheet();
    this.show();
  }
  back() { this.chat = null; this.closeSheet(); this.show(); }

  showChat() {
    const chat = this.world().chats.get(this.chat);
    this.rows.clear();
    this.list = null;
    this.subtitle = h("small");
    this.away = h("i", { class: "badge" });
    this.log = h("div", { class: "log", onscroll: () => this.scrolled() });
    this.pinned = h("button", { class: "pinned", hidden: true });
    this.down = h("button", { class: "down", hidden: true, title: t("down"), onclick: () => this.bottom() }, icon("down"), h("i", { class: "badge" }));
    this.foot = h("footer");
    fill(this.screen,
      h("div", { class: "head" }, h("button", { class: "plain back", title: t("chats"), onclick: () => this.back() }, icon("back"), this.away),
        avatar(this.group ? chat.chat : this.world().bot, this.titleOf(chat)),
        h("span", { class: "title" }, h("b", {}, this.titleOf(chat)), this.subtitle),
        h("button", { class: "plain", title: t("menu"), onclick: () => this.chatMenu() }, icon("more"))),
      this.pinned, this.log, this.down, this.foot);
    this.fillLog();
    this.showFoot();
    this.showHead();
    this.bottom();
  }
  showHead() {
    const chat = this.world().chats.get(this.chat);
    const size = Object.keys(chat.members).length;
    this.subtitle.textContent = this.typing ? t("typing") : this.group ? `${size} ${t("members")}` : t("bot");
    this.subtitle.classList.toggle("typing", Boolean(this.typing));
    const elsewhere = this.unreadElsewhere();
    this.away.textContent = elsewhere ? String(elsewhere) : ""; this.away.hidden = !elsewhere;
    const pinned = chat.messages.get(chat.pinned[chat.pinned.length - 1]);
    this.pinned.hidden = !pinned;
    if (pinned) {
      fill(this.pinned, h("b", {}, t("pinned")), h("span", {}, summary(pinned, this.nameOf).slice(0, 60)));
      this.pinned.onclick = () => this.jump(pinned.id);
    }
  }

  // The log

  fillLog() {
    const chat = this.world().chats.get(this.chat);
    const all = [...chat.messages.values()], messages = all.slice(-this.shown);
    const nodes = [];
    if (all.length > messages.length) nodes.push(h("button", { class: "earlier", onclick: () => this.earlier() }, t("earlier")));
    this.rows.clear(); this.lastRow = null;
    const holder = document.createDocumentFragment();
    holder.append(...nodes);
    for (const message of messages) this.append(message, holder);
    this.log.replaceChildren(holder);
    this.markRead();
  }
  earlier() {
    const height = this.log.scrollHeight;
    this.shown += MORE;
    this.fillLog();
    this.log.scrollTop += this.log.scrollHeight - height;
  }
  append(message, holder) {
    const before = this.lastRow, date = message.wire.date;
    if (!before || dayKey(before.date) !== dayKey(date)) holder.append(h("div", { class: "service day" }, h("span", {}, dayShort(date))));
    const row = bubble(message, this);
    if (before && before.from === message.from && date - before.date < TOGETHER_SECONDS && !before.service) row.classList.add("follow");
    holder.append(row);
    this.rows.set(message.id, row);
    this.lastRow = { date, from: message.from, service: row.classList.contains("service"), id: message.id };
  }
  put(message) {
    const old = this.rows.get(message.id);
    if (old) {
      const row = bubble(message, this);
      if (old.classList.contains("follow")) row.classList.add("follow");
      row.classList.add("changed");
      old.replaceWith(row);
      this.rows.set(message.id, row);
      return false;
    }
    if (this.lastRow && message.id < this.lastRow.id) return false;
    this.append(message, this.log);
    this.log.lastElementChild.classList.add("new");
    return true;
  }
  take(id) { this.rows.get(id)?.remove(); this.rows.delete(id); }

  // What changed: { messages: Map(chat → [message]), chats: Set } of one batch
  update(changed) {
    if (this.chat === null) {
      const mine = this.chats().some(chat => changed.messages.has(chat.chat) || changed.chats.has(chat.chat));
      if (mine || changed.chats.size) this.fillList();
      return;
    }
    if (!this.chats().some(chat => chat.chat === this.chat)) { this.show(); return; }
    const messages = changed.messages.get(this.chat);
    if (messages) this.takeIn(messages);
    if (changed.chats.has(this.chat)) this.showFoot();
    if (messages || changed.chats.size || changed.messages.size) this.showHead();
  }
  takeIn(messages) {
    const atBottom = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM;
    let added = 0, own = false;
    for (const message of messages) {
      if (message.gone) { this.take(message.id); continue; }
      if (this.put(message)) { added++; own ||= message.from === this.me; if (message.from === this.world().bot) this.stopTyping(); }
    }
    while (this.rows.size > this.shown + MORE) {
      const first = this.rows.keys().next().value;
      this.take(first);
    }
    if (atBottom || own) this.bottom();
    else if (added) { this.behind = (this.behind || 0) + added; this.showDown(); }
    if (atBottom || own) this.markRead();
  }
  scrolled() {
    const atBottom = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_BOTTOM;
    if (atBottom) { this.behind = 0; this.markRead(); }
    this.down.hidden = atBottom;
    if (!atBottom) this.showDown();
  }
  showDown() { this.down.hidden = false; const badge = this.down.lastElementChild; badge.textContent = this.behind || ""; badge.hidden = !this.behind; }
  bottom() { this.log.scrollTop = this.log.scrollHeight; this.behind = 0; this.down.hidden = true; this.markRead(); }
  markRead() { const chat = this.world().chats.get(this.chat); if (chat) this.read.set(this.chat, chat.top || 0); }
  jump(id) {
    let row = this.rows.get(id);
    if (!row) { this.shown = 1000; this.fillLog(); row = this.rows.get(id); }
    if (!row) return;
    row.scrollIntoView({ block: "center", behavior: "smooth" });
    row.classList.add("flash");
    setTimeout(() => row.classList.remove("flash"), 1200);
  }
  isTyping() {
    if (this.chat === null) return;
    this.typing = true; this.showHead();
    clearTimeout(this.typingEnds); this.typingEnds = setTimeout(() => this.stopTyping(), 5000);
  }
  stopTyping() { if (!this.typing) return; this.typing = false; if (this.chat !== null) this.showHead(); }

  // The foot: writing, keys

  showFoot() {
    const chat = this.world().chats.get(this.chat);
    if (chat.type === "private" && chat.blocked) { fill(this.foot, h("button", { class: "wide", onclick: () => this.act("unblock") }, t("unblock"))); return; }
    if (chat.type === "private" && !chat.started) { fill(this.foot, h("button", { class: "wide", onclick: () => this.act("start") }, t("start"))); return; }
    if (!this.input || !this.foot.contains(this.input)) this.makeComposer();
    const keyboard = chat.keyboards[String(this.me)];
    fill(this.keys, keyboard?.keyboard?.map(row => h("div", {}, ...row.map(key =>
      h("button", { onclick: () => this.act("tap", { label: key.text }) }, (key.request_location ? "📍 " : key.request_contact ? "👤 " : "") + key.text)))) || []);
    this.keys.hidden = !keyboard;
    this.input.placeholder = keyboard?.input_field_placeholder || t("write");
    if (keyboard) this.bottom();
  }
  makeComposer() {
    this.keys = h("div", { class: "keys", hidden: true });
    this.context = h("div", { class: "context", hidden: true });
    this.file = h("input", { type: "file", hidden: true });
    this.input = h("textarea", { rows: 1, placeholder: t("write"), "aria-label": t("write"), oninput: () => this.grow(), onkeydown: event => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
      if (event.key === "Escape") this.setContext(null, null);
    } });
    fill(this.foot, this.context, h("div", { class: "composer" },
      h("button", { class: "plain", title: t("commands"), onclick: () => this.commandMenu() }, icon("slash")),
      this.input,
      h("button", { class: "plain", title: t("add"), onclick: () => this.attachMenu() }, icon("clip")),
      h("button", { class: "plain send", title: t("send"), onclick: () => this.send() }, icon("send")), this.file), this.keys);
    this.setContext(this.replyTo, this.editing);
  }
  grow() { this.input.style.height = "auto"; this.input.style.height = `${Math.min(120, this.input.scrollHeight)}px`; }
  setContext(replyTo, editing) {
    this.replyTo = replyTo; this.editing = editing;
    const message = replyTo || editing;
    this.context.hidden = !message;
    if (message) {
      fill(this.context, h("b", {}, `${replyTo ? t("reply") : t("edit")} · ${this.nameOf(message.from)}`), h("span", {}, summary(message, this.nameOf).slice(0, 70)),
        h("button", { class: "plain", onclick: () => this.setContext(null, null) }, icon("close")));
      if (editing) { this.input.value = editing.wire.text || editing.wire.caption || ""; this.grow(); }
      this.input.focus();
    }
  }
  async send() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = ""; this.grow();
    const { replyTo, editing } = this;
    this.setContext(null, null);
    try {
      if (editing) await this.act("edit", { message: editing.id, text });
      else await this.act("say", { text, reply_to: replyTo?.id || null });
    } catch { this.input.value = text; }
  }
  reply() { const id = this.replyTo?.id || null; if (this.context) this.setContext(null, null); return id; }

  // Buttons

  async press(message, button, element) {
    if (button.url) {
      if (this.links.own(button.url)) this.links.open(button.url);
      else if (/^https?:/i.test(button.url)) window.open(button.url, "_blank", "noopener,noreferrer");
      return;
    }
    if (!button.callback_data) return;
    element.classList.add("busy");
    setTimeout(() => element.classList.remove("busy"), 8000);
    try { await this.act("press", { message: message.id, data: button.callback_data }); } catch { element.classList.remove("busy"); }
  }
  answered(answer) {
    for (const button of this.element.querySelectorAll(".inline .busy")) button.classList.remove("busy");
    if (answer.alert) this.alert(answer.text);
    else if (answer.text) this.toast(answer.text);
  }
  toast(text) {
    const box = h("div", { class: "toast" }, text);
    this.toasts.append(box);
    while (this.toasts.children.length > 3) this.toasts.firstChild.remove();
    setTimeout(() => box.remove(), 3500);
  }
  alert(text) {
    const box = h("div", { class: "alert" }, h("div", {}, h("p", {}, text), h("button", { onclick: () => box.remove() }, t("ok"))));
    this.element.append(box);
  }

  // Sheets

  sheet(title, ...content) {
    this.closeSheet();
    this.open_sheet = h("div", { class: "sheet", onclick: event => { if (event.target === this.open_sheet) this.closeSheet(); } }, h("div", {}, title ? h("b", {}, title) : null, ...content));
    this.element.append(this.open_sheet);
  }
  closeSheet() { this.open_sheet?.remove(); this.open_sheet = null; }
  menuSheet(title, items) {
    this.sheet(title, ...items.filter(Boolean).map(([label, act, kind]) => h("button", { class: `item ${kind || ""}`, onclick: () => { this.closeSheet(); act(); } }, label)));
  }

  menu(message) {
    const mine = message.from === this.me, w = message.wire;
    const buttons = (w.reply_markup?.inline_keyboard || []).flat().filter(button => button.callback_data);
    const live = mine && w.location?.live_period;
    const together = people => button => [`👥 ${people ? t("togetherShown") : t("together")}：${button.text}`, () => this.act("together", { message: message.id, data: button.callback_data, people: people || [] })];
    this.menuSheet("", [
      ...(this.group ? buttons.map(together(null)) : []),
      ...(this.group && this.app.phones.size > 1 ? buttons.map(together([...this.app.phones.keys()])) : []),
      [t("reply"), () => this.setContext(message, null)],
      [t("forward"), () => this.forwardMenu(message)],
      live && [t("moveLive"), () => this.mapSheet(message)],
      live && [t("stopLive"), () => this.act("stop", { message: message.id })],
      mine && (w.text || w.caption) && [t("edit"), () => this.setContext(null, message)],
      mine && [t("remove"), () => this.act("delete", { message: message.id }), "danger"],
    ]);
    this.open_sheet.firstChild.prepend(h("div", { class: "emoji" }, ...["👍", "❤", "🔥", "👌", "👎"].map(emoji => h("button", { onclick: () => { this.closeSheet(); this.act("react", { message: message.id, emoji }); } }, emoji))));
  }
  forwardMenu(message) {
    this.menuSheet(t("forwardTo"), this.chats().map(chat => [this.titleOf(chat), () => this.act("forward", { message: message.id, to: chat.chat }).then(() => this.open(chat.chat))]));
  }
  attachMenu() {
    this.menuSheet("", [
      [`📍 ${t("place")}`, () => this.mapSheet(null)],
      [`🖼 ${t("photo")}`, () => this.choose("image/png,image/jpeg,image/gif", file => this.sendPhoto(file))],
      [`🏭 ${t("sample")}`, () => this.samplePhoto()],
      [`📄 ${t("document")}`, () => this.choose("", async file => this.act("document", { name: file.name, content: await base64(file), reply_to: this.reply() }))],
      [`👤 ${t("contact")}`, () => this.act("contact")],
    ]);
  }
  choose(accept, use) {
    this.file.accept = accept;
    this.file.value = "";
    this.file.onchange = () => { if (this.file.files[0]) use(this.file.files[0]); };
    this.file.click();
  }
  async sendPhoto(file) {
    const caption = this.input.value.trim();
    this.input.value = ""; this.grow();
    await this.act("photo", { content: await base64(file), caption, reply_to: this.reply() });
  }
  samplePhoto() {
    const canvas = h("canvas", { width: 640, height: 420 }), pen = canvas.getContext("2d");
    const sky = pen.createLinearGradient(0, 0, 0, 420);
    sky.addColorStop(0, "#b9cbd6"); sky.addColorStop(1, "#7d8d97");
    pen.fillStyle = sky; pen.fillRect(0, 0, 640, 420);
    pen.fillStyle = "#5a646b"; pen.fillRect(0, 330, 640, 90);
    pen.fillStyle = "#2f6f8f"; pen.fillRect(150, 140, 300, 200); pen.fillStyle = "#3b88ad"; pen.fillRect(150, 140, 300, 26);
    pen.fillStyle = "#d9e3e8"; pen.fillRect(180, 190, 110, 70); pen.fillStyle = "#d33c2f"; pen.beginPath(); pen.arc(390, 220, 26, 0, 7); pen.fill();
    pen.fillStyle = "#222"; for (let i = 0; i < 5; i++) pen.fillRect(180 + i * 22, 282, 14, 34);
    pen.fillStyle = "#e8b23a"; pen.fillRect(470, 250, 60, 90); pen.fillStyle = "#444"; pen.beginPath(); pen.arc(500, 232, 24, 0, 7); pen.fill();
    pen.fillStyle = "rgba(255,255,255,.9)"; pen.font = "22px sans-serif"; pen.fillText(`${this.app.status.clock.date} ${this.app.status.clock.time}`, 16, 400);
    canvas.toBlob(blob => this.sendPhoto(blob), "image/jpeg", 0.85);
  }
  zoom(src) {
    const box = h("div", { class: "zoomed", onclick: () => box.remove() }, h("img", { src, alt: t("photo") }));
    this.element.append(box);
  }
  async commandMenu() {
    const { commands } = await this.act("commands");
    if (!commands.length) { notice("/"); return; }
    this.menuSheet(t("commands"), commands.map(one => [`/${one.command}  ${one.description}`, () => this.act("say", { text: `/${one.command}` }), "command"]));
  }
  async mapSheet(live) {
    const at = await this.act("where");
    let chosen = { ...at, name: this.nameOf(this.me) };
    const others = [];
    const map = pickMap(chosen, others, point => { chosen = point; });
    const go = (label, act, kind = "") => h("button", { class: `item ${kind}`, onclick: () => { this.closeSheet(); act(); } }, label);
    const point = () => ({ latitude: chosen.latitude, longitude: chosen.longitude });
    this.sheet(t("mapHint"), map, ...(live ? [go(t("move"), () => this.act("move", { message: live.id, ...point() }), "main")] : [
      go(`◉ ${t("here")}`, () => this.act("here"), "main"),
      go(`◎ ${t("pin")}`, () => this.act("pin", point())),
      go(`⦿ ${t("live")}`, () => this.act("live", { seconds: 900 })),
      go(`🚶 ${t("stand")}`, () => this.act("stand", point()).then(() => this.toast("🚶 ✓"))),
    ]));
  }
  chatMenu() {
    const chat = this.world().chats.get(this.chat);
    if (!this.group) {
      this.menuSheet("", [chat.blocked ? [t("unblock"), () => this.act("unblock")] : [t("block"), () => this.act("block"), "danger"]]);
      return;
    }
    const members = Object.keys(chat.members).map(Number);
    this.sheet(`${chat.title} · ${members.length} ${t("members")}`,
      h("button", { class: "item danger", onclick: () => { this.closeSheet(); this.act("leave"); } }, t("leave")),
      h("div", { class: "people" }, ...members.slice(0, 300).map(id => h("button", { onclick: () => { this.closeSheet(); if (id !== this.world().bot) this.app.addPhone(id, true); } }, avatar(id, this.nameOf(id)), this.nameOf(id)))));
  }
  ownMenu() {
    const elsewhere = [...this.world().chats.values()].filter(chat => chat.type !== "private" && !chat.moved && !(String(this.me) in chat.members));
    const own = this.world().chats.get(this.me);
    this.menuSheet(this.nameOf(this.me), [
      [`📍 ${t("stand")}`, () => this.mapSheet(null)],
      ...elsewhere.map(chat => [`${t("join")}：${chat.title}`, () => this.act("join", { chat: chat.chat }).then(() => this.open(chat.chat))]),
      [t("newGroup"), () => this.newGroup()],
      own?.blocked ? [t("unblock"), () => this.act("unblock", { chat: this.me })] : [t("block"), () => this.act("block", { chat: this.me }), "danger"],
    ]);
  }
  newGroup() {
    const input = h("input", { placeholder: t("groupName") });
    const make = async () => {
      const title = input.value.trim();
      if (!title) return;
      this.closeSheet();
      const { chat } = await this.act("group", { title, people: [...this.app.phones.keys()] });
      setTimeout(() => this.open(chat), 60);
    };
    this.sheet(t("newGroup"), input, h("button", { class: "item main", onclick: make }, t("ok")));
    input.focus();
  }
}
