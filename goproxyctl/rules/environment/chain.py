"""What is wrong with a GOPROXY value. Source: go-semantics 2.1, 2.2."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from goproxyctl.gosem.chain import BLANKS, read_item
from goproxyctl.gosem.gourl import GoUrl
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.settings import GO_ENV
from goproxyctl.gosem.version import PIPE
from goproxyctl.rules.environment.faults import UNKNOWN, Entry, Fault, Reading, entries, of_entry, whole
from goproxyctl.rules.environment.words import text_of
from goproxyctl.rules.mirrors import GONE, PARTS, PUBLIC
from goproxyctl.text import Text

KEYWORDS = frozenset({"off", "direct"})
_WRONG_SEPARATOR = re.compile(rf"[;\uff0c\uff1b\uff5c\u3001]|[{BLANKS}]")
_QUOTES = "\"'`\u201c\u201d\u2018\u2019"
_LOOPBACK = re.compile(r"(localhost|127\.[0-9.]+|\[::1\])(:[0-9]*)?")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_PORTS = {"http": ":80", "https": ":443"}


def judge_chain(value: str, reading: Reading) -> Iterator[Fault]:
    """All that is wrong with the chain. An item that holds something unknown is taken for right."""
    if value[:1] in _QUOTES and value:
        yield _quoted(Entry(value, 0))
        return
    items, tail = _split(value, reading)
    if not items:
        advice = Text("value.proxy-empty.advice", "give a chain, or delete the line")
        yield whole("proxy-empty", value, Text("value.proxy-empty", "the chain has no entry; go fails"), advice)
        return
    urls = [_url(item, reading) for item in items]
    broken = [_malformed(item, url, reading) if url else None for item, url in zip(items, urls, strict=True)]
    for item, url, fault in zip(items, urls, broken, strict=True):
        if fault:
            yield fault
        elif isinstance(url, GoUrl):
            yield from _of_url(item, url)
    yield from _of_tail(items, tail)
    yield from _duplicates(items, urls)
    if value != GO_ENV["GOPROXY"] and UNKNOWN not in value and not any(broken):
        yield from _of_steps(items, urls)


def is_closed(value: str) -> bool:
    """Whether the chain says by ``off`` at its end that there is nothing beyond."""
    return [entry.text for entry in entries(value, ",|", BLANKS) if entry.text][-1:] == ["off"]


def _split(value: str, reading: Reading) -> tuple[list[Entry], list[Entry]]:
    """The items that go reads, and those behind ``off`` or ``direct``, which it does not."""
    separators = ",|" if reading.go.has(PIPE) else ","
    found = [entry for entry in entries(value, separators, BLANKS) if entry.text]
    end = next((index for index, entry in enumerate(found, 1) if entry.text in KEYWORDS), len(found))
    return found[:end], found[end:]


def _url(item: Entry, reading: Reading) -> GoUrl | Remark | None:
    """The URL of an item, or why go refuses it; None for a keyword and for what is not known."""
    if item.text in KEYWORDS or UNKNOWN in item.text:
        return None
    return read_item(item.text, reading.go, windows=reading.windows)


def _malformed(item: Entry, url: GoUrl | Remark, reading: Reading) -> Fault | None:
    """The one reason that helps most, where go cannot use an item or makes something else of it."""
    text = item.text
    if text.lower() in KEYWORDS:
        advice = Text("value.proxy-keyword-case.advice", "write {keyword}", keyword=text.lower())
        said = Text("value.proxy-keyword-case", "{item} is no keyword: go knows them in lower case only", item=text)
        return of_entry("proxy-keyword-case", item, said, advice)
    wrong = _WRONG_SEPARATOR.search(text.strip(_QUOTES))
    if wrong:
        said = Text("value.proxy-wrong-separator", "{sign!r} separates nothing here; the chain breaks", sign=wrong[0])
        advice = Text("value.proxy-wrong-separator.advice", "separate with ',' or '|'")
        return of_entry("proxy-wrong-separator", item, said, advice)
    if text[0] in _QUOTES or text[-1] in _QUOTES:
        said = Text("value.proxy-bad-item.quotes", "the quotes are part of the value; go refuses it")
        return of_entry(
            "proxy-bad-item", item, said, Text("value.proxy-bad-item.quotes.advice", "leave out the quotes")
        )
    return _unusable(item, url, reading)


def _quoted(item: Entry) -> Fault:
    said = Text("value.proxy-bad-item.quotes", "the quotes are part of the value; go refuses it")
    return of_entry("proxy-bad-item", item, said, Text("value.proxy-bad-item.quotes.advice", "leave out the quotes"))


def _unusable(item: Entry, url: GoUrl | Remark, reading: Reading) -> Fault | None:
    """What is one item, and none that go can ask."""
    if _is_file(item.text) and (isinstance(url, Remark) or (reading.windows and not _DRIVE.match(url.path[1:]))):
        advice = Text("value.proxy-file-form.advice", "write file:///path, on Windows file:///C:/path")
        said = Text("value.proxy-file-form", "go cannot use this path as a module proxy")
        return of_entry("proxy-file-form", item, said, advice)
    if isinstance(url, Remark):
        return of_entry("proxy-bad-item", item, text_of(url))
    if not url.host and url.scheme != "file":
        advice = Text("value.proxy-path-typo.host.advice", "write two slashes before the host")
        return of_entry("proxy-path-typo", item, Text("value.proxy-path-typo.host", "the URL has no host"), advice)
    return None


def _is_file(text: str) -> bool:
    return text.lower().startswith("file:") or text.startswith("\\\\") or _DRIVE.match(text) is not None


def _of_url(item: Entry, url: GoUrl) -> Iterator[Fault]:
    """What go takes and should not be there."""
    host = host_of(url)
    if "://" not in item.text:
        said = Text("value.proxy-implicit-scheme", "go reads this as https://{host}; other tools may not", host=host)
        advice = Text("value.proxy-implicit-scheme.advice", "write https:// before it")
        yield of_entry("proxy-implicit-scheme", item, said, advice)
    if has_secret(url):
        said = Text(
            "value.proxy-inline-secret", "a credential stands in the URL; it shows up in logs and error messages"
        )
        advice = Text("value.proxy-inline-secret.advice", "use netrc or GOAUTH")
        yield of_entry("proxy-inline-secret", item, said, advice)
    if is_cleartext(url):
        if url.user:
            said = Text("value.proxy-http-credentials", "go refuses to send credentials without encryption")
            yield of_entry("proxy-http-credentials", item, said, Text("value.proxy-http.advice", "use https://"))
        said = Text("value.proxy-http", "{host} is reached without encryption", host=host)
        yield of_entry("proxy-http", item, said, Text("value.proxy-http.advice", "use https://"))
    if host in GONE:
        said = Text("value.proxy-known-dead", "{host} was closed on {date}", host=host, date=GONE[host])
        yield of_entry(
            "proxy-known-dead", item, said, Text("value.proxy-known-dead.advice", "take it out of the chain")
        )
    right = PUBLIC.get(host)
    if right is not None and url.path.rstrip("/") not in (right, *PARTS.get(host, ())):
        said = Text("value.proxy-path-typo", "{host} serves no modules below this path", host=host)
        advice = Text("value.proxy-path-typo.advice", "write {url}", url=f"https://{host}{right}")
        yield of_entry("proxy-path-typo", item, said, advice)


def _of_tail(items: Sequence[Entry], tail: Sequence[Entry]) -> Iterator[Fault]:
    if tail:
        said = Text("value.proxy-unreachable-tail", "go ignores everything after {keyword}", keyword=items[-1].text)
        advice = Text("value.proxy-unreachable-tail.advice", "make it the last one")
        yield Fault("proxy-unreachable-tail", tail[0].start, tail[-1].end, said, advice)


def _duplicates(items: Sequence[Entry], urls: Sequence[GoUrl | Remark | None]) -> Iterator[Fault]:
    seen: set[str] = set()
    for item, url in zip(items, urls, strict=True):
        if not isinstance(url, GoUrl):
            continue
        plain = _plain(url)
        if plain in seen:
            said = Text("value.proxy-duplicate", "{host} stands in the chain already", host=host_of(url))
            yield of_entry("proxy-duplicate", item, said, Text("value.proxy-duplicate.advice", "remove one of them"))
        seen.add(plain)


def _of_steps(items: Sequence[Entry], urls: Sequence[GoUrl | Remark | None]) -> Iterator[Fault]:
    """What the separators make of a chain whose items are known."""
    known = list(zip(items, urls, strict=True))
    for (item, url), (following, after) in pairwise(known):
        if isinstance(url, GoUrl):
            yield from _of_step(item, url, following, after)
    if items[-1].text not in KEYWORDS:
        said = Text("value.proxy-no-terminal", "the chain ends with a proxy: it is not stated what follows its 404")
        yield of_entry(
            "proxy-no-terminal", items[-1], said, Text("value.proxy-no-terminal.advice", "append direct or off")
        )


def _of_step(item: Entry, url: GoUrl, following: Entry, after: GoUrl | Remark | None) -> Iterator[Fault]:
    mirror, next_mirror = _is_mirror(url), isinstance(after, GoUrl) and _is_mirror(after)
    host = host_of(url)
    if item.separator == ",":
        if mirror and next_mirror:
            said = Text(
                "value.proxy-comma-no-failover", "when {host} fails, go stops: ',' goes on after 404 only", host=host
            )
            advice = Text("value.proxy-comma-no-failover.advice", "write '|' after mirrors of equal trust")
            yield of_entry("proxy-comma-no-failover", item, said, advice)
        elif mirror and following.text == "direct":
            said = Text(
                "value.proxy-direct-after-comma", "direct is reached after 404 only, not when {host} fails", host=host
            )
            yield of_entry("proxy-direct-after-comma", following, said)
        return
    if is_cleartext(url):
        said = Text(
            "value.proxy-pipe-masks-tamper",
            "what someone changes on the way to {host} is skipped in silence",
            host=host,
        )
        yield of_entry(
            "proxy-pipe-masks-tamper", item, said, Text("value.proxy-pipe-masks-tamper.advice", "use https://, or ','")
        )
    if not mirror and next_mirror and not _LOOPBACK.fullmatch(url.host):
        said = Text(
            "value.proxy-pipe-masks-auth",
            "when {host} refuses or fails, go asks strangers for the same names",
            host=host,
        )
        yield of_entry(
            "proxy-pipe-masks-auth", item, said, Text("value.proxy-pipe-masks-auth.advice", "write ',' after it")
        )


def _is_mirror(url: GoUrl) -> bool:
    return host_of(url) in PUBLIC


def is_cleartext(url: GoUrl) -> bool:
    """Whether anybody on the way can read and change what this URL carries."""
    return url.scheme == "http" and not _LOOPBACK.fullmatch(url.host)


def has_secret(url: GoUrl) -> bool:
    """Whether the URL holds what may be a credential."""
    return bool(url.user) or re.search(r"(?i)(token|key|secret|passw|auth|sig)[^&=]*=[^&]", url.query) is not None


def host_of(url: GoUrl) -> str:
    """Host in lower case, without its port."""
    return re.sub(r":[0-9]*$", "", url.host).lower()


def _plain(url: GoUrl) -> str:
    return (
        f"{url.scheme}://{url.host.lower().removesuffix(_PORTS.get(url.scheme, ''))}{url.path.rstrip('/')}?{url.query}"
    )
