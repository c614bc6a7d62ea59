"""Certificates read by our walk and by openssl: the same names, times, authority and sums."""

import base64
import random
from pathlib import Path

import pytest

from goproxyctl.formats import FormatError
from goproxyctl.formats.certificates import read_certificates, windows_blob
from tests.authorities import make_authority, openssl, sign, times
from tests.scale import scaled

PUBLIC = Path("/etc/ssl/certs/ca-certificates.crt")


def agree(folder: Path, file: Path) -> None:
    """Our one certificate of ``file`` is what openssl says of it."""
    (found,) = read_certificates(file.read_bytes())
    assert (found.not_before, found.not_after) == times(folder, file)
    said = openssl(
        folder, "x509", "-in", str(file), "-noout", "-fingerprint", "-sha1", "-purpose", "-subject_hash", "-issuer_hash"
    )
    assert found.sha1 == said.splitlines()[0].partition("=")[2].replace(":", "")
    assert found.authority == ("Any Purpose CA : Yes\n" in said and "SSL server CA : Yes\n" in said)
    *_, subject, issuer = [line for line in said.splitlines() if " : " not in line]
    assert found.self_issued == (subject == issuer)


def test_authorities_and_what_is_none(tmp_path: Path) -> None:
    root = make_authority(tmp_path)
    ext = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
    cases = {
        root: (True, True),
        make_authority(tmp_path, "old", "/O=a/CN=x", "-addext", "keyUsage=critical,digitalSignature,keyCertSign"): (True, True),
        sign(tmp_path, "root", "between", "/CN=acme issuing", *ext): (True, False),
        sign(tmp_path, "root", "leaf", "/CN=goproxy.acme.example", "basicConstraints=CA:FALSE"): (False, False),
        sign(tmp_path, "root", "bare", "/CN=bare", "subjectKeyIdentifier=hash"): (False, False),
        sign(tmp_path, "root", "useless", "/CN=u", ext[0], "keyUsage=digitalSignature"): (False, False),
    }  # fmt: skip
    for file, wanted in cases.items():
        (found,) = read_certificates(file.read_bytes())
        assert (found.authority, found.self_issued) == wanted, file
        agree(tmp_path, file)


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("/CN=acme root", "acme root"),
        ("/O=acme/CN=Wurzel ß 注", "Wurzel ß 注"),
        ("/O=only an organization", "only an organization"),
    ],
)
def test_the_subject_is_its_common_name_or_else_its_last_part(tmp_path: Path, subject: str, shown: str) -> None:
    (found,) = read_certificates(make_authority(tmp_path, "root", subject).read_bytes())
    assert found.subject == shown


def test_times_beyond_2049_are_read(tmp_path: Path) -> None:
    openssl(
        tmp_path,
        "req",
        "-x509",
        "-newkey",
        "ed25519",
        "-nodes",
        "-days",
        "20000",
        "-keyout",
        "k",
        "-out",
        "c.pem",
        "-subj",
        "/CN=x",
    )
    agree(tmp_path, tmp_path / "c.pem")


@pytest.mark.skipif(not PUBLIC.exists(), reason="no public authorities on this system")
def test_the_public_authorities_are_read(tmp_path: Path) -> None:
    """All of them are read; a sample is compared, for openssl takes a process each."""
    found = read_certificates(PUBLIC.read_bytes())
    assert len(found) > 50
    assert all(one.not_before < one.not_after and one.subject for one in found)
    for one in random.Random(4).sample(found, scaled(10, 100)):
        file = tmp_path / "one.pem"
        file.write_bytes(
            b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(one.der) + b"-----END CERTIFICATE-----\n"
        )
        agree(tmp_path, file)


def test_several_in_one_file_come_in_order(tmp_path: Path) -> None:
    files = [make_authority(tmp_path, name, f"/CN={name}") for name in ("one", "two")]
    text = b"# theirs\r\n" + b"\n".join(file.read_bytes().replace(b"\n", b"\r\n") for file in files)
    assert [found.subject for found in read_certificates(text)] == ["one", "two"]


@pytest.mark.parametrize(
    "der", [b"", b"\x30", b"\x30\x80\0\0", b"\x30\x84\xff\xff\xff\xff", b"\x04\x00", b"\x30\x03\x30\x01\x00"]
)
def test_what_is_no_certificate_is_said(der: bytes) -> None:
    pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der) + b"-----END CERTIFICATE-----\n"
    with pytest.raises(FormatError, match="certificate 1 in the file is no certificate"):
        read_certificates(pem)


@pytest.mark.parametrize(
    "damage", [(b"MII", b"M!I"), (b"-----END CERTIFICATE-----", b""), (b"-----END CERT", b"-----END cert")]
)
@pytest.mark.parametrize("number", [1, 2])
def test_a_certificate_that_is_not_whole_is_said_and_never_left_out(
    tmp_path: Path, number: int, damage: tuple[bytes, bytes]
) -> None:
    files = [make_authority(tmp_path, name).read_bytes() for name in ("one", "two")]
    files[number - 1] = files[number - 1].replace(*damage)
    with pytest.raises(FormatError, match=f"certificate {number} in the file is no certificate"):
        read_certificates(b"".join(files))


def test_a_damaged_certificate_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    (whole,) = read_certificates(make_authority(tmp_path).read_bytes())
    rng = random.Random(20261122)
    refused = 0
    for _ in range(scaled(2_000, 50_000)):
        der = bytearray(whole.der)
        for _ in range(rng.randint(1, 3)):
            der[rng.randrange(len(der))] = rng.randrange(256)
        if rng.random() < 0.2:
            del der[rng.randrange(len(der)) :]
        pem = b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(bytes(der)) + b"-----END CERTIFICATE-----\n"
        try:
            read_certificates(pem)
        except FormatError:
            refused += 1
    assert refused


def test_the_value_that_windows_keeps_names_the_certificate_and_holds_it(tmp_path: Path) -> None:
    (found,) = read_certificates(make_authority(tmp_path).read_bytes())
    blob = windows_blob(found)
    size = len(found.der)
    assert blob[:12] == bytes.fromhex("030000000100000014000000")
    assert blob[12:32].hex().upper() == found.sha1
    assert blob[32:44] == bytes.fromhex("2000000001000000") + size.to_bytes(4, "little")
    assert blob[44:] == found.der
