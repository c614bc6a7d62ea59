"""Versions of Go: parsed, compared as the go command compares them, and what changed at which one."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Self

_FORM = re.compile(r"(0|[1-9]\d*)(?:\.(0|[1-9]\d*)(?:\.(0|[1-9]\d*)|([a-z]+)(0|[1-9]\d*)?)?)?", re.ASCII)


@dataclass(frozen=True)
class GoVersion:
    """A version of Go such as 1.21.13 or 1.22rc1.

    Shape: ``patch`` None is a language version ("1.21"), which is older than every release of it; before 1.21 it is .0.
    Source: golang/go internal/gover/gover.go, Parse and Compare.
    """

    major: int
    minor: int = 0
    patch: int | None = None
    kind: str = ""
    pre: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """The version that ``text`` names, with or without "go" before it. Raises: ValueError."""
        form = _FORM.fullmatch(text.removeprefix("go"))
        if form is None:
            raise ValueError(text)
        major, minor, patch, kind, pre = form.groups()
        if minor is None:
            return cls(int(major), 0, 0)
        if patch is None and kind is None and int(minor) < 21:
            return cls(int(major), int(minor), 0)
        return cls(int(major), int(minor), _number(patch), kind or "", _number(pre))

    @cached_property
    def _key(self) -> tuple[int, int, int, str, int]:
        patch = -1 if self.patch is None else self.patch
        return self.major, self.minor, patch, self.kind, -1 if self.pre is None else self.pre

    def __lt__(self, other: "GoVersion") -> bool:
        return self._key < other._key

    def __ge__(self, other: "GoVersion") -> bool:
        return self._key >= other._key

    def __str__(self) -> str:
        if self.kind:
            return f"{self.major}.{self.minor}{self.kind}{'' if self.pre is None else self.pre}"
        return f"{self.major}.{self.minor}" + ("" if self.patch is None else f".{self.patch}")

    def has(self, change: "Change") -> bool:
        """Whether this version carries ``change``, by its age or by a backport to its own minor version."""
        if self >= change.since:
            return True
        return any((self.major, self.minor) == (b.major, b.minor) and self >= b for b in change.backports)


def _number(digits: str | None) -> int | None:
    return None if digits is None else int(digits)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that go does differently since a version."""

    since: GoVersion
    backports: tuple[GoVersion, ...] = ()


def _since(first: str, *backports: str) -> Change:
    return Change(GoVersion.parse(first), tuple(map(GoVersion.parse, backports)))


#: The newest release whose behaviour was compared with what this package says.
NEWEST = GoVersion.parse("1.27.3")
#: GOINSECURE exists. Source: go.dev/doc/go1.14.
INSECURE = _since("1.14")
#: "|" separates items of GOPROXY. Source: go.dev/doc/go1.15.
PIPE = _since("1.15")
#: GOVCS exists; a version may be retracted, so the newest go.mod is read too. Source: go.dev/doc/go1.16.
RETRACT = _since("1.16")
#: GOTOOLCHAIN and GOROOT/go.env exist. Source: go.dev/doc/toolchain.
TOOLCHAIN = _since("1.21")
#: GOAUTH exists; a 4xx over https is asked again. Source: cmd/go/internal/web/http.go, get.
AUTH = _since("1.24")
#: A bracketed host must be an IPv6 address. Source: net/url parseHost (CVE-2025-47912).
STRICT_LITERAL = _since("1.25.2", "1.24.8")
#: A host of an http(s) URL holds one colon at most. Source: net/url parseHost, GODEBUG urlstrictcolons.
STRICT_COLONS = _since("1.26.0")
#: "[" may stand at the start of a host only. Source: net/url parseHost (CVE-2026-25679).
STRICT_BRACKET = _since("1.26.1", "1.25.8")
