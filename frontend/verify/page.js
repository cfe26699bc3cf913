// The offline page: takes a folder, runs the checks, and says in plain words what holds.
import { Bad } from "./bytes.js";
import { check, readTrust } from "./checker.js";
import { Checkpoint } from "./note.js";
import { verifyReceipt } from "./receipt.js";
import { yuan } from "./folder.js";
import { bookRows, faultRows, totals } from "./report.js";
import { fromDropped, fromPicked, fromSite } from "./source.js";
import { PAGE, word } from "./words.js";

const SHOWN = 100;
const $ = (id) => document.getElementById(id);
const state = { lang: startLanguage(), source: null, checker: null, receipt: null, run: 0 };

function startLanguage() {
  const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language;
  return asked.toLowerCase().startsWith("zh") ? "zh" : "en";
}

const say = (name, values) => word(name, state.lang, values);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== "" && child !== null));
  return element;
}

// --- words --------------------------------------------------------------------------------------

function speak() {
  document.documentElement.lang = state.lang === "en" ? "en" : "zh-CN";
  document.title = say("title");
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = say(element.dataset.word);
  }
  $("language").textContent = say("language");
  $("language").lang = state.lang === "en" ? "zh-CN" : "en";
  show();
}

// --- checking -----------------------------------------------------------------------------------

async function anchors() {
  const trust = [], since = [], typed = $("trust").value.trim();
  $("trust-fault").textContent = "";
  $("since-fault").textContent = "";
  $("trust").removeAttribute("aria-invalid");
  if (typed) {
    try {
      trust.push(readTrust(typed));
    } catch (fault) {
      if (!(fault instanceof Bad)) throw fault;
      $("trust-fault").textContent = say("bad_trust");
      $("trust").setAttribute("aria-invalid", "true");
    }
  }
  for (const file of $("since").files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    try {
      new Checkpoint(bytes);
      since.push(bytes);
    } catch (fault) {
      if (!(fault instanceof Bad)) throw fault;
      $("since-fault").textContent = say("bad_since");
    }
  }
  return { trust, since };
}

async function run(source) {
  const mine = ++state.run;
  state.source = source;
  state.checker = null;
  state.failed = null;
  $("progress").hidden = false;
  $("progress").removeAttribute("value");
  const progress = (done, all, book) => {
    $("progress").max = all;
    $("progress").value = done - 1;
    $("verdict").textContent = say("reading", { done, all, book });
  };
  $("verdict").className = "";
  $("verdict").textContent = "…";
  try {
    await new Promise((done) => setTimeout(done));
    const checker = await check(source, { ...(await anchors()), progress });
    if (mine !== state.run) return;
    state.checker = checker;
  } catch (fault) {
    state.failed = String(fault.message ?? fault);
  }
  $("progress").hidden = true;
  show();
  $("result").focus();
}

function show() {
  const { checker, failed } = state;
  $("books").replaceChildren();
  $("faults").replaceChildren();
  $("again").disabled = !state.source;
  const verdict = (kind, text) => {
    $("verdict").className = kind;
    $("verdict").textContent = text;
  };
  if (failed) verdict("bad", say("broken_off", { why: failed }));
  else if (!checker) verdict("", say("waiting"));
  else if (!checker.books.length) verdict("bad", say("empty"));
  else if (checker.faults.length) verdict("bad", say("bad", { count: checker.faults.length }));
  else verdict("good", say("good", totals(checker)));
  if (checker?.books.length) {
    showFaults(checker);
    showBooks(checker);
  }
  showReceipt();
}

function showFaults(checker) {
  const rows = faultRows(checker, state.lang);
  if (!rows.length) return;
  const body = rows.slice(0, SHOWN).map(({ file, line, field, text }) => make(
    "tr", {},
    cell("", make("code", {}, file), line ? ` ${line}` : "", field ? make("div", { class: "field" }, field) : ""),
    cell("", text),
  ));
  $("faults").append(
    make("h3", {}, say("faults_title")),
    table("faults", [say("col_where"), say("col_what")], body),
    rows.length > SHOWN ? make("p", {}, say("more", { count: rows.length - SHOWN })) : "",
  );
}

// Rows become blocks on a narrow screen, which would take a table's roles away: so they are said.
function table(kind, heads, rows) {
  const head = make("tr", { role: "row" }, ...heads.map((it) => make("th", { scope: "col", role: "columnheader" }, it)));
  rows.forEach((row) => row.setAttribute("role", "row"));
  return make(
    "table", { class: kind, role: "table" },
    make("thead", { role: "rowgroup" }, head), make("tbody", { role: "rowgroup" }, ...rows),
  );
}

function cell(label, ...children) {
  return make("td", { role: "cell", "data-label": label || null }, ...children);
}

function showBooks(checker) {
  for (const book of bookRows(checker, state.lang)) {
    const heads = ["col_period", "col_state", "col_entries", "col_seal", "col_closing"].map((it) => say(it));
    const rows = book.folders.map((it) => make(
      "tr", {},
      make("th", { scope: "row", role: "rowheader" }, it.period, it.version ? make("div", { class: "small" }, it.version) : ""),
      cell("", make("span", { class: it.bad ? "mark bad" : "mark good" }, say(it.bad ? "state_bad" : "state_good"))),
      cell(heads[2], make("span", {}, String(it.entries)), it.hidden ? make("div", { class: "small" }, it.hidden) : ""),
      cell(heads[3], it.seal ? make("code", { class: "seal" }, it.seal) : ""),
      cell("", ...it.funds.map(showFund)),
    ));
    const bad = book.folders.some((it) => it.bad);
    $("books").append(make(
      "section", { class: "book" },
      make("h3", {}, `${book.code} ${book.name}`.trim()),
      bad ? "" : make("p", { class: book.anchor === "none" ? "warn" : "good" }, say(`anchor_${book.anchor}`)),
      table("months", heads, rows),
      book.print ? make("p", { class: "small" }, say("book_print"), " ", make("code", {}, book.print)) : "",
    ));
  }
  const { county } = checker;
  if (county) $("books").append(make("p", {}, say("print"), " ", make("code", {}, county.print)));
}

function showFund({ name, closing, rows }) {
  const figures = rows.map((row) => make("div", { class: row.kind }, make("dt", {}, row.name), make("dd", {}, row.yuan)));
  return make("details", {}, make("summary", {}, `${name} `, make("strong", {}, closing)), make("dl", {}, ...figures));
}

// --- receipts -----------------------------------------------------------------------------------

function knownKeys() {
  const keys = (state.checker?.books ?? []).flatMap((book) => book.keys.map(([, key]) => key.text));
  const typed = $("trust").value.trim();
  return typed.includes("+") ? [...keys, typed] : keys;
}

function showReceipt() {
  const box = $("receipt-result");
  box.replaceChildren();
  if (!state.receipt) return;
  const told = verifyReceipt(state.receipt, { keys: knownKeys() });
  const book = told.ok && state.checker?.books.find((it) => it.origin === told.checkpoint.origin);
  if (book && book.agrees(told.checkpoint) === false) Object.assign(told, { ok: false, code: "fork" });
  if (!told.ok) {
    const name = `receipt.${told.code}`;
    const why = Object.hasOwn(PAGE, name) ? say(name) : told.why;
    box.append(make("p", { class: "bad" }, say("receipt_bad", { why })));
    return;
  }
  const { entry, receipt, checkpoint, signedBy } = told;
  const values = { number: entry.number, date: entry.date, amount: receipt ? yuan(receipt.amount) : "" };
  const shown = Object.values({ ...told.entryOpen, ...told.receiptOpen });
  box.append(
    make("p", { class: "good" }, say(receipt ? "receipt_good" : "entry_good", values)),
    shown.length ? make("p", {}, shown.join("；")) : "",
    make("p", { class: "small" }, say("receipt_under", { name: signedBy, ...checkpoint })),
  );
}

// --- controls -----------------------------------------------------------------------------------

$("language").addEventListener("click", () => {
  state.lang = state.lang === "en" ? "zh" : "en";
  speak();
});
$("folder").addEventListener("change", ({ target }) => {
  if (target.files.length) run(fromPicked(target.files));
});
$("again").addEventListener("click", () => run(state.source));
$("anchors").addEventListener("submit", (event) => {
  event.preventDefault();
  if (state.source) run(state.source);
});
$("receipt").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  state.receipt = file ? new Uint8Array(await file.arrayBuffer()) : null;
  showReceipt();
});
if (location.protocol.startsWith("http")) {
  $("here").hidden = false;
  $("here").addEventListener("click", async () => run(await fromSite(new URL(".", location.href))));
}

const drop = $("drop");
for (const kind of ["dragenter", "dragover"]) {
  drop.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
drop.addEventListener("drop", async (event) => {
  event.preventDefault();
  run(await fromDropped(event.dataTransfer.items));
});

speak();
