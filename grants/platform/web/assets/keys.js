// Single keys for people who work here all day. The links and buttons are all on the page; a key only
// follows one of them. Who does not want keys switches them off in their account, and then nothing
// of this is on the page.

const WAIT = 2000; // milliseconds in which the second key of a pair is waited for

export function listenForKeys() {
  const help = document.querySelector("[data-keys]");
  if (!help) return;
  const said = document.querySelector("[data-keys-said]");
  let going = 0;
  addEventListener("keydown", (event) => {
    if (isTaken(event)) return;
    const key = keyOf(event);
    const goes = going > event.timeStamp;
    going = 0;
    said.textContent = "";
    if (goes ? go(key) : act(key, help)) {
      event.preventDefault();
    } else if (key === "g" && !goes) {
      going = event.timeStamp + WAIT;
      said.textContent = said.dataset.text;
    }
  });
}

// Keys of a field, of an open panel and of the browser are not ours.
function isTaken(event) {
  if (event.defaultPrevented || event.isComposing) return true;
  if (event.ctrlKey || event.metaKey || event.altKey) return true;
  return event.target.closest?.("input, select, textarea, dialog[open], [contenteditable]") !== null;
}

// The letter of a key by its place, where the keyboard writes another script.
function keyOf(event) {
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (event.key === "؟") return "?";
  return letter && !/^[a-z]$/i.test(event.key) ? letter[1].toLowerCase() : event.key;
}

function act(key, help) {
  switch (key) {
    case "?":
      help.showModal();
      return true;
    case "/":
      return focus(document.querySelector("[data-search]"));
    case "j":
      return step(1);
    case "k":
      return step(-1);
    case "x":
      return tick();
    case "[":
      return follow("[rel=prev]");
    case "]":
      return follow("[rel=next]");
    case "a":
      return focus(document.querySelector("main .govuk-button:not(.govuk-button--secondary)"));
    case "e":
      return follow("main [data-acts]") && focus(document.querySelector("main [data-acts]"));
    case "u":
      return follow("[data-back], .govuk-back-link");
    default:
      return /^[1-9]$/.test(key) && follow(`.tabs__list li:nth-child(${key}) a`);
  }
}

function go(key) {
  return /^[a-z]$/.test(key) && follow(`[data-go="${key}"]`);
}

function follow(selector) {
  const link = document.querySelector(selector);
  link?.click();
  return Boolean(link);
}

function focus(element) {
  element?.focus();
  element?.select?.();
  return Boolean(element);
}

function rows() {
  const table = document.querySelector(".listing .data") ?? document.querySelector("main .data");
  return table ? [...table.tBodies[0].rows].filter((row) => row.querySelector("a")) : [];
}

// The link of the next row; from outside the list, that of the first.
function step(by) {
  const all = rows();
  const here = all.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? all[0] : all[here + by];
  return focus(next?.querySelector("a"));
}

function tick() {
  const box = document.activeElement.closest("tr")?.querySelector('input[name="row"]');
  box?.click();
  return Boolean(box);
}
