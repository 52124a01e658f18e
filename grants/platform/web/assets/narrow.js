// A long list of statements in two steps: first the question, then what is said about it. Without
// JavaScript the list has the questions as headings.

export function narrowLists() {
  for (const list of document.querySelectorAll("select[data-first]")) narrow(list);
  for (const table of document.querySelectorAll("[data-rows]")) {
    table.addEventListener("rows", () => {
      for (const list of table.querySelectorAll("tbody select[data-first]")) narrow(list);
    });
  }
}

function narrow(list) {
  const groups = [...list.querySelectorAll("optgroup")];
  if (list.dataset.narrowed || groups.length < 2) return;
  list.dataset.narrowed = "yes";
  const first = document.createElement("select");
  first.className = "govuk-select";
  first.id = `${list.id}-first`;
  first.append(new Option(list.options[0].text, ""));
  groups.forEach((group, place) => first.append(new Option(group.label, place)));
  const label = document.createElement("label");
  label.className = "govuk-label";
  label.htmlFor = first.id;
  label.textContent = list.dataset.first;
  const frame = document.createElement("div");
  frame.className = "govuk-form-group";
  frame.append(label, first);
  list.closest(".govuk-form-group").before(frame);
  const chosen = list.selectedOptions[0]?.parentElement;
  first.value = groups.includes(chosen) ? groups.indexOf(chosen) : "";
  show();
  first.addEventListener("change", () => {
    show();
    list.value = "";
    list.dispatchEvent(new Event("input", { bubbles: true }));
  });

  function show() {
    groups.forEach((group, place) => {
      group.hidden = first.value !== "" && Number(first.value) !== place;
    });
    list.disabled = first.value === "";
  }
}
