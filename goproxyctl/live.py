"""What is there now."""

from collections.abc import Callable, Iterable

from goproxyctl.resource import Address, Live, Place
from goproxyctl.stores import Store

#: Opens the store of a place, when an address needs it: ``functools.partial(open_store, roots=roots)``.
Stores = Callable[[Place], Store]


def observe(addresses: Iterable[Address], stores: Stores) -> dict[Address, Live]:
    """What is at each address. Raises: StoreError."""
    places: dict[Place, list[Address]] = {}
    for address in addresses:
        places.setdefault(address.place, []).append(address)
    found: dict[Address, Live] = {}
    for place, group in places.items():
        found.update(stores(place).read(group))
    return found
