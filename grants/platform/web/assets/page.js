// What every page gets: the parts of GOV.UK, and small things of our own.

import {
  Button,
  CharacterCount,
  Checkboxes,
  ErrorSummary,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
  createAll,
} from "./govuk-frontend.js";
import {
  closeMenus,
  copyButtons,
  endUndo,
  linkMap,
  renewParts,
  startLists,
} from "./small.js";

// Words stand between spaces; of Chinese and Japanese, each sign is one.
const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff";
const SIGNS = "\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const WORD = new RegExp(`[${SIGNS}]|[^${SPACE}${SIGNS}]+`, "gu");

// Characters are Unicode code points in NFC. Both are counted as the server counts (lengths.py).
class Lengths extends CharacterCount {
  updateCount() {
    const text = this.$textarea.value.trim().normalize("NFC");
    this.count = this.config.maxwords ? (text.match(WORD) ?? []).length : [...text].length;
  }
}

const PARTS = [
  Button,
  Lengths,
  Checkboxes,
  ErrorSummary,
  PasswordInput,
  Radios,
  ServiceNavigation,
  SkipLink,
];

export function startParts() {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  for (const component of PARTS) createAll(component);
}

// After what listens to a form before it is sent.
export function startSmall() {
  startLists();
  copyButtons();
  linkMap();
  endUndo();
  closeMenus();
  renewParts();
}
