"""Runs go with a GOTOOLCHAIN that it must fetch, from servers of ours."""

import hashlib
import io
import subprocess
import threading
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from goproxyctl.gosem.outcome import Outcome, Purpose
from goproxyctl.gosem.request import Assumed, Result, Where
from goproxyctl.gosem.route import route_toolchain
from goproxyctl.gosem.settings import settings_of
from goproxyctl.gosem.toolchain import MODULE, module_version
from goproxyctl.gosem.version import GoVersion
from tests.gosem.conformance import content
from tests.gosem.conformance.cases import ANSWERS, Table
from tests.gosem.conformance.comparing import lines_of
from tests.gosem.conformance.content import SIGNER
from tests.gosem.conformance.running import clean_environment, go_home
from tests.gosem.conformance.servers import Line, Reply, World
from tests.gosem.conformance.serving import purpose_of

NAME = "go1.99.0"
_SCRIPT = b"#!/bin/sh\necho fetched\n"


@dataclass(slots=True)
class ToolchainCase:
    """One go process that needs another toolchain."""

    environment: dict[str, str]
    hosts: dict[str, int]
    table: Table = field(default_factory=dict)


@dataclass(slots=True)
class Fetched:
    """What happened: the requests, whether the fetched toolchain ran, and what go said."""

    log: list[Line]
    ran: bool
    stderr: str


def make_toolchain_case(random: Random) -> ToolchainCase:
    """A chain of one to three hops with outcomes."""
    hosts = {f"h{i}.test": i for i in range(random.randint(1, 3))}
    proxy = "".join(f"{random.choice(('http', 'https'))}://{host}{random.choice(',|')}" for host in hosts)
    proxy += random.choice(("", "", "direct", "off"))
    environment = {
        "GOPROXY": proxy,
        "GOPRIVATE": random.choice(("", "", "golang.org", "*.corp.test")),
        "GOSUMDB": random.choice((SIGNER.verifier, SIGNER.verifier, "off", f"{SIGNER.verifier} https://sum.test")),
    }
    table: Table = {}
    where: list[Where] = [0, 1, 2, "sumdb"]
    for place in where:
        for purpose in (Purpose.ZIP, Purpose.SUPPORTED, Purpose.LOOKUP):
            if random.random() < 0.35:
                table[place, purpose] = random.choice((Outcome.NOT_FOUND, Outcome.NOT_FOUND, *ANSWERS))
    table["origin", Purpose.GO_GET] = Outcome.NOT_FOUND
    return ToolchainCase(environment, hosts, table)


def _archive(*, tampered: bool) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in _files(tampered=tampered).items():
            archive.writestr(zipfile.ZipInfo(name), body)
    return out.getvalue()


def _files(*, tampered: bool) -> dict[str, bytes]:
    root = f"{MODULE}@{module_version(NAME)}"
    names = ("bin/go", "bin/gofmt", "pkg/tool/x", "lib/x")
    return {f"{root}/{name}": _SCRIPT + (b"# tampered\n" if tampered else b"") for name in names}


def _sums() -> str:
    lines = "".join(f"{hashlib.sha256(body).hexdigest()}  {n}\n" for n, body in sorted(_files(tampered=False).items()))
    return f"{MODULE} {module_version(NAME)} {content.hash_of(lines)}\n"


def fetch(go: str, case: ToolchainCase, tls: Path) -> Fetched:
    """Runs ``go env GOOS``, which the fetched toolchain answers in its own way."""
    database = content.Database({f"{MODULE}@{module_version(NAME)}": _sums()})

    def answer(line: Line) -> Reply:
        purpose = purpose_of(line)
        where: Where = case.hosts.get(line[1], "sumdb" if line[1] == content.NAME else "origin")
        outcome = case.table.get((where, purpose), Outcome.OK)
        if outcome.status and outcome.status > 200:
            return Reply(outcome.status)
        if outcome is Outcome.REDIRECT_LOOP:
            return Reply(302, location=f"{line[0]}://{line[1]}{line[2]}")
        if outcome is Outcome.RESET:
            return Reply(garbage=True)
        tampered = outcome is Outcome.TAMPERED
        record = database.lookup(f"{MODULE}@{module_version(NAME)}") or b""
        bodies = {
            Purpose.ZIP: _archive(tampered=tampered),
            Purpose.LOOKUP: record.replace(b" h1:", b" h1:A", 1) if tampered else record,
            Purpose.TILE: database.tile,
        }
        body = b"<html>" if outcome is Outcome.HTML else b"" if outcome is Outcome.EMPTY else bodies.get(purpose, b"")
        return Reply(body=body, cut=outcome is Outcome.TRUNCATED)

    with World(tls, answer, set(), set()) as world, go_home() as home:
        thread = threading.Thread(target=world.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        environment = clean_environment(home) | case.environment | {"GOTOOLCHAIN": NAME}
        environment |= {"HTTP_PROXY": world.url, "HTTPS_PROXY": world.url, "SSL_CERT_FILE": str(tls / "good.pem")}
        done = subprocess.run(
            [go, "env", "GOOS"], env=environment, cwd=home, capture_output=True, text=True, check=False
        )
        world.shutdown()
        thread.join()
        return Fetched(world.log, done.stdout == "fetched\n", done.stderr)


def compare_toolchain(case: ToolchainCase, seen: Fetched, go: GoVersion) -> list[str]:
    """The differences between the route of the toolchain and what go did."""
    predicted = route_toolchain(NAME, settings_of(case.environment, go), Assumed(case.table), go)
    sent = [line for r in predicted.requests if r.purpose is not Purpose.TILE for line in lines_of(r)]
    logged = [line for line in seen.log if purpose_of(line) is not Purpose.TILE]
    found = [] if sent == logged else [f"{case}: predicted {sent}, seen {logged}"]
    if (predicted.result is Result.OK) != seen.ran:
        found.append(f"{case}: predicted {predicted.failure}, seen {seen.stderr}")
    return found
