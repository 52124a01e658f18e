// Totals of a budget or of a matrix while somebody types. The server computes them again, exactly.

import { computed, rounded } from "./formulas.js";
import { halfEven, scaled, written } from "./numbers.js";

const FINE = 6; // decimals a quantity may have

export function addTotals() {
  for (const table of document.querySelectorAll("[data-product]")) {
    const refresh = () => total(table);
    table.addEventListener("input", refresh);
    table.addEventListener("rows", refresh);
    refresh();
  }
  for (const table of document.querySelectorAll("[data-amounts]")) {
    table.addEventListener("input", () => add(table));
  }
  for (const table of document.querySelectorAll("[data-rows]:has([data-sum-of], [data-formula])")) {
    const refresh = () => {
      reckon(table);
      addColumns(table);
    };
    table.addEventListener("input", refresh);
    table.addEventListener("rows", refresh);
  }
  for (const table of document.querySelectorAll("[data-rows]:has([data-spread-sums])")) {
    table.addEventListener("input", () => spread(table));
    table.addEventListener("rows", () => spread(table));
  }
  for (const matrix of document.querySelectorAll("[data-matrix]")) {
    matrix.addEventListener("input", () => count(matrix));
  }
}

function total(table) {
  const places = Number(table.dataset.places);
  const [quantity, unit] = table.dataset.product.split(",");
  let sum = 0n;
  for (const row of table.querySelectorAll("tbody [data-row]")) {
    const many = scaled(typed(row, quantity), FINE);
    const cost = scaled(typed(row, unit), places);
    const line = many === null || cost === null ? null : halfEven(many * cost, FINE);
    row.querySelector("[data-line]").textContent = line === null ? "–" : written(line, places, row);
    sum += line ?? 0n;
  }
  table.querySelector("[data-sum]").textContent = written(sum, places, table);
}

// The computed cells of each row; each may use those before it, as they are rounded.
function reckon(table) {
  for (const row of table.querySelectorAll("tbody [data-row]")) {
    for (const output of row.querySelectorAll("[data-formula]")) {
      const places = Number(output.dataset.places);
      const value = computed(JSON.parse(output.dataset.formula), (cell) => numberIn(row, cell));
      const minor = value && rounded(value, places);
      const least = output.matches("[data-money]") ? places : 0;
      output.dataset.minor = minor ?? "";
      output.textContent = minor === null ? "–" : written(minor, places, row, least);
    }
  }
}

function numberIn(row, { column, places, money, over }) {
  const output = row.querySelector(`[data-column="${column}"] [data-formula]`);
  if (output) return output.dataset.minor ? [BigInt(output.dataset.minor), 10n ** BigInt(places)] : null;
  const minor = scaled(typed(row, column).replace(/[%٪\s]+$/, ""), places, !money);
  return minor === null ? null : [minor, 10n ** BigInt(places) * BigInt(over)];
}

// The columns of a table that are added up, each by itself.
function addColumns(table) {
  for (const output of table.querySelectorAll("[data-sum-of]")) {
    const places = Number(output.dataset.places);
    const plain = output.dataset.least !== output.dataset.places; // no amount of money
    const rows = [...table.querySelectorAll("tbody [data-row]")];
    const values = rows.map((row) => minorIn(row, output.dataset.sumOf, places, plain) ?? 0n);
    const sum = values.reduce((all, value) => all + value, 0n);
    output.textContent = written(sum, places, output, Number(output.dataset.least));
  }
}

function minorIn(row, column, places, plain) {
  const output = row.querySelector(`[data-column="${column}"] [data-formula]`);
  if (output) return output.dataset.minor ? BigInt(output.dataset.minor) : null;
  return scaled(typed(row, column), places, plain);
}

// One column of amounts.
function add(table) {
  const places = Number(table.dataset.amounts);
  const amounts = [...table.querySelectorAll("tbody input")];
  const sum = amounts.reduce((all, input) => all + (scaled(input.value, places) ?? 0n), 0n);
  table.querySelector("[data-sum]").textContent = written(sum, places, table);
}

// A budget by payer and period: each line, and below all lines each of them and all together.
function spread(table) {
  const places = Number(table.querySelector("[data-spread-sums]").dataset.places);
  const sums = new Map();
  for (const box of table.querySelectorAll("tbody [data-row] [data-spread]")) {
    for (const group of box.querySelectorAll("[data-payer]")) {
      const { payer } = group.dataset;
      let own = 0n;
      for (const [at, input] of group.querySelectorAll("input").entries()) {
        const amount = scaled(input.value, places) ?? 0n;
        own += amount;
        for (const key of [`${payer}/${at + 1}`, `${payer}/`, `/${at + 1}`, "/"]) {
          sums.set(key, (sums.get(key) ?? 0n) + amount);
        }
      }
      const output = group.querySelector("output");
      if (output) output.textContent = written(own, places, box);
    }
  }
  for (const output of table.querySelectorAll("[data-spread-sums] [data-of]")) {
    const sum = sums.get(`${output.dataset.of}/${output.dataset.in}`) ?? 0n;
    output.textContent = written(sum, places, table);
  }
}

function typed(row, column) {
  const input = row.querySelector(`[data-column="${column}"] :is(input, select)`);
  return input && !input.closest("[hidden]") ? input.value : ""; // what is not asked does not count
}

function count(matrix) {
  const rows = [...matrix.tBodies[0].rows];
  const columns = [];
  let all = 0n;
  for (const row of rows) {
    let sum = 0n;
    [...row.querySelectorAll("input")].forEach((input, at) => {
      const value = scaled(input.value, 0) ?? 0n;
      sum += value;
      columns[at] = (columns[at] ?? 0n) + value;
    });
    row.querySelector("[data-row-total]").textContent = written(sum, 0, row);
    all += sum;
  }
  matrix.querySelectorAll("[data-column-total]").forEach((cell, at) => {
    cell.textContent = written(columns[at] ?? 0n, 0, matrix);
  });
  matrix.querySelector("[data-total]").textContent = written(all, 0, matrix);
}
