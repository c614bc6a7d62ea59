"""Lists of a cluster: page by page, so that what is held at once does not grow with the cluster."""

from collections.abc import AsyncIterator, Mapping
from typing import NamedTuple

from goproxyctl.errors import StoreError
from goproxyctl.stores.cluster import Answer, Api
from goproxyctl.text import Text

#: Objects in one page of a list. Source: kubectl's own --chunk-size.
PAGE = 500
#: So few are asked for one by one: that takes no right to list those of every namespace.
FEW = 8
#: How often a list that expires is begun again.
TRIES = 5


class Page(NamedTuple):
    """A part of a list. ``first``: the list begins with it, and whatever came before is void."""

    first: bool
    answer: Answer


async def pages(api: Api, path: str, query: Mapping[str, object] | None = None) -> AsyncIterator[Page]:
    """The pages of a list, the first one again when the list has expired. A refusal is the last.

    Source: kubernetes.io, API concepts, "Retrieving large results sets": 410 means that the list has to be begun
    again.
    """
    for left in reversed(range(TRIES)):
        asked: dict[str, object] = {**(query or {}), "limit": PAGE}
        first = True
        while (answer := await api.send("GET", path, asked)).good:
            yield Page(first, answer)
            first = False
            asked["continue"] = answer.tree["metadata"].get("continue")
            if not asked["continue"]:
                return
        if answer.status != 410 or not left:
            yield Page(first, answer)
            return


def refused(where: str | Text, answer: Answer) -> Text:
    """What a refusal means to whoever asked."""
    if answer.status in {401, 403}:
        return Text("cluster.denied", "{where}: the API server denies it: {why}; ask for that right", where=where,
                    why=answer.message)  # fmt: skip
    return Text("cluster.refused", "{where}: the API server refuses: {why}", where=where, why=answer.message)


def no_list(kind: str, answer: Answer) -> StoreError:
    """The error of a list that cannot be had."""
    return StoreError(refused(Text("cluster.list", "{kind} of every namespace", kind=kind), answer))
