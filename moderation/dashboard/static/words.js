// Tries the words while somebody types. Without this script the button "Try the text" does the same.
"use strict";

const PAUSE_MS = 300;
const form = document.getElementById("words");
const found = document.getElementById("found");
let timer = 0;
let asked = 0;

async function tryWords() {
  const number = ++asked;
  const data = new FormData(form);
  if (!data.get("text").trim()) return found.replaceChildren();
  data.delete("file");
  data.set("do", "try");
  const answer = await fetch(form.getAttribute("action"), {
    method: "POST", body: new URLSearchParams(data), headers: { "X-Desk": "1" }, signal: AbortSignal.timeout(15_000),
  });
  if (!answer.ok || answer.redirected || number !== asked) return; // the button says what is wrong
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  found.replaceChildren(...page.body.childNodes);
}

form.addEventListener("input", (event) => {
  if (event.target.type === "file") return;
  clearTimeout(timer);
  timer = setTimeout(() => tryWords().catch(() => {}), PAUSE_MS);
});
