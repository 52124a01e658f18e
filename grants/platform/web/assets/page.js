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
  nameStackedTables,
  renewParts,
  scrollRegions,
  submitOnce,
} from "./small.js";

// Characters are Unicode code points in NFC, as the server counts them.
class CodePoints extends CharacterCount {
  updateCount() {
    this.count = [...this.$textarea.value.trim().normalize("NFC")].length;
  }
}

const PARTS = [
  Button,
  CodePoints,
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
  submitOnce();
  copyButtons();
  closeMenus();
  nameStackedTables();
  scrollRegions();
  renewParts();
}
