// Asks the device for a passkey when a form wants one, and puts its answer into the form.

import { release } from "./small.js";

let wait = new AbortController(); // for the device that was asked last

export function askForPasskeys() {
  const forms = document.querySelectorAll("form[data-passkey]");
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  // Whoever presses any button does not wait for the device any longer: a browser asks one at a time.
  addEventListener("submit", () => wait.abort(), { capture: true });
  for (const form of forms) {
    form.hidden = false;
    form.querySelector("[data-stop]").addEventListener("click", () => wait.abort());
    if (!form.elements.sign_in_code) form.querySelector("[data-said]").textContent = "";
    form.addEventListener("submit", (event) => {
      if (field(form).value || form.elements.sign_in_code?.value) return;
      event.preventDefault();
      ask(form);
    });
  }
}

// Where the answer goes: beside the answers of another form it has a name of its own.
function field(form) {
  return form.elements.passkey ?? form.elements.sign_in_passkey;
}

async function ask(form) {
  wait = new AbortController();
  const { signal } = wait;
  show(form, form.dataset.waiting, { waits: true });
  try {
    const options = await (await fetch(form.dataset.options, { signal })).json();
    const answer = await (form.dataset.passkey === "create" ? make : prove)(options, signal);
    field(form).value = JSON.stringify(answer.toJSON());
    form.submit();
  } catch {
    release(form);
    show(form, signal.aborted ? "" : form.dataset.failed);
  }
}

function show(form, text, { waits = false } = {}) {
  form.querySelector("[data-said]").textContent = text;
  form.querySelector("[data-stop]").hidden = !waits;
}

function make(options, signal) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return navigator.credentials.create({ publicKey, signal });
}

function prove(options, signal) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey, signal });
}
