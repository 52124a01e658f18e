// Totals of a budget or of a matrix while somebody types. The server computes them again, exactly.

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
  for (const table of document.querySelectorAll("[data-rows]:has([data-sum-of])")) {
    table.addEventListener("input", () => addColumns(table));
    table.addEventListener("rows", () => addColumns(table));
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

// The columns of a table that are added up, each by itself.
function addColumns(table) {
  for (const output of table.querySelectorAll("[data-sum-of]")) {
    const places = Number(output.dataset.places);
    const plain = output.dataset.least !== output.dataset.places; // no amount of money
    const rows = [...table.querySelectorAll("tbody [data-row]")];
    const values = rows.map((row) => scaled(typed(row, output.dataset.sumOf), places, plain) ?? 0n);
    const sum = values.reduce((all, value) => all + value, 0n);
    output.textContent = written(sum, places, output, Number(output.dataset.least));
  }
}

// One column of amounts.
function add(table) {
  const places = Number(table.dataset.amounts);
  const amounts = [...table.querySelectorAll("tbody input")];
  const sum = amounts.reduce((all, input) => all + (scaled(input.value, places) ?? 0n), 0n);
  table.querySelector("[data-sum]").textContent = written(sum, places, table);
}

function typed(row, column) {
  return row.querySelector(`[data-column="${column}"] :is(input, select)`)?.value ?? "";
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
