"""Forward-proxy settings with URLs, and what the real go does with them in a network of its own.

Run as a program (by `recorder.run_alone`) it starts the recorders, lets go ask, and prints what each recorder saw.
"""

import json
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.gosem.recorder import recording

HOSTS = (
    "foo.example", "a.foo.example", "xfoo.example", "FOO.example", "foo.example.", "10.1.2.3", "10.1.2.4", "[2001:db8::1]",
    "[::ffff:10.1.2.3]", "foo.example:8443", "10.1.2.3:8443", "[2001:db8::1]:8443", "LOCALHOST", "0x7f.1", "localhost.foo.example",
    "b\u00fccher.example",
)  # fmt: skip
#: Reached without a proxy, whatever the settings say, but for the last two.
LOOPBACK = ("localhost", "127.0.0.1", "127.9.9.9", "[::ffff:127.0.0.1]")
ENTRIES = (
    "foo.example", ".foo.example", "*.foo.example", "foo.example:8443", "foo.example:80", "foo.example:443", "FOO.EXAMPLE",
    " a.foo.example\t", "10.1.2.3", "10.1.2.3:8443", "10.1.2.0/30", "10.0.0.0/8", "10.1.2.3/33", "10.1.*", "2001:db8::/32",
    "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:8443", "::ffff:10.1.2.3", "http://foo.example", "foo.example/",
    "foo.example;10.1.2.3", "foo.example 10.1.2.3", "*foo.example", "foo.*", "<local>", "example", ".", "*", "",
    "localhost", "b\u00fccher.example", "xn--bcher-kva.example",
)  # fmt: skip
#: {a} and {b} are the addresses of two recorders.
PROXIES = ("", "http://{a}", "{a}", "http://u:p@{a}/", "HTTP://{b}/x", "{b}", "://", "http://{a}%", "http://[::1")


@dataclass(frozen=True, slots=True)
class Case:
    """One run of go: its environment, with {a}, {b} and {d} for the recorders, and the URLs that it is given."""

    environment: dict[str, str]
    urls: list[str]


def make_case(rng: random.Random) -> Case:
    """Random settings, by upper or lower case, and a URL for each of several hosts."""
    environment = {}
    for name, values in (("HTTP_PROXY", PROXIES), ("HTTPS_PROXY", PROXIES), ("NO_PROXY", None)):
        for form, share in ((name, 0.85), (name.lower(), 0.4)):
            if rng.random() < share:
                common = rng.choice(PROXIES[1:6]) if values and rng.random() < 0.8 else None
                bypass = ",".join(rng.choice(ENTRIES) for _ in range(rng.randint(0, 3)))
                environment[form] = common or (rng.choice(values) if values else bypass)
    if rng.random() < 0.12:
        environment["REQUEST_METHOD"] = "GET"
    scheme = rng.choice(["http", "http", "https"])
    urls = [f"{scheme}://{host}/{number}" for number, host in enumerate(rng.sample(HOSTS, 8))]
    return Case(environment, urls + [f"http://{host}:{{d}}/l{n}" for n, host in enumerate(rng.sample(LOOPBACK, 2))])


def as_given(cases: list[Case], go: str) -> bytes:
    """What `main` reads."""
    return json.dumps({"go": go, "cases": [asdict(case) for case in cases]}).encode()


def main() -> None:
    """Reads cases, prints for each the filled-in case and what the recorders saw."""
    given = json.load(sys.stdin)
    with ThreadPoolExecutor(2) as pool, tempfile.TemporaryDirectory() as folder:
        runs = [
            pool.submit(run, given["go"], Path(folder) / str(number), Case(**case))
            for number, case in enumerate(given["cases"])
        ]
        json.dump([one.result() for one in runs], sys.stdout)


def run(go: str, home: Path, case: Case) -> dict[str, object]:
    """One run of go: each URL is an item of a chain that goes on after any error, so each is tried."""
    home.mkdir()
    with recording() as a, recording() as b, recording(address="") as direct:
        places = {"a": a.address, "b": b.address, "d": direct.server_port}
        environment = {name: value.format(**places) for name, value in case.environment.items()}
        urls = [url.format(**places) for url in case.urls]
        env = environment | {
            "HOME": str(home), "PATH": "/usr/bin:/bin", "GOPROXY": "|".join(urls), "GOSUMDB": "off", "GOTOOLCHAIN": "local",
            "GOFLAGS": "-modcacherw",
        }  # fmt: skip
        subprocess.run([go, "list", "-m", "m.example/m@v1.0.0"], cwd=home, env=env, capture_output=True)
        seen = {a.address: a.seen, b.address: b.seen, "direct": direct.seen}
        return {"environment": environment, "urls": urls, "seen": seen}


if __name__ == "__main__":
    main()
