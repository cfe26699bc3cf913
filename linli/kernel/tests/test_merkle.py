"""Trees against the published vectors, against the definition, and exhaustively when small."""

import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import merkle
from linli.kernel.merkle import Frontier, Tree, leaf_hash, node_hash

VECTORS = json.loads((Path(__file__).parent / "vectors" / "rfc6962.json").read_text())
LEAVES = [leaf_hash(bytes.fromhex(each)) for each in VECTORS["leaves"]]
ROOTS = [bytes.fromhex(each) for each in VECTORS["roots"]]
MANY = [leaf_hash(str(n).encode()) for n in range(70)]

hashes = st.binary(min_size=32, max_size=32)


def by_definition(leaves):
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(by_definition(leaves[:split]), by_definition(leaves[split:]))


def unhex(proof):
    return [bytes.fromhex(each) for each in proof]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_roots_are_the_published_ones(size):
    assert merkle.root(LEAVES[:size]) == ROOTS[size]
    assert Tree(LEAVES[:size]).root() == ROOTS[size]


@pytest.mark.parametrize("case", VECTORS["inclusion"], ids=str)
def test_inclusion_proofs_are_the_published_ones(case):
    index, size, proof = case["index"], case["size"], unhex(case["proof"])
    assert merkle.inclusion_proof(LEAVES[:size], index) == proof
    assert merkle.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])


@pytest.mark.parametrize("case", VECTORS["consistency"], ids=str)
def test_consistency_proofs_are_the_published_ones(case):
    old, new, proof = case["old"], case["new"], unhex(case["proof"])
    assert merkle.consistency_proof(LEAVES[:new], old) == proof
    assert merkle.verify_consistency(old, ROOTS[old], new, ROOTS[new], proof)


def test_every_leaf_of_every_small_tree_proves_itself_and_nothing_else():
    tree = Tree(MANY)
    for size in range(1, len(MANY) + 1):
        root = by_definition(MANY[:size])
        assert tree.root(size) == root
        for index in range(size):
            proof = tree.inclusion_proof(index, size)
            assert merkle.verify_inclusion(MANY[index], index, size, proof, root)
            other = MANY[(index + 1) % len(MANY)]
            assert not merkle.verify_inclusion(other, index, size, proof, root)
            assert not merkle.verify_inclusion(
                MANY[index], index, size, proof, node_hash(root, root)
            )
            assert not merkle.verify_inclusion(MANY[index], index, size, [*proof, root], root)
            if proof:
                assert not merkle.verify_inclusion(MANY[index], index, size, proof[:-1], root)
                assert not merkle.verify_inclusion(MANY[index], index ^ 1, size, proof, root)


def test_every_small_tree_proves_that_it_continues_every_smaller_one():
    tree = Tree(MANY)
    roots = [tree.root(size) for size in range(len(MANY) + 1)]
    for new in range(1, len(MANY) + 1):
        for old in range(1, new + 1):
            proof = tree.consistency_proof(old, new)
            assert merkle.verify_consistency(old, roots[old], new, roots[new], proof)
            assert not merkle.verify_consistency(old, MANY[69], new, roots[new], proof)
            assert not merkle.verify_consistency(old, roots[old], new, MANY[69], proof)
            assert not merkle.verify_consistency(
                old, roots[old], new, roots[new], [*proof, MANY[0]]
            )
            if proof:
                assert not merkle.verify_consistency(old, roots[old], new, roots[new], proof[:-1])
                assert not merkle.verify_consistency(old - 1, roots[old], new, roots[new], proof)


def test_a_changed_history_is_not_a_continuation():
    changed = Tree([*MANY[:3], leaf_hash(b"forged"), *MANY[4:40]])
    proof = changed.consistency_proof(20, 40)
    old = merkle.root(MANY[:20])
    assert not merkle.verify_consistency(20, old, 40, changed.root(40), proof)
    honest = Tree(MANY)
    assert merkle.verify_consistency(20, old, 40, honest.root(40), honest.consistency_proof(20, 40))


def test_vacuous_proofs_are_refused():
    root = merkle.root(MANY)
    assert not merkle.verify_consistency(0, merkle.EMPTY_ROOT, 70, root, [])
    assert not merkle.verify_consistency(0, merkle.EMPTY_ROOT, 0, merkle.EMPTY_ROOT, [])
    assert not merkle.verify_inclusion(merkle.EMPTY_ROOT, 0, 0, [], merkle.EMPTY_ROOT)
    assert not merkle.verify_consistency(70, root, 69, merkle.root(MANY[:69]), [])
    with pytest.raises(ValueError):
        merkle.consistency_proof(MANY, 0)
    with pytest.raises(ValueError):
        merkle.inclusion_proof(MANY, 70)


def test_a_proof_is_bound_to_the_size_of_its_tree():
    """Leaf 1 of 2 and leaf 2 of 3 fold alike; only the size tells them apart."""
    proof = merkle.inclusion_proof(MANY[:2], 1)
    root = merkle.root(MANY[:2])
    assert merkle.verify_inclusion(MANY[1], 1, 2, proof, root)
    assert not merkle.verify_inclusion(MANY[1], 1, 3, proof, root)
    assert merkle.verify_inclusion(MANY[1], 2, 3, proof, root)


@pytest.mark.parametrize(
    "proof", [["x"], [b"short"], [b"\x00" * 33], [None], [bytearray(32)]], ids=repr
)
def test_malformed_proofs_are_false_and_not_an_error(proof):
    root = merkle.root(MANY[:2])
    assert not merkle.verify_inclusion(MANY[0], 0, 2, proof, root)
    assert not merkle.verify_consistency(1, MANY[0], 2, root, proof)
    assert not merkle.verify_inclusion(MANY[0], -1, 2, [MANY[1]], root)
    assert not merkle.verify_inclusion(MANY[0], True, 2, [MANY[1]], root)


@given(st.lists(hashes, max_size=80), st.data())
def test_a_frontier_grows_to_the_same_root_through_storage(leaves, data):
    cut = data.draw(st.integers(0, len(leaves)))
    half = Frontier().extend(leaves[:cut])
    again = Frontier.from_bytes(half.to_bytes())
    assert again == half and again.size == cut
    for leaf in leaves[cut:]:
        again.append(leaf)
    assert again.root() == by_definition(leaves) == Tree(leaves).root()
    assert half.size == cut and half.root() == by_definition(leaves[:cut])
    assert len(again.to_bytes()) == 8 + 32 * bin(len(leaves)).count("1")


@pytest.mark.parametrize(
    "data", [b"", b"\x00" * 7, (1).to_bytes(8, "big"), (2).to_bytes(8, "big") + b"\x00" * 64,
             b"\xff" * 8 + b"\x00" * 32 * 64]
)  # fmt: skip
def test_a_broken_frontier_is_refused(data):
    with pytest.raises(ValueError):
        Frontier.from_bytes(data)


def test_only_leaf_hashes_are_appended():
    for wrong in (b"", b"\x00" * 31, "x" * 32):
        with pytest.raises(ValueError):
            Frontier().append(wrong)
        with pytest.raises(ValueError):
            Tree().append(wrong)


def test_appending_reads_no_more_than_one_hash_per_level():
    frontier = Frontier()
    for leaf in MANY * 40:
        frontier.append(leaf)
    assert len(frontier.hashes) == bin(frontier.size).count("1") <= 12


def test_a_copy_grows_on_its_own():
    first = Frontier().extend(MANY[:5])
    second = first.copy()
    second.append(MANY[5])
    assert (first.size, second.size) == (5, 6)
    assert first.root() == merkle.root(MANY[:5])


@given(st.integers(1, 300), st.data())
def test_proofs_from_a_source_of_nodes_read_only_a_few_of_them(size, data):
    leaves = [n.to_bytes(32, "big") for n in range(size)]
    tree, read = Tree(leaves), []

    def node(level, index):
        read.append((level, index))
        return tree.node(level, index)

    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof_from(node, index, size)
    assert merkle.verify_inclusion(leaves[index], index, size, proof, tree.root())
    old = data.draw(st.integers(1, size))
    steps = merkle.consistency_proof_from(node, old, size)
    assert merkle.verify_consistency(old, tree.root(old), size, tree.root(), steps)
    assert len(read) <= 4 * size.bit_length()
