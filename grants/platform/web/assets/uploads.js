// Files go up as soon as they are chosen, piece by piece. A line that breaks costs one piece, and
// a file that is chosen again, even after the browser was closed, goes on from where it was.

import { element } from "./kept.js";

const PIECE = 256 * 1024;
const SLOW = 60_000; // a piece that takes longer is sent again
const RETRIES = [2_000, 60_000]; // the first and the longest pause between tries
const HEAVY = 1_500_000; // bytes from which on a photograph is made smaller
const WIDEST = 2_400; // pixels of a photograph; a page of A4 can be read at this size

export function uploadFiles() {
  const inputs = document.querySelectorAll("input[data-upload]");
  start(inputs);
  if (inputs.length) document.querySelector("[data-without-upload]")?.remove();
  for (const table of document.querySelectorAll("[data-rows]:has(input[data-upload])")) {
    table.addEventListener("rows", () => start(table.querySelectorAll("input[data-upload]")));
  }
}

const started = new WeakSet();

function start(inputs) {
  for (const input of inputs) {
    if (!started.has(input)) new Uploads(input);
    started.add(input);
  }
}

class Uploads {
  constructor(input) {
    this.input = input;
    this.form = input.form;
    this.queue = Promise.resolve();
    this.open = 0;
    input.classList.add("is-sent"); // the list below says which files there are
    this.list = element("ul", "papers__list");
    this.list.setAttribute("aria-live", "polite");
    input.closest("[data-papers]").append(this.list);
    input.addEventListener("change", () => this.chosen());
    this.form.addEventListener("submit", (event) => this.hold(event), true);
  }

  chosen() {
    const files = [...this.input.files];
    this.input.value = ""; // what goes up by itself is not sent with the form again
    for (const file of files) {
      const upload = new Upload(this, file);
      this.open += 1;
      this.queue = this.queue.then(() => upload.go()).finally(() => this.ended());
    }
  }

  // The button waits for the files that are on their way.
  hold(event) {
    if (!this.open) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.pressed = event.submitter;
    this.form.dataset.sending = "yes"; // until the next page is there
  }

  ended() {
    this.open -= 1;
    if (this.open || !this.pressed) return;
    const pressed = this.pressed;
    this.pressed = undefined;
    this.form.requestSubmit(pressed.isConnected ? pressed : undefined);
  }

  // The list as the server has it now; what is typed elsewhere on the page stays as it is.
  async renew() {
    const answer = await fetch(location.href).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const key = CSS.escape(this.list.parentElement.dataset.papers);
    const fresh = page.querySelector(`[data-papers="${key}"]`);
    const list = fresh?.querySelector(".papers__list");
    const here = this.list.parentElement.querySelector(".papers__list:not([aria-live])");
    if (here) here.remove();
    if (list) this.list.before(list);
    this.input.disabled = !fresh?.querySelector("input[type=file]");
  }
}

class Upload {
  constructor(uploads, file) {
    this.uploads = uploads;
    this.texts = uploads.input.dataset;
    this.file = file;
    this.line = element("li", "papers__file");
    this.bar = Object.assign(document.createElement("progress"), { max: file.size, value: 0 });
    this.bar.className = "papers__bar";
    this.bar.setAttribute("aria-label", file.name);
    this.note = element("span", "papers__note", this.texts.sending);
    this.cancel = element("button", "link-button", this.texts.cancel);
    this.cancel.type = "button";
    this.cancel.append(element("span", "govuk-visually-hidden", ` ${file.name}`));
    this.cancel.addEventListener("click", () => this.stop());
    const name = document.createElement("bdi");
    name.textContent = file.name;
    this.line.append(name, this.bar, this.note, this.cancel);
    uploads.list.append(this.line);
  }

  async go() {
    if (this.stopped) return;
    const endings = this.uploads.input.accept.split(",");
    if (!endings.some((ending) => this.file.name.toLowerCase().endsWith(ending))) {
      return this.refuse(this.texts.wrongKind);
    }
    const mark = `${this.file.size} ${this.file.lastModified}`;
    const content = await smaller(this.file);
    if (content.size > Number(this.texts.largest)) return this.refuse(this.texts.tooLarge);
    this.bar.max = content.size || 1;
    await this.send(content, mark);
  }

  async send(content, mark) {
    let there; // unknown: the server is asked first
    let pause = RETRIES[0];
    while (!this.stopped) {
      const piece = there === undefined ? null : content.slice(there, there + PIECE);
      const response = await this.post(content, mark, there ?? 0, piece);
      if (response?.ok) {
        const answer = await response.json();
        pause = RETRIES[0];
        there = answer.received;
        this.bar.value = there;
        this.say(this.texts.sending);
        if (answer.attached) return this.finish();
        continue;
      }
      if (response && [403, 404, 413, 422].includes(response.status)) {
        const answer = await response.json().catch(() => ({}));
        return this.refuse(answer.message ?? this.texts.failed);
      }
      if (response?.status === 400 && (await this.renewToken())) {
        if (pause === RETRIES[0]) continue;
      }
      this.say(response ? (response.status === 401 ? this.texts.signedOut : this.texts.failed) : this.texts.offline);
      await connected(pause);
      pause = Math.min(2 * pause, RETRIES[1]);
      there = undefined;
    }
  }

  post(content, mark, offset, piece) {
    const data = new FormData();
    data.set("csrf_token", this.uploads.form.elements.csrf_token.value);
    data.set("name", this.file.name);
    data.set("mark", mark);
    data.set("total", content.size);
    data.set("offset", offset);
    if (piece) data.set("piece", piece, "piece");
    return fetch(this.texts.upload, {
      method: "POST",
      body: data,
      headers: { Accept: "application/json", "X-Autosave": "1" },
      redirect: "error",
      signal: AbortSignal.timeout(SLOW),
    }).catch(() => null);
  }

  // Somebody who signs in again in another tab has another token.
  async renewToken() {
    const answer = await fetch(this.texts.token, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) return false;
    const { token } = await answer.json();
    for (const field of document.querySelectorAll("[name=csrf_token]")) field.value = token;
    return true;
  }

  say(text) {
    if (this.note.textContent !== text) this.note.textContent = text;
  }

  async finish() {
    this.say(this.texts.done);
    this.cancel.remove();
    await this.uploads.renew();
    this.line.remove();
  }

  refuse(text) {
    this.line.classList.add("papers__file--refused");
    this.bar.remove();
    this.cancel.remove();
    this.say(text);
  }

  stop() {
    this.stopped = true;
    this.line.remove();
  }
}

function connected(pause) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, pause);
    addEventListener("online", () => (clearTimeout(timer), resolve()), { once: true });
  });
}

// A photograph from a phone of today has more points than a paper needs.
async function smaller(file) {
  if (file.type !== "image/jpeg" || file.size < HEAVY || !self.createImageBitmap) return file;
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return file;
  const scale = Math.min(1, WIDEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
  return made && made.size < file.size ? made : file;
}
