// The weighted total while a reviewer marks. The server computes it again, exactly.

import { written } from "./numbers.js";

const HIGHEST = 5n;

export function addMarks() {
  for (const sheet of document.querySelectorAll("[data-marks]")) {
    sheet.addEventListener("change", () => total(sheet));
    total(sheet);
  }
}

function total(sheet) {
  let reached = 0n;
  let weights = 0n;
  let given = 0;
  for (const criterion of sheet.querySelectorAll("[data-weight]")) {
    const weight = BigInt(criterion.dataset.weight);
    const chosen = criterion.querySelector("input:checked");
    weights += weight;
    if (!chosen) continue;
    reached += weight * BigInt(chosen.value);
    given += 1;
  }
  const hundredths = halfEvenQuotient(reached * 10_000n, weights * HIGHEST);
  sheet.querySelector("[data-marks-total]").textContent = written(hundredths, 2, sheet);
  sheet.querySelector("[data-marks-given]").textContent = given;
}

function halfEvenQuotient(part, whole) {
  const floor = part / whole;
  const twice = 2n * (part % whole);
  const up = twice > whole || (twice === whole && floor % 2n === 1n);
  return up ? floor + 1n : floor;
}
