"""Merkle trees by RFC 6962: roots, growth, and proofs that a stranger can check.

A leaf is hashed as ``SHA-256(0x00 ‖ body)``, a node as ``SHA-256(0x01 ‖ left ‖ right)``; a tree of
n leaves splits at the largest power of two below n. Everywhere here ``leaf`` is the 32-byte leaf
hash, not the body. Proofs are judged only against a size *and* a root taken from a checkpoint:
leaf 1 of 2 and leaf 2 of 3 fold alike, so a bare root proves less than it seems.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()
MAX_SIZE = 2**63 - 1

NodeSource = Callable[[int, int], bytes]
"""``node(level, index)``: the root of the complete subtree over the leaves
``index·2^level … (index+1)·2^level − 1``."""

_sha256 = hashlib.sha256


def leaf_hash(body: bytes) -> bytes:
    """The leaf hash of a body's exact bytes."""
    return _sha256(b"\x00" + body).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node over its two children."""
    return _sha256(b"\x01" + left + right).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in order; of no leaves, SHA-256 of nothing."""
    return Frontier().extend(leaves).root()


class Frontier:
    """What must be kept of a tree to let it grow: its size and one hash per set bit of the size.

    ``append`` costs O(log n) at worst and one node hash on average. Two frontiers are equal when
    their size and hashes are.
    """

    __slots__ = ("_hashes", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._hashes: list[bytes] = []

    @property
    def size(self) -> int:
        return self._size

    @property
    def hashes(self) -> tuple[bytes, ...]:
        """Roots of the complete subtrees, the largest (leftmost) first."""
        return tuple(self._hashes)

    def append(self, leaf: bytes) -> Frontier:
        """Add one leaf hash; returns itself."""
        _hash(leaf)
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Add leaf hashes in order; returns itself."""
        size, hashes = self._size, self._hashes
        for leaf in leaves:
            bits = size
            while bits & 1:
                leaf = _sha256(b"\x01" + hashes.pop() + leaf).digest()
                bits >>= 1
            hashes.append(leaf)
            size += 1
        self._size = size
        return self

    def root(self) -> bytes:
        """The tree's root as it stands."""
        if not self._hashes:
            return EMPTY_ROOT
        result = self._hashes[-1]
        for left in reversed(self._hashes[:-1]):
            result = node_hash(left, result)
        return result

    def copy(self) -> Frontier:
        twin = Frontier()
        twin._size, twin._hashes = self._size, list(self._hashes)
        return twin

    def to_bytes(self) -> bytes:
        """8 bytes of size, big-endian, then the hashes, largest subtree first."""
        return self._size.to_bytes(8, "big") + b"".join(self._hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """The inverse of ``to_bytes``; raises ValueError for anything else."""
        frontier = cls()
        if len(data) < 8:
            raise ValueError("a frontier has at least 8 bytes")
        size = int.from_bytes(data[:8], "big")
        if size > MAX_SIZE or len(data) != 8 + HASH_SIZE * size.bit_count():
            raise ValueError("the number of hashes does not fit the size of the tree")
        frontier._size = size
        frontier._hashes = [bytes(data[at : at + 32]) for at in range(8, len(data), HASH_SIZE)]
        return frontier

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frontier):
            return NotImplemented
        return self._size == other._size and self._hashes == other._hashes

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Frontier(size={self._size}, root={self.root().hex()[:12]}…)"


class Tree:
    """A whole tree in memory, able to prove; keeps about two hashes per leaf."""

    __slots__ = ("_levels",)

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    @property
    def size(self) -> int:
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        level = 0
        node = _hash(leaf)
        while True:
            if level == len(self._levels):
                self._levels.append([])
            row = self._levels[level]
            row.append(node)
            if len(row) & 1:
                return
            node = node_hash(row[-2], row[-1])
            level += 1

    def node(self, level: int, index: int) -> bytes:
        """A NodeSource over this tree; raises IndexError for a subtree that is not complete."""
        if level < 0 or index < 0 or level >= len(self._levels):
            raise IndexError(f"no complete subtree at level {level}, index {index}")
        return self._levels[level][index]

    def root(self, size: int | None = None) -> bytes:
        """The root now, or of the first ``size`` leaves."""
        return root_from(self.node, self._within(size))

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        return inclusion_proof_from(self.node, index, self._within(size))

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        return consistency_proof_from(self.node, old, self._within(new))

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise ValueError(f"the tree has {self.size} leaves, not {size}")
        return size


def root_from(node: NodeSource, size: int) -> bytes:
    """The root of the first ``size`` leaves, read from a node source in O(log n) reads."""
    return _range(node, 0, size) if size else EMPTY_ROOT


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of one leaf among all of ``leaves``, its sibling first (RFC 6962 §2.1.1)."""
    return Tree(leaves).inclusion_proof(index)


def inclusion_proof_from(node: NodeSource, index: int, size: int) -> list[bytes]:
    """As inclusion_proof, from a node source; raises ValueError if the leaf is not in the tree."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(node, middle, end))
            end = middle
        else:
            path.append(_range(node, start, middle))
            start = middle
    path.reverse()
    return path


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """That the first ``old`` of ``leaves`` are a prefix of all of them (RFC 6962 §2.1.2)."""
    return Tree(leaves).consistency_proof(old)


def consistency_proof_from(node: NodeSource, old: int, new: int) -> list[bytes]:
    """As consistency_proof, from a node source; raises ValueError unless 0 < old ≤ new."""
    if not 0 < old <= new:
        raise ValueError(f"there is no proof from size {old} to size {new}")
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range(node, middle, end))
            end = middle
        else:
            path.append(_range(node, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_range(node, start, end))
    path.reverse()
    return path


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether ``leaf`` is leaf ``index`` of the tree of ``size`` leaves with this root.

    Size and root must come from one trusted checkpoint. Malformed input is a plain False.
    """
    if not (_counts(index, size) and 0 <= index < size and _hashes(leaf, root, *proof)):
        return False
    last = size - 1
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            leaf = node_hash(sibling, leaf)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            leaf = node_hash(leaf, sibling)
        index >>= 1
        last >>= 1
    return last == 0 and leaf == root


def verify_consistency(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree (old_size, old_root) is a prefix of the tree (new_size, new_root).

    A proof from size 0 says nothing and is refused. Equal sizes need equal roots and no hashes.
    Malformed input is a plain False.
    """
    if not (_counts(old_size, new_size) and _hashes(old_root, new_root, *proof)):
        return False
    if not 0 < old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    index, last = old_size - 1, new_size - 1
    while index & 1:
        index >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        index >>= 1
        last >>= 1
    return last == 0 and old == old_root and new == new_root


def _split(count: int) -> int:
    """The largest power of two below count (count ≥ 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _range(node: NodeSource, start: int, end: int) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range(node, start, middle), _range(node, middle, end))


def _hash(value: bytes) -> bytes:
    if not _hashes(value):
        raise ValueError("a leaf hash has 32 bytes")
    return value


def _hashes(*values: object) -> bool:
    return all(isinstance(value, bytes) and len(value) == HASH_SIZE for value in values)


def _counts(*values: object) -> bool:
    return all(type(value) is int and 0 <= value <= MAX_SIZE for value in values)
