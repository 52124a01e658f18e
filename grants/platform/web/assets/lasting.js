// Says two minutes before the end that this browser will be signed out, with a button to stay.

const EARLY = 120_000;
const KEY = "signed-in-until";

export function warnOfTheEnd() {
  const { ends, ending, stay } = document.body.dataset;
  if (!ends) return;
  note(Number(ends));
  wait(ending, stay);
}

// Another tab may have asked for something since: then all of them stay signed in for longer.
function until() {
  return Number(localStorage.getItem(KEY)) || 0;
}

function note(seconds) {
  try {
    localStorage.setItem(KEY, String(seconds * 1000));
  } catch {
    // a browser that keeps nothing warns in each tab by itself
  }
}

function wait(ending, stay) {
  const rest = until() - Date.now() - EARLY;
  if (rest > 0) setTimeout(() => wait(ending, stay), Math.min(rest, 600_000));
  else show(ending, stay);
}

function show(ending, stay) {
  const box = document.createElement("div");
  box.className = "ending";
  box.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = ending;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "govuk-button";
  button.textContent = stay;
  button.addEventListener("click", async () => {
    const answer = await fetch("/token", { headers: { Accept: "application/json" } });
    const { ends } = answer.ok ? await answer.json() : {};
    if (!ends) return;
    note(ends);
    box.remove();
    wait(ending, stay);
  });
  box.append(text, button);
  document.body.append(box);
}
