// Saves a long form while somebody writes it: 2.5 seconds after the last key, when the page is left,
// and before its button is pressed. What cannot be saved is kept on this device and offered again.

import { showQuestions } from "./asked.js";
import { offerRows } from "./offers.js";
import { copies, copyOf, dropCopy, dropProved, element, forget, putCopy, showKept } from "./kept.js";

const PAUSE = 2_500; // after the last key
const CHOICE = 150; // after a choice, where some questions depend on others
const LONGEST = 15_000; // somebody who never stops typing is saved as often
const PATIENCE = 5_000; // so long a pressed button waits for the save before it
const SLOW = 20_000; // a save that takes longer is tried again
const RETRIES = [3_000, 60_000]; // the first and the longest pause between tries
const SKIPPED = new Set(["password", "file"]);
const MARKS = ["version", "sheet", "turn", "base"];
const drafts = [];

export function keepDrafts() {
  dropProved();
  for (const form of document.querySelectorAll("form[data-kept]")) drafts.push(new Draft(form));
  for (const form of document.querySelectorAll("form[data-forget]")) {
    form.addEventListener("submit", (event) => signOut(event, form));
  }
  showKept();
}

// Whoever signs out of a shared computer leaves nothing on it, and loses nothing unasked.
async function signOut(event, form) {
  if (form.dataset.asked || !copies().length) return forget();
  event.preventDefault();
  event.stopImmediatePropagation();
  await Promise.all(drafts.map((draft) => inTime(draft.save())));
  const left = copies();
  const leave = () => {
    form.dataset.asked = "yes";
    form.requestSubmit();
  };
  if (left.length) ask(form, left, leave);
  else leave();
}

function ask(form, left, leave) {
  const box = element("dialog", "ask");
  const title = element("h2", "govuk-heading-m", form.dataset.unsaved);
  title.id = "ask-title";
  box.setAttribute("aria-labelledby", title.id);
  const list = element("ul", "govuk-list");
  for (const { copy } of left) {
    const line = document.createElement("li");
    line.append(Object.assign(element("a", "govuk-link", copy.title), { href: copy.page }));
    list.append(line);
  }
  const stay = element("button", "govuk-button", form.dataset.stay);
  stay.addEventListener("click", () => box.remove());
  const go = element("button", "govuk-button govuk-button--warning", form.dataset.leave);
  go.addEventListener("click", leave);
  const buttons = element("div", "govuk-button-group");
  buttons.append(stay, go);
  box.append(title, list, buttons);
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function inTime(promise) {
  return Promise.race([promise, new Promise((resolve) => setTimeout(resolve, PATIENCE, "slow"))]);
}

class Draft {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.key = this.url ?? location.pathname;
    this.status = form.querySelector("[data-autosave-status]");
    this.saved = "unsaved" in form.dataset ? null : this.served();
    this.retry = RETRIES[0];
    this.offerKept();
    if (this.saved === null) this.keep();
    else if (this.isUnsaved) this.changed(); // typed while this script was still on its way
    form.addEventListener("input", () => this.changed());
    if (form.querySelector("[data-question]")) form.addEventListener("change", () => this.chosen());
    form.addEventListener("submit", (event) => this.pressed(event));
    if (!this.savesItself) return;
    addEventListener("online", () => this.save());
    addEventListener("pageshow", () => delete this.form.dataset.sending);
    document.addEventListener("visibilitychange", () => this.save());
  }

  // A page that shows two answers saves nothing before its writer has chosen.
  get savesItself() {
    return this.url && !this.form.elements.namedItem("clashes")?.value;
  }

  get isUnsaved() {
    return this.text() !== this.saved;
  }

  changed() {
    this.keep();
    if (!this.savesItself) return;
    this.since ??= Date.now();
    this.later(Math.min(PAUSE, Math.max(0, this.since + LONGEST - Date.now())));
  }

  // A choice may bring up other questions: the server, which keeps the conditions, is asked at once.
  chosen() {
    if (this.savesItself && this.isUnsaved) this.later(CHOICE);
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  data(form = this.form) {
    const data = new FormData(form);
    for (const input of form.elements) if (SKIPPED.has(input.type)) data.delete(input.name);
    return data;
  }

  // What somebody wrote, without hidden values and boxes of a trial, to compare and to keep.
  pairs(form = this.form) {
    return [...this.data(form)].filter(([name]) => {
      const box = form.elements[name];
      return box?.type !== "hidden" && !box?.closest?.("[data-unkept]");
    });
  }

  text() {
    return JSON.stringify(this.pairs());
  }

  // The text as the server sent it.
  served() {
    const form = this.form.cloneNode(true);
    form.reset();
    return JSON.stringify(this.pairs(form));
  }

  mark(name) {
    return this.form.elements.namedItem(name);
  }

  // Each sending has a number, where the form has a place for it: a save that is still on its way
  // when somebody presses the button, and arrives later, changes nothing.
  count() {
    const turn = this.mark("turn");
    if (turn) turn.value = Number(turn.value) + 1;
  }

  // The text is saved first: without a connection the page stays as it is.
  async pressed(event) {
    if (this.ready || !this.savesItself || this.busy || (!this.isUnsaved && navigator.onLine)) {
      this.ready = false;
      this.stamp();
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.waiting) return;
    this.waiting = true;
    this.opened = undefined;
    this.form.dataset.sending = "yes"; // until the next page is there
    const outcome = navigator.onLine ? await inTime(this.save()) : this.failed("offline");
    this.waiting = false;
    const opened = this.opened;
    this.opened = undefined;
    if (outcome === "offline" || opened) {
      delete this.form.dataset.sending;
      opened?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
      return;
    }
    this.ready = true;
    this.form.requestSubmit(event.submitter);
  }

  // The copy remembers what it was sent with; the page that follows proves that it arrived.
  stamp() {
    this.count();
    clearTimeout(this.timer);
    let field = this.mark("stamp");
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "stamp" });
      this.form.append(field);
    }
    field.value = [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(36)).join("");
    this.keep(field.value);
  }

  // One save at a time: an older text never arrives after a newer one.
  async save() {
    if (!this.savesItself) return "";
    if (this.busy) {
      this.again = true;
      return "";
    }
    clearTimeout(this.timer);
    this.since = undefined;
    this.busy = true;
    let outcome = "";
    do {
      this.again = false;
      outcome = await this.send();
    } while (this.again);
    this.busy = false;
    return outcome;
  }

  async send() {
    const text = this.text();
    if (text === this.saved) return "saved";
    this.say("saving");
    this.count();
    let response = await this.post(text);
    if (response?.status === 400 && (await this.renewToken())) response = await this.post(text);
    if (!response) return this.failed("offline");
    if (response.ok) return this.succeeded(text, response);
    if (response.status === 401) return this.failed("signedOut");
    if (response.status === 409) return this.refused(response, "conflict");
    if ([403, 404, 422].includes(response.status)) return this.refused(response, "refused");
    return this.failed("failed");
  }

  post(text) {
    return fetch(this.url, {
      method: "POST",
      body: this.data(),
      headers: { Accept: "application/json", "X-Autosave": "1" },
      keepalive: text.length < 50_000,
      redirect: "error",
      signal: AbortSignal.timeout(SLOW),
    }).catch(() => null);
  }

  // Somebody who signs in again in another tab has another token: every form here takes it.
  async renewToken() {
    const answer = await fetch(this.form.dataset.token, { headers: { Accept: "application/json" } }).catch(() => {});
    if (!answer?.ok) return false;
    const { token } = await answer.json();
    for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
    return true;
  }

  async succeeded(text, response) {
    this.saved = text;
    this.retry = RETRIES[0];
    if (response.status === 200) this.refresh(await response.json());
    if (!this.isUnsaved) this.letGo();
    this.say("saved", timeOf(new Date()));
    return "saved";
  }

  // The server has the text. What was offered and not decided stays.
  letGo() {
    if (this.offers.length) putCopy(this.key, this.undecided);
    else dropCopy(this.key);
  }

  // The server may name new values of hidden fields, such as the version that is now the latest.
  refresh(values) {
    for (const [name, value] of Object.entries(values)) {
      const input = this.mark(name);
      if (input?.type === "hidden") input.value = value;
    }
    offerRows(this.form, values.offers ?? {});
    if (typeof values.hidden !== "string") return;
    const opened = showQuestions(this.form, new Set(values.hidden.split(" ")));
    this.opened ??= opened;
  }

  // Tried again and again, with growing pauses.
  failed(reason) {
    this.keep();
    this.say(reason, "", "bad");
    this.later(this.retry);
    this.retry = Math.min(2 * this.retry, RETRIES[1]);
    return reason;
  }

  // The fund refuses it, and says why: to try again would change nothing.
  async refused(response, reason) {
    this.keep();
    const answer = await response.json().catch(() => ({}));
    this.say(reason, answer.message ?? "", "bad");
    return reason;
  }

  keep(stamp = "") {
    const heading = document.querySelector("h1");
    const marks = MARKS.map((name) => [name, this.mark(name)?.value]);
    putCopy(this.key, {
      page: location.pathname,
      at: Date.now(),
      title: heading?.textContent.trim() ?? "",
      pairs: this.pairs(),
      marks: Object.fromEntries(marks.filter(([, value]) => value !== undefined)),
      stamp,
      earlier: this.undecided,
    });
  }

  say(what, detail = "", tone = "") {
    if (!this.status) return;
    const said = this.form.dataset[what].replace("%{time}", detail).replace("%{reason}", detail);
    const changes = tone || this.status.dataset.tone;
    this.status.setAttribute("aria-live", changes ? "polite" : "off");
    this.status.dataset.tone = tone;
    this.status.replaceChildren(said);
    if (what !== "signedOut") return;
    const link = element("a", "govuk-link", this.form.dataset.signIn);
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    link.target = "_blank";
    this.status.append(" ", link);
  }

  // What this device still keeps, the oldest first, unless the page shows it.
  offerKept() {
    this.offers = [];
    const newest = copyOf(this.key);
    const seen = new Set([texts(this.pairs())]);
    for (let kept = newest; kept; kept = kept.earlier) {
      const isShown = seen.has(texts(kept.pairs));
      const wasSent = this.saved === null && kept === newest && kept.stamp;
      if (!isShown && !wasSent) this.offers.unshift(kept);
      seen.add(texts(kept.pairs)); // each text is offered once
    }
    if (this.offers.length) this.showOffers();
    if (newest && this.saved !== null && !this.offers.length) dropCopy(this.key);
  }

  // What was offered and not decided, as one copy that holds the earlier ones.
  get undecided() {
    return this.offers.reduce((earlier, kept) => ({ ...kept, earlier }), undefined);
  }

  // One bar for all of them, a line for each: when it was written, and how it begins.
  showOffers() {
    const bar = element("div", "message message--warning kept");
    bar.setAttribute("role", "status");
    bar.append(element("p", "message__text", this.form.dataset.kept));
    for (const kept of this.offers) bar.append(this.offer(kept, bar));
    this.form.prepend(bar);
  }

  offer(kept, bar) {
    const offer = element("p", "kept__line");
    const time = kept.at ? `${timeOf(new Date(kept.at))} ` : "";
    offer.append(
      time,
      element("bdi", "", this.beginning(kept)),
      this.button(this.form.dataset.restore, offer, kept, () => this.restore(kept)),
      this.button(this.form.dataset.discard, offer, kept, () => {
        if (this.isUnsaved) this.keep();
        else this.letGo();
      }),
    );
    offer.addEventListener("done", () => {
      offer.remove();
      if (!this.offers.length) bar.remove();
    });
    return offer;
  }

  // The longest text that the page does not show; what a menu holds is a code, and no text.
  beginning({ pairs }) {
    const shown = new Set(this.pairs().map(String));
    const other = pairs
      .filter((pair) => !shown.has(String(pair)) && !this.form.elements[pair[0]]?.options)
      .map(([, text]) => text.trim());
    const longest = other.sort((a, b) => b.length - a.length)[0] ?? "";
    return longest.length > 60 ? `${longest.slice(0, 60)}…` : longest;
  }

  button(text, offer, kept, act) {
    const button = element("button", "link-button", text);
    button.type = "button";
    button.addEventListener("click", () => {
      this.offers = this.offers.filter((other) => other !== kept);
      offer.dispatchEvent(new Event("done"));
      act();
    });
    return button;
  }

  // Put back with what it was made from, so that the server can tell what has changed since.
  restore({ pairs, marks }) {
    const values = Map.groupBy ? Map.groupBy(pairs, ([name]) => name) : grouped(pairs);
    if (this.savesItself && this.mark("base")) this.refresh(marks ?? {});
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
      if (!table.querySelector("[data-add]")) continue; // its rows are fixed
      const row = new RegExp(`^${CSS.escape(table.dataset.rows)}-(\\d+)-`);
      const wanted = new Set(pairs.map(([name]) => row.exec(name)?.[1]).filter(Boolean));
      for (let tries = 0; tries < 60; tries += 1) {
        if ([...wanted].every((at) => table.querySelector(`[data-remove][value="${at}"]`))) break;
        table.querySelector("[data-add]").click();
      }
    }
  }
}

function timeOf(moment) {
  const language = document.documentElement.lang.slice(0, 2);
  return moment.toLocaleTimeString(language === "en" ? "en-GB" : language, {
    hour: "2-digit",
    minute: "2-digit",
    numberingSystem: "latn",
  });
}

// What is written in the boxes: one that is empty, or not on the page, is the same.
function texts(pairs) {
  return JSON.stringify(pairs.filter(([, text]) => text !== ""));
}

function grouped(pairs) {
  const groups = new Map();
  for (const pair of pairs) groups.set(pair[0], [...(groups.get(pair[0]) ?? []), pair]);
  return groups;
}
