// One message as one phone shows it. Entities become elements; text stays text.
import { h, s, icon, hue } from "./dom.js";
import { t, clockTime } from "./words.js";
import { drawMap } from "./map.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };

export function formatted(text, entities, links) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const render = (from, to, list) => {
    const nodes = [];
    let at = from;
    for (let i = 0; i < list.length; i++) {
      const one = list[i], start = Math.max(one.offset, at), end = Math.min(one.offset + one.length, to);
      if (start >= to || end <= start) continue;
      if (start > at) nodes.push(text.slice(at, start));
      const inner = [];
      while (i + 1 < list.length && list[i + 1].offset < end) inner.push(list[++i]);
      nodes.push(marked(one, render(start, end, inner), text.slice(start, end), links));
      at = end;
    }
    if (at < to) nodes.push(text.slice(at, to));
    return nodes;
  };
  return render(0, text.length, sorted);
}

function marked(entity, inner, text, links) {
  const tag = TAGS[entity.type];
  if (tag) return h(tag, {}, ...inner);
  if (entity.type === "spoiler") return h("span", { class: "spoiler", onclick: event => event.currentTarget.classList.add("open") }, ...inner);
  if (entity.type === "text_link" || entity.type === "url") return link(entity.url || text, inner, links);
  if (entity.type === "bot_command") return h("button", { class: "link", onclick: () => links.command(text) }, ...inner);
  if (["mention", "text_mention", "hashtag", "phone_number", "email"].includes(entity.type)) return h("span", { class: "mention" }, ...inner);
  return h("span", {}, ...inner);
}

export function link(url, inner, links) {
  if (!/^[a-z]+:/i.test(url)) url = `https://${url}`;
  if (links.own(url)) return h("button", { class: "link", onclick: () => links.open(url) }, ...inner);
  if (!/^https?:/i.test(url)) return h("span", { class: "mention" }, ...inner);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: url }, ...inner);
}

export function summary(message, nameOf) {
  const w = message.wire;
  if (w.text) return w.text;
  if (w.photo) return `🖼 ${t("photo")} ${w.caption || ""}`;
  if (w.venue) return `📍 ${w.venue.title}`;
  if (w.location) return `📍 ${w.location.live_period ? t("liveNow") : t("place")}`;
  if (w.document) return `📄 ${w.document.file_name || t("document")}`;
  if (w.voice) return `🎤 ${t("voice")}`;
  if (w.video) return `🎬 ${t("video")}`;
  if (w.sticker) return w.sticker.emoji || "";
  if (w.contact) return `👤 ${w.contact.first_name}`;
  return serviceText(message, nameOf) || "…";
}

export function serviceText(message, nameOf) {
  const w = message.wire, who = nameOf(message.from);
  if (w.new_chat_members) return `${w.new_chat_members.map(user => nameOf(user.id)).join("、")} ${t("joined")}`;
  if (w.left_chat_member) return `${nameOf(w.left_chat_member.id)} ${t("left")}`;
  if (w.new_chat_title) return `${who} ${t("renamed")} ${w.new_chat_title}`;
  if (w.pinned_message) return `${who} ${t("pinnedA")}`;
  if (w.migrate_to_chat_id || w.migrate_from_chat_id) return t("upgraded");
  return "";
}

// `phone`: { me, nameOf, find(id), links, press(message, button), menu(message, element), group }
export function bubble(message, phone) {
  const w = message.wire, service = serviceText(message, phone.nameOf);
  if (service) return h("div", { class: "service", data: { id: message.id } }, h("span", {}, service));
  const mine = message.from === phone.me;
  const box = h("div", { class: w.photo && !w.caption ? "bubble picture" : "bubble" });
  if (phone.group && !mine) {
    const name = h("div", { class: "sender" }, phone.nameOf(message.from));
    name.style.color = `color-mix(in srgb, ${hue(message.from)} 78%, #222)`;
    box.append(name);
  }
  if (w.forward_origin) {
    const origin = w.forward_origin.sender_user ? phone.nameOf(w.forward_origin.sender_user.id) : w.forward_origin.sender_user_name;
    box.append(h("div", { class: "forwarded" }, `${t("forwarded")} ${origin || ""}`));
  }
  if (w.reply_to_message) box.append(quote(w.reply_to_message, phone));
  const bare = media(message, phone, box);
  const text = w.text || w.caption || "";
  if (text) box.append(h("div", { class: "text" }, ...formatted(text, w.entities || w.caption_entities, phone.links)));
  box.append(h("span", { class: "meta" }, w.edit_date ? `${t("edited")} ` : "", clockTime(w.date)));
  if (message.reactions) box.append(reactions(message.reactions));
  const row = h("div", { class: `row ${mine ? "mine" : "theirs"}${bare ? " bare" : ""}`, data: { id: message.id, from: message.from, date: w.date } },
    h("div", { class: "stack" }, box, keyboard(message, phone)),
    h("button", { class: "more", title: t("menu"), onclick: event => phone.menu(message, event.currentTarget) }, icon("more")));
  return row;
}

function quote(wire, phone) {
  const from = wire.from?.id;
  const text = summary({ wire, from }, phone.nameOf);
  const box = h("button", { class: "quote", onclick: () => phone.jump(wire.message_id) }, h("b", {}, phone.nameOf(from)), h("span", {}, text.slice(0, 90)));
  box.style.borderColor = hue(from || 0);
  return box;
}

function media(message, phone, box) {
  const w = message.wire;
  if (w.photo) {
    const big = w.photo[w.photo.length - 1];
    const image = h("img", { src: `/media/${encodeURIComponent(big.file_id)}`, alt: t("photo"), loading: "lazy", onclick: () => phone.zoom(image.src) });
    image.style.aspectRatio = `${big.width} / ${big.height}`;
    box.append(h("div", { class: "photo" }, image));
  } else if (w.venue) {
    box.append(place(w.location, phone, ""), h("div", { class: "venue" }, h("b", {}, w.venue.title), h("small", {}, w.venue.address)));
  } else if (w.location) {
    const point = w.location;
    const accuracy = point.horizontal_accuracy ? `${t("accuracy")} ${Math.round(point.horizontal_accuracy)} ${t("metres")}` : t("picked");
    const label = point.live_period ? t("liveNow") : accuracy;
    box.append(place(point, phone, label));
  } else if (w.document) {
    const size = w.document.file_size;
    box.append(h("a", { class: "file", href: `/download/${encodeURIComponent(w.document.file_id)}`, download: "" }, icon("file"),
      h("span", {}, h("b", {}, w.document.file_name || t("document")), h("small", {}, size > 99999 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e3).toFixed(1)} kB`))));
  } else if (w.voice) {
    const wave = s("svg", { viewBox: "0 0 100 20", class: "wave" });
    for (let i = 0; i < 25; i++) { const tall = 4 + (i * 7919 + w.date) % 14; wave.append(s("rect", { x: i * 4, y: 10 - tall / 2, width: 2.2, height: tall, rx: 1 })); }
    box.append(h("div", { class: "voice" }, wave, `${w.voice.duration}″`));
  } else if (w.video) {
    box.append(h("div", { class: "file" }, icon("file"), h("b", {}, `${t("video")} ${w.video.duration}″`)));
  } else if (w.contact) {
    box.append(h("div", { class: "file" }, icon("people"), h("span", {}, h("b", {}, w.contact.first_name), h("small", {}, w.contact.phone_number))));
  } else if (w.sticker) {
    box.append(h("div", { class: "sticker" }, w.sticker.emoji || "🙂"));
    return true;
  }
  return false;
}

function place(point, phone, label) {
  const pin = { ...point, accuracy: point.horizontal_accuracy, live: Boolean(point.live_period) };
  return h("div", { class: "place" }, drawMap(point.latitude, point.longitude, 60, [pin]),
    h("small", {}, `${point.latitude.toFixed(4)}, ${point.longitude.toFixed(4)}${label ? ` · ${label}` : ""}`));
}

function reactions(list) {
  const count = new Map();
  for (const [emoji] of list) count.set(emoji, (count.get(emoji) || 0) + 1);
  return h("div", { class: "reactions" }, ...[...count].map(([emoji, n]) => h("span", {}, n > 1 ? `${emoji} ${n}` : emoji)));
}

function keyboard(message, phone) {
  const rows = message.wire.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return h("div", { class: "inline" }, ...rows.map(row => h("div", {}, ...row.map(button =>
    h("button", { class: button.url ? "url" : "", onclick: event => phone.press(message, button, event.currentTarget) }, button.text, button.url ? h("i", {}, "↗") : null)))));
}
