// Keys for appeals, in place of those for comments. Without this script the buttons do the same.
"use strict";

const press = (card, outcome) => card.querySelector(`button[value="${outcome}"]`)?.click();
const APPEAL_KEYS = {
  a: (card) => press(card, "overturned"),
  r: (card) => press(card, "upheld"),
  n: (card) => {
    const more = card.querySelector("details");
    if (more) more.open = true;
    more?.querySelector("textarea").focus();
  },
};

document.addEventListener("keydown", (event) => {
  const card = event.target.closest(".card");
  const writing = event.target.closest("input, textarea, select, dialog[open]");
  if (!card || writing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(APPEAL_KEYS, event.key)) return;
  event.preventDefault();
  event.stopPropagation(); // the desk's own keys would decide the comment
  APPEAL_KEYS[event.key](card);
}, { capture: true });

if (location.hash.startsWith("#c-")) document.getElementById(location.hash.slice(1))?.focus();
