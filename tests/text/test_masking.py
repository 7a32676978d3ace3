"""Personal data in the forms of ``personal_forms`` is replaced, and nothing else is."""

from __future__ import annotations

import re
import time
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml.text import masking
from ml.text.masking import ACCOUNT_NAME, ADDRESS, BANK_CARD, KINDS, PHONE, PLACEHOLDER, masked, personal_data
from testkit.personal_forms import BESIDE_CARDS, CARDS, FORMS, NEAR_A_WORD, left_of

_FRAMES = (
    "{}",
    "Broken after a week; write to {}, please!",
    "Great shop ({}). Would buy again.",
    "Sent to {}\nand it came late.",
    "东西不错，有意者联系：{}。谢谢！",
    "寄到了（{}），包装完好",
    "客服让我找{}，没人理",
)


@pytest.mark.parametrize("kind", FORMS)
def test_no_part_of_personal_data_is_left(kind: str) -> None:
    @settings(max_examples=80, derandomize=True)
    @given(FORMS[kind], st.sampled_from(_FRAMES))
    def holds(data: str, frame: str) -> None:
        text = masked(frame.format(data))

        assert not left_of(data, frame), text
        before, _, after = frame.partition("{}")
        assert kind == ADDRESS or (text.startswith(before) and text.endswith(after)), text

    holds()


@settings(max_examples=80, derandomize=True)
@given(NEAR_A_WORD)
def test_a_number_or_name_is_known_by_the_word_before_it(data: str) -> None:
    assert re.search(rf"\[({PHONE}|{ACCOUNT_NAME})\]", masked(data))
    assert not re.search(r"\d|_", masked(data))


_PIECES = [
    "www.",
    "x",
    "a.b",
    " at ",
    "(at)",
    " dot ",
    "com",
    "住在幸福小区",
    "延安路",
    "弄",
    "楼",
    "二",
    "甲",
    "门",
    " ",
    "。",
    "微信",
    "_",
]


@settings(max_examples=300, derandomize=True)
@given(
    st.one_of(*FORMS.values(), NEAR_A_WORD, st.lists(st.sampled_from(_PIECES), max_size=8).map("".join)),
    st.sampled_from(_FRAMES),
)
def test_texts_that_are_not_searched_have_nothing_to_find(data: str, frame: str) -> None:
    quick = masked(frame.format(data))

    with mock.patch.object(masking, "_SUSPECT", re.compile("")):
        assert masked(frame.format(data)) == quick


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("我的微信是lovely_girl", "我的微信是[account]"),
        ("wechat: lily_wang", "wechat: [account]"),
        ("skype: john_doe", "skype: [account]"),
        ("住在幸福小区二单元五楼", "住在[address]"),
        ("延安路十二弄", "[address]"),
        ("投资大厦五楼三室", "[address]"),
    ],
)
def test_personal_data_needs_no_digit(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see bit.ly/john, youtu.be/abc or mysite.shop/john", "see [link], [link] or [link]"),
        ("my SSN 123456789", "my SSN [id]"),
        ("Social Security no. 123 45 6789", "Social Security no. [id]"),
        ("扣扣123456789", "扣扣[account]"),
        ("wx: abc123", "wx: [account]"),
        ("Q群 123456789", "Q群 [account]"),
        ("座机 8765-4321", "座机 [phone]"),
        ("zhang@qq。com", "[email]"),
        ("好用。zhang@qq。com。很好", "好用。[email]。很好"),
    ],
)
def test_less_usual_forms_are_found(text: str, expected: str) -> None:
    assert masked(text) == expected


@settings(max_examples=60, derandomize=True)
@given(st.lists(st.one_of(*FORMS.values()), min_size=1, max_size=3))
def test_masking_twice_changes_nothing(data: list[str]) -> None:
    once = masked(" ; ".join(data))

    assert masked(once) == once


@settings(max_examples=200, derandomize=True)
@given(st.text(max_size=60))
def test_any_text_keeps_what_stands_around_personal_data(text: str) -> None:
    found = personal_data(text)

    ends = [0, *(place for begin, end, _ in found for place in (begin, end)), len(text)]
    assert ends == sorted(ends) and {kind for *_, kind in found} <= set(KINDS)
    kept = [text[begin:end] for begin, end in zip(ends[::2], ends[1::2], strict=True)]
    assert re.split("|".join(re.escape(f"[{kind}]") for kind in KINDS), masked(text)) == [
        part for piece in kept for part in PLACEHOLDER.split(piece)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Bought in 2008 for $1,299.00, 20% off, now 3 stars out of 5; works with the ad-2500 and ad-2600.",
        "It is a 10 minute drive and 2 miles down the road from a 5 star hotel.",
        "Resolution 1024x768, 2005-2008, on 2009-06-13 18:29:25 at 15:05.",
        "The 2 lane street and the 3 way call did not help; 100 % of the street knows it",
        "Order 1411592970 of shop.com, ISBN 9787111054252",
        "2008年5月16日入住1607房间，200--220元，2号楼的服务很好，坐9路车4站地",
        "用了3000-150的券，比9300-256强，满意度100分，走路3分钟，1号楼比较复杂",
        "９７８７１１１０５４２５２这本书，第12页就跳到45页。",
        "一二三四五六七，这条街很好",
        "Paid 2.50/lb for it, e.g.black/white ones; either.Or/and so on, v1.2/v1.3, a 9.kg/bag, shop.xyz/",
        "空调得弄一弄了；投资大厦一楼的咖啡厅，购物广场3楼",
        "I bought a 64 GB USB Drive, a 1 TB Hard Drive and a toy with 4 Wheel Drive",
        "威信很高，用了wx的说明；社会保障123",
    ],
)
def test_numbers_that_point_to_nobody_stay(text: str) -> None:
    assert masked(text) == text


def test_only_a_number_with_the_right_check_digit_is_a_card() -> None:
    assert masked("4111 1111 1111 1111") == f"[{BANK_CARD}]"
    assert masked("4111 1111 1111 1112") == "4111 1111 1111 1112"


@settings(max_examples=120, derandomize=True)
@given(CARDS, st.sampled_from(BESIDE_CARDS))
def test_a_card_beside_another_number_is_masked(data: str, frame: str) -> None:
    assert not left_of(data, frame), masked(frame.replace("{}", data))


def test_other_numbers_beside_a_card_stay() -> None:
    assert masked("5 4111111111111111 12/25") == f"5 [{BANK_CARD}] 12/25"
    assert masked("4111.1111.1111.1111 or 4111-1111-1111-1111 5500 0000 0000 0004") == (
        f"[{BANK_CARD}] or [{BANK_CARD}] [{BANK_CARD}]"
    )


def test_what_stands_around_stays_as_it_was_written() -> None:
    text = (
        "很好！！ＱＱ：１２３４５６７８９，ｏｋ。Mail ann@shop.com, call +44 20 7946 0958 or use 4111-1111-1111-1111."
    )

    assert masked(text) == f"很好！！ＱＱ：[{ACCOUNT_NAME}]，ｏｋ。Mail [email], call [{PHONE}] or use [{BANK_CARD}]."


@pytest.mark.parametrize(
    "part",
    [
        "市",
        "小区",
        "a",
        "a.",
        "a@",
        "a at ",
        "1 ",
        "1-",
        "12",
        "4111 ",
        "DE12",
        "路1",
        "+1",
        "(",
        "1 Oak ",
        "QQ:",
        "x.com/",
        "一三",
    ],
)
def test_a_text_made_to_be_slow_is_not(part: str) -> None:
    start = time.process_time()
    masked(part * 10_000)

    assert time.process_time() - start < 2
