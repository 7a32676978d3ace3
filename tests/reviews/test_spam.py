"""Reviews that look like spam, and ordinary ones that do not."""

import pytest

from ml.reviews.spam import spam_reason


@pytest.mark.parametrize(
    ("text", "of_day", "reason"),
    [
        ("Great kettle", 20, "bulk"),
        ("Earn money from your sofa", 1, "lure"),
        ("加微信领红包", None, "lure"),
        ("Call [phone]", 1, "contact"),
        ("look: [link]", None, "contact"),
        ("good good good good good good good good good good good", 1, "repetition"),
        ("哈" * 40, None, "repetition"),
        ("哈" * 40 + "好用", None, "repetition"),
        ("非常好" * 10 + "下次还会再来买一件送给朋友", None, "repetition"),
        ("加我 [account]", None, "contact"),
        ("Message me on WhatsApp for half the price of this shop", 1, "lure"),
    ],
)
def test_what_looks_like_spam_says_why(text: str, of_day: int | None, reason: str) -> None:
    assert spam_reason(text, of_day) == reason


@pytest.mark.parametrize(
    ("text", "of_day"),
    [
        ("I wrote to the shop at [email] twice, nobody answered, and the kettle still leaks every morning.", 1),
        ("Great kettle!!!", 19),
        ("很好很好", None),
        ("", 1),
        ("1000000 thanks", 2),
        ("哈哈哈哈哈哈哈哈哈哈 很好用", None),
        ("I loooooooooove it", 1),
        ("WhatsApp crashes on this phone, battery fine", 1),
        ("Telegram and WhatsApp run well", 1),
    ],
)
def test_an_ordinary_review_is_none(text: str, of_day: int | None) -> None:
    assert spam_reason(text, of_day) is None
