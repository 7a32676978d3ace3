"""Regular expressions of values as files hold them, in the syntax that RE2 and Python share."""

from __future__ import annotations

from typing import Final

_SPACE: Final = "[\\s\u00a0\u200b\u202f\u3000\ufeff]"
_NUMBER: Final = r"(\d+(\.\d*)?|\.\d+)"
_GROUPS: Final = "\\d[\\d.,'\u2019 \u00a0\u202f]*"
_CLOCK: Final = r"[Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
_OFFSET: Final = r"[+-](0\d|1[0-4])(:?[0-5]\d)?"
_ANY_OFFSET: Final = r"[+-]\d{2}(:?\d{2})?"
_YEAR_LAST: Final = r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
_COIN: Final = "([€$£¥₹₺₽₩₴₫฿]|[A-Za-z]{3}|zł|kr|Kč|Fr)\\.?"
_ERROR: Final = r"#n/a n/a|#n/a|#na|#null!|#ref!|#value!|#div/0!|#name\?|#num!"
_WORDS: Final = r"nan|-nan|null|\(null\)|\[null\]|<null>|none|<none>|\(none\)|nil|n/a|na|<na>|n\.a\.|nat|undefined"

ANY: Final = r"(?s).*"
NO_VALUE: Final = (
    rf"(?i){_SPACE}*({_WORDS}|{_ERROR}|\\n|\(not set\)|\(blank\)|-+|\?+|0000-00-00([T ]00:00(:00)?)?){_SPACE}*"
)
INFINITE: Final = r"(?i)[+-]?inf(inity)?"
TRUTH: Final = "(?i)true|false"
WHOLE_WITH_POINT: Final = r"[+-]?\d+\.0*"
EXCEL_SCIENTIFIC: Final = r"[+-]?\d([.,]\d+)?[eE]\+\d{2,3}"

DAY: Final = r"\d{4}-\d{2}-\d{2}"
MIDNIGHT: Final = rf"{DAY}([T ]00:00(:00(\.0+)?)?)?"
MOMENT: Final = rf"{DAY}[T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d{{1,9}})?)?(Z|{_OFFSET})"
WIDE_MOMENT: Final = rf"{DAY}{_CLOCK} ?([Zz]|UTC|utc|{_OFFSET})"
SPACED_END: Final = rf" ?(Z|UTC|{_OFFSET})$"
NAIVE_MOMENT: Final = rf"{DAY}{_CLOCK}"
MOMENT_START: Final = rf"{DAY}{_CLOCK}.*"
MOMENT_LIKE: Final = rf"{DAY}{_CLOCK} ?([Zz]|UTC|utc|{_ANY_OFFSET})"
HALF_DAY: Final = r"(?i).*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)? ?[ap]\.?m\.?( .*)?"
ZONE_NAME: Final = rf"{DAY}{_CLOCK}( ?{_ANY_OFFSET}| ?Z)? ?\[?[A-Za-z]+([/_+-][A-Za-z0-9_/+-]+)?\]?"
OTHER_ORDER: Final = rf"{_YEAR_LAST}([T ,].*)?"
OTHER_SEPARATORS: Final = r"\d{4}[/.]\d{1,2}[/.]\d{1,2}([T ].*)?|(19|20)\d{2}[01]\d[0-3]\d([T ].*|\d{4}|\d{6})?"
MONTH_WORD: Final = (
    r"(?i)([a-z]{2,9}\.?,? )?\d{1,2}[ .-]+[a-zä]{3,9}\.?[ ,-]+\d{2,4}.*|[a-zä]{3,9}\.? \d{1,2},? \d{4}.*"
)
EPOCH_SECONDS: Final = r"\d{9,10}(\.\d*)?"
EPOCH_MILLISECONDS: Final = r"\d{12,13}(\.\d*)?"
EPOCH_MICROSECONDS: Final = r"\d{15,16}"
EPOCH_NANOSECONDS: Final = r"\d{18,19}"
EXCEL_DAYS: Final = r"\d{5}([.,]\d+)?"

DECIMAL: Final = r"[+-]?(\d+(\.\d{0,4}0*)?|\.\d{1,4}0*)"
FINE: Final = r"[+-]?\d*\.\d+"
INTEGER: Final = r"[+-]?\d+(\.0*)?"
FRACTION: Final = rf"[+-]?{_NUMBER}"
ANY_NUMBER: Final = rf"[+-]?{_NUMBER}([eE][+-]?\d+)?"
SCIENTIFIC: Final = r"[+-]?(\d+([.,]\d*)?|\.\d+)[eE][+-]?\d+"
SEPARATED: Final = f"[+-]?({_GROUPS}|,\\d+)"
MONEY: Final = rf"[+-]?{_COIN}{_SPACE}*[+-]?{_GROUPS}|[+-]?{_GROUPS}{_SPACE}*{_COIN}"
PERCENT: Final = rf"[+-]?{_GROUPS}{_SPACE}*%"
BRACKETS: Final = rf"\({_GROUPS}\)|{_GROUPS}-"
BOOLEAN: Final = r"(?i)true|false|[01](\.0*)?"
YES_OR_NO: Final = "(?i)yes|no|y|n|t|f|on|off|ja|nein|oui|non|si|sí|wahr|falsch|vrai|faux"


def padded(pattern: str) -> str:
    """Values that ``pattern`` matches once the spaces around them are gone, of which there are some."""
    flags, body = (pattern[:4], pattern[4:]) if pattern.startswith("(?") else ("", pattern)
    return rf"{flags}{_SPACE}+({body}){_SPACE}*|({body}){_SPACE}+"
