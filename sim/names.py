"""What a name may be: of a scenario, a sweep, an extension and its pieces."""

import re

NAME = re.compile(r"[a-z][a-z0-9_]*")
