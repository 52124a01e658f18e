// What a formula over the cells of a row comes to, as grants/platform/expressions/formulas.py reckons:
// fractions of whole numbers, rounded half-even. `cell` gives the number of a cell, null where empty.

export function computed(node, cell) {
  if (node.number) return node.number.map(BigInt);
  if (node.cell !== undefined) return cell(node.cell);
  return node.sum ? sum(node.sum, cell) : product(node.product, cell);
}

function sum(parts, cell) {
  const values = parts.map(([sign, part]) => [sign, part, computed(part, cell)]);
  const named = values.filter(([, part]) => !part.number);
  if (named.length && named.every(([, , value]) => value === null)) return null;
  return values.reduce(
    (reached, [sign, , value]) => plus(reached, value ?? [0n, 1n], sign === "+" ? 1n : -1n),
    [0n, 1n],
  );
}

function plus([n, d], [more, by], sign) {
  return [n * by + sign * more * d, d * by];
}

function product(parts, cell) {
  let [n, d] = [1n, 1n];
  for (const [sign, part] of parts) {
    const value = computed(part, cell);
    if (value === null || (sign === "/" && value[0] === 0n)) return null;
    const [by, over] = sign === "*" ? value : [value[1], value[0]];
    n *= by;
    d *= over;
  }
  return [n, d];
}

// A fraction in whole units of the last decimal, half-even.
export function rounded([n, d], places) {
  const sign = n < 0n !== d < 0n ? -1n : 1n;
  const top = (n < 0n ? -n : n) * 10n ** BigInt(places);
  const bottom = d < 0n ? -d : d;
  const whole = top / bottom;
  const twice = 2n * (top % bottom);
  const up = twice > bottom || (twice === bottom && whole % 2n === 1n);
  return sign * (up ? whole + 1n : whole);
}
