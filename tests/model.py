"""What apply must do, told as history instead of sums: who touched an address last, and whether it was ever ours."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from goproxyctl.resource import Address, Resource


@dataclass(frozen=True)
class Memory:
    """What happened at one address. ``policy``: what was wanted when it was last settled (None: never ours).

    ``begun``: an apply that was killed wrote it for the first time. Until the next apply nobody can tell what a person
    then makes of it from a person's own, so it is a person's own. ``agreed``: what a lent value was when an apply last
    got to its end; moved away from anything else it is taken back.
    """

    live: bytes | None = None
    edited: bool = False
    ours: bool = False
    policy: bytes | None = None
    lent: bool = False
    begun: bool = False
    agreed: bytes | None = None


@dataclass
class Model:
    spots: dict[Address, Memory] = field(default_factory=dict)

    def at(self, address: Address) -> Memory:
        return self.spots.get(address, Memory())

    def edit(self, address: Address, content: bytes | None) -> None:
        spot = self.at(address)
        known = spot.ours and content == spot.policy
        lost = spot.begun and not known
        self.spots[address] = Memory(content) if lost else replace(spot, live=content, edited=not known)

    def adopt(self, address: Address, wanted: Resource) -> None:
        spot = self.at(address)
        if spot.live is not None and not spot.ours:
            self.spots[address] = Memory(
                spot.live, edited=False, ours=True, policy=spot.live, lent=wanted.lent, agreed=spot.live
            )

    def apply(
        self, desired: Mapping[Address, Resource], *, prune: bool, hidden: Collection[Address] = frozenset()
    ) -> None:
        for address in {*self.spots, *desired}.difference(hidden):
            wanted = desired.get(address)
            after = self._wanted(self.at(address), wanted) if wanted else self._unwanted(self.at(address), prune=prune)
            self.spots[address] = after

    @staticmethod
    def _wanted(spot: Memory, wanted: Resource) -> Memory:
        text = wanted.content
        written = Memory(text, ours=True, policy=text, lent=wanted.lent, agreed=text)
        if spot.live == wanted.content:
            return written if spot.ours else spot
        if spot.live is None:
            return written
        if not spot.ours:
            return spot
        if spot.edited and wanted.lent and spot.agreed == wanted.content:
            return replace(spot, lent=True)
        return written

    @staticmethod
    def _unwanted(spot: Memory, *, prune: bool) -> Memory:
        if spot.ours and spot.live is None:
            return Memory()
        if spot.ours and prune and (spot.lent or not spot.edited):
            return Memory()
        return spot
