// Saves a long form while somebody writes it: 20 seconds after a change, and when the page is left.
// What cannot be saved (no connection, signed out) is kept on this device and offered again.

const EVERY = 20_000;
const PREFIX = "draft ";
const SKIPPED = new Set(["password", "file"]);

export function keepDrafts() {
  for (const form of document.querySelectorAll("form[data-autosave]")) new Draft(form);
  for (const form of document.querySelectorAll("form[data-forget]")) {
    form.addEventListener("submit", forget);
  }
}

// Whoever signs out of a shared computer leaves nothing on it.
function forget() {
  Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .forEach((key) => localStorage.removeItem(key));
}

class Draft {
  constructor(form) {
    this.form = form;
    this.key = PREFIX + form.dataset.autosave;
    this.status = form.querySelector("[data-autosave-status]");
    this.saved = this.text();
    this.offerKept();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", () => {
      this.count();
      this.sent = true;
      localStorage.removeItem(this.key);
    });
    addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.save();
    });
  }

  changed() {
    this.keep();
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.save();
    }, EVERY);
  }

  data() {
    const data = new FormData(this.form);
    for (const input of this.form.elements) if (SKIPPED.has(input.type)) data.delete(input.name);
    return data;
  }

  // What somebody wrote, without hidden values, to compare and to keep.
  text() {
    const pairs = [...this.data()].filter(([name]) => this.form.elements[name]?.type !== "hidden");
    return JSON.stringify(pairs);
  }

  // Each sending has a number, where the form has a place for it: a save that is still on its way
  // when somebody presses the button, and arrives later, changes nothing.
  count() {
    const turn = this.form.elements.namedItem("turn");
    if (turn) turn.value = Number(turn.value) + 1;
  }

  // One save at a time: an older text never arrives after a newer one.
  async save() {
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    await this.send();
    this.busy = false;
    if (this.again) {
      this.again = false;
      await this.save();
    }
  }

  async send() {
    const text = this.text();
    if (text === this.saved || this.sent) return;
    this.say("saving");
    this.count();
    let response;
    try {
      response = await fetch(this.form.dataset.autosave, {
        method: "POST",
        body: this.data(),
        headers: { Accept: "application/json", "X-Autosave": "1" },
        keepalive: text.length < 50_000,
        redirect: "manual",
      });
    } catch {
      return this.failed("offline");
    }
    if (response.ok) await this.succeeded(text, response);
    else if (response.status === 409) this.failed("conflict");
    else if (response.status === 401 || response.type === "opaqueredirect") this.failed("signedOut");
    else this.failed("failed");
  }

  async succeeded(text, response) {
    this.saved = text;
    if (response.status === 200) this.refresh(await response.json());
    if (this.text() === text) localStorage.removeItem(this.key);
    const language = document.documentElement.lang.slice(0, 2);
    const time = new Date().toLocaleTimeString(language === "en" ? "en-GB" : language, {
      hour: "2-digit",
      minute: "2-digit",
      numberingSystem: "latn",
    });
    this.say("saved", time);
  }

  // The server may name new values of hidden fields, such as the version that is now the latest.
  refresh(values) {
    for (const [name, value] of Object.entries(values)) {
      const input = this.form.elements[name];
      if (input?.type === "hidden") input.value = value;
    }
  }

  failed(reason) {
    this.keep();
    this.say(reason, "", "bad");
    if (reason === "failed") this.changed();
  }

  keep() {
    try {
      localStorage.setItem(this.key, this.text());
    } catch {
      // A full or forbidden store: the next save has to do.
    }
  }

  say(what, time = "", tone = "") {
    this.status.textContent = this.form.dataset[what].replace("%{time}", time);
    this.status.dataset.tone = tone;
  }

  offerKept() {
    const kept = localStorage.getItem(this.key);
    if (!kept || kept === this.saved) return localStorage.removeItem(this.key);
    const offer = document.createElement("div");
    offer.className = "message message--warning kept";
    offer.setAttribute("role", "status");
    offer.append(
      Object.assign(document.createElement("p"), {
        className: "message__text",
        textContent: this.form.dataset.kept,
      }),
      this.button(this.form.dataset.restore, offer, () => this.restore(JSON.parse(kept))),
      this.button(this.form.dataset.discard, offer, () => localStorage.removeItem(this.key)),
    );
    this.form.prepend(offer);
  }

  button(text, offer, act) {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "link-button", textContent: text });
    button.addEventListener("click", () => {
      act();
      offer.remove();
    });
    return button;
  }

  restore(pairs) {
    const values = Map.groupBy ? Map.groupBy(pairs, ([name]) => name) : grouped(pairs);
    this.makeRows(pairs);
    for (const input of this.form.elements) {
      if (!input.name || SKIPPED.has(input.type) || input.type === "hidden") continue;
      const texts = (values.get(input.name) ?? []).map(([, text]) => text);
      if (input.type === "checkbox" || input.type === "radio") {
        input.checked = texts.includes(input.value);
      } else if (texts.length) {
        input.value = texts[0];
      }
    }
    this.form.dispatchEvent(new Event("input", { bubbles: true }));
    this.save();
  }

  // Rows that were added on this device are added again before they are filled.
  makeRows(pairs) {
    for (const table of this.form.querySelectorAll("[data-rows]")) {
      const row = new RegExp(`^${CSS.escape(table.dataset.rows)}-(\\d+)-`);
      const wanted = new Set(pairs.map(([name]) => row.exec(name)?.[1]).filter(Boolean));
      for (let tries = 0; tries < 60; tries += 1) {
        if ([...wanted].every((at) => table.querySelector(`[data-remove][value="${at}"]`))) break;
        table.querySelector("[data-add]").click();
      }
    }
  }
}

function grouped(pairs) {
  const groups = new Map();
  for (const pair of pairs) groups.set(pair[0], [...(groups.get(pair[0]) ?? []), pair]);
  return groups;
}
