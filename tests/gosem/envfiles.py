"""GOENV files as people and programs get them wrong, and what the real go reads from them."""

import json
import random
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

#: Of those that go does not check when it starts, so that no content keeps it from answering.
KEYS = (b"GOPROXY", b"GOSUMDB", b"GOPRIVATE", b"GONOPROXY", b"GOINSECURE", b"GOVCS", b"GOFLAGS")
#: Not go's own: shown by go env all the same, since 1.21.
FOREIGN = (b"Z", b"GOPROXYS", b"GOPROXY ", b"GO PROXY", b"HTTP_PROXY", b"NETRC", b"K\0", b"GOPROXY\r", b"K\xff", b"A#B")
_VALUES = (
    b"https://goproxy.cn,direct", b"off", b"", b" off ", b'"https://a"', b"'a'", b"a=b=c", b"=", b"a # b", b"$HOME",
    b"%TEMP%", b"\xff\xfe", b"\xe4\xbd\xa0", b"\xed\xa0\x80", b"a\0b", b"\t", b"a\\", b"a\x0bb\x0c", b"\x1b[31m",
    b"\xc3", b"\xf0\x9f\x92", b"a\rb",
)  # fmt: skip
_LEADS = (
    b"",
    b"",
    b"",
    b"",
    b"",
    b" ",
    b"\t",
    b"export ",
    b"set ",
    b"#",
    b"\xef\xbb\xbf",
    b"\r",
    b"-",
    b"_",
    b"\0",
    b"g",
)
_ENDS = (b"\n", b"\n", b"\n", b"\r\n", b"\r\n", b"\r", b"\n\n", b"\n \n", b"")


def make_file(rng: random.Random) -> bytes:
    """One random file: mostly lines with a twist, now and then an encoding or plain noise."""
    kind = rng.random()
    if kind < 0.06:
        return rng.randbytes(rng.randint(0, 60))
    if kind < 0.1:
        return bytes(rng.choice(b'GK=A\n\r #"\0\xff') for _ in range(rng.randint(1, 40)))
    text = b"".join(_line(rng) for _ in range(rng.randint(1, 8)))
    if kind < 0.14:
        return text.decode("latin-1").encode(rng.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"]))
    return (b"\xef\xbb\xbf" if kind < 0.18 else b"") + text


def _line(rng: random.Random) -> bytes:
    key = rng.choice(KEYS if rng.random() < 0.8 else FOREIGN)
    equals = rng.choice((b"=", b"=", b"=", b"=", b" = ", b"", b": ", b"=="))
    return rng.choice(_LEADS) + key + equals + rng.choice(_VALUES) + rng.choice(_ENDS)


def asked_keys(text: bytes) -> tuple[bytes, ...]:
    """All that a reader could take for a key: also of lines that go ignores. Such as an argument can carry."""
    found = {*KEYS}
    for line in text.replace(b"\r", b"\n").split(b"\n") + text.split(b"\n"):
        for part in (line.partition(b"=")[0], line.partition(b":")[0], line[3:].partition(b"=")[0]):
            found |= {part, part.strip(), part.removeprefix(b"export ").strip()}
    return tuple(sorted(key for key in found if key and not key.startswith(b"-") and not set(key) & {0, 10, 61}))


def ask(go: str, folder: Path, text: bytes, keys: Sequence[bytes]) -> dict[bytes, bytes]:
    """What ``go env`` prints for each key with this GOENV file, byte by byte."""
    said = _run(go, folder, text, *keys).split(b"\n")
    assert len(said) == len(keys) + 1
    return dict(zip(keys, said, strict=False))


def ask_json(go: str, folder: Path, text: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The same from ``go env -json``, which writes what is not UTF-8 as U+FFFD."""
    made: dict[str, str] = json.loads(_run(go, folder, text, b"-json", *keys))
    return made


def _run(go: str, folder: Path, text: bytes, *arguments: bytes) -> bytes:
    (folder / "env").write_bytes(text)
    env = {"HOME": str(folder), "PATH": "/usr/bin:/bin", "GOENV": str(folder / "env"), "GOTOOLCHAIN": "local"}
    command: list[bytes] = [go.encode(), b"env", *arguments]
    ended = subprocess.run(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def ask_many(
    go: str, folder: Path, texts: Iterable[bytes], *, workers: int = 2
) -> list[tuple[bytes, dict[bytes, bytes], dict[str, str]]]:
    """Each text with both answers; one go process holds one file, so several run at once."""

    def one(numbered: tuple[int, bytes]) -> tuple[bytes, dict[bytes, bytes], dict[str, str]]:
        number, text = numbered
        own = folder / str(number)
        own.mkdir()
        keys = asked_keys(text)
        said = ask(go, own, text, keys), ask_json(go, own, text, keys)
        (own / "env").unlink()
        return text, *said

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, enumerate(texts)))


def as_json_shows(text: str) -> str:
    """A value as Go's encoding/json writes it: each byte that is no UTF-8 becomes one U+FFFD."""
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
