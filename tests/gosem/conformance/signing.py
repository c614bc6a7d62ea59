"""Ed25519 signatures, only to sign the tree head of our own checksum database. Source: RFC 8032, section 5.1 and 6."""

import base64
import hashlib

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_BASE_Y = 4 * pow(5, -1, _P) % _P

Point = tuple[int, int, int, int]


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(n: int, p: Point) -> Point:
    q: Point = (0, 1, 1, 0)
    while n > 0:
        if n & 1:
            q = _add(q, p)
        p = _add(p, p)
        n >>= 1
    return q


def _base() -> Point:
    y2 = _BASE_Y * _BASE_Y
    x2 = (y2 - 1) * pow(_D * y2 + 1, -1, _P) % _P
    x = pow(x2, (_P + 3) // 8, _P)
    if (x * x - x2) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    x = _P - x if x & 1 else x
    return x, _BASE_Y, 1, x * _BASE_Y % _P


def _compress(p: Point) -> bytes:
    z = pow(p[2], -1, _P)
    return (p[1] * z % _P | ((p[0] * z % _P & 1) << 255)).to_bytes(32, "little")


def _expand(seed: bytes) -> tuple[int, bytes]:
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & ((1 << 254) - 8) | (1 << 254)
    return scalar, digest[32:]


def public_key(seed: bytes) -> bytes:
    """The public key of a 32 byte seed."""
    return _compress(_times(_expand(seed)[0], _base()))


def sign(seed: bytes, message: bytes) -> bytes:
    """The 64 byte signature of ``message``."""
    scalar, prefix = _expand(seed)
    public = _compress(_times(scalar, _base()))
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % _L
    point = _compress(_times(r, _base()))
    k = int.from_bytes(hashlib.sha512(point + public + message).digest(), "little") % _L
    return point + ((r + k * scalar) % _L).to_bytes(32, "little")


class Signer:
    """A key of a note: its verifier text for GOSUMDB, and signed notes. Source: golang.org/x/mod/sumdb/note."""

    def __init__(self, name: str, seed: bytes = bytes(range(32))) -> None:
        self.name, self.seed = name, seed
        public = b"\x01" + public_key(seed)
        self.hash = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
        self.verifier = f"{name}+{self.hash.hex()}+{base64.b64encode(public).decode()}"

    def note(self, text: str) -> str:
        """``text`` (ending in a newline) with its signature line."""
        signature = base64.b64encode(self.hash + sign(self.seed, text.encode())).decode()
        return f"{text}\n\u2014 {self.name} {signature}\n"
