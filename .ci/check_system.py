"""Names the system libraries that wheels need and this machine lacks. Run by ``make setup``."""

from __future__ import annotations

import ctypes
import sys

NEEDED = {"libgomp.so.1": "libgomp1", "libstdc++.so.6": "libstdc++6"}

missing = []
for library, package in NEEDED.items():
    try:
        ctypes.CDLL(library)
    except OSError:
        missing.append(f"{library} (Debian/Ubuntu: apt-get install {package})")
if missing:
    sys.exit("Shelduck needs system libraries that this machine lacks: " + "; ".join(missing))
