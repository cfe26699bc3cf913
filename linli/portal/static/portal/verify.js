// The verify page: proves, in the reader's own browser, that what they hold agrees with today's
// books. The mathematics is linliVerify's (dist/verify.js); this asks for the data and says in
// plain words what was shown. Nothing is sent but the questions for public data.
(() => {
  const proof = document.getElementById("proof");
  const words = JSON.parse(document.getElementById("verify-words").textContent);
  const subject = JSON.parse(document.getElementById("verify-subject").textContent);
  const verdict = proof.querySelector(".verdict");
  const checks = proof.querySelector(".checks");
  const proved = proof.querySelector(".proved");
  const verify = window.linliVerify;
  const PROOF_FILE = "c2sp.org/tlog-proof@v1\n";
  const FREE = new Set(["income", "cost", "use", "transfer", "net_assets"]);
  let run = 0;

  class Stop extends Error {}

  function say(name, values = {}) {
    return (words[name] ?? name).replace(/\{(\w+)\}/g, (_all, key) => String(values[key] ?? ""));
  }

  // --- what is shown ---------------------------------------------------------------------------

  function begin() {
    proof.hidden = false;
    verdict.className = "verdict";
    verdict.textContent = say("working");
    checks.replaceChildren();
    proved.replaceChildren();
    run += 1;
    return run;
  }

  function line(kind, text) {
    const item = document.createElement("li");
    item.className = `check check-${kind}`;
    const mark = document.createElement("span");
    mark.className = "visually-hidden";
    mark.textContent = say(kind);
    item.append(mark, text);
    checks.append(item);
  }

  function holds(text) { line("good", text); }
  function note(text) { line("note", text); }
  function fails(text) {
    line("bad", text);
    throw new Stop(text);
  }

  function end(good, text) {
    verdict.className = `verdict verdict-${good ? "good" : "bad"}`;
    verdict.textContent = text;
    proof.focus({ preventScroll: Boolean(subject.book) });
  }

  const yuan = (fen) => {
    const [whole, part] = (Math.abs(fen) / 100).toFixed(2).split(".");
    return `${fen < 0 ? "−" : ""}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${part}`;
  };

  // --- what is asked for ------------------------------------------------------------------------

  async function ask(path, { missing = "" } = {}) {
    let answer;
    try {
      answer = await fetch(path, { credentials: "omit" });
    } catch {
      return fails(say("offline"));
    }
    if (answer.status === 404 && missing) return fails(missing);
    if (!answer.ok) return fails(say("broken", { status: answer.status }));
    return answer;
  }

  async function bookOf(code) {
    const asked = encodeURIComponent(code);
    const told = await (await ask(`/p/${asked}/key`, { missing: say("no_book", { code }) })).json();
    const { vkey = "", leaves = [] } = told.keys[0] ?? {};
    const print = verify.fingerprint(vkey);
    if (!print) fails(say("no_key"));
    const { ok, keys } = verify.verifyKeys(leaves, vkey);
    if (!ok) fails(say("bad_key", { print }));
    const newest = await (await ask(`/p/${asked}/checkpoint`)).text();
    const signed = verify.verifyCheckpointConsistency(newest, newest, [], { keys: [vkey] });
    if (!signed.ok) fails(say("unsigned", { print }));
    holds(say("signed", { size: signed.new.size, print }));
    // Older heads were signed by the keys before: each handed over to the next.
    return { code, asked, vkey, keys, print, newest, head: signed.new };
  }

  async function between(book, size) {
    if (size === book.head.size) return [];
    const query = `old=${size}&new=${book.head.size}`;
    const answer = await ask(`/p/${book.asked}/consistency?${query}`, { missing: say("unknown_size", { size }) });
    return answer.text();
  }

  // --- what this browser has seen before ----------------------------------------------------------

  function remembered(book) {
    try {
      return JSON.parse(localStorage.getItem(`linli:${book.head.origin}`) ?? "null");
    } catch {
      return null;
    }
  }

  async function follow(book) {
    const last = remembered(book);
    if (last) {
      const day = last.on;
      const former = verify.fingerprint(last.vkey) ?? "";
      if (!book.keys.includes(last.vkey)) fails(say("other_key", { day, print: former }));
      if (last.vkey !== book.vkey) holds(say("key_changed", { day, former, print: book.print }));
      if (last.size > book.head.size) fails(say("shrunk", { day, size: last.size }));
      const hashes = await between(book, last.size);
      const judged = verify.verifyCheckpointConsistency(last.checkpoint, book.newest, hashes, { keys: book.keys });
      if (!judged.ok) fails(say("forked", { day }));
      holds(say("followed", { day }));
    }
    return Boolean(last);
  }

  function remember(book) {
    const told = {
      checkpoint: book.newest, size: book.head.size, vkey: book.vkey,
      on: new Date().toLocaleDateString(document.documentElement.lang),
    };
    try {
      localStorage.setItem(`linli:${book.head.origin}`, JSON.stringify(told));
      note(say("remembered"));
    } catch {
      note(say("not_remembered"));
    }
  }

  // --- a paper notice -----------------------------------------------------------------------------

  async function checkNotice() {
    const { root, size } = subject;
    if (!root.startsWith(subject.asked)) fails(say("other_root"));
    const book = await bookOf(subject.book);
    // The head that the paper prints carries no signature of its own: its root is what counts.
    const printed = `${subject.origin}\n${size}\n${subject.rootBase64}\n\n— ${subject.origin} AAAAAAA=\n`;
    const judged = verify.verifyCheckpointConsistency(printed, book.newest, await between(book, size));
    if (!judged.ok || judged.old.root !== root) fails(say("not_beginning"));
    holds(say("beginning", { size, newest: book.head.size, root: `${root.slice(0, 4)} ${root.slice(4, 8)}` }));
    await checkLeaf(book);
    await follow(book);
    remember(book);
    end(true, say("notice_good", { period: subject.period }));
  }

  async function checkLeaf(book) {
    const query = `period=${subject.period}&v=${subject.version}&size=${book.head.size}`;
    const told = await (await ask(`/p/${book.asked}/leaf?${query}`)).json();
    const inside = verify.verifyCountyInclusion(told.body, told.proof, { keys: [book.vkey] });
    const leaf = JSON.parse(told.body);
    const fits = leaf.root === subject.root && leaf.size === subject.size && leaf.period === subject.period;
    if (!inside.ok || !fits) fails(say("no_leaf"));
    holds(say("leaf", { index: leaf.index, period: leaf.period }));
    if (leaf.trial) showClosing(leaf);
    await checkStatement(told.statement, leaf);
  }

  async function checkStatement(path, leaf) {
    if (!globalThis.crypto?.subtle) {
      note(say("no_subtle"));
      return;
    }
    const bytes = await (await ask(path)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    const hex = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex !== leaf.files["statement.json"]) fails(say("other_statement"));
    holds(say("statement"));
  }

  // The closing balances follow from the trial balance that the seal itself binds.
  function showClosing(leaf) {
    const sides = new Map(leaf.chart.map(([fund, code, side]) => [`${fund}/${code}`, side]));
    const sums = new Map();
    for (const [fund, code, debit, credit] of leaf.trial) {
      if (FREE.has(sides.get(`${fund}/${code}`))) sums.set(fund, (sums.get(fund) ?? 0) + credit - debit);
    }
    const list = document.createElement("dl");
    list.className = "numbers";
    for (const [fund, fen] of sums) {
      const row = document.createElement("div"), name = document.createElement("dt"), value = document.createElement("dd");
      name.textContent = say("closing", { fund: words[`fund_${fund}`] ?? fund });
      value.textContent = yuan(fen);
      row.append(name, value);
      list.append(row);
    }
    const head = document.createElement("p");
    head.textContent = say("compare");
    proved.append(head, list);
  }

  // --- a file -------------------------------------------------------------------------------------

  const codeIn = (origin) => (/^linli\/[0-9A-Za-z._-]+\/([0-9A-Za-z_-]+)$/.exec(origin ?? "") ?? [])[1];

  async function checkFile(text) {
    const isProof = text.startsWith(PROOF_FILE);
    const note_ = isProof ? text.slice(text.indexOf("\n\n") + 2) : text;
    const [origin, size] = note_.split("\n");
    const code = codeIn(origin);
    if (!code || !/^(?:0|[1-9]\d*)$/.test(size ?? "")) fails(say("not_a_file"));
    const book = await bookOf(code);
    if (Number(size) > book.head.size) fails(say("ahead", { size }));
    const hashes = await between(book, Number(size));
    if (isProof) checkReceipt(text, book, hashes);
    else checkCheckpoint(text, book, hashes, size);
    await follow(book);
    remember(book);
  }

  function checkReceipt(text, book, hashes) {
    const told = verify.verifyReceipt(text, { keys: book.keys, checkpoint: book.newest, consistency: hashes });
    if (!told.ok) fails(say(words[`receipt_${told.code}`] ? `receipt_${told.code}` : "receipt_form"));
    const { entry, receipt } = told;
    const values = { number: entry.number, date: entry.date, amount: receipt ? yuan(receipt.amount) : "" };
    holds(say(receipt ? "receipt_in" : "entry_in", values));
    holds(say("file_beginning", { size: told.checkpoint.size, newest: book.head.size }));
    const link = document.createElement("a");
    link.href = `/e/${book.asked}/n/${entry.number}/`;
    link.textContent = say("see_entry", values);
    const shown = Object.values({ ...told.entryOpen, ...told.receiptOpen }).join("；");
    const told_ = document.createElement("p");
    told_.lang = "zh-hans";
    told_.textContent = shown;
    proved.append(told_, link);
    end(true, say(receipt ? "receipt_good" : "entry_good", values));
  }

  function checkCheckpoint(text, book, hashes, size) {
    const judged = verify.verifyCheckpointConsistency(text, book.newest, hashes, { keys: book.keys });
    if (!judged.ok) fails(say(judged.code === "signature" || judged.code === "unknown_key" ? "old_unsigned" : "old_forked"));
    holds(say("file_beginning", { size, newest: book.head.size }));
    end(true, say("checkpoint_good", { size }));
  }

  // --- controls -----------------------------------------------------------------------------------

  async function go(work) {
    const mine = begin();
    try {
      await work();
    } catch (fault) {
      if (mine !== run) return;
      if (!(fault instanceof Stop)) line("bad", say("broken", { status: fault.message }));
      end(false, say("bad"));
    }
  }

  const input = document.getElementById("held-file");
  const drop = document.querySelector("[data-drop]");

  async function take(file) {
    if (!file) return;
    await go(async () => {
      if (file.size > 1 << 20) fails(say("not_a_file"));
      await checkFile(await file.text());
    });
  }

  if (!verify) {
    proof.hidden = false;
    end(false, say("no_program"));
    return;
  }
  input.disabled = false;
  input.addEventListener("change", () => take(input.files[0]));
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  if (subject.book) go(checkNotice);
})();
