// The menu of countries beside a telephone number: choosing one writes its code into the box. The
// box alone is sent, and the number can always be typed whole.

import { latin } from "./numbers.js";

const BEGINS = /^\s*(\+|00)/;

function codeIn(menu, text) {
  if (!BEGINS.test(text)) return "";
  const digits = latin(text).replace(BEGINS, "").replace(/\D/g, "");
  const fitting = [...menu.options].filter((one) => one.value && digits.startsWith(one.value));
  if (fitting.includes(menu.selectedOptions[0])) return menu.selectedIndex;
  const longest = Math.max(...fitting.map((one) => one.value.length));
  const best = fitting.filter((one) => one.value.length === longest);
  return (best.find((one) => "first" in one.dataset) ?? best[0])?.index ?? 0;
}

export function chooseCalling() {
  for (const menu of document.querySelectorAll("select[data-calling]")) {
    const box = menu.parentElement.querySelector("input");
    const show = () => {
      menu.selectedIndex = codeIn(menu, box.value) || 0;
    };
    let code = "";
    const remember = () => {
      code = menu.value;
    };
    show();
    remember();
    menu.hidden = false;
    box.addEventListener("input", () => {
      show();
      remember();
    });
    menu.addEventListener("change", () => {
      const typed = latin(box.value).trim();
      const national = BEGINS.test(typed)
        ? typed.replace(BEGINS, "").slice(code.length).trim()
        : typed;
      const chosen = menu.selectedIndex;
      if (menu.value) box.value = `+${menu.value} ${national}`;
      box.dispatchEvent(new Event("input", { bubbles: true }));
      menu.selectedIndex = chosen;
      remember();
      box.focus();
    });
  }
}
