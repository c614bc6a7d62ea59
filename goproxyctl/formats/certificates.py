"""Certificates in PEM form: what decides whether one can be an anchor of trust, read from its DER by a walk.

A whole X.509 library would be the heaviest import of all for five fields. Signatures are not checked: what a policy
names is pinned by its SHA-256, and whoever trusts the certificate checks them.
Source: RFC 5280 section 4.1; X.690.
"""

import base64
import binascii
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from goproxyctl.formats import FormatError
from goproxyctl.text import Text

_BEGIN, _END = b"-----BEGIN CERTIFICATE-----", b"-----END CERTIFICATE-----"
_SEQUENCE, _INTEGER, _BIT_STRING, _OCTET_STRING, _BOOLEAN = 0x30, 0x02, 0x03, 0x04, 0x01
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_VERSION, _EXTENSIONS = 0xA0, 0xA3
_CN = bytes.fromhex("0603550403")
_KEY_USAGE, _BASIC_CONSTRAINTS = bytes.fromhex("551d0f"), bytes.fromhex("551d13")
#: Bit 5 of KeyUsage, the first octet from the left.
_CERT_SIGN = 0x04


class Certificate(NamedTuple):
    """One certificate. ``subject`` is for people; times are UTC.

    ``authority``: it may sign others (basic constraints, and key usage where that is stated; of version 1, which has
    neither, a root). ``self_issued``: its subject is its issuer, as a root's is.
    """

    der: bytes
    subject: str
    not_before: dt.datetime
    not_after: dt.datetime
    authority: bool
    self_issued: bool

    @property
    def sha1(self) -> str:
        """The name that Windows gives to a certificate in its stores: a name, no proof."""
        return hashlib.sha1(self.der, usedforsecurity=False).hexdigest().upper()


class _Node(NamedTuple):
    """One value of DER: its tag, what is in it, and all of it."""

    tag: int
    content: bytes
    whole: bytes


def read_certificates(pem: bytes) -> tuple[Certificate, ...]:
    """The certificates of a PEM file, in order. Raises: FormatError for one that cannot be read, or does not end."""
    found = []
    for number, part in enumerate(pem.split(_BEGIN)[1:], 1):
        try:
            body, _rest = part.split(_END)
            found.append(_read(base64.b64decode(b"".join(body.split()), validate=True)))
        except (ValueError, IndexError, binascii.Error) as error:
            raise FormatError(
                Text("certificate.unreadable", "certificate {number} in the file is no certificate; export it again",
                     number=number)
            ) from error  # fmt: skip
    return tuple(found)


def _read(der: bytes) -> Certificate:
    (outer,) = _nodes(der)
    signed, _algorithm, _signature = _inside(outer, _SEQUENCE)
    fields = _inside(signed, _SEQUENCE)
    later = fields[0].tag == _VERSION
    _serial, _algorithm, issuer, validity, subject, _key, *rest = fields[1:] if later else fields
    not_before, not_after = map(_time, _inside(validity, _SEQUENCE))
    self_issued = issuer.whole == subject.whole
    authority = _is_authority(rest) if later else self_issued
    return Certificate(der, _name(subject), not_before, not_after, authority, self_issued)


def _nodes(der: bytes) -> list[_Node]:
    """The values in ``der``, one after the other. Raises: ValueError where it is not DER."""
    return list(_each(der))


def _each(der: bytes) -> Iterator[_Node]:
    at = 0
    while at < len(der):
        tag, size, start = der[at], der[at + 1], at + 2
        if size >= 0x80:
            start += size & 0x7F
            size = int.from_bytes(der[at + 2 : start])
        end = start + size
        if tag & 0x1F == 0x1F or start <= at or end > len(der) or (der[at + 1] == 0x80):
            raise ValueError(at)
        yield _Node(tag, der[start:end], der[at:end])
        at = end


def _inside(node: _Node, tag: int) -> list[_Node]:
    if node.tag != tag:
        raise ValueError(node.tag)
    return _nodes(node.content)


def _time(node: _Node) -> dt.datetime:
    """Source: RFC 5280 4.1.2.5: always with seconds and in UTC; two digits from 50 on are of the last century."""
    text = node.content.decode("ascii")
    if node.tag == _UTC_TIME:
        text = ("19" if text[:2] >= "50" else "20") + text
    elif node.tag != _GENERALIZED_TIME:
        raise ValueError(node.tag)
    return dt.datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=dt.UTC)


def _name(name: _Node) -> str:
    """The common name, or the last part of the name where there is none."""
    parts = [part for group in _inside(name, _SEQUENCE) for part in _nodes(group.content)]
    named = [part for part in parts if part.content.startswith(_CN)]
    chosen = (named or parts)[-1:]
    return "".join(_inside(part, _SEQUENCE)[1].content.decode("utf-8", "replace") for part in chosen)


def _is_authority(rest: Sequence[_Node]) -> bool:
    """Source: RFC 5280 4.2.1.9 and 4.2.1.3; a certificate without basic constraints is nobody's authority."""
    extensions = {}
    for node in rest:
        if node.tag == _EXTENSIONS:
            for extension in _inside(_nodes(node.content)[0], _SEQUENCE):
                name, *_critical, value = _inside(extension, _SEQUENCE)
                extensions[name.content] = _nodes(value.content)[0]
    constraints, usage = extensions.get(_BASIC_CONSTRAINTS), extensions.get(_KEY_USAGE)
    if constraints is None:
        return False
    flags = [node.content != b"\0" for node in _inside(constraints, _SEQUENCE) if node.tag == _BOOLEAN]
    signs = usage is None or (
        usage.tag == _BIT_STRING and len(usage.content) > 1 and bool(usage.content[1] & _CERT_SIGN)
    )
    return any(flags) and signs


def windows_blob(certificate: Certificate) -> bytes:
    """The value ``Blob`` under which a certificate store of Windows keeps a certificate.

    Shape: properties, each as three little-endian dwords (number, 1, size) and its bytes: the SHA-1 (3), the DER (32).
    Source: windows-testing.md, measured with Go 1.24, 1.26 and 1.27; wincrypt.h, CERT_SHA1_HASH_PROP_ID and
    CERT_CERT_PROP_ID.
    """
    properties = ((3, bytes.fromhex(certificate.sha1)), (32, certificate.der))
    return b"".join(
        number.to_bytes(4, "little") + (1).to_bytes(4, "little") + len(value).to_bytes(4, "little") + value
        for number, value in properties
    )
