"""From a day's definitions to what chooses the members of each: a condition, an affinity, the likeness to a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from ml.audiences.capability import DIM_AUDIENCE, DIM_AUDIENCE_USER
from ml.audiences.columns import Aud, AudienceKind
from ml.audiences.conditions.condition import Condition
from ml.audiences.conditions.evidence import Evidence
from ml.audiences.conditions.parsing import parse
from ml.audiences.conditions.vocabulary import Vocabulary
from ml.audiences.membership.affinity import Market
from ml.audiences.membership.by_affinity import by_affinity
from ml.audiences.membership.by_likeness import ByLikeness, Space
from ml.audiences.membership.chosen import ByCondition, Chosen, Refused
from ml.audiences.membership.definitions import Definition, defined
from ml.audiences.membership.evidence import PURCHASE_PROBABILITY, RECOMMEND, evidence_of
from ml.audiences.membership.shipped import SHIPPED
from ml.audiences.membership.vocabulary import vocabulary_of
from ml.audiences.parts import Segmented, Tagged
from ml.audiences.shoppers import TODAY, Shop
from ml.errors import ConditionRefused
from ml.tables import Col
from ml.warehouse.slices import DIM_ITEM, FEAT_USER_ITEM

_COMMON = 0.02
_NUMBERS = (pl.Int64, pl.Int32, pl.Float64, pl.Boolean)


@dataclass(frozen=True, eq=False)
class Choosing:
    """A day's shop, as its audiences are chosen from it."""

    shop: Shop
    tags: Tagged
    segments: Segmented

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What conditions may name."""
        return vocabulary_of(self.shop, self.tags, self.segments)

    def chosen(self) -> list[Chosen]:
        """Whom each audience that is switched on fits, by its id."""
        definitions = defined(self.shop.day.table(DIM_AUDIENCE), SHIPPED)
        among = {each.audience_id: self._by_condition(each) for each in definitions if each.condition}
        refused = {name for name, each in among.items() if each.withheld}
        usable = [each for each in definitions if each.audience_id not in refused]
        by_kind = {kind: [each for each in usable if each.kind is kind] for kind in AudienceKind}
        found = [
            *(among[name] for name in refused),
            *(among[each.audience_id] for each in by_kind[AudienceKind.CONDITION]),
            *self._affinities(by_kind[AudienceKind.AFFINITY], among),
            *(self._likeness(each, among.get(each.audience_id)) for each in by_kind[AudienceKind.LOOK_ALIKE]),
        ]
        return sorted(found, key=lambda each: each.definition.audience_id)

    def _by_condition(self, definition: Definition) -> Chosen:
        """Whom the condition of a definition holds for; nobody, with the error's text, where it is none."""
        try:
            condition: Condition = parse(definition.condition, self.vocabulary)
        except ConditionRefused as refusal:
            return Refused(definition, str(refusal))
        return ByCondition(definition, condition, self.shop.shoppers, self._evidence)

    @cached_property
    def _evidence(self) -> Mapping[int, Evidence]:
        return {days: evidence_of(self.shop, self.tags, self.segments, days) for days in self.shop.days}

    def _affinities(self, definitions: Sequence[Definition], among: Mapping[str, Chosen]) -> list[Chosen]:
        if not definitions:
            return []
        day = self.shop.day
        market = Market(
            day.scan(DIM_ITEM), day.scan_published(RECOMMEND, PURCHASE_PROBABILITY), day.scan(FEAT_USER_ITEM)
        )
        return by_affinity(definitions, market, self.shop.shoppers[TODAY], among)

    def _likeness(self, definition: Definition, among: Chosen | None) -> ByLikeness:
        listed = self.shop.day.table(DIM_AUDIENCE_USER).filter(
            pl.col(Aud.audience_id) == definition.audience_id, Aud.is_enabled
        )
        return ByLikeness(definition, listed[Col.user_id], self._space, among)

    @cached_property
    def _space(self) -> Space:
        names = {tag: self.vocabulary.tags[tag] for tag in self._tag_ids}
        return Space({days: self._features(days) for days in self.shop.days}, names)

    @cached_property
    def _tag_ids(self) -> list[str]:
        """Tags by which look-alikes are compared: those that enough shoppers have, none of a column's name."""
        counted = self.tags.held[TODAY].group_by(Aud.tag_id).agg(pl.len().alias(Aud.members))
        least = _COMMON * len(self.shop.shoppers[TODAY])
        common = set(counted.filter(pl.col(Aud.members) >= least)[Aud.tag_id])
        return sorted((common & set(self.vocabulary.tags)) - set(self.vocabulary.columns))

    def _features(self, days: int) -> pl.DataFrame:
        """Numbers and flags of what is known of the shoppers, and a flag per tag."""
        shoppers, held = self.shop.shoppers[days], self.tags.held.get(days)
        known = [name for name, kind in shoppers.schema.items() if kind in _NUMBERS]
        flags = _flags(held, self._tag_ids)
        return shoppers.select(Col.user_id, *known, *flags)


def _flags(held: pl.DataFrame | None, tags: Sequence[str]) -> list[pl.Expr]:
    """Whether the shopper has each tag; unknown of all where nobody's tags are known."""
    if held is None:
        return [pl.lit(None, pl.Boolean).alias(tag) for tag in tags]
    by_tag = held.partition_by(Aud.tag_id, as_dict=True)
    users = {tag: by_tag[tag,][Col.user_id] if (tag,) in by_tag else pl.Series(dtype=pl.String) for tag in tags}
    return [pl.col(Col.user_id).is_in(some.implode()).alias(tag) for tag, some in users.items()]
