// Numbers as people type them, read as grants/core/kernel/money.py reads them, in whole minor units.

const GROUPING = /[\s\u00a0\u202f'’_]/g;
const ARABIC = "٠١٢٣٤٥٦٧٨٩";

export function latin(text) {
  return text
    .replace(/[٠-٩]/g, (mark) => ARABIC.indexOf(mark))
    .replace(/٫/g, ".")
    .replace(/٬/g, ",");
}

// "1,234.5" at 2 places is 123450n; null for what is no number or has more places. A lone mark with
// three digits behind it groups thousands, unless it can be a point: platform/web/typed.py reads a
// plain number so.
export function scaled(text, places, plain = false) {
  const compact = latin(text.trim()).replace(GROUPING, "");
  if (!/^-?\d[\d.,]*$/.test(compact) || compact.length > 20) return null;
  const marks = [...compact].filter((mark) => mark === "." || mark === ",");
  let point = marks.at(-1) ?? "";
  if (point) {
    const behind = compact.length - compact.lastIndexOf(point) - 1;
    const lone = plain ? places < 3 : places !== 3 || point === ",";
    const grouping = new Set(marks).size === 1 && behind === 3 && (lone || marks.length > 1);
    if (grouping || marks.filter((mark) => mark === point).length > 1) point = "";
  }
  const cut = point ? compact.lastIndexOf(point) : compact.length;
  const whole = compact.slice(0, cut);
  const fraction = compact.slice(cut + 1);
  if (!/^-?\d+$|^-?\d{1,3}([.,]\d{2,3})*[.,]\d{3}$/.test(whole)) return null;
  const exact = fraction.replace(/0+$/, "");
  if (exact.length > places) return null;
  return BigInt(whole.replace(/[.,]/g, "") + exact.padEnd(places, "0"));
}

// a ÷ 10^places, half-even, as the books round.
export function halfEven(value, places) {
  const unit = 10n ** BigInt(places);
  const whole = value / unit;
  const twice = 2n * (value % unit);
  const up = twice > unit || (twice === unit && whole % 2n === 1n);
  return up ? whole + 1n : whole;
}

// Minor units as the language of a part of the page writes them, with at least so many decimals.
export function written(minor, places, part, least = places) {
  const sign = minor < 0n ? "-" : "";
  const digits = String(minor).replace("-", "").padStart(places + 1, "0");
  const text = sign + (places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits);
  const language = part.closest("[lang]").lang.slice(0, 2);
  return new Intl.NumberFormat(language === "en" ? "en-GB" : language, {
    minimumFractionDigits: least,
    maximumFractionDigits: places,
    numberingSystem: "latn",
  }).format(text);
}
