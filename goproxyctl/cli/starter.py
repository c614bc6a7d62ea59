"""The text of a starting policy: from a few answers, or from the settings that go has on this machine. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from goproxyctl.formats.yamltext import flow, plain
from goproxyctl.gosem.items import Item, parse_chain
from goproxyctl.text import Text

REGIONS = ("cn", "global", "air-gap")
SCHEMA_FILE = "policy.schema.json"

#: Public mirrors by host, and what to call them. Whatever else serves modules is somebody's own.
MIRRORS = {
    "proxy.golang.org": "golang",
    "goproxy.cn": "goproxy-cn",
    "goproxy.io": "goproxy-io",
    "mirrors.aliyun.com": "aliyun",
    "mirrors.cloud.tencent.com": "tencent",
    "repo.huaweicloud.com": "huawei",
}
_CN = (("https://goproxy.cn", "|"), ("https://mirrors.aliyun.com/goproxy/", "|"))
_CHECKSUMS = {"cn": "sum.golang.google.cn"}
_FLAGS = re.compile(r"-mod=(readonly|vendor|mod)|-modcacherw|-trimpath|-buildvcs=(true|false|auto)")


@dataclass(frozen=True, slots=True)
class Start:
    """What a starting policy says. ``chain`` ends with "direct", "off", or a hop. ``targets``: fields of each."""

    name: str
    chain: tuple[Item, ...]
    checksum: str
    checksum_url: str = ""
    toolchain: str = ""
    flags: tuple[str, ...] = ()
    auth: str = ""
    vcs: tuple[str, ...] = ()
    private: tuple[str, ...] = ()
    fetch: str = "direct"
    insecure: tuple[str, ...] = ()
    targets: tuple[Mapping[str, Any], ...] = ()


def region_chain(region: str, gateway: str) -> tuple[Item, ...]:
    """The chain for a region. A gateway decides what may be used, so it comes first and is left only on 404 and 410."""
    first = [Item(gateway, ",")] if gateway else []
    if region == "air-gap":
        return (*first, Item("off"))
    rest = _CN if region == "cn" else (("https://proxy.golang.org", ","),)
    return (*first, *(Item(url, "|" if mark == "|" else ",") for url, mark in rest), Item("direct"))


def region_start(name: str, region: str, gateway: str, private: Iterable[str]) -> Start:
    """A policy for a region. go asks the chain for the checksum database first; an air-gapped site needs no other."""
    checksum = _CHECKSUMS.get(region, "sum.golang.org")
    return Start(name, region_chain(region, gateway), checksum, private=tuple(private))


def live_start(name: str, settings: Mapping[str, str]) -> tuple[Start, list[Text]]:
    """The policy that says what go is told now, and remarks about what it cannot say.

    Source: go-semantics 1.2: GONOPROXY and GONOSUMDB stand for GOPRIVATE where they are empty.
    """
    remarks: list[Text] = []
    private = _words(settings.get("GOPRIVATE", "")) or _words(settings.get("GONOSUMDB", ""))
    database, _, url = settings.get("GOSUMDB", "").partition(" ")
    flags = settings.get("GOFLAGS", "").split()
    remarks += [
        Text("init.flag", "GOFLAGS={flag}: a policy cannot say this; it was left out", flag=flag)
        for flag in flags
        if not _FLAGS.fullmatch(flag)
    ]
    auth = settings.get("GOAUTH", "")
    if auth not in {"", "off", "netrc"}:
        remarks.append(Text("init.auth", "GOAUTH: a policy says only off or netrc; it was left out"))
    toolchain = settings.get("GOTOOLCHAIN", "")
    start = Start(
        name,
        tuple(_without_credentials(parse_chain(settings.get("GOPROXY", "")), remarks)),
        database or "sum.golang.org",
        url.strip(),
        toolchain="" if toolchain == "auto" else toolchain,
        flags=tuple(flag for flag in flags if _FLAGS.fullmatch(flag)),
        auth=auth if auth == "off" else "",
        vcs=_words(settings.get("GOVCS", "")),
        private=private,
        fetch="direct" if _words(settings.get("GONOPROXY", "") or ",".join(private)) else "chain",
        insecure=_words(settings.get("GOINSECURE", "")),
    )
    return start, remarks


def _words(value: str) -> tuple[str, ...]:
    words = (word.strip() for word in value.split(","))
    return tuple(word for word in words if word and word != "none")


def _without_credentials(chain: Iterable[Item], remarks: list[Text]) -> Iterator[Item]:
    for item in chain:
        scheme, mark, rest = item.text.partition("://")
        bare = rest.rpartition("@")[2] if mark else item.text.rpartition("@")[2]
        url = f"{scheme}://{bare}" if mark else bare if bare in {"direct", "off"} else f"https://{bare}"
        if "@" in item.text:
            remarks.append(
                Text("init.credentials", "GOPROXY: {url}: its credentials were left out; put them into .netrc", url=url)
            )
        yield Item(url, item.separator)


def policy_text(start: Start) -> str:
    """The policy as YAML with short comments."""
    return "".join(f"{line}\n" for line in _lines(start))


def _lines(start: Start) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={SCHEMA_FILE}"
    yield "apiVersion: goproxyctl/v1"
    yield "kind: Policy"
    yield "metadata:"
    yield f"  name: {plain(start.name)}  # the owner of everything that is applied"
    yield "  annotations:"
    yield '    config.kubernetes.io/local-config: "true"  # GitOps tools: this is no manifest'
    yield "spec:"
    go = {"toolchain": start.toolchain, "flags": start.flags, "auth": start.auth, "vcs": start.vcs}
    if any(go.values()):
        yield f"  go: {flow({name: value for name, value in go.items() if value})}"
    yield "  # Asked in this order. fallback: when the next one is asked; not-found (404 and 410) or any-error."
    yield "  chain:"
    yield from (f"    - {entry}" for entry in _chain(start.chain))
    checksum = {"database": start.checksum, "url": start.checksum_url}
    yield f"  checksum: {flow({name: value for name, value in checksum.items() if value})}"
    yield from _private_lines(start)
    yield "  targets:"
    yield from (f"    - {flow(target)}" for target in start.targets)


def _private_lines(start: Start) -> Iterator[str]:
    if start.private or start.insecure:
        yield "  # The names of these modules never reach a public proxy or checksum database."
        yield "  private:"
    if start.private:
        yield f"    modules: {flow(start.private)}"
        yield f"    fetch: {start.fetch}"
    if start.insecure:
        yield f"    insecure: {flow(start.insecure)}"


def _chain(chain: Sequence[Item]) -> Iterator[str]:
    taken: set[str] = set()
    for item in chain:
        if item.text in {"direct", "off"}:
            yield plain(item.text)
            continue
        host = urlsplit(item.text).hostname or "proxy"
        name = _unique(MIRRORS.get(host, "gateway"), taken)
        entry = {"name": name, "url": item.text, "role": _role(host, item)}
        yield flow(entry | ({"fallback": "any-error"} if item.separator == "|" else {}))


def _role(host: str, item: Item) -> str:
    return "mirror" if host in MIRRORS or item.separator == "|" else "gatekeeper"


def _unique(name: str, taken: set[str]) -> str:
    names = (name, *(f"{name}-{number}" for number in range(2, len(taken) + 3)))
    free = next(candidate for candidate in names if candidate not in taken)
    taken.add(free)
    return free
