// Copies of typed text on this device. A copy stays until a page of the server proves that the text
// was saved: the page carries the copy's stamp, or shows the same text.

const PREFIX = "draft ";

// Copies belong to the person who is signed in: nobody is offered the words of somebody else.
export const who = () => document.body.dataset.who ?? "";

export function copyOf(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(PREFIX + key));
    return copy?.pairs && copy.who === who() ? copy : null;
  } catch {
    return null;
  }
}

export function putCopy(key, copy) {
  try {
    localStorage.setItem(PREFIX + key, JSON.stringify({ ...copy, who: who() }));
    return true;
  } catch {
    return false; // A full or forbidden store: the next save has to do.
  }
}

export function dropCopy(key) {
  localStorage.removeItem(PREFIX + key);
}

export function copies() {
  return Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => key.slice(PREFIX.length))
    .map((key) => ({ key, copy: copyOf(key) }))
    .filter(({ copy }) => copy);
}

export function forget() {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PREFIX)) localStorage.removeItem(key);
  }
}

// The page after a save names the stamp that it was sent with. Who saves a page that does not save
// itself has decided about what it offered.
export function dropProved() {
  const proved = new Set(
    [...document.querySelectorAll("meta[name=draft-saved]")].map((meta) => meta.content),
  );
  if (!proved.size) return;
  for (const { key, copy } of copies()) {
    if (!proved.has(copy.stamp)) continue;
    if (copy.earlier && key !== copy.page) putCopy(key, copy.earlier);
    else dropCopy(key);
  }
}

// A page about a whole application or report tells what this device still keeps of it.
export function showKept() {
  for (const place of document.querySelectorAll("[data-kept-under]")) {
    for (const { key, copy } of copies()) {
      if (key.startsWith(place.dataset.keptUnder)) place.append(notice(place, key, copy));
    }
  }
}

function notice(place, key, copy) {
  const box = document.createElement("div");
  box.className = "message message--warning kept";
  box.append(element("p", "message__text", place.dataset.kept.replace("%{title}", copy.title)));
  if (place.dataset.open) {
    box.append(Object.assign(element("a", "govuk-link", place.dataset.open), { href: copy.page }));
  } else {
    const text = element("textarea", "govuk-textarea");
    text.value = copy.pairs.map(([, typed]) => typed).filter(Boolean).join("\n\n");
    text.readOnly = true;
    text.rows = 8;
    text.setAttribute("aria-label", copy.title);
    box.append(text);
  }
  const discard = element("button", "link-button", place.dataset.discard);
  discard.type = "button";
  discard.addEventListener("click", () => {
    dropCopy(key);
    box.remove();
  });
  box.append(discard);
  return box;
}

export function element(tag, className, textContent = "") {
  return Object.assign(document.createElement(tag), { className, textContent });
}
