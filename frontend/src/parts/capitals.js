// Amounts in capital figures; the same answers as linli.kernel.money.capitals (tested against it).
const FIGURES = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["仟", "佰", "拾", ""];
const LIMIT = 2n ** 53n;
const WIDE = "０１２３４５６７８９，．－＋（）￥−‐‑‒–";
const NARROW = "0123456789,.-+()¥-----";

function four(section) {
  let text = "";
  let zero = false;
  [...String(section).padStart(4, "0")].forEach((figure, i) => {
    if (figure === "0") {
      zero = text !== "";
    } else {
      text += (zero ? "零" : "") + FIGURES[figure] + PLACES[i];
      zero = false;
    }
  });
  return text;
}

function whole(number) {
  const high = number / 100000000n;
  const low = number % 100000000n;
  let text = high ? `${whole(high)}亿` : "";
  let skipped = false;
  for (const [section, unit] of [[low / 10000n, "万"], [low % 10000n, ""]]) {
    if (section) text += (text && (section < 1000n || skipped) ? "零" : "") + four(section) + unit;
    skipped = !section;
  }
  return text;
}

/** 140950n → 人民币壹仟肆佰零玖元伍角. */
export function capitals(fen, currency = "人民币") {
  const amount = BigInt(fen);
  const size = amount < 0n ? -amount : amount;
  const yuan = size / 100n;
  const part = Number(size % 100n);
  const jiao = Math.floor(part / 10);
  const cent = part % 10;
  let text = yuan ? `${whole(yuan)}元` : "";
  if (!part) text = `${text || "零元"}整`;
  else if (jiao) {
    text += (yuan && yuan % 10n === 0n ? "零" : "") + FIGURES[jiao] + "角";
    text += cent ? `${FIGURES[cent]}分` : "";
  } else text += `${yuan ? "零" : ""}${FIGURES[cent]}分`;
  return `${currency}${amount < 0n ? "负" : ""}${text}`;
}

/** Fen of an amount as typed, or null while it is not (yet) an amount of whole fen. */
export function fenOf(typed) {
  const text = [...typed].map((c) => NARROW[WIDE.indexOf(c)] ?? c).join("").trim();
  const found = /^([+-]?)\s*¥?\s*(\d+|\d{1,3}(?:,\d{3})+)?(?:\.(\d{1,2}))?\s*元?$/.exec(text);
  if (!found || (found[2] === undefined && found[3] === undefined)) return null;
  const fen = BigInt((found[2] ?? "0").replaceAll(",", "")) * 100n
    + BigInt((found[3] ?? "0").padEnd(2, "0"));
  return fen < LIMIT ? (found[1] === "-" ? -fen : fen) : null;
}

/** 123450n → 1,234.50 with a true minus sign. */
export function yuan(fen) {
  const amount = BigInt(fen);
  const size = amount < 0n ? -amount : amount;
  const grouped = String(size / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? "−" : ""}${grouped}.${String(size % 100n).padStart(2, "0")}`;
}
