"""The browser that tests use: Debian's Chromium, or whichever one ``SHELDUCK_TEST_BROWSER`` names."""

from __future__ import annotations

import os
import shutil

PATH = os.environ.get("SHELDUCK_TEST_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
MISSING = "no browser here: make browser installs Debian's Chromium"
_DESKTOP = {"viewport": {"width": 1280, "height": 800}}
_PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
EYES = {
    "desktop, light": {**_DESKTOP, "color_scheme": "light"},
    "desktop, dark": {**_DESKTOP, "color_scheme": "dark"},
    "phone, light": {**_PHONE, "color_scheme": "light"},
    "phone, dark": {**_PHONE, "color_scheme": "dark"},
}
READERS = (("desktop, light", "en"), ("desktop, dark", "zh"), ("phone, light", "zh"), ("phone, dark", "en"))
"""Every device, theme and language, and each of them with two of the others."""
