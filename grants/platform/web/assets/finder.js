// One dialog for everything, opened by Ctrl K or ⌘ K: the acts and parts of this page and the pages
// of the menu at once, and records, as the search page finds them, while typing. Each entry is a link;
// arrows go from one to the next. Without a script the menu and the search page lead to the same.

const REST = 150; // milliseconds without a key before records are asked for

export function openFinder() {
  const dialog = document.querySelector("[data-finder]");
  if (!dialog) return;
  const box = dialog.querySelector("input");
  const results = dialog.querySelector("[data-finder-results]");
  let records = [];
  let timer = 0;
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.code !== "KeyK") return;
    event.preventDefault();
    if (dialog.open) return dialog.close();
    dialog.showModal();
    box.select();
    show();
  });
  box.addEventListener("input", () => {
    records = [];
    show();
    clearTimeout(timer);
    timer = setTimeout(ask, REST);
  });
  dialog.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      move(step);
    } else if (event.key === "Escape") {
      event.preventDefault(); // else the first press only empties the box
      dialog.close();
    } else if (event.key === "Enter" && event.target === box && entries()[0]) {
      event.preventDefault();
      entries()[0].click();
    } else if (event.key.length === 1 && event.target !== box && event.key !== " ") {
      box.focus();
    }
  });

  async function ask() {
    const text = box.value.trim();
    if (!text) return;
    const matches = await search(text);
    if (text !== box.value.trim()) return;
    records = matches;
    show(true);
  }

  function show(complete = false) {
    const words = box.value.trim().toLocaleLowerCase();
    const fits = (link) => nameOf(link).toLocaleLowerCase().includes(words);
    const groups = [
      [dialog.dataset.here, acts().filter(fits).map(act)],
      [dialog.dataset.pages, words ? pages().filter(([name]) => name.toLocaleLowerCase().includes(words)).map(([name, href]) => entry(href, name, "")) : []],
      ...records,
    ].filter(([, links]) => links.length);
    results.replaceChildren(...groups.map(group));
    if (complete && !groups.length) results.textContent = dialog.dataset.nothing;
  }

  // The page itself keeps every condition and proof of an act: its button is shown, not pressed.
  function act(element) {
    if (element.matches("a")) return link(element);
    const entry = document.createElement("button");
    entry.type = "button";
    entry.className = "finder__entry";
    entry.textContent = nameOf(element);
    entry.addEventListener("click", () => {
      dialog.close();
      element.focus();
    });
    return entry;
  }

  function entries() {
    return [...results.querySelectorAll(".finder__entry")];
  }

  function move(step) {
    const stops = [box, ...entries()];
    const here = stops.indexOf(document.activeElement);
    stops[(here + step + stops.length) % stops.length].focus();
  }
}

function acts() {
  const main = document.querySelector("main");
  const all = main.querySelectorAll(".page__actions a, .page__actions button, .tabs__tab, .govuk-button, .turn__acts a");
  const offered = (element) => element.checkVisibility() || element.closest(".turn__acts");
  return [...all].filter((element) => offered(element) && nameOf(element));
}

// Those of the menu, and lists that it leaves out: names and addresses, each address once.
function pages() {
  const menu = [...document.querySelectorAll(".rail__link[href]")];
  const more = document.body.dataset.pages ?? "[]";
  const all = [...JSON.parse(more).map(([name, href]) => [href, name]), ...menu.map((one) => [one.getAttribute("href"), nameOf(one)])];
  return [...new Map(all)].map(([href, name]) => [name, href]);
}

function nameOf(element) {
  return element.textContent.replace(/\s+/g, " ").trim();
}

function link(source) {
  return entry(source.href, nameOf(source), "");
}

function entry(href, name, note) {
  const element = document.createElement("a");
  element.className = "finder__entry";
  element.href = href;
  element.append(quoted(name));
  if (note) {
    const small = quoted(note);
    small.className = "finder__note";
    element.append(" ", small);
  }
  return element;
}

// A name stands in its own direction.
function quoted(text) {
  const element = document.createElement("bdi");
  element.textContent = text;
  return element;
}

function group([title, links]) {
  const element = document.createElement("section");
  const head = document.createElement("h3");
  const list = document.createElement("ul");
  head.className = "finder__title";
  head.textContent = title;
  list.className = "finder__list";
  for (const link of links) {
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  element.append(head, list);
  return element;
}

// What the search page shows; a whole reference leads to its record, which is then the one result.
async function search(text) {
  const response = await fetch(`/search?q=${encodeURIComponent(text)}`).catch(() => null);
  if (!response?.ok) return [];
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const title = nameOf(page.querySelector("h1"));
  if (response.redirected) return [[title, [entry(response.url, title, text)]]];
  return [...page.querySelectorAll(".found")].map((section) => [
    nameOf(section.querySelector("h2")),
    [...section.querySelectorAll(".found__item")].map((item) => {
      const [name, note] = [item.querySelector("a"), item.querySelector(".found__note")];
      return entry(name.getAttribute("href"), nameOf(name), note ? nameOf(note) : "");
    }),
  ]);
}
