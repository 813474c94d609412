"""What the blocks of a page have in common: pairs of characters, each worth the less the more blocks hold it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from math import sqrt

from index.normalize import fold
from index.segment.likeness import folded_pairs, pairs


class Wording:
    """The pairs of a page's bodies. A pair that one block alone holds weighs 1, one that n blocks hold 1/n."""

    def __init__(self, bodies: Iterable[str]) -> None:
        bodies = list(bodies)
        folded = fold("\n".join(bodies)).split("\n") if bodies else []
        self._pairs = {body: folded_pairs(text) for body, text in zip(bodies, folded, strict=True)}
        self._weights: dict[str, float] = {}
        blocks: Counter[str] = Counter()
        for held in self._pairs.values():
            blocks.update(held)
        self._worth = {pair: 1 / count for pair, count in blocks.items()}

    def of(self, text: str) -> set[str]:
        """Return the pairs of `text`; not to be changed."""
        if text not in self._pairs:
            self._pairs[text] = pairs(text)
        return self._pairs[text]

    def together(self, texts: Iterable[str]) -> set[str]:
        return set().union(*map(self.of, texts))

    def share(self, head: str, within: Set[str]) -> float:
        """Return how much of the head's weight is `within`, 0 to 1; 0 for a head without pairs."""
        wanted = self.of(head)
        return self._sum(wanted & within) / self._sum(wanted) if wanted else 0.0

    def kinship(self, before: Iterable[str], after: Iterable[str]) -> float:
        """Return the square root of the weight in common over that of the lighter text, 0 to about 1."""
        before, after = list(before), list(after)
        least = min(sum(map(self._weight, before)), sum(map(self._weight, after)))
        return sqrt(self._sum(self.together(before) & self.together(after)) / least) if least else 0.0

    def _weight(self, text: str) -> float:
        if text not in self._weights:
            self._weights[text] = self._sum(self.of(text))
        return self._weights[text]

    def _sum(self, held: Iterable[str]) -> float:
        worth = self._worth.get
        return sum([worth(pair, 1.0) for pair in held])
