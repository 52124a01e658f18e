// Asks the device for a passkey when a form wants one, and puts its answer into the form.

export function askForPasskeys() {
  const forms = document.querySelectorAll("form[data-passkey]");
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  for (const form of forms) {
    form.hidden = false;
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
  try {
    const options = await (await fetch(form.dataset.options)).json();
    const answer = form.dataset.passkey === "create" ? await make(options) : await prove(options);
    field(form).value = JSON.stringify(answer.toJSON());
    form.submit();
  } catch {
    form.querySelector("[data-said]").textContent = form.dataset.failed;
  }
}

function make(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return navigator.credentials.create({ publicKey });
}

function prove(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}
