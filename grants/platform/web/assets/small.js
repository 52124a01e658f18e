// Small conveniences: no double submission, copy buttons, menus that close, regions that scroll,
// parts of a page that show work going on.

const PATIENCE = 8000; // after so long a person may press again
const UNDO = 10000;

// What lists have besides, on a page that opens and where a filter has replaced one.
export function startLists(part = document) {
  submitOnce(part);
  nameStackedTables(part);
  scrollRegions(part);
}

// A page that comes back from the browser's cache can be sent again.
addEventListener("pageshow", () => document.querySelectorAll("form[data-once]").forEach(release));

function submitOnce(part) {
  for (const form of part.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      event.submitter?.setAttribute("aria-busy", "true");
      setTimeout(() => release(form), PATIENCE);
    });
  }
}

export function release(form) {
  delete form.dataset.sent;
  form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
}

// What can be taken back for ten seconds: after that the button would only say that it is too late.
export function endUndo() {
  for (const form of document.querySelectorAll("[data-undo]")) {
    setTimeout(() => {
      if (form.contains(document.activeElement)) return; // somebody is about to press it
      form.remove();
    }, UNDO);
  }
}

export function copyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    const said = button.firstChild.textContent;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.firstChild.textContent = button.dataset.copied;
      setTimeout(() => (button.firstChild.textContent = said), 2500);
    });
  }
}

export function closeMenus() {
  const menus = () => [...document.querySelectorAll("[data-menu]")];
  addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
  addEventListener("keydown", (event) => {
    const open = menus().find((menu) => menu.open);
    if (event.key !== "Escape" || !open) return;
    open.open = false;
    open.querySelector("summary").focus();
  });
}

// A bubble of the map and the row of its country are shown together, from either of them.
export function linkMap() {
  for (const bubble of document.querySelectorAll(".map__links a")) {
    const row = document.getElementById(bubble.href.baseVal.split("#")[1])?.closest("tr");
    if (!row) continue;
    for (const one of [bubble, row]) {
      for (const [event, points] of Object.entries(POINTING)) {
        one.addEventListener(event, () => {
          bubble.classList.toggle("is-pointed", points);
          row.classList.toggle("is-pointed", points);
        });
      }
    }
  }
}

const POINTING = { mouseenter: true, focusin: true, mouseleave: false, focusout: false };

// A region takes the keyboard's focus only while there is something to scroll. Labels of some
// languages make a table wider than a screen: from then on it scrolls in a region of its own.
function scrollRegions(part) {
  const regions = part.querySelectorAll("[data-scroll]");
  if (!regions.length) return;
  const look = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) {
        target.tabIndex = 0;
        target.classList.add("scroll--many");
      } else target.removeAttribute("tabindex");
    }
  });
  regions.forEach((region) => look.observe(region));
}

// A part that says after how many seconds it is to be looked at again; when it no longer says so,
// the work has ended, and the whole page is another.
export function renewParts() {
  for (const part of document.querySelectorAll("[data-renew]")) {
    const seconds = Number(part.dataset.renew);
    if (seconds) setTimeout(() => renew(part), seconds * 1000);
  }
}

async function renew(part) {
  const answer = await fetch(location.href, { headers: { "X-Renew": "1" } }).catch(() => null);
  const page = new DOMParser().parseFromString((await answer?.text()) ?? "", "text/html");
  const fresh = page.querySelector("[data-renew]");
  if (fresh && !fresh.dataset.renew) {
    location.reload();
    return;
  }
  if (fresh) part.replaceChildren(...fresh.childNodes);
  renewParts();
}

// Tables whose rows stand as blocks on a narrow screen stay tables for screen readers.
const ROLES = {
  thead: "rowgroup",
  tbody: "rowgroup",
  tfoot: "rowgroup",
  tr: "row",
  td: "cell",
  "th[scope=col]": "columnheader",
  "th[scope=row]": "rowheader",
};

function nameStackedTables(page) {
  for (const table of page.querySelectorAll(".data--stack")) {
    table.setAttribute("role", "table");
    for (const [selector, role] of Object.entries(ROLES)) {
      for (const part of table.querySelectorAll(selector)) part.setAttribute("role", role);
    }
  }
}

// The menu of the desk: a rail where there is room, closed until asked for where there is not.
export function foldRail() {
  const rail = document.querySelector("[data-rail]");
  if (!rail) return;
  const wide = matchMedia("(width >= 80rem)");
  const fold = () => (rail.open = wide.matches);
  wide.addEventListener("change", fold);
  fold();
  rail.dataset.ready = "";
}
