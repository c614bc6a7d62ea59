"""The closed grammars of what a policy may say: nothing that some artifact could not carry.

Each pattern is anchored, ASCII, linear and without lookaround, so that the regular expressions of Rust (pydantic),
Python and ECMA (JSON Schema) agree on it.
"""

#: How long labels and names may be, and which texts in brackets are addresses, are rules: counted repetition would
#: make every pattern several times as expensive to compile.
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
#: The last label begins with a letter, so that ``127.1`` or ``0x7f.1`` is no host (readers disagree on these).
HOST_NAME = rf"({_LABEL}\.)*[a-z]([a-z0-9-]*[a-z0-9])?"
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
IPV4 = rf"{_BYTE}(\.{_BYTE}){{3}}"
IPV6 = r"[0-9a-f]*:[0-9a-f:]*"
PORT = r"(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
_AUTHORITY = rf"({HOST_NAME}|{IPV4}|\[{IPV6}\])(:{PORT})?"
_PATH = r"(/([A-Za-z0-9._~+@:=-]|%[0-9A-Fa-f]{2})*)*"

PROXY_URL = rf"^https?://{_AUTHORITY}{_PATH}$"
HTTPS_URL = rf"^https://{_AUTHORITY}{_PATH}$"
EGRESS_URL = rf"^(https?|socks5h?)://{_AUTHORITY}/?$"

_GLOB_CHAR = r"([A-Za-z0-9._~*?+-]|\[\^?([A-Za-z0-9](-[A-Za-z0-9])?)+\])"
_GLOB = rf"{_GLOB_CHAR}+(/{_GLOB_CHAR}+)*"
GLOB = rf"^{_GLOB}$"
MODULE = r"^[A-Za-z0-9_~-][A-Za-z0-9._~-]*(/[A-Za-z0-9._~+-]+)*$"

_VCS = r"(git|hg|svn|bzr|fossil)"
VCS_RULE = rf"^{_GLOB}:(all|off|{_VCS}(\|{_VCS}){{0,4}})$"

_NUMBER = r"(0|[1-9][0-9]{0,3})"
GO_VERSION = rf"^1\.{_NUMBER}(\.{_NUMBER})?$"
TOOLCHAIN = rf"^(auto|path|(local|go1\.{_NUMBER}(\.{_NUMBER}|rc{_NUMBER})?)(\+(auto|path))?)$"

CHECKSUM_DATABASE = rf"^(off|sum\.golang\.org|sum\.golang\.google\.cn|{HOST_NAME}\+[0-9a-f]{{8}}\+[A-Za-z0-9+/]+=*)$"

_BYPASS_HOST = rf"(\*?\.)?{HOST_NAME}(:{PORT})?"
_BYPASS_ADDRESS = (
    rf"{IPV4}(:{PORT}|/(3[0-2]|[12]?[0-9]))?|\[{IPV6}\](:{PORT})?|{IPV6}(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?"
)
BYPASS = rf"^(\*|{_BYPASS_HOST}|{_BYPASS_ADDRESS})$"

#: A server of a route, or one endpoint of it: a name, a host, a number.
SERVER = rf"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:{PORT})?(/[a-z-]+)?$"

SHA256 = r"^[0-9a-f]{64}$"
DATE = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
RULE_ID = r"^[a-z][a-z0-9-]*$"
#: Words for people: one line, any language, nothing that controls a terminal.
WORDS = r"^[^\u0000-\u001f\u007f-\u009f]+$"
ANNOTATION_KEY = r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$"

_SEGMENT = r"[A-Za-z0-9._+@-]([A-Za-z0-9._+@ -]*[A-Za-z0-9._+@-])?"
#: A path relative to the file that says it, which may lead up (the reader refuses to leave its root).
EXTENDS = rf"^{_SEGMENT}(/{_SEGMENT})*$"
