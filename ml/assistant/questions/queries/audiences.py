"""Questions about audiences, segments and tags: how large, who, why."""

from __future__ import annotations

from typing import Final

from ml.assistant.questions.queries.items import ALL
from ml.assistant.questions.terms import Kind, Parameter, Query
from ml.words import Words

_AUDIENCE: Final = Parameter(Kind.AUDIENCE, is_needed=True)
_SHOPPER: Final = Parameter(Kind.SHOPPER, is_needed=True)
_TOP: Final = Parameter(Kind.TOP, default=ALL)
_SINCE: Final = Parameter(Kind.PAST, is_needed=True, choices=(1, 7, 28))
_HOW_MANY: Final = "COUNT|QUANTITY|SHOPPERS_COUNTED|SIZE"


def _moved(name: str, concept: str, column: str, means: Words, asked: Words) -> Query:
    return Query(
        name,
        needs=("COUNT|QUANTITY|SHOPPERS_COUNTED", concept),
        may="SHOPPER AUDIENCE MEMBER",
        takes=(_AUDIENCE, _SINCE),
        reads=("audience",),
        sql=f"""
            select case $past when 1 then {column}_1d when 7 then {column}_7d else {column}_28d end as {column}
            from audience where audience_id = $audience""",
        means=means,
        asked=asked,
    )


AUDIENCES: Final = (
    Query(
        "audience_size",
        needs=(_HOW_MANY,),
        may="AUDIENCE SHOPPER MEMBER BELONG",
        takes=(_AUDIENCE,),
        reads=("audience",),
        sql="select size as shoppers, share, withheld from audience where audience_id = $audience",
        means=Words("Members of the audience; none told where they are withheld.", "该人群的成员数；不公布时为空。"),
        asked=Words("How big is the audience best_customers?", "“最佳顾客”这个人群有多大？"),
    ),
    Query(
        "audiences",
        about="AUDIENCE",
        needs=("AUDIENCE",),
        may="SIZE MOST",
        takes=(_TOP,),
        reads=("audience",),
        sql="""
            select audience_id as audience, name_en, name_zh, size as shoppers, share from audience
            order by size desc nulls last, audience_id limit $top""",
        means=Words("The audiences that are switched on, the largest first.", "已启用的人群，最大的在前。"),
        asked=Words("Which audiences do we have, and how large are they?", "我们有哪些人群？"),
    ),
    _moved(
        *("joined_audience", "JOIN", "joined"),
        Words(
            "Shoppers who joined within the days given; null where that is not known.",
            "给定天数内加入的顾客数；未知则为空。",
        ),
        Words(
            "How many shoppers joined the audience best_customers in the last 7 days?",
            "最近7天有多少人加入了“最佳顾客”人群？",
        ),
    ),
    _moved(
        *("left_audience", "LEAVE", "left"),
        Words(
            "Shoppers who left within the days given; null where that is not known.",
            "给定天数内离开的顾客数；未知则为空。",
        ),
        Words(
            "How many shoppers left the audience best_customers in the last 7 days?",
            "最近7天有多少人离开了“最佳顾客”人群？",
        ),
    ),
    Query(
        "audience_definition",
        needs=("DEFINE",),
        may="AUDIENCE",
        takes=(_AUDIENCE,),
        reads=("audience",),
        sql="select kind, condition, purpose from audience where audience_id = $audience",
        means=Words("What chooses the members of the audience.", "该人群的选取条件。"),
        asked=Words("How is the audience bargain_hunters defined?", "“最佳顾客”人群是怎么定义的？"),
    ),
    Query(
        "audiences_of_shopper",
        about="AUDIENCE",
        needs=("AUDIENCE",),
        may="BELONG MEMBER",
        takes=(_SHOPPER,),
        reads=("audience_member",),
        sql="""
            select audience_id as audience, reason_en, reason_zh from audience_member
            where user_id = $shopper and is_member order by audience_id""",
        means=Words("Audiences that the shopper belongs to, and why.", "该顾客所属的人群及原因。"),
        asked=Words("Which audiences does shopper 1020 belong to?", "顾客1020属于哪些人群？"),
    ),
    Query(
        "segment_size",
        needs=(_HOW_MANY,),
        may="SEGMENT SHOPPER MEMBER BELONG",
        takes=(Parameter(Kind.SEGMENT, is_needed=True), Parameter(Kind.SCHEME)),
        reads=("segment",),
        sql="""
            select scheme, segment_id as segment, size as shoppers, share from segment
            where scheme || '/' || segment_id = $segment [[and scheme = $scheme]]""",
        means=Words("Shoppers in the segment.", "该分群的顾客数。"),
        asked=Words("How many champions do we have?", "冠军顾客有多少？"),
    ),
    Query(
        "segments",
        about="SEGMENT",
        needs=("SEGMENT",),
        may="SIZE MOST SHOPPER SHOPPERS_COUNTED DIVIDE",
        takes=(Parameter(Kind.SCHEME, is_needed=True), _TOP),
        reads=("segment",),
        sql="""
            select segment_id as segment, name_en, name_zh, size as shoppers, share from segment
            where scheme = $scheme order by size desc, segment_id limit $top""",
        means=Words("Segments of the scheme, the largest first.", "该方案的各分群，最大的在前。"),
        asked=Words("How large are the RFM segments?", "RFM各分群有多少顾客？"),
    ),
    Query(
        "segment_growth",
        about="SEGMENT",
        needs=("SEGMENT", "GROW"),
        may="MOST",
        takes=(
            Parameter(Kind.SCHEME, is_needed=True),
            Parameter(Kind.PAST, is_needed=True, choices=(7, 28)),
            Parameter(Kind.TOP, default=ALL),
        ),
        reads=("segment",),
        sql="""
            select segment_id as segment, size - case $past when 7 then size_7d else size_28d end as growth,
                size as shoppers, case $past when 7 then size_7d else size_28d end as shoppers_before
            from segment
            where scheme = $scheme and case $past when 7 then size_7d else size_28d end is not null
            order by growth desc, segment limit $top""",
        means=Words(
            "Growth of the scheme's segments in shoppers, judged with today's model.",
            "各分群的顾客增长数（按当前模型判断）。",
        ),
        asked=Words("Which RFM segment grew most in the last 28 days?", "最近28天哪个RFM分群增长最快？"),
    ),
    Query(
        "segments_of_shopper",
        about="SEGMENT",
        needs=("SEGMENT",),
        may="BELONG MEMBER",
        takes=(_SHOPPER, Parameter(Kind.SCHEME)),
        reads=("segment_member",),
        sql="""
            select scheme, segment_id as segment, segment_7d, segment_28d from segment_member
            where user_id = $shopper [[and scheme = $scheme]] order by scheme""",
        means=Words("The shopper's segments, now and 7 and 28 days before.", "该顾客现在及7天、28天前所在的分群。"),
        asked=Words("In which segments is shopper 1015?", "顾客1015属于哪些分群？"),
    ),
    Query(
        "tag_size",
        needs=(_HOW_MANY,),
        may="TAG SHOPPER",
        takes=(Parameter(Kind.TAG, is_needed=True),),
        reads=("tag",),
        sql="select members as shoppers, share, withheld from tag where tag_id = $tag",
        means=Words(
            "Shoppers who have the tag; none told where they are withheld.", "带有该标签的顾客数；不公布时为空。"
        ),
        asked=Words("How many shoppers have the tag weekend_shopper?", "有多少顾客带有“周末购物者”标签？"),
    ),
    Query(
        "tags",
        about="TAG",
        needs=("TAG",),
        may="MOST SIZE SHOPPER",
        takes=(_TOP,),
        reads=("tag",),
        sql="""
            select tag_id as tag, name_en, name_zh, members as shoppers, share from tag
            where members is not null order by members desc, tag_id limit $top""",
        means=Words("Tags by the number of shoppers who have them.", "按带有人数统计的标签。"),
        asked=Words("Which 2 tags are the most common?", "最常见的2个标签是什么？"),
    ),
    Query(
        "tag_definition",
        needs=("DEFINE", "TAG"),
        takes=(Parameter(Kind.TAG, is_needed=True),),
        reads=("tag",),
        sql="select kind, condition, minimum_support from tag where tag_id = $tag",
        means=Words("Whom the tag fits.", "该标签的条件。"),
        asked=Words("How is the tag weekend_shopper defined?", "标签“周末购物者”是怎么定义的？"),
    ),
    Query(
        "tags_of_shopper",
        about="TAG",
        needs=("TAG",),
        takes=(_SHOPPER,),
        reads=("tag_member",),
        sql="select tag_id as tag, evidence_en, evidence_zh from tag_member where user_id = $shopper order by tag_id",
        means=Words("Tags that the shopper has, and what shows it.", "该顾客带有的标签及依据。"),
        asked=Words("Which tags does shopper 1015 have?", "顾客1015带有哪些标签？"),
    ),
    Query(
        "audience_traits",
        about="TRAIT",
        needs=("TRAIT",),
        may="AUDIENCE MEMBER MOST",
        takes=(_AUDIENCE, _TOP),
        reads=("audience_trait",),
        sql="""
            select rank, trait_en, trait_zh, share_in, share_all, lift from audience_trait
            where audience_id = $audience order by rank limit $top""",
        means=Words("What members are or do more often than everybody.", "该人群成员比全体顾客更突出的特征。"),
        asked=Words("What are the traits of the audience best_customers?", "“最佳顾客”人群有什么特征？"),
    ),
    Query(
        "audience_overlaps",
        about="AUDIENCE",
        needs=("OVERLAP", "AUDIENCE"),
        may="MOST",
        takes=(_AUDIENCE, _TOP),
        reads=("audience_overlap",),
        sql="""
            select other_audience_id as audience, shoppers, share from audience_overlap
            where audience_id = $audience order by shoppers desc nulls last, other_audience_id limit $top""",
        means=Words(
            "Audiences that share members with it; null where fewer than the minimum size.",
            "与该人群有共同成员的人群；少于最小规模时为空。",
        ),
        asked=Words("Which audiences overlap with best_customers?", "哪些人群与“最佳顾客”重叠？"),
    ),
)
