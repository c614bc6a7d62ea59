"""The policy that a synthesized chain comes to, as YAML, with the reason for each part beside it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from goproxyctl.formats.yamltext import flow, plain
from goproxyctl.gosem.candidates import Candidate, Server, Site, settings_of
from goproxyctl.gosem.samples import public_sample, sample_of
from goproxyctl.report.style import Words, harmless
from goproxyctl.text import Text, shown


class Frame(NamedTuple):
    """What a policy needs besides its chain.

    Shape: ``flags`` are the demands as the person wrote them; ``learners`` the names that may learn private modules;
    ``survives`` the servers whose loss a build survives; ``expires`` is the last day of a waiver, where one is needed.
    """

    owner: str
    flags: Sequence[str]
    learners: Sequence[str]
    survives: Sequence[str]
    expires: str
    target: Mapping[str, Any]


def policy_text(found: Candidate, site: Site, frame: Frame, words: Words) -> str:
    """The policy, which `validate` accepts."""
    lines = [*_head(found, site, frame, words), "spec:", *_go(site, words), *_chain(found, words)]
    lines += _checksum(found, words)
    lines += [*_private(site, found, words), *_expect(found, site, frame, words), *_waiver(found, frame, words)]
    return "".join(f"{harmless(line)}\n" for line in [*lines, "  targets:", f"    - {flow(frame.target)}"])


def _head(found: Candidate, site: Site, frame: Frame, words: Words) -> Iterator[str]:
    told = Text("synthesize.head", "The plainest chain for which all of this was proved (goproxyctl prove shows how):")
    yield f"# {words(told)}"
    yield from (f"#   {shown(flag)}" for flag in frame.flags)
    yield f"# GOPROXY={shown(settings_of(found, site).proxy)}"
    yield from ("apiVersion: goproxyctl/v1", "kind: Policy", "metadata:", f"  name: {plain(frame.owner)}")
    yield from ("  annotations:", '    config.kubernetes.io/local-config: "true"')


def _go(site: Site, words: Words) -> Iterator[str]:
    if site.toolchain == "local":
        why = Text("synthesize.why-local", "go fetches no other version of itself")
        yield f"  # {words(why)}"
    yield f"  go: {flow({'toolchain': site.toolchain})}"


def _chain(found: Candidate, words: Words) -> Iterator[str]:
    yield "  chain:"
    for server, piped in zip(found.servers, found.piped, strict=True):
        yield f"    # {words(_why(server, piped=piped))}"
        entry = {"name": server.name, "url": server.url, "role": "gatekeeper" if server.gatekeeper else "mirror"}
        yield f"    - {flow(entry | ({'fallback': 'any-error'} if piped else {}))}"
    ends = {
        "off": Text("synthesize.why-off", "nobody else is asked"),
        "direct": Text("synthesize.why-direct", "what none of them has comes from its own repository"),
    }
    yield f"    # {words(ends[found.end])}"
    yield f"    - {plain(found.end)}"


def _why(server: Server, *, piped: bool) -> Text:
    if server.gatekeeper:
        return Text("synthesize.why-gatekeeper", "left on 404 and 410 only, so what it refuses stays refused")
    if piped:
        return Text("synthesize.why-any-error", "left on any error, so that its loss breaks no build")
    return Text("synthesize.why-not-found", "left on 404 and 410 only, for nothing that was asked for needs more")


def _checksum(found: Candidate, words: Words) -> Iterator[str]:
    if found.database == "off":
        why = Text("synthesize.why-no-database", "no checksum database is asked, for it would be a stranger")
        yield f"  # {words(why)}"
    yield f"  checksum: {flow({'database': found.database})}"


def _private(site: Site, found: Candidate, words: Words) -> Iterator[str]:
    if not site.private:
        return
    how = {
        "direct": Text("synthesize.why-private-direct", "from their own repositories: no server of the chain is asked"),
        "chain": Text("synthesize.why-private-chain", "through the chain: the gatekeeper has them"),
    }
    public = public_sample(site.private)
    samples = {"private": [*filter(None, map(sample_of, site.private))], "public": [public] if public else []}
    yield "  private:"
    yield f"    modules: {flow(site.private)}"
    yield f"    # {words(how[found.fetch])}"
    yield f"    fetch: {found.fetch}"
    yield f"    samples: {flow({name: modules for name, modules in samples.items() if modules})}"


def _expect(found: Candidate, site: Site, frame: Frame, words: Words) -> Iterator[str]:
    """What was demanded, for `validate` to see that it stays so."""
    reached = [name for name in frame.learners if name == "origin" or found.place(name) is not None]
    entries: list[dict[str, Any]] = [
        {"module": module, "reaches": reached} for module in dict.fromkeys(map(sample_of, site.private)) if module
    ]
    public = public_sample(site.private)
    entries += [{"module": public, "survives": name} for name in frame.survives if public]
    if entries:
        why = Text("synthesize.why-expect", "validate sees to it that this stays so")
        yield f"  # {words(why)}"
        yield "  expect:"
        yield from (f"    - {flow(entry)}" for entry in entries)


def _waiver(found: Candidate, frame: Frame, words: Words) -> Iterator[str]:
    if found.database == "off":
        reason = Text("synthesize.waiver", "no checksum database can be reached from here")
        yield "  waivers:"
        yield "    - rule: sumdb-off"
        yield f"      reason: {json.dumps(words(reason), ensure_ascii=False)}"
        yield f"      owner: {plain(frame.owner)}"
        yield f"      expires: {flow(frame.expires)}"
