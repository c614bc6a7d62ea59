"""Seeded cases: a chain and settings for one go process, and modules that each meet outcomes of their own."""

from dataclasses import dataclass, field
from random import Random

from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Assumed, Where
from tests.gosem.conformance.content import NAME, SIGNER

#: What one module's request can meet without another module noticing.
ANSWERS = (
    Outcome.HTML, Outcome.EMPTY, Outcome.TAMPERED, Outcome.NO_CONTENT, Outcome.UNAUTHORIZED, Outcome.FORBIDDEN,
    Outcome.GONE, Outcome.TOO_MANY, Outcome.SERVER_ERROR, Outcome.BAD_GATEWAY, Outcome.UNAVAILABLE, Outcome.RESET,
    Outcome.TRUNCATED, Outcome.REDIRECT_LOOP,
)  # fmt: skip
_ENDPOINTS = (Purpose.INFO, Purpose.MOD, Purpose.ZIP, Purpose.LIST, Purpose.LATEST)
_QUERIES = ("v1.0.0",) * 5 + (
    "v0.2.0-rc.1",
    "v3.0.0+incompatible",
    "latest",
    "latest",
    "latest",
    "v1",
    "master",
    ">=v1.0.0",
)

Table = dict[tuple[Where, Purpose | None], Outcome]


@dataclass(slots=True)
class Module:
    """One module of a run."""

    path: str
    query: str
    table: Table = field(default_factory=dict)
    versions: dict[Where, tuple[str, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Case:
    """One go process.

    Shape: ``hosts`` maps a host to the index of its hop; ``shared`` are outcomes of the checksum database and of hops
    that are down for all; ``recorded``: run inside a module whose go.sum has everything.
    """

    environment: dict[str, str]
    hosts: dict[str, int]
    modules: list[Module]
    shared: Table = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    untrusted: set[str] = field(default_factory=set)
    recorded: bool = False

    def outcomes(self, module: Module) -> Assumed:
        return Assumed({**module.table, **self.shared}, module.versions)


def make_case(random: Random, count: int) -> Case:
    """A case with ``count`` modules; one alone where go may exit for the sake of one."""
    hosts: dict[str, int] = {}
    items = _items(random, hosts)
    recorded = random.random() < 0.04
    environment = {"GOPROXY": items, **_private(random), "GOSUMDB": _sumdb(random)}
    case = Case(environment, hosts, [], recorded=recorded)
    _share(random, case)
    rate = random.choice((0.1, 0.3, 0.5))
    for number in range(1 if recorded else count):
        case.modules.append(_module(random, number, case, rate))
    return case


def make_direct_case(random: Random, count: int) -> Case:
    """A case without any proxy, where the hop that go puts before the chain is left out."""
    environment = {"GOPROXY": "direct", "GOPRIVATE": "*.corp.test", "GOSUMDB": "off"}
    case = Case(environment, {}, [])
    case.modules += [_module(random, number, case, 0.5) for number in range(count)]
    return case


def _items(random: Random, hosts: dict[str, int]) -> str:
    """A chain; writes down which host is which hop."""
    text = ""
    count = random.choice((0, 1, 1, 2, 2, 2, 3, 3, 4, 5))
    end = random.choice(("", "", "direct", "direct", "off"))
    if not count and not end:
        end = "direct"
    for index in range(count):
        if index and random.random() < 0.05:
            item = text.replace("|", ",").split(",")[0].strip()
        else:
            host = f"h{index}.test"
            hosts[host] = index
            scheme = random.choice(("http://", "http://", "https://", "https://", ""))
            item = scheme + host + random.choice(("", "", "/", "/base", "/a/b/", "/A%2Fb", "/x?t=1"))
        text += random.choice(("", "", "", " ")) + item + random.choice((",", "|"))
    if random.random() < 0.04:
        return (
            text + random.choice(("nonsense", "DIRECT", "ftp://x.test", "https://[x")) + random.choice(("", ",direct"))
        )
    if end:
        return text + end + random.choice(("", ",https://never.test"))
    return text if random.random() < 0.1 else text[:-1]


def _private(random: Random) -> dict[str, str]:
    settings: dict[str, str] = {}
    if random.random() < 0.5:
        settings["GOPRIVATE"] = random.choice(
            ("*.corp.test", "m1*.corp.test,m2*.corp.test/Team", "*.corp.test/*", "x, *")
        )
    if random.random() < 0.25:
        settings["GONOPROXY"] = random.choice(("none", "*.corp.test", "*.test"))
    if random.random() < 0.25:
        settings["GONOSUMDB"] = random.choice(("none", "*.corp.test", "*.example.test"))
    if random.random() < 0.15:
        settings["GOINSECURE"] = random.choice(("*.corp.test", "*.test"))
    return settings


def _sumdb(random: Random) -> str:
    choice = random.random()
    if choice < 0.35:
        return "off"
    if choice < 0.8:
        return SIGNER.verifier
    if choice < 0.95:
        return f"{SIGNER.verifier} {random.choice(('https', 'http'))}://{NAME}{random.choice(('', '/mirror/'))}"
    return random.choice(("https://sum.golang.org", "sum.test", f"{SIGNER.verifier} a b", SIGNER.verifier[:-2] + "A="))


def _share(random: Random, case: Case) -> None:
    """Outcomes that are the process's, not a module's."""
    where: list[Where] = [*range(len(case.hosts) + 1), "sumdb"]
    for place in where:
        if random.random() < 0.6:
            case.shared[place, Purpose.SUPPORTED] = random.choice((Outcome.NOT_FOUND, Outcome.NOT_FOUND, *ANSWERS))
        if random.random() < 0.05:
            case.shared[place, Purpose.TILE] = random.choice((Outcome.NOT_FOUND, Outcome.UNAVAILABLE, Outcome.HTML))
    for host, index in case.hosts.items():
        if random.random() < 0.04 and f"https://{host}" in case.environment["GOPROXY"]:
            kind, hosts = random.choice(((Outcome.REFUSED, case.refused), (Outcome.TLS, case.untrusted)))
            hosts.add(host)
            for purpose in Purpose:
                case.shared[index, purpose] = kind


def _module(random: Random, number: int, case: Case, rate: float) -> Module:
    domain = random.choice(("corp", "example", "example"))
    path = f"m{number}.{domain}.test" + random.choice(("", "/team", "/Team/Lib", "/team/v9lib"))
    query = random.choice(_QUERIES)
    module = Module(path, query)
    for index in range(5):
        for purpose in _ENDPOINTS:
            if random.random() < rate:
                module.table[index, purpose] = _outcome(random, purpose)
        if random.random() < 0.3:
            module.versions[index] = ("v1.0.0", "v1.1.0")
        if random.random() < 0.08:
            module.table[index, Purpose.LOOKUP] = random.choice((Outcome.NOT_FOUND, *ANSWERS))
    if random.random() < 0.12:
        module.table["sumdb", Purpose.LOOKUP] = random.choice((Outcome.NOT_FOUND, *ANSWERS))
    if random.random() < rate:
        module.table["origin", Purpose.GO_GET] = random.choice((Outcome.NOT_FOUND, *ANSWERS))
    if random.random() < rate:
        module.table["origin", Purpose.VCS] = random.choice((Outcome.NOT_FOUND, Outcome.UNAVAILABLE, Outcome.GONE))
    return module


def _outcome(random: Random, purpose: Purpose) -> Outcome:
    if random.random() < 0.45:
        return Outcome.NOT_FOUND
    chosen = random.choice(ANSWERS)
    lists = purpose in {Purpose.LIST, Purpose.LATEST}
    return Outcome.EMPTY if lists and chosen is Outcome.TAMPERED else chosen
