"""Lines of a netrc file that a script writes, and the proxies that they are to open. Source: go-semantics 2.6."""

import re
from collections.abc import Iterator, Sequence

from goproxyctl.gosem.chain import read_chain
from goproxyctl.rules.environment.faults import UNKNOWN
from goproxyctl.rules.repository.script import Assignment, Found
from goproxyctl.text import Text

_MACHINE = re.compile(r"\bmachine[ \t]+(?P<host>[A-Za-z0-9.-]+(?::[0-9]+)?)")


def check_netrc(text: str, assigned: Sequence[Assignment]) -> Iterator[Found]:
    """A machine without the port that the URL of the proxy has: go finds no credentials for it."""
    chains = [one.value.text for one in assigned if one.variable == "GOPROXY" and UNKNOWN not in one.value.text]
    hosts = {hop.url.host for chain in chains for hop in read_chain(chain).hops if hop.url}
    machines = list(_MACHINE.finditer(text)) if hosts else []
    named = {machine["host"] for machine in machines}
    for machine in machines:
        right = next((host for host in sorted(hosts) if host.rpartition(":")[0] == machine["host"]), "")
        if right and right not in named:
            said = Text("scan.auth-netrc-port", "go finds nothing here for {host}: the port is missing", host=right)
            advice = Text("scan.auth-netrc-port.advice", "write machine {host}", host=right)
            yield Found("auth-netrc-port", machine.start("host"), machine.end("host"), said, advice)
