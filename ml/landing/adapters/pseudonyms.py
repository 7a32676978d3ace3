"""Pseudonyms of e-mail addresses: HMAC-SHA-256 under a key that the data home keeps.

This is pseudonymisation, not anonymisation: whoever has the key and an address can compute the pseudonym. The same
address gives the same pseudonym in every run and kind of source as long as the key stays.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from typing import Final

from ml.durable import sync, temporary_beside
from ml.errors import LandingError
from ml.landing.adapters.values import known
from ml.settings import Settings

KEY_FILE: Final = "pseudonym.key"
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_KEY: Final = re.compile("[0-9a-f]{64}")


class Private(str):
    """A text that names a person, such as an e-mail address: only its pseudonym may be landed."""


@dataclass(frozen=True)
class Pseudonyms:
    """Replaces what names a person in a user id."""

    key: bytes

    @classmethod
    def of(cls, settings: Settings) -> Pseudonyms:
        """The data home's, with a new key where it has none yet.

        Raises:
            LandingError: the key file holds something else.
        """
        path = settings.home / KEY_FILE
        if not path.exists():
            temporary = temporary_beside(path)
            temporary.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
            sync(temporary)
            try:
                os.link(temporary, path)  # another process may have been first
            except FileExistsError:
                pass
            finally:
                temporary.unlink()
            sync(path.parent)
        text = path.read_text(encoding="ascii", errors="replace").strip()
        if not _KEY.fullmatch(text):
            raise LandingError(
                KEY_FILE,
                expected="64 hexadecimal digits",
                found="something else",
                remedy="Restore it from a backup; with a new key every shopper known by e-mail gets another id",
            )
        return cls(bytes.fromhex(text))

    def user_id(self, value: object) -> object:
        """``value`` itself, or the pseudonym of an address; None where a private text says that there is none."""
        if not isinstance(value, str) or not (isinstance(value, Private) or _ADDRESS.fullmatch(value.strip())):
            return value
        text = known(value.strip().lower())
        if not text:
            return None
        return "p-" + hmac.new(self.key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]
