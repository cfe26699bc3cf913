"""The golden vectors: committed bytes that the kernel and verify.py must give for ever."""

import json

import pytest

from linli.kernel import body, keys, merkle, note, receipts
from linli.kernel.tests.make_golden import GOLDEN as PATH
from linli.kernel.tests.published import verify

GOLDEN = json.loads(PATH.read_text("utf-8"))
BODIES = [each.encode() for each in GOLDEN["bodies"]]
KEY = keys.parse_skey(GOLDEN["key"]["skey"])


def test_bodies_of_every_kind_keep_their_bytes_and_leaves():
    kinds = {body.decode(each)["type"] for each in BODIES}
    assert kinds == {"key", "entry", "seal", "objection", "answer", "correction"}
    assert [body.encode(body.decode(each)) for each in BODIES] == BODIES
    assert [merkle.leaf_hash(each).hex() for each in BODIES] == GOLDEN["leaves"]


def test_the_tree_keeps_its_roots_and_its_frontier():
    tree = merkle.Tree(map(merkle.leaf_hash, BODIES))
    assert [tree.root(size).hex() for size in range(tree.size + 1)] == GOLDEN["roots"]
    frontier = merkle.Frontier().extend(map(merkle.leaf_hash, BODIES))
    assert frontier.to_bytes().hex() == GOLDEN["frontier"]
    assert merkle.Frontier.from_bytes(bytes.fromhex(GOLDEN["frontier"])) == frontier


def test_proofs_keep_their_hashes():
    tree = merkle.Tree(map(merkle.leaf_hash, BODIES))
    for told in GOLDEN["inclusion"]:
        proof = tree.inclusion_proof(told["index"], told["size"])
        assert [each.hex() for each in proof] == told["proof"]
    for told in GOLDEN["consistency"]:
        proof = tree.consistency_proof(told["old"], told["new"])
        assert [each.hex() for each in proof] == told["proof"]


def test_the_checkpoint_is_signed_to_the_same_bytes():
    told = GOLDEN["checkpoint"]
    head = note.Checkpoint(told["origin"], told["size"], bytes.fromhex(told["root"]))
    assert note.sign_checkpoint(head, KEY) == told["note"].encode()
    assert told["root"] == GOLDEN["roots"][-1]
    assert keys.short_root(head.root) == told["short"]
    assert str(KEY.verifier) == GOLDEN["key"]["vkey"]
    assert keys.fingerprint(KEY.verifier) == GOLDEN["key"]["fingerprint"]


def test_commitments_keep_their_bytes():
    for told in GOLDEN["commitments"]:
        made = body.commitment(bytes.fromhex(told["salt"]), told["field"], told["value"])
        assert made.hex() == told["commitment"]


def test_the_key_leaves_keep_their_signatures():
    current = None
    for content in map(body.decode, BODIES):
        if content["type"] == "key":
            current = note.open_key_leaf(content, current)
    assert current == KEY.verifier


def test_verify_py_follows_the_same_change_of_key():
    current, texts = None, []
    for content in map(verify.read_body, GOLDEN["bodies"]):
        if content["type"] == "key":
            current = verify.open_key(content, current)
            texts.append(current.text)
    assert len(set(texts)) == 2 and texts[-1] == GOLDEN["key"]["vkey"]


def test_the_receipt_file_opens_and_keeps_its_bytes():
    text = GOLDEN["receipt"].encode()
    shown = receipts.open_proof(text, [KEY.verifier])
    assert shown.receipt["amount"] == 35000
    assert (shown.entry_open, shown.receipt_open) == ({"summary": "摘要"}, {"summary": "停车费"})
    assert note.format_proof(note.parse_proof(text)) == text


@pytest.mark.parametrize("text", GOLDEN["refused"], ids=repr)
def test_what_is_no_body_stays_refused(text):
    with pytest.raises(body.BodyError):
        body.decode(text.encode())


def test_the_golden_vectors_hold_in_verify_py():
    leaves = [verify.leaf_hash(each.encode()) for each in GOLDEN["bodies"]]
    assert [each.hex() for each in leaves] == GOLDEN["leaves"]
    roots = verify.roots_at(leaves, range(len(leaves) + 1))
    assert [roots[size].hex() for size in sorted(roots)] == GOLDEN["roots"]
    for each in GOLDEN["bodies"]:
        assert verify.dumps(verify.read_body(each)) == each
    for told in GOLDEN["commitments"]:
        made = verify.commitment(told["salt"], told["field"], told["value"])
        assert made == told["commitment"]
    head = verify.Checkpoint(GOLDEN["checkpoint"]["note"].encode())
    key = verify.Key(GOLDEN["key"]["vkey"])
    assert head.check(key) is None and key.print() == GOLDEN["key"]["fingerprint"]
    assert (head.size, head.root.hex()) == (len(leaves), GOLDEN["roots"][-1])
    for told in GOLDEN["inclusion"]:
        index, size = told["index"], told["size"]
        path = [bytes.fromhex(each) for each in told["proof"]]
        assert verify.included(leaves[index], index, size, path, roots[size])
    for told in GOLDEN["consistency"]:
        old, new = told["old"], told["new"]
        path = [bytes.fromhex(each) for each in told["proof"]]
        assert verify.consistent(old, roots[old], new, roots[new], path)
    for text in GOLDEN["refused"]:
        with pytest.raises(verify.Bad):
            verify.unbody(text)
