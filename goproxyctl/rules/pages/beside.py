"""The files beside the policy of every example.

Their certificates were made with openssl for this; nobody keeps the keys. A page is read as on 1 January 2026.
"""

import hashlib

#: Of "acme root", for 2020 to 2049.
_ROOT = """\
-----BEGIN CERTIFICATE-----
MIIBWDCB/6ADAgECAgEBMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMMCWFjbWUgcm9v
dDAeFw0yMDAxMDEwMDAwMDBaFw00OTEyMzEyMzU5NTlaMBQxEjAQBgNVBAMMCWFj
bWUgcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPzQsU9+Kf23gcmYph4C
2EYZcGCTFJXlNW2jmb4780E6vBEeq7xGCztaAnY6MDzk49z3D2mmQqhBYZOMCYFg
nFejQjBAMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQW
BBTQcPXthLWom0KSky64DS5av1C7CTAKBggqhkjOPQQDAgNIADBFAiB9PcCfr6SH
G5nLV+ofr13iM9hkeOeDFFQ0tnBzcuyS6gIhANobh80a3tQMdM5FLyUAKLBHJMQf
6SGDhKP5OonNO2Wo
-----END CERTIFICATE-----
"""
#: Of a root for 2015 to 2024.
_ENDED = """\
-----BEGIN CERTIFICATE-----
MIIBajCCAQ+gAwIBAgIBAjAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFhY21lIHJv
b3Qgb2YgMjAxNTAeFw0xNTAxMDEwMDAwMDBaFw0yNDEyMzEyMzU5NTlaMBwxGjAY
BgNVBAMMEWFjbWUgcm9vdCBvZiAyMDE1MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAE65s3bu7AOH9r2BNm7dS78QldpqRtJFeDr+5FEUdsO3CSAEF3hdxPfJRumewQ
uwxIYRpV2yavkIXA+ubSfhKUuKNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8B
Af8EBAMCAQYwHQYDVR0OBBYEFN5aO+JpE6Euo5t5N5w9lo3OviEaMAoGCCqGSM49
BAMCA0kAMEYCIQDkvvDpqIqJcm9nqkR3pgqgPUEJC8SRT/SgPkGzaKq35QIhAIgL
mYCi3gKmdwWiz+i8dJ/ze+C4UVvwV+XvASNpqMpX
-----END CERTIFICATE-----
"""
#: Of a root that ends on 31 January 2026.
_ENDING = """\
-----BEGIN CERTIFICATE-----
MIIBajCCAQ+gAwIBAgIBAzAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFhY21lIHJv
b3Qgb2YgMjAxNjAeFw0xNjAyMDEwMDAwMDBaFw0yNjAxMzEyMzU5NTlaMBwxGjAY
BgNVBAMMEWFjbWUgcm9vdCBvZiAyMDE2MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
QgAEMz42YYJZfv3T5hT2fwImFlHV7HZpIfF/aKGtD0mKztNzHpxVeOxcfq2ijzCJ
OofeCAqHmUiCDxy7ylrzVHE3IqNCMEAwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8B
Af8EBAMCAQYwHQYDVR0OBBYEFOTgcdjV1IhylokQSxB4svM0ntXVMAoGCCqGSM49
BAMCA0kAMEYCIQCnMsbr9HOhk3rUXGTg0I/3zKWmgfpzQvoIFFBoeLWAPQIhAKXk
5YT6ngi1o4LBRsCgKD381pVvRQGmz4ZKfgrmlRKf
-----END CERTIFICATE-----
"""
#: Of "acme issuing", an authority that the root signed.
_ISSUING = """\
-----BEGIN CERTIFICATE-----
MIIBgTCCASagAwIBAgIBBDAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlhY21lIHJv
b3QwHhcNMjAwMTAxMDAwMDAwWhcNNDkxMjMxMjM1OTU5WjAXMRUwEwYDVQQDDAxh
Y21lIGlzc3VpbmcwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQu1n8MpmnbOt7K
DQfk3EJIxU6CuRjN1Yw+mDiDdpQcyeny1oOrEt2RczMWNm853O2KDrZtyw17DweI
bmQ7JQ0Ao2YwZDASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQEAwIBBjAd
BgNVHQ4EFgQU42XegNU8Na1tV6Dp2q355PHjwXgwHwYDVR0jBBgwFoAU0HD17YS1
qJtCkpMuuA0uWr9QuwkwCgYIKoZIzj0EAwIDSQAwRgIhAN4x4d/EEmu/vKRc7nGx
7enI6LUCSVPdkFdTBEKs/y+NAiEAlpA4eImKW8Zq0R4p6HdY5blsfXd4JeIIcEHq
e6bIY1M=
-----END CERTIFICATE-----
"""
#: Of a server, which the root signed.
_SERVER = """\
-----BEGIN CERTIFICATE-----
MIIBkjCCATmgAwIBAgIBBTAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlhY21lIHJv
b3QwHhcNMjUwMTAxMDAwMDAwWhcNNDkxMjMxMjM1OTU5WjAfMR0wGwYDVQQDDBRn
b3Byb3h5LmFjbWUuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGaD
c8FbU3LrdEYzh+aIyslvdt/LXxEOx4RNkdPz7vczI3zBFR/hw1RJVkGcggC/dQM7
fWOh+7WUewVmaT9c+hSjcTBvMAwGA1UdEwEB/wQCMAAwHwYDVR0RBBgwFoIUZ29w
cm94eS5hY21lLmV4YW1wbGUwHQYDVR0OBBYEFIBsDnfUP8psztNhkq4TksR+M7nm
MB8GA1UdIwQYMBaAFNBw9e2EtaibQpKTLrgNLlq/ULsJMAoGCCqGSM49BAMCA0cA
MEQCIBupRBrZxcDoyLbOcjiNgK+7v4A0dNUzvLzVN4Y3vCzcAiA4PSzCG6LXwTx3
wYQ4oEhOIloK1d0ED04+cnJ0Emo3kA==
-----END CERTIFICATE-----
"""

#: Name to content.
BESIDE = {
    "certs/root.pem": _ROOT,
    "certs/root-2015.pem": _ENDED,
    "certs/root-2016.pem": _ENDING,
    "certs/issuing.pem": _ISSUING,
    "certs/server.pem": _SERVER,
    "base.yaml": "apiVersion: goproxyctl/v1\nkind: PolicyBase\nspec:\n"
    '  private: {modules: [git.acme.example, "*.git.acme.example"]}\n',
}


def trusting(*names: str) -> str:
    """The field ``trust`` with the certificates of those names, each with its sum."""
    return "  trust:\n" + "".join(
        f"    - name: {name}\n      file: certs/{name}.pem\n      sha256: {sum_of(name)}\n" for name in names
    )


def sum_of(name: str) -> str:
    """The SHA-256 of the file of a certificate."""
    return hashlib.sha256(BESIDE[f"certs/{name}.pem"].encode()).hexdigest()
