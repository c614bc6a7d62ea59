"""GOSUMDB: which checksum database go asks, with which key, and how it reaches it."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from goproxyctl.gosem.chain import BLANKS
from goproxyctl.gosem.gourl import BadUrlError, GoUrl, parse_url
from goproxyctl.gosem.remark import Remark
from goproxyctl.gosem.version import NEWEST, GoVersion

#: Verifier keys that go knows by name. Source: cmd/go/internal/modfetch/key.go, knownGOSUMDB.
KNOWN_KEYS = {"sum.golang.org": "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"}
#: Whole values that stand for others. Source: cmd/go/internal/modfetch/sumdb.go, dbDial.
ALIASES = {"sum.golang.google.cn": "sum.golang.org https://sum.golang.google.cn"}

_ED25519 = 1
_FIELDS = re.compile(f"[{BLANKS}]+")
_HASH = re.compile("[0-9A-Fa-f]{8}", re.ASCII)
_BASE64 = re.compile("[A-Za-z0-9+/]*={0,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class SumDB:
    """A checksum database.

    Shape: ``direct`` is where it is dialled when no hop of the chain speaks for it; ``url`` is stated in GOSUMDB and
    then asked always, and the chain never. ``off``: there is none, and the rest is empty.
    """

    name: str = ""
    key: str = ""
    direct: GoUrl | None = None
    url: GoUrl | None = None
    off: bool = False


@lru_cache(maxsize=256)
def read_sumdb(value: str, go: GoVersion = NEWEST) -> SumDB | Remark:
    """What go makes of a GOSUMDB value.

    Shape: remarks sumdb.missing, sumdb.fields, sumdb.verifier, sumdb.algorithm, sumdb.hash, sumdb.name, sumdb.url;
    values ``value`` and ``says``.
    Source: golang/go cmd/go/internal/modfetch/sumdb.go, dbDial; golang.org/x/mod/sumdb/note, NewVerifier.
    """
    if value == "off":
        return SumDB(off=True)
    fields = [f for f in _FIELDS.split(ALIASES.get(value, value)) if f]
    if not fields:
        return _refuse("missing", value, "missing GOSUMDB")
    if len(fields) > 2:
        return _refuse("fields", value, "invalid GOSUMDB: too many fields")
    key = KNOWN_KEYS.get(fields[0], fields[0])
    wrong = check_verifier(key)
    if wrong:
        return _refuse(wrong[0], value, f"invalid GOSUMDB: {wrong[1]}")
    return _locate(value, key, fields[1:], go)


def _locate(value: str, key: str, stated: list[str], go: GoVersion) -> SumDB | Remark:
    """Where the database with that key is: at its name, and at the URL stated, if any."""
    name = key.partition("+")[0]
    direct = _direct(name, go)
    if direct is None:
        return _refuse("name", value, f"invalid sumdb name (must be host[/path]): {name}")
    try:
        return SumDB(name, key, direct, parse_url(stated[0], go) if stated else None)
    except BadUrlError as error:
        return _refuse("url", value, f"invalid GOSUMDB URL: {error}")


def _refuse(id: str, value: str, says: str) -> Remark:
    return Remark(f"sumdb.{id}", {"value": value, "says": says})


def check_verifier(key: str) -> tuple[str, str] | None:
    """What is wrong with a verifier key ``name+hash+base64``: an id and go's words; None when it is good.

    Source: golang.org/x/mod/sumdb/note/note.go, NewVerifier, isValidName, keyHash.
    """
    name, _, rest = key.partition("+")
    digits, _, encoded = rest.partition("+")
    raw = _decode(encoded)
    if not (raw and name and _HASH.fullmatch(digits)):
        return "verifier", "malformed verifier id"
    if int(digits, 16) != int.from_bytes(hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4], "big"):
        return "hash", "invalid verifier hash"
    if raw[0] != _ED25519:
        return "algorithm", "unknown verifier algorithm"
    if len(raw) != 33:
        return "verifier", "malformed verifier id"
    return None


def _decode(text: str) -> bytes:
    """Source: golang/go encoding/base64, StdEncoding: strict about the alphabet, padding required."""
    if not _BASE64.fullmatch(text) or len(text) % 4:
        return b""
    return base64.b64decode(text)


def _direct(name: str, go: GoVersion) -> GoUrl | None:
    """Source: cmd/go/internal/modfetch/sumdb.go, dbDial: no funny business in the database name."""
    try:
        url = parse_url("https://" + name, go)
    except BadUrlError:
        return None
    plain = url == GoUrl("https", host=url.host, path=url.path)
    return url if plain and url.host and not name.endswith("/") else None
