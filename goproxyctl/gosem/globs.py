"""The globs of GOPRIVATE, GONOPROXY, GONOSUMDB, GOINSECURE and GOVCS, matched as go matches them."""

from collections.abc import Iterable
from functools import lru_cache

_SPECIAL = frozenset("*?[\\")


class BadPatternError(ValueError):
    """The glob is malformed; go then behaves as if it matched nothing."""


def matches_any(globs: Iterable[str], path: str) -> bool:
    """Whether one of ``globs`` matches a leading part of the module path ``path``.

    Source: golang.org/x/mod/module, MatchPrefixPatterns: malformed and empty globs match nothing, without a word.
    """
    return any(matches(glob, path) for glob in globs)


def matches(glob: str, path: str) -> bool:
    """Whether ``glob`` matches as many leading elements of ``path`` as it has itself."""
    glob = glob.removesuffix("/")
    if not glob:
        return False
    count = glob.count("/") + 1
    elements = path.split("/")
    if len(elements) < count:
        return False
    try:
        return match_path(glob, "/".join(elements[:count]))
    except BadPatternError:
        return False


def match_path(glob: str, name: str) -> bool:
    """Whether ``glob`` matches the whole of ``name``; ``*`` and ``?`` never match a slash.

    Raises: BadPatternError, also when the malformed part is reached only after a mismatch.
    Source: golang/go path/match.go, Match.
    """
    if not _SPECIAL & set(glob):
        return glob == name
    text = _bytes(name)
    chunks = _checked_chunks(glob)
    for number, (star, chunk) in enumerate(chunks, 1):
        if star and not chunk:
            return b"/" not in text
        end = _end_of_fit(star, chunk, text, last=number == len(chunks))
        if end is None:
            return False
        text = text[end:]
    return not text


@lru_cache(maxsize=1024)
def _checked_chunks(glob: str) -> tuple[tuple[bool, bytes], ...]:
    chunks = tuple(_chunks(_bytes(glob)))
    for _, chunk in chunks:
        _match_chunk(chunk, None)
    return chunks


def _bytes(text: str) -> bytes:
    """What go works on: a star may end, and a class begin, inside a character."""
    try:
        return text.encode(errors="surrogateescape")
    except UnicodeEncodeError:  # half a character of UTF-16, which no setting of a real machine holds
        return text.encode(errors="surrogatepass")


def _chunks(glob: bytes) -> Iterable[tuple[bool, bytes]]:
    """The parts of a glob between its stars, and whether a star stands before each."""
    start = 0
    while start < len(glob):
        begin = start
        while glob[begin : begin + 1] == b"*":
            begin += 1
        end = _chunk_end(glob, begin)
        yield begin > start, glob[begin:end]
        start = end


def _chunk_end(glob: bytes, begin: int) -> int:
    inside = False
    index = begin
    while index < len(glob):
        byte = glob[index : index + 1]
        if byte == b"\\":
            index += 1
        elif byte in b"[]":
            inside = byte == b"["
        elif byte == b"*" and not inside:
            return index
        index += 1
    return len(glob)


def _end_of_fit(star: bool, chunk: bytes, text: bytes, *, last: bool) -> int | None:
    """Where the first fit of ``chunk`` in ``text`` ends; the ``last`` chunk must fit up to the end.

    go never tries a chunk elsewhere once it fits, which shows where a class holds a slash.
    """
    slash = text.find(b"/")
    stop = (len(text) if slash < 0 else slash) if star else 0
    for start in range(stop + 1):
        length = _match_chunk(chunk, text[start:])
        if length is not None and (not last or start + length == len(text)):
            return start + length
    return None


def _match_chunk(chunk: bytes, text: bytes | None) -> int | None:
    """How many bytes of ``text`` the chunk matches at its beginning; None for a mismatch.

    ``text`` None: only the form of the chunk is checked. Raises: BadPatternError.
    """
    taken = index = 0
    while index < len(chunk):
        length, index = _match_one(chunk, index, text[taken:] if text else b"")
        if not length and text is not None:
            return None
        taken += length
    return taken


def _match_one(chunk: bytes, index: int, rest: bytes) -> tuple[int, int]:
    """How many bytes the operator at ``index`` takes (0: it does not fit), and where the next operator begins."""
    operator = chunk[index : index + 1]
    if operator == b"[":
        return _match_class(chunk, index + 1, rest)
    if operator == b"?":
        return 0 if rest[:1] == b"/" else _first(rest)[1], index + 1
    if operator == b"\\":
        index += 1
        if index == len(chunk):
            raise BadPatternError(chunk)
    return int(chunk[index : index + 1] == rest[:1]), index + 1


def _match_class(chunk: bytes, index: int, rest: bytes) -> tuple[int, int]:
    """As `_match_one`, for a class such as ``[a-c]`` or ``[^x]``, from behind its bracket."""
    negated = chunk[index : index + 1] == b"^"
    index += negated
    char, length = _first(rest)
    found, ranges = False, 0
    while not (chunk[index : index + 1] == b"]" and ranges):
        low, index = _class_char(chunk, index)
        high = low
        if chunk[index : index + 1] == b"-":
            high, index = _class_char(chunk, index + 1)
        found = found or low <= char <= high
        ranges += 1
    return length if found != negated else 0, index + 1


def _class_char(chunk: bytes, index: int) -> tuple[int, int]:
    """One character of a class, and where the next begins; something must follow it. Raises: BadPatternError."""
    if chunk[index : index + 1] in {b"", b"-", b"]"}:
        raise BadPatternError(chunk)
    index += chunk[index : index + 1] == b"\\"
    char, length = _first(chunk[index:])
    if index + length >= len(chunk) or (char == _NO_CHARACTER and length == 1):
        raise BadPatternError(chunk)
    return char, index + length


#: utf8.RuneError: what go sees in a byte that begins no character.
_NO_CHARACTER = 0xFFFD


def _first(text: bytes) -> tuple[int, int]:
    """The first character and its length in bytes. Source: golang/go unicode/utf8, DecodeRune."""
    for length in range(1, min(len(text), 4) + 1):
        try:
            return ord(text[:length].decode()), length
        except UnicodeDecodeError:
            continue
    return _NO_CHARACTER, min(len(text), 1)
