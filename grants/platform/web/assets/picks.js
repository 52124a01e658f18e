// Rows that are ticked: a box for all of the page, shift-click for a range, and how many there are.
// Without a script each row is ticked by itself, and the page that follows counts them.

export function pickRows(part = document) {
  for (const area of part.querySelectorAll("[data-picks]")) start(area);
}

function start(area) {
  const boxes = [...area.querySelectorAll('input[name="row"]')];
  const head = area.querySelector("thead .is-pick");
  if (!boxes.length || !head) return;
  const every = allBox(head);
  const all = area.querySelector('input[name="all"]');
  let last = null;
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    every.checked = ticked === boxes.length;
    every.indeterminate = ticked > 0 && !every.checked;
    say(area, ticked, all?.checked);
    offer(area, boxes, all);
  };
  if (all) all.addEventListener("change", tell);
  every.addEventListener("change", () => {
    for (const box of boxes) box.checked = every.checked;
    tell();
  });
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last) range(boxes, last, box);
      last = box;
      if (all) all.checked = false;
      tell();
    });
  }
  addEventListener("pageshow", tell);
  tell();
}

function allBox(head) {
  const words = head.textContent.trim();
  const label = document.createElement("label");
  const box = document.createElement("input");
  label.className = "pick";
  box.className = "pick__box";
  box.type = "checkbox";
  box.setAttribute("aria-label", `${words}: ${head.closest("table").caption.textContent.trim()}`);
  label.append(box);
  head.replaceChildren(label);
  return box;
}

function range(boxes, from, to) {
  const [first, last] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
  for (const box of boxes.slice(first, last + 1)) box.checked = to.checked;
}

function say(area, ticked, whole) {
  const line = area.querySelector("[data-picks-count]");
  if (!line) return;
  const text = (!ticked && line.dataset.first) || line.dataset.text;
  line.textContent = whole && !ticked ? "" : text.replace("%{number}", counted(ticked));
}

// Of many acts those that fit one of the ticked rows; the first of them is the filled button.
function offer(area, boxes, all) {
  const more = area.querySelector("[data-picks-more]");
  if (!more) return;
  const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
  const whole = Boolean(all?.checked);
  more.hidden = !whole && !ticked.length;
  more.open = true;
  more.querySelector("summary").hidden = true;
  let first = true;
  for (const act of more.querySelectorAll("[data-fits]")) {
    const fits = act.dataset.fits.split(" ");
    act.hidden = !whole && !ticked.some((row) => fits.includes(row));
    act.classList.toggle("govuk-button--secondary", !first);
    if (!act.hidden) first = false;
  }
  more.querySelector("[data-picks-none]").hidden = !first;
}

function counted(number) {
  return new Intl.NumberFormat(document.documentElement.lang).format(number);
}
