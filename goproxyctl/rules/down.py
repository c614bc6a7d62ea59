"""What goes wrong, as people write it: ``gateway=503``, ``goproxy-cn/zip=html``."""

from collections.abc import Iterable

from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Where
from goproxyctl.rules.names import suggest_or_list
from goproxyctl.rules.scene import Scene
from goproxyctl.text import Text

#: Endpoints as people write them behind the name of a server.
ENDPOINTS: dict[str, tuple[Purpose, ...]] = {
    **{purpose.value: (purpose,) for purpose in Purpose},
    "sumdb": (Purpose.SUPPORTED, Purpose.LOOKUP, Purpose.TILE),
}
#: Outcomes as people write them: "html" is short for "200-html".
OUTCOMES: dict[str, Outcome] = {
    **{outcome.value: outcome for outcome in Outcome},
    **{outcome.value[4:]: outcome for outcome in Outcome if outcome.value.startswith("200-")},
}


class DownError(Exception):
    """Something that cannot be read; ``text`` says what is wrong, ``advice`` what would do."""

    def __init__(self, text: Text, advice: Text | None) -> None:
        super().__init__(text)
        self.text = text
        self.advice = advice


def read_places(scene: Scene, words: str) -> tuple[tuple[Where, Purpose | None], ...]:
    """What ``SERVER`` or ``SERVER/ENDPOINT`` means. Raises: DownError."""
    servers = scene.called()
    server, slash, endpoint = (words, "", "") if words in servers else words.rpartition("/")
    if not slash:
        server, endpoint = words, ""
    if server not in servers:
        text = Text("down.server", "no server of the chain is called {name!r}", name=server)
        raise DownError(text, suggest_or_list(server, map(scene.name, servers.values())))
    if not slash:
        return ((servers[server], None),)
    if endpoint not in ENDPOINTS:
        text = Text("down.endpoint", "there is no endpoint {name!r}", name=endpoint)
        raise DownError(text, suggest_or_list(endpoint, ENDPOINTS))
    return tuple((servers[server], purpose) for purpose in ENDPOINTS[endpoint])


def read_outcome(words: str) -> Outcome:
    """What ``words`` means. Raises: DownError."""
    found = OUTCOMES.get(words)
    if found is None:
        text = Text("down.outcome", "there is no outcome {name!r}", name=words)
        raise DownError(text, suggest_or_list(words, OUTCOMES))
    return found


def read_down(scene: Scene, entries: Iterable[tuple[str, str]]) -> dict[tuple[Where, Purpose | None], Outcome]:
    """What each (server and endpoint, outcome) comes to; later ones replace earlier ones. Raises: DownError."""
    return {place: read_outcome(outcome) for words, outcome in entries for place in read_places(scene, words)}
