"""gosem.egress against the library of the real go, and against go itself in a network that leads nowhere."""

import json
import random
from collections.abc import Iterable

import pytest

from goproxyctl.gosem.egress import Egress, bypass_remarks, choose, parse_proxy, proxy_remarks, read_egress
from goproxyctl.gosem.gourl import BadUrlError, parse_url
from goproxyctl.gosem.version import NEWEST, GoVersion
from tests.gosem.egress_cases import ENTRIES, HOSTS, LOOPBACK, as_given, make_case
from tests.gosem.go_oracle import choose_egress
from tests.gosem.recorder import run_alone
from tests.gosem.toolchains import require_go_version
from tests.oracles import require_go
from tests.scale import scaled

PROXY = Egress("h.example:1", "s.example:2")


def way(url: str, bypass: str = "", egress: Egress = PROXY) -> str:
    return choose(url, Egress(egress.http, egress.https, bypass, egress.cgi)).way


@pytest.mark.parametrize(
    ("url", "proxy"), [("http://a.example/x", "http://h.example:1"), ("https://a.example/x", "http://s.example:2")]
)
def test_each_scheme_has_its_own_proxy(url: str, proxy: str) -> None:
    assert choose(url, PROXY).proxy == proxy


def test_one_scheme_never_borrows_the_proxy_of_the_other() -> None:
    assert way("https://a.example", egress=Egress(http="h:1")) == "direct"
    assert way("http://a.example", egress=Egress(https="s:1")) == "direct"
    assert way("file:///x") == "direct"


def test_upper_case_goes_before_lower_case_unless_it_is_empty() -> None:
    both = {"HTTP_PROXY": "a", "http_proxy": "b", "NO_PROXY": "", "no_proxy": "c", "ALL_PROXY": "d"}
    assert read_egress(both) == Egress("a", "", "c")
    assert read_egress({"Http_Proxy": "a"}) == Egress()
    assert read_egress({"Http_Proxy": "a", "request_method": "GET"}, "windows") == Egress("a", cgi=True)


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:80", "127.0.0.1", "127.9.9.9:1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_loopback_never_goes_through_a_proxy(host: str) -> None:
    assert way(f"http://{host}/x") == "loopback"


@pytest.mark.parametrize(
    "host", ["LOCALHOST", "localhost.", "a.localhost", "0.0.0.0", "128.0.0.1", "[::2]", "127.0.0.1%25a"]
)
def test_what_only_looks_like_loopback_goes_through_the_proxy(host: str) -> None:
    assert way(f"http://{host}/x") == "proxy"


def test_a_cgi_script_sends_nothing_over_http() -> None:
    cgi = Egress("h:1", "s:1", cgi=True)
    assert way("http://a.example", egress=cgi) == "refused"
    assert way("http://127.0.0.1", egress=cgi) == "refused"
    assert way("https://a.example", egress=cgi) == "proxy"


@pytest.mark.parametrize(
    ("entry", "hosts"),
    [
        ("foo.com", ["foo.com", "a.foo.com", "FOO.com", "foo.com:8443"]),
        (".foo.com", ["a.foo.com"]),
        ("*.foo.com", ["a.foo.com", "a.b.foo.com"]),
        ("foo.com:8443", ["foo.com:8443", "a.foo.com:8443"]),
        ("foo.com:80", ["foo.com", "foo.com:80"]),
        ("10.1.2.3", ["10.1.2.3", "10.1.2.3:99", "[::ffff:10.1.2.3]"]),
        ("10.1.2.3:80", ["10.1.2.3"]),
        ("10.0.0.0/8", ["10.1.2.3", "[::ffff:10.1.2.3]"]),
        ("::ffff:10.0.0.0/104", ["10.1.2.3"]),
        ("2001:db8::/32", ["[2001:db8::1]:9"]),
        ("[2001:db8::1]:443", ["[2001:db8::1]:443"]),
        ("fe80::1", ["[fe80::1%25eth0]"]),
        ("a.example,*", ["foo.com", "10.1.2.3"]),
        (" foo.com\t,x", ["foo.com"]),
        ("b\u00fccher.example", ["b\u00fccher.example", "xn--bcher-kva.example"]),
        ("xn--bcher-kva.example", ["B\u00dcCHER.example"]),
    ],
)
def test_an_entry_keeps_these_hosts_from_the_proxy(entry: str, hosts: list[str]) -> None:
    assert [way(f"http://{host}/", entry) for host in hosts] == ["bypass"] * len(hosts)
    assert choose(f"http://{hosts[0]}/", Egress("h:1", "", entry)).entry in entry


@pytest.mark.parametrize(
    ("entry", "host"),
    [
        ("foo.com", "xfoo.com"),
        ("foo.com", "foo.com."),
        (".foo.com", "foo.com"),
        ("*.foo.com", "foo.com"),
        ("foo.com:8443", "foo.com"),
        ("10.1.2.3", "10.1.2.4"),
        ("10.1.2.3:80", "10.1.2.3:81"),
        ("10.1.2.3/33", "10.1.2.3"),
        ("10.1.*", "10.1.2.3"),
        ("2.3", "10.1.2.3"),
        ("[2001:db8::1]", "[2001:db8::1]"),
        ("fe80::1%eth0", "[fe80::1%25eth0]"),
        ("fe80::%eth0/10", "[fe80::1]"),
        ("1.2.3.4%a", "1.2.3.4"),
        ("::ffff:10.0.0.0/90", "10.1.2.3"),
        ("foo/8", "10.1.2.3"),
        ("[foo.com]:x]", "foo.com"),
        ("[foo.com]x:80", "foo.com"),
        ("a:b:80", "b"),
        ("a[:80", "a"),
        (":80", "foo.com"),
        ("", "foo.com"),
        ("foo.com;b.com", "foo.com"),
        ("http://foo.com", "foo.com"),
    ],
)
def test_an_entry_does_not_reach_these_hosts(entry: str, host: str) -> None:
    assert way(f"http://{host}/", entry) == "proxy"


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("", ""),
        ("h:1", "http://h:1"),
        ("h", "http://h"),
        ("http://h:1", "http://h:1"),
        ("socks5://h", "socks5://h"),
        ("http:", "http://http:"),
        ("//h", "http:////h"),
        ("http://[::1", "http://http://[::1"),
        ("a b", "a b"),
        ("%zz", ""),
        ("/x y", "http:///x y"),
    ],
)
def test_a_proxy_is_a_url_or_gets_its_scheme(value: str, url: str) -> None:
    assert parse_proxy(value) == url


def test_a_proxy_that_cannot_be_parsed_is_none_without_a_word() -> None:
    assert way("http://a.example", egress=Egress("%zz")) == "direct"


@pytest.mark.parametrize(
    ("value", "remarks"),
    [
        ("", []),
        ("h:1", []),
        ("http://u:p@h.example:1/", []),
        ("socks5h://h", []),
        ("%zz", ["egress.unparsable"]),
        ("http://[::1", ["egress.odd-host"]),
        ("http:", ["egress.odd-host"]),
        ("a b", ["egress.odd-host"]),
        ("ftp://h:1", ["egress.odd-scheme"]),
    ],
)
def test_an_odd_proxy_is_remarked(value: str, remarks: list[str]) -> None:
    assert [remark.id for remark in proxy_remarks(value)] == remarks


def test_a_host_with_brackets_of_its_own_takes_no_proxy() -> None:
    assert choose("http://a[b/", PROXY, GoVersion.parse("1.21.13")).way == "direct"


@pytest.mark.parametrize(
    ("entry", "remark"),
    [
        ("http://foo.com", "egress.scheme"),
        ("<local>", "egress.local"),
        ("a b", "egress.blank"),
        ("a;b", "egress.separator"),
        ("[2001:db8::1]", "egress.bracket"),
        ("10.1.*", "egress.wildcard"),
        ("*foo.com", "egress.wildcard"),
        ("foo.com/", "egress.slash"),
        ("10.0.0.0/33", "egress.slash"),
    ],
)
def test_an_entry_that_reaches_nothing_is_remarked_and_reaches_nothing(entry: str, remark: str) -> None:
    assert [found.id for found in bypass_remarks(f"a.example,{entry}")] == [remark]
    hosts = ["foo.com", "a.foo.com", "10.1.2.3", "10.0.0.0", "[2001:db8::1]", "a", "b", "x"]
    assert {way(f"http://{host}/", entry) for host in hosts} == {"proxy"}


@pytest.mark.parametrize(
    "value", ["", "*", "foo.com, .bar.com,*.baz.com", "10.0.0.0/8,[::1]:80,foo.com:8443,2001:db8::/32"]
)
def test_a_good_list_has_no_remark(value: str) -> None:
    assert list(bypass_remarks(value)) == []


_VALUES = (
    "p.example:1", "http://p.example:1", "https://u:p@p.example:1/", "socks5://p.example", "", "p", "//p", "http:", "http://",
    "ftp://p", "[::1]:3128", "http://[::1", "a b", "/x", "/x y", "%zz", "http://p:x", "http//p", "\x01", "1.2.3.4:5", "://",
    "x:", " http://p:1", "http://p:1 ",
)  # fmt: skip
_MORE_ENTRIES = (
    "::/0", "0.0.0.0/0", "10.1.2.3/08", "::ffff:10.0.0.0/104", "::ffff:10.0.0.0/90", "fe80::1%eth0", "fe80::/10", "[", "[]:80",
    "a:b:c", "foo.example:", "foo.example:x", "\x1cfoo.example", "\xa0foo.example", "stra\u00dfe.example", "*.*", "10.1.2.3%a",
)  # fmt: skip
_MORE_HOSTS = (
    "",
    "[::]",
    "[fe80::1%25eth0]",
    "010.1.2.3",
    "stra\u00dfe.example",
    "foo.example:",
    "\u4f8b\u3048.example",
)


def differences(go: str, version: GoVersion, count: int, seed: int) -> list[tuple[tuple[str, ...], str, str]]:
    """Settings and URLs for which the library of that go chooses another way than we do."""
    rng = random.Random(seed)
    asked = [_random_question(rng) for _ in range(count)]
    said = choose_egress(go, asked)
    assert len(said) == count
    ours = [_our_answer(version, *one) for one in asked]
    assert min(ours.count("direct"), ours.count("refused")) > count / 20
    return [(one, own, other) for one, own, other in zip(asked, ours, said, strict=True) if own != other]


def _random_question(rng: random.Random) -> tuple[str, str, str, str, str]:
    proxies = [rng.choice(_VALUES) if rng.random() < 0.3 else f"{name}.example:1" for name in "hs"]
    bypass = ",".join(rng.choice(ENTRIES + _MORE_ENTRIES) for _ in range(rng.randint(0, 3)))
    host = rng.choice(HOSTS + LOOPBACK + _MORE_HOSTS)
    url = f"{rng.choice(['http', 'https', 'https', 'HTTP'])}://{host}/x"
    return proxies[0], proxies[1], bypass, rng.choice(["", "", "", "1"]), url


def _our_answer(version: GoVersion, http: str, https: str, bypass: str, cgi: str, url: str) -> str:
    try:
        choice = choose(url, Egress(http, https, bypass, bool(cgi)), version)
    except BadUrlError:
        return "unparsable"
    if choice.way == "proxy":
        return f"proxy {parse_url(choice.proxy, version).host}"
    return "refused" if choice.way == "refused" else "direct"


@pytest.mark.slow
@pytest.mark.xdist_group("go-asked")
def test_the_library_of_go_chooses_as_we_do() -> None:
    assert differences(require_go(), NEWEST, scaled(3_000, 30_000), seed=5) == []


def expected(environment: dict[str, str], urls: Iterable[str], recorders: Iterable[str]) -> dict[str, set[str]]:
    """What each recorder must see of the URLs: a whole URL, a CONNECT, or a path when go comes without a proxy."""
    seen: dict[str, set[str]] = {name: set() for name in recorders}
    for url in urls:
        choice, target = choose(url, read_egress(environment)), parse_url(url, NEWEST)
        if choice.way == "proxy":
            host = parse_url(choice.proxy, NEWEST).host
            sent = url if target.scheme == "http" else "CONNECT " + _with_port(target.host)
            seen.get(host, set()).add(sent)  # an odd proxy such as "http:" is none of the recorders
        elif choice.way != "refused" and target.path.startswith("/l"):
            seen["direct"].add(target.path)
    return seen


def _with_port(host: str) -> str:
    return host if host.rpartition(":")[2].isdigit() and not host.endswith("]") else f"{host}:443"


def _as_sent(text: str) -> str:
    return text.replace("b\u00fccher", "xn--bcher-kva")


@pytest.mark.slow
@pytest.mark.parametrize("version", ["", "1.21.13"])
def test_go_itself_sends_each_request_where_we_say(version: str) -> None:
    go = require_go_version(version)
    rng = random.Random(f"egress {version}")
    cases = [make_case(rng) for _ in range(scaled(30, 60))]
    pairs = 0
    for one in json.loads(run_alone("tests.gosem.egress_cases", as_given(cases, go))):
        seen = {name: {said.partition("/m.example")[0] for said in asked} for name, asked in one["seen"].items()}
        wanted = expected(one["environment"], one["urls"], seen)
        assert seen == {name: {_as_sent(text) for text in texts} for name, texts in wanted.items()}, one
        pairs += len(one["urls"])
    assert pairs >= scaled(60, 500)
