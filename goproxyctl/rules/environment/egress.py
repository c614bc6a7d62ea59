"""What is wrong with HTTP_PROXY, HTTPS_PROXY and NO_PROXY values. Source: go-semantics 2.4."""

from collections.abc import Iterator

from goproxyctl.gosem.egress import bypass_remarks, parse_proxy, proxy_remarks
from goproxyctl.gosem.gourl import parse_url
from goproxyctl.rules.environment.faults import Fault, Reading, entries, of_entry, whole
from goproxyctl.rules.environment.words import text_of
from goproxyctl.text import Text


def judge_proxy(value: str, reading: Reading) -> Iterator[Fault]:
    """HTTP_PROXY or HTTPS_PROXY. A process has no other way to give a credential; in a shared file it is given away."""
    for remark in proxy_remarks(value, reading.go):
        yield whole(
            "fwd-proxy-form", value, text_of(remark), Text("value.fwd-proxy-form.advice", "write http://host:port")
        )
    url = parse_proxy(value, reading.go)
    if url and reading.committed and parse_url(url, reading.go).user:
        said = Text("value.proxy-inline-secret.egress", "a credential stands in a file that others get")
        advice = Text("value.proxy-inline-secret.egress.advice", "take it from a secret of the place that runs this")
        yield whole("proxy-inline-secret", value, said, advice)


def judge_bypass(value: str) -> Iterator[Fault]:
    """NO_PROXY: entries that match nothing."""
    listed = list(entries(value))
    for remark in bypass_remarks(value):
        entry = next(one for one in listed if one.text == remark.values["entry"])
        yield of_entry("fwd-noproxy-syntax", entry, text_of(remark))
