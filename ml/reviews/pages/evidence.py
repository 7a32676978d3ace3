"""What the page rests on: languages, who decided, what does not count, where the reviews come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import polars as pl

from ml.documents import Cell, Section
from ml.reviews.columns import Rev, Sentiment
from ml.reviews.pages.published import PublishedReviews
from ml.reviews.pages.words import LANGUAGES_NAMED, NEGATIVE, POSITIVE, REVIEWS, SHARE, SPAM, UNDECIDED, share
from ml.tables import Col
from ml.words import Words

_ABSTAINED: Final = Words("Model abstained", "模型弃权")


def evidence_sections(day: PublishedReviews) -> Iterator[Section]:
    """Languages, flags and sources."""
    yield _languages(day)
    yield _flags(day)
    if (sources := _sources(day)) is not None:
        yield sources


def _languages(day: PublishedReviews) -> Section:
    def those(of: pl.Expr, name: str) -> pl.Expr:
        return of.sum().alias(name)

    sentiment = pl.col(Rev.sentiment)
    found = (
        day.labels.group_by(Col.language)
        .agg(
            pl.len().alias(Rev.reviews),
            those(sentiment == Sentiment.POSITIVE, Rev.positive),
            those(sentiment == Sentiment.NEGATIVE, Rev.negative),
            those(sentiment.is_null(), Rev.sentiment),
            those(pl.col(Rev.is_abstained), Rev.is_abstained),
        )
        .sort(Rev.reviews, Col.language, descending=[True, False])
    )
    numeric = (REVIEWS, POSITIVE, NEGATIVE, UNDECIDED, _ABSTAINED, SHARE)
    rows = tuple(
        (
            LANGUAGES_NAMED.get(language, str(language)),
            *(f"{number:,}" for number in (reviews, *counts)),
            share(counts[-1] / reviews),
        )
        for language, reviews, *counts in found.iter_rows()
    )
    text = Words(
        "All reviews of the history. Where a text is not clear enough the model abstains, and the rating decides if "
        "there is one; the share is that of abstentions.",
        "历史中的全部评论。文字不够明确时模型弃权，有评分则由评分判定；占比为弃权占比。",
    )
    columns = (Words("Language", "语言"), *numeric)
    return Section(Words("Languages", "语言"), text, columns, rows, frozenset(numeric), name="languages")


def _flags(day: PublishedReviews) -> Section:
    labels, whole = day.labels, max(len(day.labels), 1)
    spam = dict(labels.filter(pl.col(Rev.is_spam)).group_by(Rev.spam_reason).len().sort(Rev.spam_reason).iter_rows())
    not_counted, counted = Words("not counted", "不计入"), Words("counted", "计入")
    found = [
        *((SPAM.get(reason, str(reason)), count, not_counted) for reason, count in spam.items()),
        (Words("duplicate of an earlier review", "与更早的评论重复"), int(labels[Rev.is_duplicate].sum()), not_counted),
        (Words("not known to have bought it", "无购买记录"), int(labels[Rev.is_not_bought].sum()), counted),
    ]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (what, f"{count:,}", share(count / whole), counts) for what, count, counts in found
    )
    text = Words("What speaks against a review; one may have several.", "对评论不利的情况；一条评论可能有多项。")
    columns = (Words("Flag", "标记"), REVIEWS, SHARE, Words("In topics and opinions", "是否计入话题与口碑"))
    return Section(Words("Flags", "标记"), text, columns, rows, frozenset({REVIEWS, SHARE}), name="flags")


def _sources(day: PublishedReviews) -> Section | None:
    if day.sources is None or day.sources.is_empty():
        return None
    rows = tuple(
        (source or Words("the shop itself", "本店"), f"{reviews:,}") for source, reviews in day.sources.iter_rows()
    )
    text = Words(
        "As landed. Where a source says that dates are made up, what this page shows over time is made up as well.",
        "以落地数据为准。若来源注明日期为虚构，则本页的走势同样是虚构的。",
    )
    columns = (Words("Source", "来源"), REVIEWS)
    heading = Words("Where the reviews come from", "评论来源")
    return Section(heading, text, columns, rows, frozenset({REVIEWS}), name="sources")
