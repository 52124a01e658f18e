// A filter over a list is applied as soon as it is chosen or typed: the list below it is replaced, the
// focus stays where it is, and how many records there are now is told to those who hear the page.
// Without a script the button of the filter does it.

import { pickRows } from "./picks.js";
import { startLists } from "./small.js";

const REST = 300; // milliseconds without a key before what is typed is searched for

export function applyFilters() {
  const main = document.querySelector("main");
  if (!main?.querySelector("[data-filter]")) return;
  let timer = 0;
  let newest = 0;
  let shown = location.search; // a link to a place on the page goes back in history, too
  main.addEventListener("change", (event) => {
    const form = event.target.closest("[data-filter]");
    if (form && !waitsForDays(form, event.target)) apply(form);
  });
  main.addEventListener("input", (event) => {
    const form = event.target.closest("[data-filter]");
    clearTimeout(timer);
    if (form && event.target.matches("input[type=text], input[type=search]")) {
      timer = setTimeout(() => apply(form), REST);
    }
  });
  main.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-filter]")) return;
    event.preventDefault();
    apply(event.target);
  });
  addEventListener("popstate", () => location.search !== shown && location.reload());

  async function apply(form) {
    clearTimeout(timer);
    const address = addressOf(form);
    if (address === location.pathname + location.search) return;
    const turn = ++newest;
    const response = await fetch(address).catch(() => null);
    if (!response?.ok) return location.assign(address);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (turn !== newest) return; // another choice was made meanwhile
    const fresh = page.querySelector("[data-filter]");
    if (!fresh) return location.assign(address);
    history.pushState(null, "", address);
    shown = location.search;
    replace(form, fresh);
  }
}

// Dates of one's own: nothing changes until one of them is there.
function waitsForDays(form, field) {
  const isOwn = field.matches(".period__of") && field.value === "days";
  return isOwn && ![...form.querySelectorAll("input[type=date]")].some((day) => day.value);
}

function addressOf(form) {
  const answers = [...new FormData(form)].filter(
    ([name, value]) => value || name === form.dataset.filter
  );
  const query = new URLSearchParams(answers).toString();
  return location.pathname + (query && `?${query}`);
}

function replace(form, fresh) {
  const parent = form.parentElement;
  const here = form.contains(document.activeElement) ? document.activeElement : null;
  while (form.nextSibling) form.nextSibling.remove();
  while (fresh.nextSibling) parent.append(fresh.nextSibling);
  form.replaceWith(fresh);
  if (here?.id) keepFocus(here, document.getElementById(here.id));
  startLists(parent);
  pickRows(parent);
  const said = parent.querySelector("[data-filter-said]");
  const count = parent.querySelector(".nothing") ?? parent.querySelector(".listing__count");
  // After the new text has its place, or nobody hears it.
  if (said && count) setTimeout(() => (said.textContent = count.textContent), 50);
}

function keepFocus(old, field) {
  if (!field) return;
  if (old.matches("input[type=text], input[type=search]")) {
    field.value = old.value; // typed on meanwhile
    field.focus();
    field.setSelectionRange(old.selectionStart, old.selectionEnd);
  } else field.focus();
}
