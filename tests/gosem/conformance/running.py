"""Runs a case with a real go command and keeps what happened."""

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.gosem.conformance import content
from tests.gosem.conformance.cases import Case
from tests.gosem.conformance.servers import Line, World
from tests.gosem.conformance.serving import VERSIONS, Serving


@dataclass(slots=True)
class Observed:
    """What a go process did: the requests in order, the error of each module ("" when it worked), its exit status."""

    log: list[Line]
    errors: dict[str, str]
    status: int | None
    stderr: str


def run_case(go: str, case: Case, tls: Path, *, timeout_s: float = 120) -> Observed:
    """Runs ``go mod download -json`` for all modules of the case; status None when it had to be killed."""
    serving = Serving(case)
    with World(tls, serving.answer, case.refused, case.untrusted) as world:
        thread = threading.Thread(target=world.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            return _run(go, case, world, tls, timeout_s)
        finally:
            world.quit.set()
            world.shutdown()
            thread.join()


@contextmanager
def go_home() -> Iterator[str]:
    """A home of its own, where go keeps no counts: what counts would still write there when go has ended."""
    with TemporaryDirectory(prefix="gosem-") as home:
        telemetry = Path(home, ".config", "go", "telemetry")
        telemetry.mkdir(parents=True)
        (telemetry / "mode").write_text("off")
        yield home


def clean_environment(home: str) -> dict[str, str]:
    """Everything of its own: home, caches, go env file; no toolchain but the one that runs; no way out."""
    return {
        "HOME": home,
        "PATH": "",
        "GOPATH": f"{home}/go",
        "GOMODCACHE": f"{home}/mod",
        "GOCACHE": f"{home}/cache",
        "GOENV": f"{home}/env",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-modcacherw",
        "GOTELEMETRY": "off",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "HTTPS_PROXY": "http://127.0.0.1:1",
    }


def _run(go: str, case: Case, world: World, tls: Path, timeout_s: float) -> Observed:
    with go_home() as home:
        environment = clean_environment(home) | case.environment
        environment |= {"HTTP_PROXY": world.url, "HTTPS_PROXY": world.url, "SSL_CERT_FILE": str(tls / "good.pem")}
        work = Path(home, "work")
        work.mkdir()
        if case.recorded:
            _record(work, case)
        names = [f"{module.path}@{module.query}" for module in case.modules]
        try:
            done = subprocess.run(
                [go, "mod", "download", "-json", *names],
                env=environment, cwd=work, capture_output=True, text=True, timeout=timeout_s, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return Observed(world.log, {}, None, "")
        return Observed(world.log, _errors(done.stdout), done.returncode, done.stderr)


def _record(work: Path, case: Case) -> None:
    """A module whose go.sum has the checksums of everything."""
    (work / "go.mod").write_text("module work.test\n\ngo 1.19\n")
    lines = [content.sum_lines(m.path, v) for m in case.modules for v in dict.fromkeys((*VERSIONS, m.query))]
    (work / "go.sum").write_text("".join(lines))


def _errors(text: str) -> dict[str, str]:
    decoder, at, errors = json.JSONDecoder(), 0, {}
    text = text.strip()
    while at < len(text):
        entry, at = decoder.raw_decode(text, at)
        errors[entry["Path"]] = entry.get("Error", "")
        while at < len(text) and text[at].isspace():
            at += 1
    return errors
