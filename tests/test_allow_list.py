"""The list for a firewall: what it says in each form, and that a real go contacts nobody who is not on it."""

import csv
import io
import json
import os
import random
import subprocess
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from goproxyctl.intent import Egress, Fallback, Hop, Intent, Role
from tests.gosem.recorder import Answer, recording
from tests.intents import make_intent, make_target
from tests.oracles import require_go
from tests.scale import scaled

INTENT = Intent(
    owner="acme",
    target="x",
    hops=(
        Hop("gateway", "https://goproxy.acme.example:8443/go", Role.GATEKEEPER),
        Hop("goproxy-cn", "https://goproxy.cn", Role.MIRROR, Fallback.ANY_ERROR),
    ),
    private=("git.acme.example", "*.git.acme.example"),
    toolchain="local",
)
Row = dict[str, str]


def written(path: str, intent: Intent = INTENT, **options: object) -> str:
    (found,) = make_target("allow-list", path=path, **options).desired(intent)
    return found.content.decode("ascii")


def rows(intent: Intent = INTENT) -> list[Row]:
    """The rows as a spreadsheet reads them."""
    return list(csv.DictReader(io.StringIO(written("x.csv", intent))))


def test_every_form_says_the_same() -> None:
    for seed in range(scaled(10, 300)):
        intent = make_intent(random.Random(seed))
        sheet = rows(intent)
        document = json.loads(written("x.json", intent))["reachable"]
        assert [{**entry, "port": str(entry["port"])} for entry in document] == sheet
        head, *lines = [line for line in written("x.txt", intent).splitlines() if not line.startswith("#")]
        assert head.split() == ["from", "host", "port", "protocol", "purpose"]
        assert [line.split(maxsplit=4) for line in lines] == [[*row.values()] for row in sheet]


@pytest.mark.parametrize(("path", "form", "first"), [
    ("a.txt", None, "#"), ("list", None, "#"), ("a.CSV", None, '"'), ("a.json", None, "{"), ("a.csv", "json", "{"),
    ("a.json", "text", "#"), ("a.txt", "csv", '"'),
])  # fmt: skip
def test_the_name_says_the_form_unless_the_policy_does(path: str, form: str | None, first: str) -> None:
    assert written(path, INTENT, **({"form": form} if form else {})).startswith(first)


def test_each_row_says_what_for() -> None:
    found = {(row["host"], row["port"], row["protocol"]): row["purpose"] for row in rows()}
    assert found == {
        ("goproxy.acme.example", "8443", "https"): "module proxy gateway (gatekeeper)",
        ("goproxy.cn", "443", "https"): "module proxy goproxy-cn (mirror)",
        ("sum.golang.org", "443", "https"): "checksum database, where no module proxy speaks for it",
        ("git.acme.example", "443", "https"): "private modules git.acme.example",
        ("git.acme.example", "22", "ssh"): "private modules git.acme.example, where git is set up to use ssh",
        ("*.git.acme.example", "443", "https"): "private modules *.git.acme.example",
        ("*.git.acme.example", "22", "ssh"): "private modules *.git.acme.example, where git is set up to use ssh",
        ("*", "443", "https"): "public modules, where no module proxy has them: their own hosts, which nobody can list",
    }


def test_what_cannot_be_listed_is_said() -> None:
    text = written("x.txt")
    assert "# host *: any host" in text
    assert "redirect" in text
    assert "repository elsewhere" in text
    assert "egress" not in text
    quiet = written("x.txt", Intent("acme", "x", end="off", checksum="off", toolchain="local"))
    assert not {"redirect", "elsewhere", "any host"} & set(quiet.split())


def test_behind_an_egress_proxy_a_client_needs_little_else() -> None:
    out = Egress(https="http://egress.acme.example:3128", bypass=(".acme.example",))
    intent = Intent("acme", "x", hops=INTENT.hops, end="off", private=INTENT.private, toolchain="local", egress=out)
    assert [
        (row["host"], row["port"]) for row in rows(intent) if row["from"] == "client" and row["protocol"] != "ssh"
    ] == [
        ("egress.acme.example", "3128"),
        ("goproxy.acme.example", "8443"),
        ("git.acme.example", "443"),
        ("*.git.acme.example", "443"),
    ]
    assert {row["host"] for row in rows(intent) if row["from"] == "egress"} == {"goproxy.cn", "sum.golang.org"}
    assert "from egress: the egress proxy" in written("x.txt", intent)


# The real go behind an egress proxy that writes down every host.

MODULES = ("golang.org/x/text", "git.acme.example/app", "a.git.acme.example/app", "old.acme.example/app")


def _answer(rng: random.Random) -> Answer:
    """Servers that have modules or not, speak for the database or not, fail or not; the same for the same seed."""
    moods: dict[str, int] = {}

    def answer(url: str, _host: str) -> tuple[int, bytes]:
        at = urlsplit(url)
        mood = moods.setdefault(f"{at.hostname}/{'sumdb' in at.path}", rng.choice([200, 200, 404, 404, 410, 403, 500]))
        module = at.path.partition("/@")[0].strip("/")
        bodies = {
            "list": b"v1.0.0\n",
            "v1.0.0.info": b'{"Version":"v1.0.0"}',
            "v1.0.0.mod": f"module {module}\n".encode(),
        }
        body = bodies.get(at.path.rpartition("/")[2], b"")
        return (mood, body) if mood != 200 or body or at.path.endswith("/supported") else (404, b"")

    return answer


def make_site(rng: random.Random) -> Intent:
    """A policy whose hops speak http, so that the egress proxy can answer for them."""
    hops = tuple(
        Hop(
            f"h{i}", f"http://h{i}.acme.example{rng.choice(['', ':8080', '/go'])}", Role.MIRROR, rng.choice([*Fallback])
        )
        for i in range(rng.randint(0, 3))
    )
    return Intent(
        "acme",
        "x",
        hops=hops,
        end=rng.choice(["direct", "off"]),
        toolchain="local",
        checksum=rng.choice(["off", "sum.golang.org", "sum.golang.google.cn"]),
        private=tuple(rng.sample(["git.acme.example", "*.git.acme.example"], rng.randint(0, 2))),
        fetch=rng.choice(["direct", "chain"]),
        insecure=tuple(rng.sample(["old.acme.example", "git.acme.example"], rng.randint(0, 1))),
    )


def contacted(intent: Intent, folder: Path, rng: random.Random) -> set[tuple[str, str]]:
    """Host and port of everything that the egress proxy was asked for when go fetched the modules."""
    with recording(_answer(rng)) as egress:
        address = f"http://{egress.address}"
        environment: Mapping[str, str] = {
            **intent.module_settings(),
            "HTTP_PROXY": address, "HTTPS_PROXY": address, "NO_PROXY": "",
            "PATH": os.environ["PATH"], "HOME": str(folder), "GOENV": "off", "GOFLAGS": "-modcacherw",
            "GOPATH": str(folder / "path"), "GOCACHE": str(folder / "cache"), "GIT_TERMINAL_PROMPT": "0",
            "GIT_SSH_COMMAND": "false",
        }  # fmt: skip
        for module in MODULES:
            command = [require_go(), "mod", "download", f"{module}@latest"]
            subprocess.run(command, env=environment, cwd=folder, capture_output=True, timeout=60)
        return {_spot(seen) for seen in egress.seen}


def _spot(seen: str) -> tuple[str, str]:
    """Host and port of a line of the recorder."""
    if seen.startswith("CONNECT "):
        host, _, port = seen.removeprefix("CONNECT ").rpartition(":")
        return host, port
    at = urlsplit(seen)
    return at.hostname or "", str(at.port or 80)


@pytest.mark.slow
def test_go_contacts_nobody_who_is_not_on_the_list(tmp_path: Path) -> None:
    asked: set[str] = set()
    for seed in range(scaled(8, 150)):
        rng = random.Random(seed)
        intent, folder = make_site(rng), tmp_path / str(seed)
        folder.mkdir()
        listed = [(row["host"], row["port"]) for row in rows(intent)]
        for host, port in contacted(intent, folder, rng):
            asked.add(host)
            assert any(fnmatchcase(host, pattern) and port == number for pattern, number in listed), (seed, host, port)
    assert {"h0.acme.example", "golang.org", "git.acme.example"} <= asked
