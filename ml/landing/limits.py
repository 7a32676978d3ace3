"""How much one landing file may hold, so that a small file that unpacks into a huge one stops nobody."""

from __future__ import annotations

from dataclasses import dataclass

from ml.landing.refusal import Refusal, RefusedFileError
from ml.settings import Settings


@dataclass(frozen=True)
class Limits:
    """What a file may hold once it is unpacked, and how many of its refused rows are listed one by one."""

    bytes: int
    rows: int
    quarantined: int

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits that the settings name."""
        return cls(int(settings.max_file_bytes), settings.max_file_rows, settings.max_quarantined_rows)

    def check_bytes(self, found: int) -> None:
        """Refuse a file that holds more.

        Raises:
            RefusedFileError: there are more bytes than the limit.
        """
        if found > self.bytes:
            what = f"the file holds more than {self.bytes:,} bytes when it is unpacked"
            raise RefusedFileError(Refusal(None, "too many bytes", what, _remedy("SHELDUCK_MAX_FILE_BYTES")))

    def check_rows(self, found: int) -> None:
        """Refuse a file that holds more.

        Raises:
            RefusedFileError: there are more rows or lines than the limit.
        """
        if found > self.rows:
            what = f"the file holds more than {self.rows:,} rows or lines"
            raise RefusedFileError(Refusal(None, "too many rows", what, _remedy("SHELDUCK_MAX_FILE_ROWS")))


def _remedy(setting: str) -> str:
    return f"Split it into several files, or raise {setting}"
