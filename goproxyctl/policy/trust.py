"""The certificate files that a policy names."""

import hashlib

from goproxyctl.errors import StoreError
from goproxyctl.formats import FormatError
from goproxyctl.intent import Trust
from goproxyctl.policy.complaints import Complaints
from goproxyctl.policy.layers import Reader, beside
from goproxyctl.policy.nodes import Fields, Mark, Node, nearest, text_at
from goproxyctl.rules.references import why_unsafe
from goproxyctl.text import Text

#: More than any bundle of one company has.
MAX_BYTES = 1024 * 1024


class TrustFiles:
    """Reads each authority's file once; what is wrong with it is a complaint where the policy names it."""

    def __init__(self, read: Reader, complaints: Complaints) -> None:
        self._read = read
        self._complaints = complaints
        self._found: dict[Mark, Trust | None] = {}

    def __call__(self, entry: Node) -> Trust | None:
        """The authority of one entry of ``trust``, without a certificate when its file cannot be used.

        None: the entry is none.
        """
        if entry.mark not in self._found:
            self._found[entry.mark] = self._trust(entry) if isinstance(entry, Fields) else None
        return self._found[entry.mark]

    def _trust(self, entry: Fields) -> Trust:
        name, file, sha256 = (text_at(entry, field) or "" for field in ("name", "file", "sha256"))
        return Trust(name, file, self._pem(entry, file, sha256))

    def _pem(self, entry: Fields, file: str, sha256: str) -> bytes:
        mark = nearest(entry, ("file",))
        unsafe = why_unsafe(file)
        if unsafe:
            self._complaints.add("path-unsafe", mark, unsafe)
            return b""
        try:
            raw = self._read(beside(mark.file, file))
        except StoreError as error:
            self._complain(mark, Text("trust-file.unreadable", "the file cannot be read: {why}", why=error.text))
            return b""
        # Git may have turned line ends around; the sum holds for the file either way, and artifacts get LF.
        pem = raw.replace(b"\r\n", b"\n")
        if sha256 not in (hashlib.sha256(raw).hexdigest(), hashlib.sha256(pem).hexdigest()):
            found = hashlib.sha256(pem).hexdigest()
            self._complaints.add(
                "trust-file",
                nearest(entry, ("sha256",)),
                Text("trust-file.sum", "{file!r} has another sum: {found}", file=file, found=found),
                Text("trust-file.sum.advice", "make sure that the file is the right one before you change the sum"),
            )
            return b""
        why = _why_no_authority(pem)
        if why:
            self._complain(mark, why)
            return b""
        return pem

    def _complain(self, mark: Mark, text: Text) -> None:
        self._complaints.add("trust-file", mark, text)


def _why_no_authority(pem: bytes) -> Text | None:
    from goproxyctl.formats.certificates import read_certificates

    if len(pem) > MAX_BYTES:
        return Text("trust-file.size", "the file is larger than {most} bytes", most=MAX_BYTES)
    if b"PRIVATE KEY-----" in pem:
        return Text("trust-file.key", "the file holds a private key; only certificates belong here")
    if b"-----BEGIN CERTIFICATE-----\n" not in pem or b"-----END CERTIFICATE-----" not in pem:
        return Text(
            "trust-file.pem", "the file holds no certificate in PEM form; certutil -encode makes it of one in DER form"
        )
    try:
        read_certificates(pem)
    except FormatError as error:
        return error.text
    return None
