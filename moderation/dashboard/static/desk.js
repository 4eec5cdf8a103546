// The desk's keys: what a moderator does all day takes one key. Without this script every button works all the same.
"use strict";

const PRESENCE_MS = 10_000;
const REASONS = ["insult", "hate", "threat", "obscene", "off topic", "personal data"];
const WORDS = JSON.parse(document.body.dataset.words ?? "{}"); // in the language of the page, by their English
const undoable = []; // {card, sent}, the last one at the end; sent comes to what takes the decision back

const cards = () => [...document.querySelectorAll("main .card")].filter((card) => !card.hidden);
const current = () => document.activeElement?.closest(".card") ?? null;
const token = () => document.querySelector("[name=form_token]")?.value ?? "";
// As the viewer writes dates, if their browser says so of the language of the page.
const LOCALE = navigator.languages.find((one) => one.split("-")[0] === document.documentElement.lang) ?? document.documentElement.lang;
const word = (english) => WORDS[english] ?? english;
const inList = () => document.getElementById("many") !== null;

function say(words, { alert = false, link = null } = {}) {
  const box = document.getElementById("said");
  const line = document.createElement("p");
  line.className = alert ? "done problem" : "done";
  line.append(words, ...(link ? [link] : []));
  box.replaceChildren(line);
}

function action(words, act) {
  const button = document.createElement("button");
  button.className = "plain";
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}

function go(card) {
  card?.focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest" });
}

// The card that comes after one, or before it, and that nobody else looks at.
function beside(card, step) {
  const all = cards();
  let at = card ? all.indexOf(card) + step : 0;
  while (all[at]?.dataset.taken) at += step;
  return all[at] ?? null;
}

async function send(path, data) {
  const body = new URLSearchParams(data);
  const answer = await fetch(path, { method: "POST", body, headers: { "X-Desk": "1" }, signal: AbortSignal.timeout(15_000) });
  if (answer.redirected) location.reload(); // the session is over: the page leads to the sign-in
  return answer;
}

function count(by) {
  const shown = document.querySelector(".tabs [aria-current] .count");
  if (shown && /^\d+$/.test(shown.textContent)) shown.textContent = Math.max(0, Number(shown.textContent) + by);
}

function decide(card, wanted, reason) {
  const form = card?.querySelector("form.decide");
  if (!form?.querySelector(`button[value="${wanted}"]`)) return say(card ? word("That changes nothing here.") : word("Choose a comment first: J."));
  const data = new FormData(form);
  data.set("action", wanted);
  if (reason) data.set("reason", reason);
  if (inList()) {
    const next = beside(card, 1) ?? beside(card, -1);
    card.hidden = true; // at once: the next one stands there while this one is sent
    go(next);
    count(-1);
  }
  const sent = decided(card, form.getAttribute("action"), data); // a button is named action, too
  if (inList()) undoable.push({ card, sent });
}

// Sends a decision and says what became of it; returns what takes it back, or null.
async function decided(card, path, data) {
  let words = word("Nothing was decided: the service did not answer. Try again.");
  try {
    const answer = await send(path, data);
    if (answer.ok) {
      const said = await answer.json();
      const newest = undoable.at(-1)?.card === card; // what Undo takes back, whichever answer comes last
      if (inList() && newest) say(said.words, { link: action(word("Undo"), undo) });
      if (!cards().length || !inList()) location.reload();
      return said.batch_id;
    }
    words = answer.status === 409
      ? word("That comment changed in the meantime; it was not decided. Look again.")
      : word("Nothing was decided. Try again, or reload the page.");
  } catch { /* told below */ }
  if (inList()) count(1);
  card.hidden = false;
  const link = action(word("Show it"), () => { location.href = card.querySelector(".facts a").href; });
  say(words, { alert: true, link });
  return null;
}

async function undo() {
  const last = undoable.pop();
  if (!last) return document.querySelector("form.done button")?.click();
  const batch = await last.sent;
  if (!batch) return go(last.card);
  try {
    const answer = await send(`${document.body.dataset.desk}/undo/${batch}`, { form_token: token(), status: "held" });
    if (!answer.ok) return say(word("That can no longer be undone."), { alert: true });
    say((await answer.json()).words);
    last.card.hidden = false;
    count(1);
    go(last.card);
  } catch {
    undoable.push(last);
    say(word("Nothing was undone: the service did not answer. Try again."), { alert: true });
  }
}

// Holds or rejects what the author of a comment writes from now on, or lifts that.
async function restrict(card, wanted) {
  if (!card?.dataset.author) return say(card ? word("That changes nothing here.") : word("Choose a comment first: J."));
  try {
    const path = `${document.body.dataset.desk}/authors/${card.dataset.author}/restriction`;
    const answer = await send(path, { form_token: token(), action: wanted, days: "", status: "held" });
    if (!answer.ok) return say(word("Nothing was decided. Try again, or reload the page."), { alert: true });
    const lift = wanted === "lift" ? null : action(word("Lift"), () => restrict(card, "lift"));
    say((await answer.json()).words, { link: lift });
    if (!lift) go(card); // the button that had the focus is gone
  } catch {
    say(word("Nothing was decided: the service did not answer. Try again."), { alert: true });
  }
}

function many(wanted) {
  const button = document.querySelector(`#many button[value="${wanted}"]`);
  if (button) button.form.requestSubmit(button);
}

function follow(card, ending) {
  const link = [...(card?.querySelectorAll(".facts a") ?? [])].find((one) => ending.test(one.getAttribute("href")));
  if (link) location.href = link.href;
}

const KEYS = {
  j: (card) => go(beside(card, 1)),
  k: (card) => go(beside(card, -1)),
  a: (card) => decide(card, "approve"),
  r: (card) => decide(card, "reject"),
  s: (card) => decide(card, "spam"),
  h: (card) => restrict(card, "hold"),
  H: (card) => restrict(card, "reject"),
  u: () => undo(),
  x: (card) => card?.querySelector("[name=pick]")?.click(),
  n: (card) => {
    const more = card?.querySelector("form.decide details");
    if (more) more.open = true;
    more?.querySelector("textarea").focus();
  },
  o: (card) => follow(card, /\/comments\//),
  t: (card) => follow(card, /[?&]thread=/),
  w: (card) => follow(card, /[?&]author=/),
  b: () => blur(!document.documentElement.classList.contains("blurred")),
  g: () => { location.href = document.querySelector(".tabs [aria-current]")?.href ?? document.body.dataset.desk; },
  "/": () => document.querySelector("[name=q]")?.focus(),
  "?": () => document.getElementById("keys").showModal(),
  A: () => many("approve"),
  R: () => many("reject"),
  S: () => many("spam"),
};
REASONS.forEach((reason, at) => { KEYS[at + 1] = (card) => decide(card, "reject", reason); });

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && current()) return go(current());
  const writing = event.target.closest("input:not([type=checkbox]), textarea, select, dialog[open]");
  if (writing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key](current());
});

document.addEventListener("submit", (event) => {
  const card = event.target.matches("form.decide") && event.target.closest(".card");
  if (!card || !inList() || !event.submitter) return;
  event.preventDefault();
  decide(card, event.submitter.value);
});

function blur(on) {
  document.documentElement.classList.toggle("blurred", on);
  localStorage.setItem("desk-blurred", on ? "1" : "");
}

// Tells which comment this moderator looks at, and hears which ones others do and whether newer ones wait.
async function presence() {
  const form = document.getElementById("many");
  if (document.hidden || !form) return;
  const data = new FormData(form);
  data.delete("pick");
  data.set("at", current()?.id.slice(2) ?? "");
  document.querySelectorAll("main .card").forEach((card) => data.append("shown", card.id.slice(2)));
  const answer = await send(`${document.body.dataset.desk}/presence`, data);
  if (!answer.ok) return;
  const { others, newer } = await answer.json();
  cards().forEach((card) => {
    const who = others[card.id.slice(2)] ?? "";
    card.dataset.taken = who;
    if (!who) delete card.dataset.taken;
    card.querySelector(".taken").textContent = who ? word("%s is looking at this").replace("%s", () => who) : "";
  });
  document.getElementById("newer").hidden = !newer;
}

document.querySelectorAll("time").forEach((time) => {
  time.title = time.textContent;
  time.textContent = new Date(time.dateTime).toLocaleString(LOCALE, { dateStyle: "medium", timeStyle: "short" });
});
blur(localStorage.getItem("desk-blurred") === "1");
document.querySelectorAll(".needs-script").forEach((one) => { one.hidden = false; });
document.getElementById("show-keys")?.addEventListener("click", KEYS["?"]);
document.getElementById("blur")?.addEventListener("click", KEYS.b);
document.addEventListener("focusin", (event) => { if (event.target.matches(".card")) presence().catch(() => {}); });
setInterval(() => presence().catch(() => {}), PRESENCE_MS);
