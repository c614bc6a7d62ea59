"""What is wrong with a GOFLAGS value. Source: golang/go cmd/go/internal/base/goflags.go, cmd/internal/quoted."""

from collections.abc import Iterator

from goproxyctl.rules.environment.faults import UNKNOWN, Entry, Fault, Reading, of_entry, whole
from goproxyctl.text import Text

#: Every flag of every go command of 1.27.3, as go itself accepts it in GOFLAGS.
_FLAGS = frozenset(
    """
    C a artifacts asan asmflags bench benchmem benchtime blockprofile blockprofilerate buildmode buildvcs c
    cache changed compat compiled compiler count cover covermode coverpkg coverprofile cpu cpuprofile d deps
    diff dropexclude dropgodebug dropignore dropreplace droprequire dropretract droptool dropuse e exclude exec
    export f failfast find fix fmt fullpath fuzz fuzzcache fuzzminimizetime fuzztime gccgoflags gcflags go
    godebug i ignore insecure installsuffix json ldflags linkshared list m memprofile memprofilerate mod
    modcache modcacherw modfile module msan mutexprofile mutexprofilefraction n o outputdir overlay p parallel
    pgo pkgdir print r race replace require retract retracted reuse run short shuffle skip t tags test test.v
    testcache timeout tool toolchain toolexec trace trimpath u use v vendor versions vet w work x
    """.split()  # noqa: SIM905 - a hundred names in quotes read worse
)
_BLANKS = " \t\n\r"


def judge_flags(value: str, reading: Reading) -> Iterator[Fault]:
    """GOFLAGS: one bad word, and every command but ``go env`` fails."""
    words = list(_words(value))
    if words and words[-1].separator:
        said = Text("value.goflags-invalid.quote", "a quote is not closed; every go command fails")
        yield whole("goflags-invalid", value, said)
        return
    seen: set[str] = set()
    for word in words:
        if UNKNOWN in word.text:
            continue
        name = word.text.removeprefix("-").removeprefix("-").partition("=")[0]
        yield from _of_word(word, name, reading)
        if name in seen:
            said = Text("value.goflags-twice", "{name} is given twice; go takes the last", name=f"-{name}")
            yield of_entry("goflags-twice", word, said)
        seen.add(name)


def _words(value: str) -> Iterator[Entry]:
    """The words, without their quotes. ``separator``: the quote that is open at the end of the value."""
    index = 0
    while index < len(value):
        char = value[index]
        if char in _BLANKS:
            index += 1
        elif char in "'\"":
            end = value.find(char, index + 1)
            closed = end >= 0
            yield Entry(value[index + 1 : end if closed else len(value)], index + 1, "" if closed else char)
            index = end + 1 if closed else len(value)
        else:
            end = next((i for i in range(index, len(value)) if value[i] in _BLANKS), len(value))
            yield Entry(value[index:end], index)
            index = end


def _of_word(word: Entry, name: str, reading: Reading) -> Iterator[Fault]:
    dashes = len(word.text) - len(word.text.lstrip("-"))
    if dashes not in {1, 2} or not name:
        said = Text("value.goflags-invalid.word", "{word!r} is no flag; every go command fails", word=word.text)
        advice = Text("value.goflags-invalid.word.advice", "write -flag=value, with the value behind '='")
        yield of_entry("goflags-invalid", word, said, advice)
    elif name == "insecure":
        said = Text("value.insecure-flag", "go refuses -insecure since 1.17")
        yield of_entry("insecure-flag", word, said, Text("value.insecure-flag.advice", "use GOINSECURE or GONOSUMDB"))
    elif name not in _FLAGS:
        said = Text("value.goflags-invalid.unknown", "go knows no flag {word}; every go command fails", word=f"-{name}")
        yield of_entry("goflags-invalid", word, said)
    elif reading.ci and word.text.lstrip("-") == "mod=mod":
        said = Text("value.goflags-mod-mod", "builds may change go.mod and go.sum, which hides what they lack")
        yield of_entry("goflags-mod-mod", word, said, Text("value.goflags-mod-mod.advice", "leave -mod=mod out"))
