"""``python -m goproxyctl``."""

import sys

from goproxyctl.cli import main

sys.exit(main())
