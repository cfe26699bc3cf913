// Everything the verifier says, as [Chinese, English]. FAULTS are word for word those of verify.py.

export const FAULTS = {
  "file.missing": [
    "文件缺失，但清单 {sums} 里有它",
    "missing, though {sums} lists it",
  ],
  "file.extra": [
    "没有任何清单列出这个文件",
    "no list names this file",
  ],
  "file.hash": [
    "内容与清单 {sums} 中的校验值不符",
    "differs from its hash in {sums}",
  ],
  "file.required": [
    "缺少必须有的文件 {name}",
    "the required file {name} is not listed",
  ],
  "file.link": [
    "是符号链接，不予检查",
    "is a symbolic link and is not read",
  ],
  "note.form": [
    "不是合格的签名文件：{why}",
    "not a well-formed signed note: {why}",
  ],
  "note.unsigned": [
    "没有 {name} 的签名",
    "not signed by {name}",
  ],
  "note.signature": [
    "{name} 的签名不成立",
    "the signature of {name} does not hold",
  ],
  "sums.form": [
    "清单行格式不对",
    "not a line of a hash list",
  ],
  "key.form": [
    "不是合格的公钥：{why}",
    "not a well-formed key: {why}",
  ],
  "key.chain": [
    "换钥记录不成立：{why}",
    "the change of key does not hold: {why}",
  ],
  "key.none": [
    "日志第 0 条不是公钥声明，无法检查签名",
    "leaf 0 does not announce a key",
  ],
  "line.form": [
    "不是规定的写法：{why}",
    "not in the prescribed form: {why}",
  ],
  "body.form": [
    "正文不是规定的写法：{why}",
    "the body is not in its one spelling: {why}",
  ],
  "body.field": [
    "正文的字段 {name} 不合规定",
    "the body's field {name} is not as prescribed",
  ],
  "body.version": [
    "正文版本 {v} 不认识，请用更新的验证程序",
    "body version {v} is unknown",
  ],
  "open.fields": [
    "承诺的字段与公开、不公开的字段对不上",
    "open and withheld fields do not cover the commitments",
  ],
  "open.value": [
    "公开的内容与当时的承诺不符",
    "the shown value is not the one committed to",
  ],
  "leaf.index": [
    "行上的序号与正文的序号 {told} 不符",
    "the line's index is not the body's, {told}",
  ],
  "leaf.conflict": [
    "第 {index} 条与 {where} 公布的不一样",
    "leaf {index} differs from the one in {where}",
  ],
  "leaf.range": [
    "应依次含第 {start} 至 {end} 条，缺或错第 {index} 条",
    "should hold leaves {start} to {end} in order; leaf {index} is missing or misplaced",
  ],
  "leaf.missing": [
    "日志缺第 {index} 条，其后无法推算",
    "leaf {index} is missing; nothing after it can be derived",
  ],
  "leaf.hidden": [
    "第 {index} 条早该公布，至今只有校验值",
    "leaf {index} should have been shown by now",
  ],
  "leaf.late": [
    "第 {index} 条属于 {period}，却没有在那个月公布",
    "leaf {index} belongs to {period} but was not shown in that month",
  ],
  "leaf.misplaced": [
    "第 {index} 条不该在这里全文公布",
    "leaf {index} should not be shown in full here",
  ],
  "tree.root": [
    "树根与由全部记录推算的不符（大小 {size}）",
    "the root is not the one derived from all leaves (size {size})",
  ],
  "tree.size": [
    "大小应为 {want}，写的是 {told}",
    "the size should be {want}, not {told}",
  ],
  "tree.origin": [
    "名称应为 {want}，写的是 {told}",
    "the origin should be {want}, not {told}",
  ],
  "proof.old": [
    "没有从大小 {size} 到这里的一致性证明",
    "no consistency proof from size {size}",
  ],
  "proof.consistency": [
    "从大小 {size} 起的一致性证明不成立：之前公布的内容可能被改过",
    "the consistency proof from size {size} does not hold: what was published before may have been altered",
  ],
  "proof.inclusion": [
    "不能证明本账套的检查点在县级日志中",
    "does not show this book's checkpoint in the county's log",
  ],
  "county.fork": [
    "大小 {size} 的县级日志有两个树根：{where}",
    "the county's log has two roots at size {size}: {where}",
  ],
  "folder.order": [
    "与 {where} 在日志里的先后、月份或版本对不上",
    "out of order with {where} in log, month or version",
  ],
  "folder.name": [
    "文件夹是 {want}，正文写的是 {told}",
    "the folder is {want}, the body says {told}",
  ],
  "folder.kind": [
    "应是{want}，却是 {told}",
    "should be a {want}, is {told}",
  ],
  "entry.number": [
    "分录编号应为 {want}，写的是 {told}",
    "the entry's number should be {want}, not {told}",
  ],
  "entry.date": [
    "记账日期与所属月份不符",
    "date and period disagree",
  ],
  "entry.sealed": [
    "记入了已封存的 {period}",
    "dated in the sealed month {period} or before it",
  ],
  "entry.balance": [
    "资金 {fund} 借贷不平，差 {fen}",
    "fund {fund} is out of balance by {fen}",
  ],
  "entry.lines": [
    "分录不足两行或有零行",
    "fewer than two lines, or a zero line",
  ],
  "entry.account": [
    "账户 {fund}/{account} 不在封存的科目表里",
    "account {fund}/{account} is not in the sealed chart",
  ],
  "entry.opening": [
    "期初结转只能在第一个月之前或当月记一次",
    "openings are entered only before or in the first month",
  ],
  "entry.unpublished": [
    "记在 {period}，而这个月没有公布",
    "dated in {period}, a month that was not published",
  ],
  "entry.key": [
    "与第 {index} 条重复入账（同一幂等键）",
    "posted twice: leaf {index} has the same key",
  ],
  "entry.reversal": [
    "不是第 {number} 号分录的恰当冲销",
    "not a proper reversal of entry {number}",
  ],
  "entry.receipts": [
    "收据的张数、合计或树根与分录不符",
    "number, sum or root of the receipts differ from the entry",
  ],
  "entry.receipt_sum": [
    "收据合计 {told} 不等于分录收入 {want}",
    "the receipts add up to {told}, the income is {want}",
  ],
  "receipt.stray": [
    "这张收据不属于本文件夹的任何分录",
    "belongs to no entry of this folder",
  ],
  "answer.objection": [
    "答复没有对应的异议",
    "answers no earlier objection",
  ],
  "seal.previous": [
    "没有接上前一次封存",
    "does not follow on from the previous seal",
  ],
  "seal.early": [
    "封存时 {period} 还没有结束",
    "sealed before {period} was over",
  ],
  "seal.trial": [
    "试算表 {name} 应为 {want}，写的是 {told}",
    "trial balance of {name} should be {want}, not {told}",
  ],
  "seal.bank": [
    "资金账户与科目表不符",
    "the money accounts differ from the chart",
  ],
  "seal.chart": [
    "账户 {name} 不见了，或与前一次封存的类别不同",
    "account {name} is gone, or of another side than in the seal before",
  ],
  "seal.file": [
    "与封存时的文件不是同一个",
    "is not the file that was sealed",
  ],
  "statement.form": [
    "报表写法不对：{why}",
    "not a well-formed statement: {why}",
  ],
  "statement.value": [
    "公布的是 {told}，由分录推算是 {want}",
    "says {told}; the entries give {want}",
  ],
  "trust.unknown": [
    "给出的公钥没有签署这里的任何账套",
    "the trusted key signed none of these books",
  ],
  "since.unknown": [
    "保存的检查点（{origin}）不属于这里的任何日志",
    "the kept checkpoint ({origin}) belongs to no log here",
  ],
  "since.key": [
    "保存的检查点不是由这里的公钥签署的",
    "the kept checkpoint was not signed by the keys found here",
  ],
  "since.root": [
    "大小 {size} 时的树根与保存的检查点不符：账目在那之后被改过",
    "at size {size} the root is not that of the kept checkpoint: the books were altered since",
  ],
  "since.ahead": [
    "保存的检查点（大小 {size}）比公布的还新：这里公布的是旧的或被截短的",
    "the kept checkpoint (size {size}) is newer than what is published: this is old or cut short",
  ],
  "since.between": [
    "没有能核对保存的检查点（大小 {size}）的证明",
    "nothing here can be checked against the kept checkpoint (size {size})",
  ],
  "broken": [
    "检查中断：{why}",
    "the check broke off: {why}",
  ],
};

// What stands on the page itself: [Chinese, English].
export const PAGE = {
  logo: ["邻", "邻"],
  title: ["邻里账目验证", "Checking linli's books"],
  lead: [
    "把公布的账目文件夹交给这一页，它会逐笔重新推算每个数字，并检查此前公布的内容有没有被改动。全部在你自己的电脑上完成，不上传任何文件。",
    "Give this page the published folder. It adds up every figure again from the entries and checks that nothing published before has been altered. All of it happens on your own computer; nothing is uploaded.",
  ],
  noscript: [
    "这一页要用 JavaScript 计算。不便开启时，可以改用同一文件夹里的 verify.py。",
    "This page computes with JavaScript. Without it, use verify.py in the same folder.",
  ],
  language: ["English", "中文"],
  folder_title: ["一、选择公布的文件夹", "1. Choose the published folder"],
  folder_help: [
    "选最上层的文件夹：里面有 SHA256SUMS、county.vkey，以及每个账套的文件夹。也可以把文件夹拖到这里。",
    "Take the topmost folder: it holds SHA256SUMS, county.vkey and one folder for each book. You can also drop the folder here.",
  ],
  folder_label: ["选择文件夹", "Choose folder"],
  here: ["检查本网站公布的文件夹", "Check the folder on this site"],
  anchor_title: ["二、用你手里的凭据核对（可选，但很重要）", "2. Compare with what you hold (optional, but it matters)"],
  anchor_help: [
    "没有这一步，只能证明文件夹自己前后一致：整个文件夹都被换掉的话是看不出来的。",
    "Without this step the folder is only shown to agree with itself: if all of it was replaced, that cannot be seen.",
  ],
  trust_label: ["公钥，或公示栏、收据上印的指纹", "A key, or the fingerprint printed on a notice or receipt"],
  since_label: ["以前保存的检查点文件（checkpoint）", "A checkpoint file that you kept"],
  receipt_title: ["三、检查一张收据（可选）", "3. Check a receipt (optional)"],
  receipt_help: [
    "选择收据文件（.tlog-proof）。公钥取自上面的文件夹，或上面填写的公钥。",
    "Choose the receipt file (.tlog-proof). The keys come from the folder above, or from the key you gave.",
  ],
  receipt_label: ["选择收据文件", "Choose receipt file"],
  again: ["重新检查", "Check again"],
  result_title: ["结果", "Result"],
  waiting: ["还没有选择文件夹。", "No folder chosen yet."],
  reading: ["正在检查：第 {done} 个账套，共 {all} 个（{book}）……", "Checking book {done} of {all} ({book})…"],
  good: ["全部相符：{books} 个账套，{folders} 个文件夹，{entries} 笔分录。", "All holds: {books} books, {folders} folders, {entries} entries."],
  bad: ["发现 {count} 处不符。", "{count} faults found."],
  empty: ["这不是公布的文件夹：没有找到账套。", "This is not a published folder: no book was found."],
  broken_off: ["检查中断：{why}", "The check broke off: {why}"],
  bad_trust: ["填写的不是公钥，也不是指纹。", "This is neither a key nor a fingerprint."],
  bad_since: ["这不是检查点文件。", "This is not a checkpoint file."],
  anchor_trust: ["已用你给出的公钥核对", "checked against the key you gave"],
  anchor_since: ["与你保存的检查点一致，此后只有增加、没有改动", "agrees with the checkpoint you kept; since then only added to"],
  anchor_none: ["只证明自洽：还没有用你手里的凭据核对", "only shown to agree with itself: not compared with anything you hold"],
  print: ["县级公钥指纹（与公示栏比对）：", "Fingerprint of the county's key (compare with the notice board):"],
  book_print: ["账套公钥指纹：", "Fingerprint of the book's key:"],
  col_period: ["月份", "Month"],
  col_state: ["结论", "Verdict"],
  col_entries: ["分录", "Entries"],
  col_seal: ["封印", "Seal"],
  col_closing: ["结余（元）", "Closing (yuan)"],
  opening: ["上期结余", "Brought forward"],
  income: ["收入", "Income"],
  cost: ["合理成本", "Costs"],
  use: ["使用", "Uses"],
  transfer: ["转入转出", "Transfers"],
  closing: ["本期结余", "Carried forward"],
  state_good: ["通过", "holds"],
  state_bad: ["有误", "fault"],
  version: ["第 {version} 版（更正）", "version {version} (correction)"],
  hidden: ["另有 {count} 条属于以后月份，届时公布", "{count} more belong to later months"],
  faults_title: ["不符之处", "What does not hold"],
  col_where: ["位置", "Where"],
  col_what: ["不符", "What"],
  line: ["第 {line} 行", "line {line}"],
  more: ["……另有 {count} 处。", "… and {count} more."],
  proves_title: ["通过说明什么", "What a pass shows"],
  proves_1: ["报表上的每个数字都由分录相加而来，一笔不多、一笔不少。", "Every figure in the statements is the sum of entries, not one more and not one less."],
  proves_2: ["各月首尾相接，封存以后没有再记账、没有改动。", "The months follow on from one another; nothing was entered or altered after a seal."],
  proves_3: ["用可信公钥或以前的检查点核对过的：确是他们签的，而且那以后没有改过。", "Where a trusted key or an earlier checkpoint was used: it is what they signed, and it was not altered since."],
  limits_title: ["通过不能说明什么", "What a pass does not show"],
  limits_1: ["从来没有入账的现金。手里有收据而账上查不到，就是证据。", "Cash that was never entered. A receipt in your hand that is not in the books is the proof of that."],
  limits_2: ["票据、合同本身是真是假，价格是否合理。", "Whether papers and contracts are genuine, or prices fair."],
  limits_3: ["没有公开的内容（每处都写着不公开的理由）。", "What is withheld (each with its reason)."],
  limits_4: ["PDF、CSV 和网页上的文字是否与报表一致：它们只核对了是不是封存的那一份，数字请以这里算出的为准。", "Whether PDF, CSV and web page say the same as the statement: they are only shown to be the files that were sealed. Rely on the figures shown here."],
  receipt_good: ["这张收据在账上：{amount} 元，{date} 记入第 {number} 号分录。", "This receipt is in the books: {amount} yuan, in entry {number} of {date}."],
  entry_good: ["这笔分录在账上：{date}，第 {number} 号分录。", "This entry is in the books: entry {number} of {date}."],
  receipt_under: ["由 {name} 签署的检查点（大小 {size}，{short}）证明。", "Shown under the checkpoint (size {size}, {short}) signed by {name}."],
  receipt_bad: ["这张收据不能证明在账上：{why}", "This receipt is not shown to be in the books: {why}"],
  "receipt.fork": [
    "它依据的检查点与这个文件夹不是同一本账。请把收据文件和文件夹都留好：这说明同一把公钥签过两本不同的账",
    "its checkpoint is not of the books in this folder. Keep both: the same key has signed two different books",
  ],
  "receipt.form": ["文件格式不对", "the file is not well-formed"],
  "receipt.unknown_key": ["没有认识的公钥签名；请先选择文件夹，或填写公钥", "no known key signed it; choose the folder first, or give a key"],
  "receipt.signature": ["签名不成立", "the signature does not hold"],
  "receipt.inclusion": ["分录不在检查点的账里", "the entry is not in the books of this checkpoint"],
  "receipt.entry": ["证明的不是这笔分录", "the proof is of another entry"],
  "receipt.receipt": ["收据不在这笔分录里", "the receipt is not among those of this entry"],
  "receipt.open": ["公开的内容与当时的承诺不符", "a shown value is not the one committed to"],
};

export const FUNDS = {
  common: ["公共收益", "common income"],
  seed: ["种子基金", "seed fund"],
  fiscal: ["财政经费", "fiscal funds"],
};

const filled = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
const at = (lang) => (lang === "en" ? 1 : 0);

// A word of the page in a language ("zh" or "en"), its places filled in.
export function word(name, lang, values = {}) {
  return filled(PAGE[name][at(lang)], values);
}

// A fault in a language.
export function sayFault({ code, values }, lang) {
  return filled(FAULTS[code][at(lang)], values);
}

export function fundName(fund, lang) {
  return Object.hasOwn(FUNDS, fund) ? FUNDS[fund][at(lang)] : fund;
}
