"""Certificates for tests, made with openssl: authorities, and what is none."""

import datetime as dt
import subprocess
from pathlib import Path

from tests.oracles import require


def openssl(folder: Path, *arguments: str) -> str:
    """What openssl prints."""
    command = [require("openssl"), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=60).stdout


def make_authority(folder: Path, name: str = "root", subject: str = "/CN=acme root", *options: str) -> Path:
    """A self-signed authority for ten days: ``name``.pem, its key beside it; ``options`` go to openssl req."""
    openssl(
        folder, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "10",
        "-utf8", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", subject, *options,
    )  # fmt: skip
    return folder / f"{name}.pem"


def make_old_root(folder: Path, name: str = "root") -> Path:
    """The same without a word about itself: a root of version 1, as companies made them for long."""
    make_authority(folder, name)
    openssl(folder, "req", "-new", "-key", f"{name}.key", "-subj", "/CN=old root", "-out", f"{name}.csr")
    openssl(
        folder, "x509", "-req", "-in", f"{name}.csr", "-signkey", f"{name}.key", "-days", "10", "-out", f"{name}.pem"
    )
    return folder / f"{name}.pem"


def sign(folder: Path, authority: str, name: str, subject: str, *extensions: str) -> Path:
    """A certificate that ``authority`` signed, with ``extensions`` as in openssl's configuration."""
    openssl(
        folder, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key",
        "-out", f"{name}.csr", "-subj", subject,
    )  # fmt: skip
    (folder / f"{name}.ext").write_text("\n".join(extensions) + "\n")
    openssl(
        folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.pem", "-CAkey", f"{authority}.key",
        "-CAcreateserial", "-days", "5", "-extfile", f"{name}.ext", "-out", f"{name}.pem",
    )  # fmt: skip
    return folder / f"{name}.pem"


def times(folder: Path, file: Path) -> tuple[dt.datetime, dt.datetime]:
    """From when and until when openssl takes a certificate for valid."""
    said = openssl(folder, "x509", "-in", str(file), "-noout", "-startdate", "-enddate")
    texts = [line.partition("=")[2] for line in said.splitlines()]
    first, last = (dt.datetime.strptime(text, "%b %d %H:%M:%S %Y %Z").replace(tzinfo=dt.UTC) for text in texts)
    return first, last
