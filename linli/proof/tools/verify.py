#!/usr/bin/env python3
"""检查邻里（linli）公布的账目文件夹：每个数字都能由分录推算出来，此前公布的内容没有被改动。

    python3 verify.py [文件夹] [--trust 公钥或指纹或文件] [--since 以前保存的检查点] [--lang en] [--json]

只用 Python 自带的库（3.8 以上），不联网，不写任何文件。全部相符时退出码为 0，有不符为 1，用法有误为 2。

Checks a folder published by linli: every figure follows from the entries, and nothing published
before has been altered. Standard library only (Python >= 3.8), no network, writes nothing. Exit
code 0 if all holds, 1 if anything does not, 2 for wrong usage. The format is docs/format.md of
linli; the hashes are those of RFC 6962, the signatures those of C2SP signed-note (Ed25519).
"""

# ruff: noqa: B905, DTZ007 -- zip(strict) and datetime.UTC are newer than the Python it must run on

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache

# fmt: off
WORDS = {
    # files and signatures
    "file.missing": ("文件缺失，但清单 {sums} 里有它",
        "missing, though {sums} lists it"),
    "file.extra": ("没有任何清单列出这个文件",
        "no list names this file"),
    "file.hash": ("内容与清单 {sums} 中的校验值不符",
        "differs from its hash in {sums}"),
    "file.required": ("缺少必须有的文件 {name}",
        "the required file {name} is not listed"),
    "file.link": ("是符号链接，不予检查",
        "is a symbolic link and is not read"),
    "note.form": ("不是合格的签名文件：{why}",
        "not a well-formed signed note: {why}"),
    "note.unsigned": ("没有 {name} 的签名",
        "not signed by {name}"),
    "note.signature": ("{name} 的签名不成立",
        "the signature of {name} does not hold"),
    "sums.form": ("清单行格式不对",
        "not a line of a hash list"),
    "key.form": ("不是合格的公钥：{why}",
        "not a well-formed key: {why}"),
    "key.chain": ("换钥记录不成立：{why}",
        "the change of key does not hold: {why}"),
    "key.none": ("日志第 0 条不是公钥声明，无法检查签名",
        "leaf 0 does not announce a key"),
    # lines and bodies
    "line.form": ("不是规定的写法：{why}",
        "not in the prescribed form: {why}"),
    "body.form": ("正文不是规定的写法：{why}",
        "the body is not in its one spelling: {why}"),
    "body.field": ("正文的字段 {name} 不合规定",
        "the body's field {name} is not as prescribed"),
    "body.version": ("正文版本 {v} 不认识，请用更新的验证程序",
        "body version {v} is unknown"),
    "open.fields": ("承诺的字段与公开、不公开的字段对不上",
        "open and withheld fields do not cover the commitments"),
    "open.value": ("公开的内容与当时的承诺不符",
        "the shown value is not the one committed to"),
    # the tree
    "leaf.index": ("行上的序号与正文的序号 {told} 不符",
        "the line's index is not the body's, {told}"),
    "leaf.conflict": ("第 {index} 条与 {where} 公布的不一样",
        "leaf {index} differs from the one in {where}"),
    "leaf.range": ("应依次含第 {start} 至 {end} 条，缺或错第 {index} 条",
        "should hold leaves {start} to {end} in order; leaf {index} is missing or misplaced"),
    "leaf.missing": ("日志缺第 {index} 条，其后无法推算",
        "leaf {index} is missing; nothing after it can be derived"),
    "leaf.hidden": ("第 {index} 条早该公布，至今只有校验值",
        "leaf {index} should have been shown by now"),
    "leaf.late": ("第 {index} 条属于 {period}，却没有在那个月公布",
        "leaf {index} belongs to {period} but was not shown in that month"),
    "leaf.misplaced": ("第 {index} 条不该在这里全文公布",
        "leaf {index} should not be shown in full here"),
    "tree.root": ("树根与由全部记录推算的不符（大小 {size}）",
        "the root is not the one derived from all leaves (size {size})"),
    "tree.size": ("大小应为 {want}，写的是 {told}",
        "the size should be {want}, not {told}"),
    "tree.origin": ("名称应为 {want}，写的是 {told}",
        "the origin should be {want}, not {told}"),
    "proof.old": ("没有从大小 {size} 到这里的一致性证明",
        "no consistency proof from size {size}"),
    "proof.consistency": ("从大小 {size} 起的一致性证明不成立：之前公布的内容可能被改过",
        "the consistency proof from size {size} does not hold: what was published before may have been altered"),
    "proof.inclusion": ("不能证明本账套的检查点在县级日志中",
        "does not show this book's checkpoint in the county's log"),
    "county.fork": ("大小 {size} 的县级日志有两个树根：{where}",
        "the county's log has two roots at size {size}: {where}"),
    "folder.order": ("与 {where} 在日志里的先后、月份或版本对不上",
        "out of order with {where} in log, month or version"),
    "folder.name": ("文件夹是 {want}，正文写的是 {told}",
        "the folder is {want}, the body says {told}"),
    "folder.kind": ("应是{want}，却是 {told}",
        "should be a {want}, is {told}"),
    # entries
    "entry.number": ("分录编号应为 {want}，写的是 {told}",
        "the entry's number should be {want}, not {told}"),
    "entry.date": ("记账日期与所属月份不符",
        "date and period disagree"),
    "entry.sealed": ("记入了已封存的 {period}",
        "dated in the sealed month {period} or before it"),
    "entry.balance": ("资金 {fund} 借贷不平，差 {fen}",
        "fund {fund} is out of balance by {fen}"),
    "entry.lines": ("分录不足两行或有零行",
        "fewer than two lines, or a zero line"),
    "entry.account": ("账户 {fund}/{account} 不在封存的科目表里",
        "account {fund}/{account} is not in the sealed chart"),
    "entry.opening": ("期初结转只能在第一个月之前或当月记一次",
        "openings are entered only before or in the first month"),
    "entry.unpublished": ("记在 {period}，而这个月没有公布",
        "dated in {period}, a month that was not published"),
    "entry.key": ("与第 {index} 条重复入账（同一幂等键）",
        "posted twice: leaf {index} has the same key"),
    "entry.reversal": ("不是第 {number} 号分录的恰当冲销",
        "not a proper reversal of entry {number}"),
    "entry.receipts": ("收据的张数、合计或树根与分录不符",
        "number, sum or root of the receipts differ from the entry"),
    "entry.receipt_sum": ("收据合计 {told} 不等于分录收入 {want}",
        "the receipts add up to {told}, the income is {want}"),
    "receipt.stray": ("这张收据不属于本文件夹的任何分录",
        "belongs to no entry of this folder"),
    "answer.objection": ("答复没有对应的异议",
        "answers no earlier objection"),
    # seals and statements
    "seal.previous": ("没有接上前一次封存",
        "does not follow on from the previous seal"),
    "seal.early": ("封存时 {period} 还没有结束",
        "sealed before {period} was over"),
    "seal.trial": ("试算表 {name} 应为 {want}，写的是 {told}",
        "trial balance of {name} should be {want}, not {told}"),
    "seal.bank": ("资金账户与科目表不符",
        "the money accounts differ from the chart"),
    "seal.chart": ("账户 {name} 不见了，或与前一次封存的类别不同",
        "account {name} is gone, or of another side than in the seal before"),
    "seal.file": ("与封存时的文件不是同一个",
        "is not the file that was sealed"),
    "statement.form": ("报表写法不对：{why}",
        "not a well-formed statement: {why}"),
    "statement.value": ("公布的是 {told}，由分录推算是 {want}",
        "says {told}; the entries give {want}"),
    # anchors
    "trust.unknown": ("给出的公钥没有签署这里的任何账套",
        "the trusted key signed none of these books"),
    "since.unknown": ("保存的检查点（{origin}）不属于这里的任何日志",
        "the kept checkpoint ({origin}) belongs to no log here"),
    "since.key": ("保存的检查点不是由这里的公钥签署的",
        "the kept checkpoint was not signed by the keys found here"),
    "since.root": ("大小 {size} 时的树根与保存的检查点不符：账目在那之后被改过",
        "at size {size} the root is not that of the kept checkpoint: the books were altered since"),
    "since.ahead": ("保存的检查点（大小 {size}）比公布的还新：这里公布的是旧的或被截短的",
        "the kept checkpoint (size {size}) is newer than what is published: this is old or cut short"),
    "since.between": ("没有能核对保存的检查点（大小 {size}）的证明",
        "nothing here can be checked against the kept checkpoint (size {size})"),
    "broken": ("检查中断：{why}",
        "the check broke off: {why}"),
    # the report
    "line.good": ("通过",
        "holds"),
    "line.bad": ("有误",
        "FAULT"),
    "line.counts": ("分录 {entries} 笔，日志 {leaves} 条，封印 {seal}",
        "{entries} entries, {leaves} leaves, seal {seal}"),
    "line.fund": ("{fund} 结余 {closing}",
        "{fund} closing {closing}"),
    "line.version": ("第 {version} 版（更正）",
        "version {version} (correction)"),
    "line.hidden": ("另有 {count} 条属于以后月份，届时公布",
        "{count} more belong to later months"),
    "more": ("……另有 {count} 处",
        "... and {count} more"),
    "ok": ("全部相符：{books} 个账套，{folders} 个文件夹。",
        "All holds: {books} books, {folders} folders."),
    "bad": ("发现 {count} 处不符。",
        "{count} faults found."),
    "anchor.trust": ("{book}：已用给出的公钥核对。",
        "{book}: checked against the key you gave."),
    "anchor.since": ("{book}：与保存的检查点一致，此后只有增加、没有改动。",
        "{book}: agrees with the checkpoint you kept; since then only added to."),
    "anchor.none": ("{book}：只证明自洽——没有给出可信的公钥或以前的检查点。请与公示栏上印的指纹比对：县级 {county}，账套 {print}",
        "{book}: only shown to agree with itself, as no trusted key or earlier checkpoint was given. Compare with the fingerprints on the notice board: county {county}, book {print}"),
    "limits": ("不能证明：从未入账的现金；票据本身的真假；没有公开的内容。",
        "Not shown: cash that was never entered; whether papers are genuine; what is withheld."),
    "fund.common": ("公共收益",
        "common income"),
    "fund.seed": ("种子基金",
        "seed fund"),
    "fund.fiscal": ("财政经费",
        "fiscal funds"),
}
# fmt: on


class Fault:
    """One thing that does not hold: where, and what."""

    def __init__(self, code, file, line=None, field=None, **values):
        self.code, self.file, self.line, self.field, self.values = code, file, line, field, values

    def text(self, lang):
        where = (
            self.file
            + (":%d" % self.line if self.line else "")
            + (" " + self.field if self.field else "")
        )
        return "%s  %s" % (where, say(self.code, lang, **self.values))

    def data(self, lang):
        told = {"code": self.code, "file": self.file, "text": say(self.code, lang, **self.values)}
        told.update(
            (k, v) for k, v in (("line", self.line), ("field", self.field)) if v is not None
        )
        return told


class Bad(ValueError):
    """Something malformed; the text says why, in English."""


def say(code, lang, **values):
    return WORDS[code][1 if lang == "en" else 0].format(**values)


def yuan(fen):
    if type(fen) is not int:
        return str(fen)
    return "%s%s.%02d" % ("-" if fen < 0 else "", format(abs(fen) // 100, ","), abs(fen) % 100)


# --- Ed25519 (RFC 8032) -----------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
ZERO = (0, 1, 1, 0)


def _add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e = (y1 - x1) * (y2 - x2) % P
    f = (y1 + x1) * (y2 + x2) % P
    g = 2 * D * t1 * t2 % P
    h = 2 * z1 * z2 % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def _double(a):
    x, y, z, _ = a
    xx, yy = x * x % P, y * y % P
    h = xx + yy
    e = h - (x + y) * (x + y) % P
    g = xx - yy
    f = 2 * z * z % P + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if (v * x * x - u) % P:
        x = x * SQRT_M1 % P
    if (v * x * x - u) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _table(point):
    row = [ZERO, point]
    for _ in range(14):
        row.append(_add(row[-1], point))
    return row


BASE = _table(_point(bytes([0x58]) + b"\x66" * 31))


@lru_cache(maxsize=4096)
def ed25519(public, message, signature):
    """Whether the signature over the message is by this public key."""
    key = _point(public) if len(public) == 32 else None
    if key is None or len(signature) != 64 or _small(key):
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus = _table((P - key[0], key[1], 1, P - key[3]))
    sum_ = ZERO
    for shift in range(252, -4, -4):
        sum_ = _double(_double(_double(_double(sum_))))
        sum_ = _add(_add(sum_, BASE[s >> shift & 15]), minus[h >> shift & 15])
    inverse = pow(sum_[2], P - 2, P)
    x, y = sum_[0] * inverse % P, sum_[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def _small(point):
    x, _, z, _ = _double(_double(_double(point)))
    return x % P == 0 and z % P != 0


# --- trees (RFC 6962) -------------------------------------------------------------------------


def leaf_hash(body):
    return hashlib.sha256(b"\x00" + body).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def roots_at(leaves, sizes):
    """The roots of the tree at the sizes asked for, as {size: root}."""
    wanted, found, stack = set(sizes), {}, []
    for size in range(len(leaves) + 1):
        if size:
            node, bits = leaves[size - 1], size - 1
            while bits & 1:
                node, bits = node_hash(stack.pop(), node), bits >> 1
            stack.append(node)
        if size in wanted:
            root = stack[-1] if stack else hashlib.sha256(b"").digest()
            for left in reversed(stack[:-1]):
                root = node_hash(left, root)
            found[size] = root
    return found


def included(leaf, index, size, proof, root):
    if not 0 <= index < size:
        return False
    last = size - 1
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            leaf = node_hash(sibling, leaf)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            leaf = node_hash(leaf, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and leaf == root


def consistent(old_size, old_root, new_size, new_root, proof):
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = ([old_root] if old_size & (old_size - 1) == 0 else []) + list(proof)
    if not path:
        return False
    index, last = old_size - 1, new_size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and old == old_root and new == new_root


# --- strict reading ---------------------------------------------------------------------------

DECIMAL = re.compile(r"0|[1-9][0-9]{0,15}")
HEX = re.compile(r"[0-9a-f]{64}")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")


def unbase64(text):
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError as fault:
        raise Bad("not base64") from fault
    if base64.b64encode(data).decode() != text:
        raise Bad("base64 in another spelling")
    return data


def unhash(text):
    data = unbase64(text)
    if len(data) != 32:
        raise Bad("a hash has 32 bytes")
    return data


def utf8(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Bad("not UTF-8") from fault


def decimal(text):
    if not DECIMAL.fullmatch(text):
        raise Bad("%r is not a count" % text)
    return int(text)


dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def unjson(text):
    """JSON in its one spelling: keys sorted, no spaces."""
    try:
        value = json.loads(text)
        same = dumps(value) == text
    except (ValueError, RecursionError) as fault:
        raise Bad("not JSON") from fault
    if not same:
        raise Bad("JSON in another spelling")
    return value


def unbody(text):
    """The content of a leaf's body; Bad unless it is in the one spelling of bodies."""
    value = unjson(text)
    if len(text.encode("utf-8", "surrogatepass")) > 65535 or type(value) is not dict:
        raise Bad("not a body")
    if CONTROL.search(text) or "\\" in text.replace("\\\\", "").replace('\\"', ""):
        raise Bad("control character")
    if unicodedata.normalize("NFC", text) != text:
        raise Bad("not NFC")
    _plain(value)
    return value


def _plain(value):
    kind = type(value)
    if kind is dict:
        for item in value.values():
            _plain(item)
    elif kind is list:
        for item in value:
            _plain(item)
    elif kind is int:
        if not -(2**53) < value < 2**53:
            raise Bad("integer out of range")
    elif kind is not str:
        raise Bad("only text, integers, lists and objects")


def plain_name(name):
    return name != "" and "+" not in name and not any(c.isspace() for c in name)


class Key:
    """A public key in C2SP text form; only Ed25519."""

    def __init__(self, text):
        parts = text.split("+", 2)
        if len(parts) != 3 or not plain_name(parts[0]):
            raise Bad("not a key")
        data = unbase64(parts[2])
        if len(data) != 33 or data[0] != 1:
            raise Bad("not an Ed25519 key")
        self.text, self.name, self.public = text, parts[0], data[1:]
        self.id = hashlib.sha256(self.name.encode("utf-8") + b"\n" + data).digest()[:4]
        if self.id.hex() != parts[1]:
            raise Bad("the key id does not fit the key")

    def print(self):
        told = base64.b32encode(hashlib.sha256(self.text.encode("utf-8")).digest()).decode()
        return "-".join(told[at : at + 4] for at in range(0, 20, 4))


class Note:
    """A signed note (C2SP): text, and signatures as (name, id, signature)."""

    def __init__(self, data):
        told = utf8(data)
        at = told.rfind("\n\n")
        if any(c < " " and c != "\n" for c in told) or at < 0 or not told.endswith("\n"):
            raise Bad("not a signed note")
        self.text, self.signatures = told[: at + 1], []
        for line in told[at + 2 : -1].split("\n"):
            parts = line.split(" ")
            if len(parts) != 3 or parts[0] != "—" or not plain_name(parts[1]):
                raise Bad("not a signature line")
            data = unbase64(parts[2])
            if len(data) < 5:
                raise Bad("not a signature")
            self.signatures.append((parts[1], data[:4], data[4:]))

    def check(self, key):
        """None if the key signed this; else the code of the fault."""
        found = [s for name, id_, s in self.signatures if name == key.name and id_ == key.id]
        if not found:
            return "note.unsigned"
        message = self.text.encode("utf-8")
        return None if all(ed25519(key.public, message, s) for s in found) else "note.signature"


class Checkpoint(Note):
    """A signed checkpoint (C2SP tlog-checkpoint) without extension lines."""

    def __init__(self, data):
        Note.__init__(self, data)
        lines = self.text.split("\n")
        if len(lines) != 4 or not lines[0]:
            raise Bad("not a checkpoint")
        self.data, self.origin = data, lines[0]
        self.size, self.root = decimal(lines[1]), unhash(lines[2])


def read_proof(data):
    """A C2SP tlog-proof without extra data, as (index, hashes, checkpoint bytes)."""
    head, gap, checkpoint = data.partition(b"\n\n")
    lines = utf8(head).split("\n")
    if (
        not gap
        or len(lines) < 2
        or lines[0] != "c2sp.org/tlog-proof@v1"
        or lines[1][:6] != "index "
    ):
        raise Bad("not a proof")
    return decimal(lines[1][6:]), [unhash(line) for line in lines[2:]], checkpoint


def read_consistency(data):
    """Consistency proofs by old size."""
    proofs, stanzas = {}, utf8(data).split("\n\n")
    if stanzas.pop():
        raise Bad("not consistency proofs")
    for stanza in stanzas:
        lines = stanza.split("\n")
        if lines[0][:4] != "old " or decimal(lines[0][4:]) in proofs:
            raise Bad("not a consistency proof")
        proofs[decimal(lines[0][4:])] = [unhash(line) for line in lines[1:]]
    return proofs


# --- what bodies may say ----------------------------------------------------------------------


def _is(kind):
    return lambda value: type(value) is kind


def _like(pattern):
    compiled = re.compile(pattern)
    return lambda value: type(value) is str and compiled.fullmatch(value) is not None


def _list(check):
    return lambda value: type(value) is list and all(check(item) for item in value)


def _row(*checks):
    return lambda value: (
        type(value) is list
        and len(value) == len(checks)
        and all(check(item) for check, item in zip(checks, value))
    )


def _map(key, check):
    return lambda value: type(value) is dict and all(key(k) and check(v) for k, v in value.items())


def _object(required, optional=None):
    allowed = dict(required, **(optional or {}))
    return lambda value: type(value) is dict and not fields_wrong(value, required, allowed)


def fields_wrong(value, required, allowed):
    """Names of fields that are missing, unknown or of a wrong kind."""
    wrong = [name for name in required if name not in value]
    return wrong + [k for k, v in value.items() if k not in allowed or not allowed[k](v)]


def _day(value):
    try:
        return type(value) is str and date(*map(int, _parts(value, "-"))).isoformat() == value
    except ValueError:
        return False


def _parts(text, by):
    parts = text.split(by)
    if len(parts) != 3 or not all(part.isdigit() and part.isascii() for part in parts):
        raise ValueError(text)
    return parts


def _moment(value):
    try:
        return (
            datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").strftime("%Y-%m-%dT%H:%M:%SZ") == value
        )
    except (ValueError, TypeError):
        return False


def _count(value):
    return type(value) is int and 0 <= value < 2**53


HEX64, NAME = _like("[0-9a-f]{64}"), _like("[a-z][a-z0-9_]*")
CODE, PERIOD = _like("[0-9A-Za-z][0-9A-Za-z._-]*"), _like("[0-9]{4}-(0[1-9]|1[0-2])")
TEXT = _is(str)
COMMIT = _map(NAME, HEX64)
PREVIOUS = _object({"index": _count, "leaf": HEX64})
TREE = {"n": _count, "root": HEX64}
SIDE = _like("money|income|cost|use|transfer|liability|net_assets")
BANK = _object(
    {"account": CODE, "fund": NAME, "status": _like("reconciled|custodian_confirmed|unconfirmed")},
    {
        "closing": _is(int),
        "files": _list(_object({"closing": _is(int), "sha256": HEX64})),
        "matches": _object(TREE),
    },
)
FILES = _object({"notice.pdf": HEX64, "statement.csv": HEX64, "statement.json": HEX64})
COMMON = {"type": TEXT, "v": _is(int), "index": _count, "at": _moment}
BOOK = dict(COMMON, book=CODE)
FIELDS = {  # type: (required, optional)
    "entry": (
        dict(
            BOOK,
            number=_count,
            kind=_like("voucher|opening|reversal|import"),
            date=_day,
            period=PERIOD,
            key=TEXT,
            lines=_list(_row(NAME, CODE, TEXT, TEXT, _is(int))),
            recorded_by=NAME,
        ),
        dict(
            approved_by=_list(NAME),
            commit=COMMIT,
            papers=_list(HEX64),
            receipts=_object(dict(TREE, sum=_is(int))),
            reverses=_count,
            original=_day,
        ),
    ),
    "seal": (
        dict(
            BOOK,
            period=PERIOD,
            size=_count,
            root=HEX64,
            files=FILES,
            chart=_list(_row(NAME, CODE, SIDE, TEXT)),
            trial=_list(_row(NAME, CODE, _count, _count)),
            bank=_list(BANK),
            signers=_list(NAME),
            open_points=_list(TEXT),
        ),
        dict(previous=PREVIOUS),
    ),
    "correction": (
        dict(
            BOOK,
            period=PERIOD,
            version=_count,
            size=_count,
            root=HEX64,
            files=FILES,
            previous=PREVIOUS,
            commit=COMMIT,
            signers=_list(NAME),
        ),
        {},
    ),
    "objection": (
        dict(BOOK, number=_count, period=PERIOD, version=_count, figure=TEXT, commit=COMMIT),
        {},
    ),
    "answer": (dict(BOOK, objection=_count, outcome=NAME, commit=COMMIT), {}),
    "key": (
        dict(COMMON, origin=TEXT, vkey=TEXT, signatures=_list(TEXT)),
        dict(book=CODE, previous=TEXT),
    ),
}
OPENED = _map(NAME, _row(HEX64, TEXT))
FULL_LINE = {"body": TEXT, "index": _count, "open": OPENED, "withheld": _map(NAME, TEXT)}
BARE_LINE = {"index": _count, "leaf": HEX64}
RECEIPT_LINE = {"body": TEXT, "entry": _count, "open": OPENED}
RECEIPT = {"amount": _count, "commit": COMMIT}
SEAL_FILE = {"body": TEXT, "index": _count, "size": _count}
CORRECTION_FILE = dict(FULL_LINE, size=_count)
DOCUMENTS = ("index.html", "notice.pdf", "statement.csv", "statement.json")
PARTS = (
    "checkpoint",
    "county-checkpoint",
    "entries.jsonl",
    "proofs/county.tlog-proof",
    "receipts.jsonl",
)


def shaped(value, fields):
    if type(value) is not dict:
        raise Bad("not an object")
    wrong = fields_wrong(value, fields, fields)
    if wrong:
        raise Bad("field %s" % wrong[0])
    return value


def commitment(salt, field, value):
    told = (
        b"\x02"
        + bytes.fromhex(salt)
        + field.encode()
        + b"\x00"
        + value.encode("utf-8", "surrogatepass")
    )
    return hashlib.sha256(told).hexdigest()


def open_key(it, current):
    """The key that a key leaf announces after the current one; Bad if its signatures do not hold."""
    new = Key(it["vkey"])
    signers = [current, new] if current else [new]
    if it.get("previous") != (current.text if current else None):
        raise Bad("it does not follow on from the key before it")
    if it["origin"] != new.name or any(key.name != new.name for key in signers):
        raise Bad("the names differ")
    if len(it["signatures"]) != len(signers):
        raise Bad("signatures are missing")
    text = dumps({k: v for k, v in it.items() if k != "signatures"}) + "\n"
    for key, token in zip(signers, it["signatures"]):
        data = unbase64(token)
        if data[:4] != key.id or not ed25519(key.public, text.encode("utf-8"), data[4:]):
            raise Bad("a signature does not hold")
    return new


# --- the folder on disk -----------------------------------------------------------------------

SUMS = "SHA256SUMS"
FOLDER = re.compile(r"([^/]+)/([0-9]{4}-[0-9]{2})(?:/v([0-9]+))?/SHA256SUMS")
UNFINISHED, READY = "publishing/", "publishing-"
NEW, WAS = UNFINISHED + "new", UNFINISHED + "was/"
LITTER = (".DS_Store", "Thumbs.db", "desktop.ini")  # left behind by file managers


def unfinished(names, read):
    """The names that count, and {name: where its bytes lie}: the folder of a publication that did
    not come to its end is judged as it was before; what was being made ready is passed over."""
    kept = {name for name in names if not name.startswith((UNFINISHED, READY))}
    if NEW not in names:
        return kept, {}
    for place in read(NEW).decode().splitlines():
        kept = {name for name in kept if name != place and not name.startswith(place + "/")}
    was = {name[len(WAS) :]: name for name in names if name.startswith(WAS)}
    return kept | set(was), was


class Source:
    """The files below a directory, by their path with slashes."""

    def __init__(self, root):
        self.root, self.names, self.links = root, set(), []
        for place, folders, files in os.walk(root):
            for name in folders + files:
                path = os.path.join(place, name)
                told = os.path.relpath(path, root).replace(os.sep, "/")
                if os.path.islink(path):
                    self.links.append(told)
                elif name in files and name not in LITTER:
                    self.names.add(told)
        self.was = {}
        self.names, self.was = unfinished(self.names, self.read)

    def read(self, name):
        name = self.was.get(name, name)
        with open(os.path.join(self.root, *name.split("/")), "rb") as file:
            return file.read()


class Checker:
    """Everything that is checked about one published folder."""

    def __init__(self, source, trust=(), since=()):
        self.source, self.trust = source, list(trust)
        self.faults, self.books, self.anchored, self.used = [], [], {}, set()
        self.named, self.county, self.rotations, self.head, self.sums = {SUMS}, None, [], None, None
        self.since = [Checkpoint(data) for data in since]

    def fault(self, code, file, line=None, field=None, **values):
        self.faults.append(Fault(code, file, line, field, **values))

    def run(self):
        for name in self.source.links:
            self.fault("file.link", name)
        self.sums = self.read_sums("")
        self.read_county()
        places = {}
        for name in sorted(self.source.names):
            found = FOLDER.fullmatch(name)
            if found:
                folder = Folder(
                    self, name[: -len(SUMS) - 1], found.group(2), int(found.group(3) or 1)
                )
                places.setdefault(found.group(1), []).append(folder)
        for code, folders in sorted(places.items()):
            book = Book(self, code, folders)
            self.books.append(book)
            try:
                book.run()
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
                self.fault("broken", code, why=repr(fault))
        self.check_county()
        for name in sorted(self.source.names - self.named):
            self.fault("file.extra", name)
        self.check_anchors()
        return self

    # reading, with a fault instead of an exception

    def read(self, name):
        return self.source.read(name) if name in self.source.names else None

    def parse(self, name, reader, code="line.form"):
        """What the reader makes of a file; None, and a fault, if it is malformed; None if absent."""
        data = self.read(name)
        if data is None:
            return None
        try:
            return reader(data)
        except Bad as fault:
            self.fault(code, name, why=fault)
            return None

    def read_sums(self, place):
        """Check a SHA256SUMS against the files it lists; returns its note and {path: digest}."""
        prefix = place + "/" if place else ""
        name, listed = prefix + SUMS, {}
        if name not in self.source.names:
            self.fault("file.missing", name, sums=SUMS)
            return None, listed
        note = self.parse(name, Note, "note.form")
        lines = note.text.split("\n")[:-1] if note else []
        for number, line in enumerate(lines, 1):
            digest, gap, path = line.partition("  ")
            if not HEX.fullmatch(digest) or not gap or not path or path in listed:
                self.fault("sums.form", name, number)
                continue
            listed[path] = digest
            self.named.add(prefix + path)
            data = self.read(prefix + path)
            if data is None:
                self.fault("file.missing", prefix + path, sums=name)
            elif hashlib.sha256(data).hexdigest() != digest:
                self.fault("file.hash", prefix + path, sums=name)
        return note, listed

    def signed(self, note, keys, file):
        """A fault unless one of the keys signed the note."""
        codes_ = [note.check(key) for key in keys] if note else []
        if codes_ and None not in codes_:
            self.fault(
                max(codes_, key=("note.unsigned", "note.signature").index), file, name=keys[0].name
            )

    # the county

    def read_county(self):
        for name in ("county.vkey", "county-checkpoint", "verify.html", "verify.py"):
            if name not in self.sums[1]:
                self.fault("file.required", SUMS, name=name)
        self.county = self.parse("county.vkey", read_vkey, "key.form")
        self.head = self.parse("county-checkpoint", Checkpoint, "note.form")
        self.read_rotations()
        if self.county:
            self.signed(self.sums[0], [self.county], SUMS)
            self.signed(self.head, [self.county], "county-checkpoint")
            if self.head and self.head.origin != self.county.name:
                self.fault(
                    "tree.origin", "county-checkpoint", want=self.county.name, told=self.head.origin
                )

    def read_rotations(self):
        """County keys in order, as (index of the leaf that announced it, key)."""
        name, current = "county-keys.jsonl", None
        for number, line in enumerate(self.parse(name, lines_of) or [], 1):
            try:
                value = shaped(unjson(line), {"body": TEXT, "index": _count})
                it = read_body(value["body"])
                if it["type"] != "key" or it["index"] != value["index"]:
                    raise Bad("not a key leaf of this index")
                if current is None:
                    current = Key(it.get("previous", ""))
                    self.rotations.append((-1, current))
                current = open_key(it, current)
                self.rotations.append((it["index"], current))
            except Bad as fault:
                return self.fault("key.chain", name, number, why=fault)
        if current and self.county and current.text != self.county.text:
            self.fault("key.chain", name, why="it does not lead to county.vkey")
        if self.county and not self.rotations:
            self.rotations.append((-1, self.county))
        return None

    def county_key(self, size):
        return [key for index, key in self.rotations if index < size][-1:]

    def check_county(self):
        """One county log: every folder's county checkpoint leads to the newest one."""
        name, roots = "county-consistency", {}
        for book in self.books:
            for folder in book.folders:
                if folder.county:
                    roots.setdefault(folder.county.size, {}).setdefault(
                        folder.county.root, folder.place
                    )
        if not self.head:
            return
        roots.setdefault(self.head.size, {}).setdefault(self.head.root, "county-checkpoint")
        proofs = self.parse(name, read_consistency) or {}
        for size, found in sorted(roots.items()):
            if len(found) > 1:
                self.fault(
                    "county.fork",
                    "county-checkpoint",
                    size=size,
                    where=", ".join(sorted(found.values())),
                )
            if size == self.head.size:
                continue
            file = name if name in self.source.names else "county-checkpoint"
            if size not in proofs:
                self.fault("proof.old", file, size=size)
            elif not consistent(
                size, next(iter(found)), self.head.size, self.head.root, proofs[size]
            ):
                self.fault("proof.consistency", file, size=size)
        self.county_roots = {size: next(iter(found)) for size, found in roots.items()}

    # anchors

    def check_anchors(self):
        for wanted in self.trust:
            county = any(wanted in (key.text, key.print()) for _, key in self.rotations)
            books = [
                b
                for b in self.books
                if county or any(wanted in (k.text, k.print()) for _, k in b.keys)
            ]
            if not books and not (county and self.head):
                self.fault("trust.unknown", "county.vkey")
            self.anchored.update((book.code, "trust") for book in books)
        for kept in self.since:
            self.check_since(kept)

    def check_since(self, kept):
        if self.county and kept.origin == self.county.name:
            keys, books, head = self.rotations, self.books, self.head
            roots, file = getattr(self, "county_roots", {}), "county-checkpoint"
        else:
            books = [book for book in self.books if book.origin == kept.origin]
            if not books:
                return self.fault("since.unknown", SUMS, origin=kept.origin)
            book, last = books[0], books[0].folders[-1]
            keys, head, roots, file = (
                book.keys,
                last.checkpoint,
                book.roots,
                last.place + "/checkpoint",
            )
        if not any(kept.check(key) is None for _, key in keys):
            return self.fault("since.key", file)
        if head is None or kept.size > head.size:
            return self.fault("since.ahead", file, size=kept.size)
        if kept.size not in roots:
            return self.fault("since.between", file, size=kept.size)
        if roots[kept.size] != kept.root:
            return self.fault("since.root", file, size=kept.size)
        self.anchored.update((book.code, "since") for book in books)
        return None


def read_vkey(data):
    text = utf8(data)
    if text[-1:] != "\n":
        raise Bad("no newline at the end")
    return Key(text[:-1])


def lines_of(data):
    text = utf8(data)
    if text and text[-1] != "\n":
        raise Bad("no newline at the end")
    return text.split("\n")[:-1]


def read_body(text):
    """A body's content in the shape of its type; Bad otherwise."""
    it = unbody(text)
    if type(it.get("v")) is not int or type(it.get("type")) is not str or it["type"] not in FIELDS:
        raise Bad("neither type nor version")
    if it["v"] != 1:
        raise Version(it["v"])
    required, optional = FIELDS[it["type"]]
    wrong = fields_wrong(it, required, dict(required, **optional))
    if wrong:
        raise Field(wrong[0])
    return it


class Version(Bad):
    pass


class Field(Bad):
    pass


# --- one published folder ---------------------------------------------------------------------


class Folder:
    """A month, or a correction of one: what its files say, read once."""

    def __init__(self, top, place, period, version):
        self.top, self.place, self.period, self.version = top, place, period, version
        self.it = self.index = self.checkpoint = self.county = self.statement = None
        self.rows, self.receipts, self.note, self.listed, self.start = [], [], None, {}, 0

    @property
    def kind(self):
        return "seal" if self.version == 1 else "correction"

    def name(self, file):
        return self.place + "/" + file

    def fault(self, code, file, line=None, field=None, **values):
        self.top.fault(code, self.name(file), line, field, **values)

    def load(self):
        self.note, self.listed = self.top.read_sums(self.place)
        for name in DOCUMENTS + PARTS + (self.kind + ".json",):
            if name not in self.listed:
                self.fault("file.required", SUMS, name=name)
        self.checkpoint = self.top.parse(self.name("checkpoint"), Checkpoint, "note.form")
        self.county = self.top.parse(self.name("county-checkpoint"), Checkpoint, "note.form")
        self.load_head()
        for number, line in enumerate(
            self.top.parse(self.name("entries.jsonl"), lines_of) or [], 1
        ):
            row = self.body_line("entries.jsonl", number, line)
            if row:
                self.rows.append(row + (number,))
        for number, line in enumerate(
            self.top.parse(self.name("receipts.jsonl"), lines_of) or [], 1
        ):
            self.receipt_line(number, line)
        self.statement = self.top.parse(
            self.name("statement.json"), read_statement, "statement.form"
        )

    def load_head(self):
        file = self.kind + ".json"
        lines = self.top.parse(self.name(file), lines_of) or []
        if len(lines) != 1:
            if lines:
                self.fault("line.form", file, why="one line")
            return
        fields = SEAL_FILE if self.version == 1 else CORRECTION_FILE
        row = self.body_line(file, 1, lines[0], fields)
        if not row:
            return
        it = row[1]
        if it["type"] != self.kind:
            return self.fault("folder.kind", file, want=self.kind, told=it["type"])
        for field, want in (("period", self.period), ("book", self.place.split("/")[0])):
            if it[field] != want:
                self.fault("folder.name", file, field=field, want=want, told=it[field])
        if it.get("version", 1) != self.version:
            self.fault(
                "folder.name", file, field="version", want=self.version, told=it.get("version")
            )
        self.it, self.index = it, it["index"]
        if it["size"] != it["index"]:
            self.fault("tree.size", file, field="body.size", want=it["index"], told=it["size"])
        told = json.loads(lines[0])["size"]
        if told != it["index"] + 1:
            self.fault("tree.size", file, field="size", want=it["index"] + 1, told=told)
        return None

    def body_line(self, file, number, line, fields=None):
        """A line that carries a body or a bare leaf hash, as (index, content or None, leaf hash)."""
        try:
            value = unjson(line)
            if fields is None and type(value) is dict and "leaf" in value:
                shaped(value, BARE_LINE)
                return value["index"], None, bytes.fromhex(value["leaf"])
            shaped(value, fields or FULL_LINE)
        except Bad as fault:
            return self.fault("line.form", file, number, why=fault)
        try:
            it = read_body(value["body"])
        except Version as fault:
            return self.fault("body.version", file, number, v=fault)
        except Field as fault:
            return self.fault("body.field", file, number, str(fault), name=fault)
        except Bad as fault:
            return self.fault("body.form", file, number, why=fault)
        if it["index"] != value["index"]:
            self.fault("leaf.index", file, number, "index", told=it["index"])
        self.check_open(file, number, it, value)
        return it["index"], it, leaf_hash(value["body"].encode("utf-8"))

    def check_open(self, file, number, it, value):
        made = it.get("commit", {})
        shown, withheld = value.get("open", {}), value.get("withheld", {})
        if "open" in value and sorted(list(shown) + list(withheld)) != sorted(made):
            self.fault("open.fields", file, number)
        for field, (salt, told) in shown.items():
            if field in made and commitment(salt, field, told) != made[field]:
                self.fault("open.value", file, number, field)

    def receipt_line(self, number, line):
        try:
            value = shaped(unjson(line), RECEIPT_LINE)
            it = shaped(unbody(value["body"]), RECEIPT)
        except Bad as fault:
            return self.fault("line.form", "receipts.jsonl", number, why=fault)
        for field, (salt, told) in value["open"].items():
            if commitment(salt, field, told) != it["commit"].get(field):
                self.fault("open.value", "receipts.jsonl", number, field)
        self.receipts.append((value["entry"], it["amount"], value["body"].encode("utf-8"), number))
        return None

    def corrects(self, it):
        """Whether an entry belongs in this correction's column of later corrections."""
        return it.get("original", "")[:7] == self.period < it["period"]

    def check_rows(self, known):
        """The lines are those this folder has to hold, shown in full where they have to be."""
        early = [row for row in self.rows if row[0] < self.start]
        rows = [row for row in self.rows if row[0] >= self.start]
        count, told = self.index - self.start, [row[0] for row in rows]
        gap = next(
            (n for n, index in enumerate(told) if index != self.start + n), min(len(told), count)
        )
        ordered = all(one[0] < other[0] for one, other in zip(early, early[1:]))
        if not ordered or gap < len(told) or gap < count:
            end, index = self.index - 1, self.start + gap
            self.fault("leaf.range", "entries.jsonl", start=self.start, end=end, index=index)
        for index, it, _, number in early:
            if it is None or it["type"] != "entry" or not self.shows(it):
                self.fault("leaf.misplaced", "entries.jsonl", number, index=index)
        for index, it, _, number in rows:
            shown = it or known.get(index)
            if it is not None and it["type"] == "entry" and not self.shows(it):
                self.fault("leaf.misplaced", "entries.jsonl", number, index=index)
            elif it is None and shown and self.shows(shown):
                self.fault(
                    "leaf.late",
                    "entries.jsonl",
                    number,
                    index=index,
                    period=shown.get("period", ""),
                )

    def shows(self, it):
        if it["type"] != "entry":
            return True
        return it["period"] <= self.period if self.version == 1 else self.corrects(it)

    def check_receipts(self, sides):
        """The published receipts of each entry are as many, as much and as hashed as it says."""
        found = {}
        for entry, amount, body, number in self.receipts:
            found.setdefault(entry, []).append((amount, body, number))
        for index, it, _, number in self.rows:
            told = it.get("receipts") if it else None
            if not told:
                continue
            mine = found.pop(index, [])
            root = roots_at([leaf_hash(body) for _, body, _ in mine], [len(mine)])[len(mine)]
            if told != {
                "n": len(mine),
                "root": root.hex(),
                "sum": sum(amount for amount, _, _ in mine),
            }:
                self.fault(
                    "entry.receipts",
                    "receipts.jsonl",
                    mine[0][2] if mine else None,
                    "entry %d" % index,
                )
            income = -sum(
                line[4]
                for line in it["lines"]
                if sides.get((line[0], line[1])) in ("income", "liability")
            )
            if told["sum"] != income:
                self.fault(
                    "entry.receipt_sum",
                    "entries.jsonl",
                    number,
                    "receipts",
                    want=yuan(income),
                    told=yuan(told["sum"]),
                )
        for stray in found.values():
            self.fault("receipt.stray", "receipts.jsonl", stray[0][2])


def read_statement(data):
    """JSON without keys that stand twice."""

    def once(pairs):
        if len({k for k, _ in pairs}) != len(pairs):
            raise Bad("a key stands twice")
        return dict(pairs)

    try:
        value = json.loads(utf8(data), object_pairs_hook=once)
    except RecursionError as fault:
        raise Bad("not JSON") from fault
    except ValueError as fault:
        raise Bad(str(fault)) from fault
    if type(value) is not dict:
        raise Bad("not an object")
    return value


# --- one book ---------------------------------------------------------------------------------

NOMINAL = ("income", "cost", "use", "transfer", "net_assets")
TOTALS = ("income", "cost", "use", "transfer")
SIGN = {"income": -1, "cost": 1, "use": 1, "transfer": -1, "liability": -1}


class Book:
    """All folders of one book: one log, and every figure that follows from it."""

    def __init__(self, top, code, folders):
        self.top, self.code, self.folders = top, code, folders
        self.name, self.origin, self.keys, self.leaves, self.bodies = "", None, [], {}, {}
        self.roots, self.seals = {}, []

    def run(self):
        for folder in self.folders:
            folder.load()
        self.folders = [f for f in self.folders if f.it is None] + sorted(
            (f for f in self.folders if f.it is not None), key=lambda f: f.index
        )
        self.sound = [f for f in self.folders if f.it is not None]
        for folder in self.sound:
            self.collect(folder)
        self.seals = [f for f in self.sound if f.version == 1]
        for folder in self.sound:
            folder.start = max(
                [s.index + 1 for s in self.seals if s.index < folder.index], default=0
            )
            folder.check_rows({index: row[0] for index, row in self.bodies.items()})
        self.check_keys()
        self.check_roots()
        self.check_order()
        self.check_entries()
        self.check_hidden()
        self.check_figures()

    def collect(self, folder):
        """Put the folder's leaves in their places in the log; the same leaf may stand twice."""
        head = folder.name(folder.kind + ".json")
        body = json.loads(self.top.read(head).decode("utf-8"))["body"]
        rows = [(index, it, leaf, "entries.jsonl", n) for index, it, leaf, n in folder.rows]
        rows.append(
            (folder.index, folder.it, leaf_hash(body.encode("utf-8")), folder.kind + ".json", 1)
        )
        for index, it, leaf, file, number in rows:
            where = folder.name(file)
            known = self.leaves.setdefault(index, (leaf, where))
            if known[0] != leaf:
                folder.fault("leaf.conflict", file, number, index=index, where=known[1])
            elif it is not None:
                self.bodies.setdefault(index, (it, where, number))
                if it.get("book") != self.code:
                    folder.fault(
                        "folder.name", file, number, "book", want=self.code, told=it.get("book")
                    )

    # keys and trees

    def check_keys(self):
        current = None
        for index, (it, file, number) in sorted(self.bodies.items()):
            if it["type"] != "key":
                continue
            try:
                current = open_key(it, current)
            except Bad as fault:
                self.top.fault("key.chain", file, number, why=fault)
                break
            if (index == 0) != (len(self.keys) == 0):
                self.top.fault("key.none", file, number)
            self.keys.append((index, current))
        self.origin = current.name if current else None
        if not self.keys:
            self.top.fault("key.none", self.folders[0].name("entries.jsonl"))
        elif self.top.county and current.name != "%s/%s" % (self.top.county.name, self.code):
            want = "%s/%s" % (self.top.county.name, self.code)
            self.top.fault(
                "tree.origin", self.bodies[self.keys[0][0]][1], want=want, told=current.name
            )
        for folder in self.folders:
            self.check_signatures(folder)

    def check_signatures(self, folder):
        """The key in force signed the checkpoint; it, or a later one, the list of files, for what
        was published may have to be withheld later."""
        size = folder.index + 1 if folder.it else sys.maxsize
        before = [key for index, key in self.keys if index < size]
        after = [key for index, key in self.keys if index >= size]
        self.top.signed(folder.note, before[-1:] + after, folder.name(SUMS))
        self.top.signed(folder.checkpoint, before[-1:], folder.name("checkpoint"))
        county, ours = folder.county, self.top.county
        if county and ours:
            keys = self.top.county_key(county.size)
            self.top.signed(county, keys, folder.name("county-checkpoint"))
            if county.origin != ours.name:
                folder.fault("tree.origin", "county-checkpoint", want=ours.name, told=county.origin)

    def check_roots(self):
        """Every root that is published is the one of the leaves that are published."""
        leaves = []
        while len(leaves) in self.leaves:
            leaves.append(self.leaves[len(leaves)][0])
        if len(leaves) < len(self.leaves):
            later = next(f for f in self.sound if f.index >= len(leaves))
            later.fault("leaf.missing", "entries.jsonl", index=len(leaves))
        olds = {
            f: self.top.parse(f.name("proofs/consistency"), read_consistency) or {}
            for f in self.sound
        }
        counties = {
            f: self.top.parse(f.name("proofs/county-consistency"), read_consistency) or {}
            for f in self.sound
        }
        sizes = {f.index for f in self.sound} | {f.index + 1 for f in self.sound}
        sizes |= {size for proofs in olds.values() for size in proofs}
        sizes |= {kept.size for kept in self.top.since if kept.origin == self.origin}
        self.roots = roots_at(leaves, sizes)
        for number, folder in enumerate(self.sound):
            self.check_heads(folder)
            earlier = self.sound[:number]
            self.check_consistency(folder, earlier, olds[folder])
            self.check_county(folder, earlier, counties[folder])

    def check_heads(self, folder):
        file, head = folder.kind + ".json", folder.checkpoint
        root = self.roots.get(folder.index)
        if root and folder.it["root"] != root.hex():
            folder.fault("tree.root", file, field="body.root", size=folder.index)
        if not head:
            return
        if self.origin and head.origin != self.origin:
            folder.fault("tree.origin", "checkpoint", want=self.origin, told=head.origin)
        if head.size != folder.index + 1:
            folder.fault("tree.size", "checkpoint", want=folder.index + 1, told=head.size)
        elif self.roots.get(head.size, head.root) != head.root:
            folder.fault("tree.root", "checkpoint", size=head.size)

    def check_consistency(self, folder, earlier, proofs):
        file, head = "proofs/consistency", folder.checkpoint
        for size in sorted({e.index + 1 for e in earlier} - set(proofs)):
            folder.fault("proof.old", file, size=size)
        for size, hashes in sorted(proofs.items()):
            root = self.roots.get(size)
            if head and not (
                root and size < head.size and consistent(size, root, head.size, head.root, hashes)
            ):
                folder.fault("proof.consistency", file, field="old %d" % size, size=size)

    def check_county(self, folder, earlier, proofs):
        county, file = folder.county, "proofs/county.tlog-proof"
        found = self.top.parse(folder.name(file), read_proof)
        if found and county and folder.checkpoint:
            index, hashes, head = found
            leaf = leaf_hash(folder.checkpoint.data)
            if head != county.data or not included(leaf, index, county.size, hashes, county.root):
                folder.fault("proof.inclusion", file)
        file = "proofs/county-consistency"
        known = {e.county.size: e.county.root for e in earlier if e.county}
        if not county:
            return
        for size, root in sorted(known.items()):
            if size == county.size and root == county.root and size not in proofs:
                continue
            if size not in proofs:
                folder.fault("proof.old", file, size=size)
            elif not consistent(size, root, county.size, county.root, proofs[size]):
                folder.fault("proof.consistency", file, field="old %d" % size, size=size)
        for size in sorted(set(proofs) - set(known)):
            folder.fault("proof.consistency", file, field="old %d" % size, size=size)

    # the order of things

    def check_order(self):
        """Seals follow on from one another; versions of a month likewise."""
        last, versions = None, {}
        for folder in self.sound:
            file, told = folder.kind + ".json", folder.it.get("previous")
            before = last if folder.version == 1 else versions.get(folder.period)
            leaf = before and {"index": before.index, "leaf": self.leaves[before.index][0].hex()}
            if told != leaf:
                folder.fault("seal.previous", file, 1, "body.previous")
            if folder.version == 1:
                if last and last.period >= folder.period:
                    folder.fault("folder.order", file, 1, where=last.place)
                if local_day(folder.it["at"])[:7] <= folder.period:
                    folder.fault("seal.early", file, 1, "body.at", period=folder.period)
                last = folder
            elif not before or before.version != folder.version - 1:
                folder.fault(
                    "folder.order", file, 1, where=before.place if before else folder.period
                )
            versions[folder.period] = folder
            for name, digest in sorted(folder.it["files"].items()):
                if folder.listed.get(name, digest) != digest:
                    folder.fault("seal.file", name)

    def check_entries(self):
        """Entry by entry, in the order of the log."""
        number, keys, numbers, reversed_, seals = 0, {}, {}, set(), list(self.seals)
        sealed = ""
        for index in sorted(self.leaves):
            while seals and seals[0].index < index:
                sealed = seals.pop(0).period
            it, file, line = self.bodies.get(index, (None, None, None))
            if it and it["type"] == "answer":
                before = self.bodies.get(it["objection"])
                if it["objection"] >= index or not before or before[0]["type"] != "objection":
                    self.top.fault("answer.objection", file, line)
            if it and it["type"] != "entry":
                continue
            number += 1
            if not it:
                continue
            if it["number"] != number:
                self.top.fault("entry.number", file, line, "number", want=number, told=it["number"])
                number = it["number"]
            if keys.setdefault(it["key"], index) != index:
                self.top.fault("entry.key", file, line, "key", index=keys[it["key"]])
            if it["period"] <= sealed:
                self.top.fault("entry.sealed", file, line, "date", period=sealed)
            self.check_entry(it, file, line)
            if "reverses" in it or it["kind"] == "reversal":
                self.check_reversal(it, numbers.get(it.get("reverses")), reversed_, file, line)
            numbers[it["number"]] = it

    def check_entry(self, it, file, line):
        if it["period"] != it["date"][:7] or it.get("original", "") > it["date"]:
            self.top.fault("entry.date", file, line, "date")
        if len(it["lines"]) < 2 or not all(row[4] for row in it["lines"]):
            self.top.fault("entry.lines", file, line, "lines")
        sums = {}
        for fund, _, _, _, fen in it["lines"]:
            sums[fund] = sums.get(fund, 0) + fen
        for fund, fen in sorted(sums.items()):
            if fen:
                self.top.fault("entry.balance", file, line, "lines", fund=fund, fen=yuan(fen))

    def check_reversal(self, it, before, reversed_, file, line):
        """The exact inverse of an earlier entry, once, and not of a reversal."""
        number = it.get("reverses")
        proper = (
            it["kind"] == "reversal"
            and number is not None
            and number < it["number"]
            and number not in reversed_
            and "original" in it
        )
        if proper and before:
            inverse = [row[:4] + [-row[4]] for row in before["lines"]]
            proper = (
                before["kind"] != "reversal"
                and it["lines"] == inverse
                and it["original"] == before.get("original", before["date"])
            )
        if not proper:
            self.top.fault("entry.reversal", file, line, "reverses", number=number)
        reversed_.add(number)

    def check_hidden(self):
        """What was kept back for a later month has been shown by the second month after its seal."""
        for seal in self.seals:
            last = self.seals[-1].period
            if last < later(local_day(seal.it["at"])[:7], 2):
                continue
            for index, it, _, line in seal.rows:
                if it is None and index not in self.bodies:
                    seal.fault("leaf.hidden", "entries.jsonl", line, index=index)

    # the figures

    def check_figures(self):
        """Fold the entries month by month and hold each seal and statement against the result."""
        months = {}
        for index, (it, file, line) in sorted(self.bodies.items()):
            if it["type"] == "entry":
                months.setdefault(it["period"], []).append((index, it, file, line))
        fold, sealed, before = Fold(), {}, {}
        self.check_months(months)
        for seal in self.seals:
            sides = {(fund, account): side for fund, account, side, _ in seal.it["chart"]}
            for period in sorted(p for p in months if p < seal.period):
                fold.add(months.pop(period), sides)
            figures = fold.month(months.pop(seal.period, []), sides)
            sealed[seal.period] = (seal, sides, figures)
            for (fund, account), (file, line) in sorted(fold.unknown.items()):
                self.top.fault("entry.account", file, line, "lines", fund=fund, account=account)
            fold.unknown = {}
            self.check_seal(seal, sides, figures)
            seal.check_receipts(sides)
            for name in sorted(
                "%s/%s" % at for at, side in before.items() if sides.get(at) != side
            ):
                seal.fault("seal.chart", "seal.json", 1, "body.chart", name=name)
            before = {at: side for at, side in sides.items() if at in figures.turnover}
            self.check_statement(seal, sides, figures, None)
        for folder in self.sound:
            if folder.version > 1 and folder.period in sealed:
                seal, sides, figures = sealed[folder.period]
                folder.check_receipts(sides)
                self.check_statement(folder, sides, figures, self.later_corrections(folder), seal)

    def check_months(self, months):
        """Every entry up to the last sealed month lies in a published month; openings come first."""
        published = [seal.period for seal in self.seals]
        rows = [row for seal in self.seals for row in seal.it["chart"]]
        brought = {(fund, account) for fund, account, side, _ in rows if side == "net_assets"}
        for period, entries in sorted(months.items()):
            for _, it, file, line in entries:
                opening = it["kind"] == "opening"
                net = any((row[0], row[1]) in brought for row in it["lines"])
                if (opening and published and period > published[0]) or (net and not opening):
                    self.top.fault("entry.opening", file, line, "kind")
                if (
                    not opening
                    and published
                    and period <= published[-1]
                    and period not in published
                ):
                    self.top.fault("entry.unpublished", file, line, "date", period=period)

    def later_corrections(self, folder):
        """What entries of later months, before this correction, say about its month."""
        found = {}
        for index, (it, _, _) in self.bodies.items():
            if it["type"] == "entry" and index < folder.index and folder.corrects(it):
                for fund, account, _, _, fen in it["lines"]:
                    found[fund, account] = found.get((fund, account), 0) + fen
        return found

    def check_seal(self, seal, sides, figures):
        told = {
            (fund, account): [debit, credit] for fund, account, debit, credit in seal.it["trial"]
        }
        want = {at: list(turnover) for at, turnover in figures.turnover.items() if any(turnover)}
        if seal.it["trial"] != sorted(seal.it["trial"], key=lambda row: row[:2]) or len(
            told
        ) != len(seal.it["trial"]):
            seal.fault("seal.trial", "seal.json", 1, "body.trial", name="", want="", told="")
        for at in sorted(set(told) | set(want)):
            if told.get(at, [0, 0]) != want.get(at, [0, 0]):
                seal.fault(
                    "seal.trial",
                    "seal.json",
                    1,
                    "body.trial",
                    name="%s/%s" % at,
                    want=" / ".join(map(yuan, want.get(at, [0, 0]))),
                    told=" / ".join(map(yuan, told.get(at, [0, 0]))),
                )
        money = sorted(
            (account, fund) for (fund, account), side in sides.items() if side == "money"
        )
        if sorted((row["account"], row["fund"]) for row in seal.it["bank"]) != money:
            seal.fault("seal.bank", "seal.json", 1, "body.bank")

    def check_statement(self, folder, sides, figures, later_, seal=None):
        if folder.statement is None:
            return
        try:
            Statement(self, folder, seal or folder, sides, figures, later_).check()
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as fault:
            folder.fault("statement.form", "statement.json", why=repr(fault))


def local_day(at):
    """The day in China (UTC+8) of a moment."""
    return (datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ") + timedelta(hours=8)).strftime("%Y-%m-%d")


def later(period, months):
    count = int(period[:4]) * 12 + int(period[5:]) - 1 + months
    return "%04d-%02d" % (count // 12, count % 12 + 1)


class Figures:
    """What a month comes to: per account (sum, count) in the month and turnover to its end; per
    fund the opening; per project and fund (paid in the month, paid to date)."""

    def __init__(self, opening, moved, turnover, paid):
        self.opening, self.moved, self.turnover, self.paid = opening, moved, turnover, paid

    def balance(self, at):
        debit, credit = self.turnover.get(at, (0, 0))
        return debit - credit


class Fold:
    """The running state of a book's accounts."""

    def __init__(self):
        self.turnover, self.paid, self.unknown = {}, {}, {}

    def add(self, entries, sides):
        """Add entries; returns (moved, net assets brought in, paid) of them alone."""
        moved, brought, paid = {}, {}, {}
        for _, it, file, line in entries:
            touched = set()
            for fund, account, project, _, fen in it["lines"]:
                at = (fund, account)
                side = sides.get(at)
                if side is None:
                    self.unknown[at] = (file, line)
                turnover = self.turnover.setdefault(at, [0, 0])
                turnover[fen < 0] += abs(fen)
                moved.setdefault(at, [0, 0])[0] += fen
                touched.add(at)
                if side == "net_assets":
                    brought[fund] = brought.get(fund, 0) - fen
                if side == "use" and project:
                    paid[project, fund] = paid.get((project, fund), 0) + fen
            if it["kind"] != "opening":
                for at in touched:
                    moved[at][1] += 1
        for at, fen in paid.items():
            self.paid[at] = self.paid.get(at, 0) + fen
        return moved, brought, paid

    def month(self, entries, sides):
        opening = {}
        for (fund, account), (debit, credit) in self.turnover.items():
            if sides.get((fund, account), "net_assets") in NOMINAL:
                opening[fund] = opening.get(fund, 0) + credit - debit
        moved, brought, paid = self.add(entries, sides)
        for fund, fen in brought.items():
            opening[fund] = opening.get(fund, 0) + fen
        turnover = {at: tuple(pair) for at, pair in self.turnover.items()}
        return Figures(
            opening, moved, turnover, {at: (paid.get(at, 0), fen) for at, fen in self.paid.items()}
        )


class Statement:
    """A statement.json held against the figures that follow from the entries."""

    def __init__(self, book, folder, seal, sides, figures, later_):
        self.book, self.folder, self.seal, self.sides = book, folder, seal, sides
        self.figures, self.later, self.told = figures, later_, folder.statement
        self.chart = seal.it["chart"]

    def expect(self, field, told, want, money=False):
        if type(told) is not type(want) or told != want:
            show = (
                yuan
                if money
                else lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True)
            )
            told, want = (show(told) if told is not None else "null"), show(want)
            self.folder.fault(
                "statement.value", "statement.json", field=field, told=told, want=want
            )

    def check(self):
        told, folder = self.told, self.folder
        self.expect("format", told["format"], "linli-statement/1")
        self.expect("book.code", told["book"]["code"], self.book.code)
        self.expect("period", told["period"], folder.period)
        self.expect("version", told["version"], folder.version)
        self.book.name = str(told["book"].get("name", ""))
        self.check_funds()
        self.check_projects()
        self.check_bank()
        self.expect("log.origin", told["log"]["origin"], self.book.origin)
        self.expect("log.size", told["log"]["size"], folder.index)
        root = self.book.roots.get(folder.index)
        if root:
            self.expect("log.root", told["log"]["root"], base64.b64encode(root).decode())
        self.expect("previous_seal", told["previous_seal"], self.seal.it.get("previous"))
        self.expect("signers", codes(told["signers"], "role"), folder.it["signers"])
        self.expect("open_points", codes(told["open_points"], "code"), self.seal.it["open_points"])

    def check_funds(self):
        funds = {fund["fund"]: fund for fund in self.told["funds"]}
        self.expect("funds", [fund["fund"] for fund in self.told["funds"]], list(funds))
        moved = {fund for fund, fen in self.figures.opening.items() if fen}
        moved |= {fund for fund, _ in self.figures.moved}
        self.expect("funds", sorted(set(funds) & moved), sorted(moved))
        for name, fund in funds.items():
            totals = dict.fromkeys(TOTALS, 0)
            for (of, account), (fen, _) in self.figures.moved.items():
                side = self.sides.get((of, account))
                if of == name and side in totals:
                    totals[side] += SIGN[side] * fen
            opening = self.figures.opening.get(name, 0)
            closing = (
                opening + totals["income"] - totals["cost"] - totals["use"] + totals["transfer"]
            )
            for field, want in [("opening", opening), ("closing", closing)] + sorted(
                totals.items()
            ):
                self.expect(
                    "funds.%s.%s_fen" % (name, field), fund[field + "_fen"], want, money=True
                )
            self.check_lines(name, fund["lines"])

    def check_lines(self, fund, lines):
        want = []
        for of, account, side, label in self.chart:
            fen, count = self.figures.moved.get((of, account), (0, 0))
            extra = (self.later or {}).get((of, account), 0)
            if of == fund and side in SIGN and (count or extra):
                want.append((side, account, label, SIGN[side] * fen, count, SIGN[side] * extra))
        self.expect(
            "funds.%s.lines" % fund, [line["category"] for line in lines], [row[1] for row in want]
        )
        for line, row in zip(lines, want):
            if line["category"] != row[1]:
                break
            at = "funds.%s.lines.%s." % (fund, row[1])
            self.expect(at + "side", line["side"], row[0])
            self.expect(at + "name", line["name"], row[2])
            self.expect(at + "amount_fen", line["amount_fen"], row[3], money=True)
            self.expect(at + "count", line["count"], row[4])
            self.expect(at + "later_fen", line.get("later_fen", 0), row[5], money=True)

    def check_projects(self):
        told = {}
        for project in self.told["projects"]:
            for line in project["funding"]:
                at = (project["code"], line["fund"])
                if at in told:
                    self.expect("projects.%s.%s" % at, 2, 1)
                told[at] = line
        for at in sorted(set(told) | set(self.figures.paid)):
            month, to_date = self.figures.paid.get(at, (0, 0))
            line = told.get(at, {})
            self.expect("projects.%s.%s.paid_fen" % at, line.get("paid_fen"), month, money=True)
            self.expect(
                "projects.%s.%s.paid_to_date_fen" % at,
                line.get("paid_to_date_fen"),
                to_date,
                money=True,
            )

    def check_bank(self):
        """One row per money account, in chart order; the bank's side as it was sealed."""
        money = [(fund, account) for fund, account, side, _ in self.chart if side == "money"]
        sealed = {(row["fund"], row["account"]): row for row in self.seal.it["bank"]}
        self.expect("bank", [row["fund"] for row in self.told["bank"]], [fund for fund, _ in money])
        kinds = (
            "book_receipt_not_in_bank",
            "book_payment_not_in_bank",
            "bank_receipt_not_in_book",
            "bank_payment_not_in_book",
        )
        for row, at in zip(self.told["bank"], money):
            field = "bank.%s." % at[1]
            self.expect(
                field + "book_balance_fen",
                row["book_balance_fen"],
                self.figures.balance(at),
                money=True,
            )
            there = sealed.get(at, {"status": "unconfirmed"})
            self.expect(field + "status", row["status"], there["status"])
            closing = there.get("closing")
            self.expect(
                field + "bank_balance_fen",
                row["bank_balance_fen"],
                closing,
                money=closing is not None,
            )
            if closing is None:
                self.expect(field + "difference_fen", row["difference_fen"], None)
                continue
            open_ = [0, 0, 0, 0]
            for item in row["outstanding"]:
                open_[kinds.index(item["kind"])] += item["amount_fen"]
            expected = self.figures.balance(at) - open_[0] + open_[1] + open_[2] - open_[3]
            self.expect(
                field + "difference_fen",
                abs(row["difference_fen"]),
                abs(closing - expected),
                money=True,
            )


def codes(items, name):
    return [item[name] if type(item) is dict else item for item in items]


# --- the report -------------------------------------------------------------------------------


def short_root(root):
    return base64.b32encode(root[:5]).decode()


def fund_name(fund, lang):
    return say("fund." + fund, lang) if "fund." + fund in WORDS else fund


def folder_line(book, folder, bad, lang):
    """One line about one book and period."""
    parts = [say("line.bad" if bad else "line.good", lang), book.code, book.name, folder.period]
    if folder.version > 1:
        parts.append(say("line.version", lang, version=folder.version))
    if folder.it:
        entries = sum(1 for _, it, _, _ in folder.rows if it and it["type"] == "entry")
        root = bytes.fromhex(folder.it["root"])
        counts = say(
            "line.counts", lang, entries=entries, leaves=folder.index + 1, seal=short_root(root)
        )
        hidden = sum(
            1 for index, it, _, _ in folder.rows if it is None and index not in book.bodies
        )
        parts += [counts] + ([say("line.hidden", lang, count=hidden)] if hidden else [])
    for fund in (folder.statement or {}).get("funds", []) if not bad else []:
        closing = yuan(fund["closing_fen"])
        parts.append(say("line.fund", lang, fund=fund_name(fund["fund"], lang), closing=closing))
    return "  ".join(part for part in parts if part)


def sorted_faults(checker):
    """Files that are not the published ones first: whatever follows, follows from them."""
    first = (
        "file.hash",
        "file.missing",
        "file.extra",
        "file.link",
        "note.form",
        "note.signature",
        "note.unsigned",
    )
    return sorted(checker.faults, key=lambda fault: fault.code not in first)


def report_text(checker, lang, limit=40):
    lines, faults = [], sorted_faults(checker)
    folders = [(book, folder) for book in checker.books for folder in book.folders]
    for book, folder in sorted(
        folders, key=lambda pair: (pair[0].code, pair[1].period, pair[1].version)
    ):
        inside = [
            f
            for f in faults
            if f.file.startswith(folder.place + "/") and not deeper(f.file, folder)
        ]
        lines.append(folder_line(book, folder, bool(inside), lang))
    lines += ["  ! " + fault.text(lang) for fault in faults[:limit]]
    if len(faults) > limit:
        lines.append("    " + say("more", lang, count=len(faults) - limit))
    if faults:
        lines.append(say("bad", lang, count=len(faults)))
    else:
        lines.append(say("ok", lang, books=len(checker.books), folders=len(folders)))
        lines += [anchor_line(checker, book, lang) for book in checker.books]
        lines.append(say("limits", lang))
    return "\n".join(lines) + "\n"


def deeper(file, folder):
    """Whether a file below a month's folder belongs to a correction's folder inside it."""
    return folder.version == 1 and re.match(r"v[0-9]+/", file[len(folder.place) + 1 :]) is not None


def anchor_line(checker, book, lang):
    kind = checker.anchored.get(book.code, "none")
    name = ("%s %s" % (book.code, book.name)).strip()
    county = checker.county.print() if checker.county else ""
    return say("anchor." + kind, lang, book=name, county=county, print=book.keys[-1][1].print())


def report_json(checker, lang):
    faults = sorted_faults(checker)
    books = [
        {
            "code": book.code,
            "name": book.name,
            "origin": book.origin,
            "anchor": checker.anchored.get(book.code, "none"),
            "key": book.keys[-1][1].text if book.keys else None,
            "print": book.keys[-1][1].print() if book.keys else None,
            "folders": [
                {
                    "place": folder.place,
                    "period": folder.period,
                    "version": folder.version,
                    "size": folder.index + 1 if folder.it else None,
                    "seal": short_root(bytes.fromhex(folder.it["root"])) if folder.it else None,
                }
                for folder in book.folders
            ],
        }
        for book in checker.books
    ]
    county = (
        {"key": checker.county.text, "print": checker.county.print()} if checker.county else None
    )
    told = {
        "ok": not faults,
        "county": county,
        "books": books,
        "faults": [f.data(lang) for f in faults],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def read_trust(text):
    """A key, a fingerprint, or a file that holds one of them."""
    if os.path.isfile(text):
        with open(text, encoding="utf-8") as file:
            text = file.read().strip()
    if re.fullmatch("[A-Za-z2-7]{4}(-?[A-Za-z2-7]{4}){4}", text):
        plain = text.replace("-", "").upper()
        return "-".join(plain[at : at + 4] for at in range(0, 20, 4))
    return Key(text).text


def main(argv=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", nargs="?", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--trust", action="append", default=[], metavar="KEY")
    parser.add_argument("--since", action="append", default=[], metavar="CHECKPOINT")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    if not os.path.isdir(options.folder):
        parser.error("not a folder: %s" % options.folder)
    try:
        trust = [read_trust(text) for text in options.trust]
        since = []
        for name in options.since:
            with open(name, "rb") as file:
                since.append(file.read())
        checker = Checker(Source(options.folder), trust, since)
    except (OSError, ValueError) as fault:
        parser.error(str(fault))
    checker.run()
    out = (report_json if options.json else report_text)(checker, options.lang)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    sys.stdout.write(out)
    return 1 if checker.faults else 0


if __name__ == "__main__":
    sys.exit(main())
