"""A passport as a person reads it: sections of text and tables, for a terminal and for pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from ml.documents import Cell, Section
from ml.recommend.core.explanation import LOG_ODDS, Term
from ml.recommend.passport.origin import landing_section, origin_section
from ml.recommend.passport.passport import Passport, Place, Purchase, Related, Ruled
from ml.recommend.passport.words import GROUPS, SOURCES, STEPS, UNITS, group_of, term_words
from ml.tables import Col
from ml.words import Text, Words

_LARGEST: Final = 12
"""Terms that are listed, of each shelf."""
_LAST: Final = 5
"""Days of purchases that are listed, of each item."""
_SHELF: Final = Words("shelf", "货架")
_RANK: Final = Words("rank", "名次")
_SCORE: Final = Words("score", "得分")
_ITEM: Final = Words("item", "商品")
_NAME: Final = Words("name", "名称")
_ADDS: Final = Words("adds", "贡献")
_VALUE: Final = Words("value", "数值")
_YES: Final = Words("yes", "是")
_NO: Final = Words("no", "否")


def sections(passport: Passport) -> list[Section]:
    """Everything that the passport tells, in the order in which one asks."""
    found = [
        _standing(passport),
        _notes(passport),
        _reasons(passport),
        _proposals(passport),
        _parts(passport),
        _terms(passport),
        _rules(passport),
        *_evidence(passport),
        origin_section(passport.chain),
        landing_section(passport.chain),
    ]
    return [section for section in found if section.rows or section.text]


def _standing(passport: Passport) -> Section:
    text = Words(
        f"As of {passport.as_of_date}, version {passport.version}.",
        f"截至 {passport.as_of_date}，版本 {passport.version}。",
    )
    columns = (_SHELF, Words("how far the item came", "商品走到哪一步"), _RANK, _SCORE, Words("ranked by", "推荐器"))
    rows = tuple(
        (place.placement, STEPS[place.step], _rank(place), _score(place), f"{place.recipe} ({place.objective})")
        for place in passport.places
    )
    who = (
        (_ITEM, f"{passport.item_id}  {passport.item_name}", "", "", ""),
        (Words("shopper", "顾客"), passport.user_id, "", "", ""),
    )
    return Section(Words("Where it stands", "所在位置"), text, columns, (*who, *rows), frozenset({_RANK, _SCORE}))


def _rank(place: Place) -> Text:
    """The rank on the shelf, or in the step that the item did not pass."""
    if place.row:
        return str(place.row.rank)
    closest = place.explanation.closest if place.explanation and place.step == "not_proposed" else None
    if closest:
        source, rank, most = closest.source, closest.rank, closest.most
        return Words(f"closest: {source}, {rank}; {most} pass", f"最接近：{source} 第 {rank} 名；前 {most} 名通过")
    if place.rank is None:
        return ""
    return Words(f"{place.rank}; {place.most} pass", f"第 {place.rank} 名；前 {place.most} 名通过")


def _score(place: Place) -> str:
    return f"{place.row.score:.5g}" if place.row else ""


def _notes(passport: Passport) -> Section:
    rows: tuple[tuple[Cell, ...], ...] = tuple((note,) for note in passport.notes)
    return Section(Words("To know before", "请注意"), "", (Words("note", "说明"),), rows)


def _reasons(passport: Passport) -> Section:
    columns = (
        _SHELF,
        Words("reason", "理由"),
        Words("code", "代码"),
        Words("proposed by", "提出者"),
        Words("recommendation", "推荐编号"),
    )
    rows = tuple(
        (place.placement, row.reason_text, row.reason_code, _source(row.candidate_source), row.recommendation_id)
        for place in passport.places
        if (row := place.row)
    )
    return Section(Words("The reason, as it was published", "发布的理由"), "", columns, rows)


def _source(name: str) -> Text:
    words = SOURCES.get(name)
    return Words(f"{name}: {words.en}", f"{name}：{words.zh}") if words else name


def _proposals(passport: Passport) -> Section:
    most, made = Words("become candidates", "成为候选的数量"), Words("candidate by it", "由此成为候选")
    columns = (_SHELF, Words("generator", "生成器"), _RANK, most, made)
    rows = tuple(
        (
            place.placement,
            _source(each.source),
            Words("no opinion", "没有意见") if each.rank is None else str(each.rank),
            str(each.most),
            _YES if each.is_made else _NO,
        )
        for place in passport.places
        if place.explanation
        for each in place.explanation.proposals
    )
    text = Words(
        "Each generator ranks what it may propose to the shopper; its first items become candidates of the ranker.",
        "每个生成器对可向顾客提出的商品排序；其中排在前面的成为排序器的候选。",
    )
    return Section(
        Words("Who proposes it", "谁提出了它"), text if rows else "", columns, rows, frozenset({_RANK, most})
    )


def _parts(passport: Passport) -> Section:
    """The terms by group, and what becomes of their sum."""
    rows: list[tuple[Cell, ...]] = []
    for place in passport.places:
        if not place.explanation:
            continue
        if not place.explanation.terms:
            rows.append((place.placement, _NO_TERMS, ""))
            continue
        terms = place.explanation.terms
        summed: dict[str, float] = defaultdict(float)
        for term in terms.terms:
            summed[group_of(term.name)] += term.amount
        ordered = sorted(summed.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
        rows += [(place.placement, GROUPS[group], f"{amount:+.4f}") for group, amount in ordered]
        unit = UNITS[terms.unit]
        rows.append((place.placement, Words(f"sum: {unit.en}", f"合计：{unit.zh}"), f"{terms.total:+.4f}"))
        score = _CALIBRATED if terms.unit == LOG_ODDS else _ROUNDED
        rows.append((place.placement, score, f"{terms.score:.5g}"))
    return Section(_ADDS_UP, "", (_SHELF, Words("part", "部分"), _ADDS), tuple(rows), frozenset({_ADDS}))


_ADDS_UP: Final = Words("What the score adds up from", "得分由哪些部分组成")
_NO_TERMS: Final = Words("the recommender has no parts to tell of it", "推荐器对它没有可说明的部分")
_CALIBRATED: Final = Words("as a probability, calibrated and rounded", "换算为概率（校准并取整）")
_ROUNDED: Final = Words("rounded", "取整")


def _terms(passport: Passport) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for place in passport.places:
        terms = place.explanation.terms.terms if place.explanation and place.explanation.terms else ()
        largest = sorted(terms, key=lambda term: -abs(term.amount))[:_LARGEST]
        for term in largest:
            value = "" if term.value is None else f"{term.value:.5g}"
            rows.append((place.placement, *_told(term, passport.names), value, f"{term.amount:+.4f}"))
    columns = (_SHELF, Words("about", "关于"), Words("what", "内容"), _VALUE, _ADDS)
    heading = Words("The largest parts one by one", "最大的各项")
    return Section(heading, "", columns, tuple(rows), frozenset({_VALUE, _ADDS}))


def _told(term: Term, names: Mapping[str, str]) -> tuple[Text, Text]:
    words = term_words(term.name)
    if term.item_id:
        return GROUPS[group_of(term.name)], f"{term.item_id}  {names.get(term.item_id, '')}".strip()
    return GROUPS[group_of(term.name)], words or term.name


def _rules(passport: Passport) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for place in passport.places:
        before = _before(place)
        rows += [(place.placement, rule.rule_id, _terms_of(rule), before) for rule in place.rules]
        if place.row and place.row.propensity < 1:
            drawn = f"{place.row.propensity:.4f}"
            rows.append((place.placement, "", Words(f"drawn with probability {drawn}", f"以概率 {drawn} 抽中"), before))
    columns = (_SHELF, Words("rule", "规则"), Words("what it says", "内容"), Words("without rules", "没有规则时"))
    return Section(Words("Rules that touched it", "涉及的规则"), "", columns, tuple(rows))


def _before(place: Place) -> Text:
    rank = place.row.rank_before_rules if place.row else place.rank
    if rank is None:
        return Words("not in the ranking", "不在排序中")
    return Words(f"rank {rank}", f"第 {rank} 名")


def _terms_of(rule: Ruled) -> str:
    return ", ".join(f"{name} {value}" for name, value in rule.terms.items())


def _figures(each: Related) -> tuple[str, str]:
    """Support and lift; nothing where no purchase relates the items."""
    support = "" if each.support is None else f"{each.support:,}"
    return support, "" if each.lift is None else f"{each.lift:.2f}"


def _evidence(passport: Passport) -> Iterator[Section]:
    found = passport.evidence
    by_item: dict[str, list[Purchase]] = defaultdict(list)
    for each in found.purchases:
        by_item[each.item_id].append(each)
    days, last = Words("days", "天数"), Words("the last of them", "最近的日期")
    rows = tuple(
        (item, bought[0].item_name, str(len(bought)), ", ".join(str(each.day) for each in bought[: -_LAST - 1 : -1]))
        for item, bought in by_item.items()
    )
    yield Section(
        Words("What the shopper bought", "顾客的购买"), "", (_ITEM, _NAME, days, last), rows, frozenset({days})
    )
    support = Words("support", "支持数")
    lists = tuple(
        (each.relation, each.item_id, each.item_name, str(each.rank), *_figures(each)) for each in found.related
    )
    columns = (Words("list", "列表"), _ITEM, _NAME, _RANK, support, Col.lift)
    heading = Words("Items bought that are on this item's own lists", "买过的商品中与之相关者")
    yield Section(heading, "", columns, lists, frozenset({_RANK, support, Col.lift}))
    if found.is_promoted is not None:
        told = _YES if found.is_promoted else _NO
        rules = ", ".join(found.promotion_rules)
        asked = (Words("on promotion in the coming week", "下周促销"), Words("rules about promotions", "促销规则"))
        yield Section(Words("Promotion", "促销"), "", asked, ((told, rules),))
