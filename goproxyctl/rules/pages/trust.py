"""Pages of the rules about authorities, and about the stores that they are put into."""

from goproxyctl.rules.pages import Page, policy_page
from goproxyctl.rules.pages.beside import trusting

_SIGNS = "RFC 5280, 4.2.1.9, basic constraints; golang/go src/crypto/x509/x509.go, CheckSignatureFrom"
_TIME = "RFC 5280, 4.1.2.5, validity; golang/go src/crypto/x509/verify.go, isValid"
_STORES = "learn.microsoft.com, System Store Locations; golang/go src/crypto/x509/root_windows.go"
_OWN = "goproxyctl, docs/kinds.md"
_IMPORT = "  targets: [{name: roots, kind: ca-import%s}]\n"

PAGES: dict[str, Page] = {
    "trust-not-authority": policy_page(trusting("server"), trusting("root"), _SIGNS),
    "trust-expired": policy_page(trusting("root-2015"), trusting("root"), _TIME),
    "trust-expires-soon": policy_page(trusting("root-2016"), trusting("root"), _TIME),
    "authorities-empty": policy_page(_IMPORT % "", trusting("root") + _IMPORT % "", _OWN),
    "authorities-unknown": policy_page(
        trusting("root") + _IMPORT % ", authorities: [acme-root]",
        trusting("root") + _IMPORT % ", authorities: [root]",
        _OWN,
    ),
    "ca-import-no-root": policy_page(
        trusting("root", "issuing") + _IMPORT % "",
        trusting("root", "issuing")
        + "  targets:\n"
        + "    - {name: roots, kind: ca-import, authorities: [root]}\n"
        + "    - {name: issuers, kind: ca-import, authorities: [issuing], store: intermediate}\n",
        _STORES,
    ),
}
