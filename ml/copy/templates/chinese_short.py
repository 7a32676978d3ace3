"""Chinese texts of short messages, advertisements and banners; in the form that ``english`` describes."""

from __future__ import annotations

from typing import Final

_OFFER: Final = "{{ offer }}，{{ until }}。 || {{ offer }}。 || {{ deal }}，{{ until }}。 || {{ deal }}。"
SMS: Final = {
    "offer": {
        "sms": f"""
1 【{{{{ shop }}}}】
0 {_OFFER} || {{{{ pick }}}}。 || <news>。
2 优惠码 {{{{ code }}}}。
0 {{{{ link }}}} ||
"""
    },
    "products": {
        "sms": """
0 <tease>{{ names }}。 || <tease>{{ first }}。 || <open>
2 {{ offer }}，{{ until }}。 || {{ offer }}。
3 您的{{ shop }}。
0 {{ link }} ||
"""
    },
    "occasion": {
        "sms": """
0 {{ occasion }}，就在{{ shop }}！ || {{ occasion }}！ || {{ shop }}来信。 || 这些好物，为您而备。
2 {{ offer }}，{{ until }}。 || {{ offer }}。 || {{ pick }}。
0 {{ link }} ||
"""
    },
    "personal": {
        "sms": """
0 为您留了一份推荐清单。
2 {{ offer }}。 || {{ deal }}。
3 来自{{ shop }}。
0 {{ link }} ||
"""
    },
    "question": {
        "sms": """
0 您看过{{ first }}了吗？ || 您看过我们的推荐了吗？
2 {{ offer }}。 || {{ deal }}。
3 {{ shop }}等您来。
0 {{ link }} ||
"""
    },
}
AD: Final = {
    "offer": {
        "ad_headline": """
0 {{ shop }}，{{ offer }} || {{ offer }} || {{ deal }} || {{ pick }} || {{ first }} || <short>
""",
        "ad_description": """
0 <tease>{{ names }}。 || <tease>{{ first }}。 || <open>
2 {{ until }}。
1 优惠码 {{ code }}。
""",
    },
    "products": {
        "ad_headline": """
0 {{ pick }} || {{ first }} || {{ shop }} || <short>
""",
        "ad_description": """
0 {{ offer }}，{{ until }}。 || {{ offer }}。 || {{ pick }}。 || <news>。
1 <tap>
""",
    },
    "occasion": {
        "ad_headline": """
0 {{ occasion }} || 就在{{ shop }} || <short>
""",
        "ad_description": """
0 {{ covered }}，{{ offer }}。 || {{ offer }}。 || {{ deal }}。 || <open> || 这些好物，为您而备。
1 就在{{ shop }}。
""",
    },
    "personal": {
        "ad_headline": """
0 为您挑选 || <short>
""",
        "ad_description": """
0 为您挑选：{{ names }}。 || 为您挑选：{{ first }}。 || 一份为您挑选的好物清单。
1 {{ offer }}。
""",
    },
    "question": {
        "ad_headline": """
0 在找{{ first }}？ || 在找什么好物？
""",
        "ad_description": """
0 {{ shop }}等您来选。 || 来我们这里看看吧。
1 {{ offer }}，{{ until }}。 || {{ offer }}。
""",
    },
}
BANNER: Final = {
    "offer": {
        "banner": """
0 {{ offer }}，{{ until }} || {{ offer }} || {{ deal }} || {{ pick }} || {{ first }} || <short>
"""
    },
    "products": {
        "banner": """
0 <tease>{{ names }} || <tease>{{ first }} || <news>
1 ，{{ offer }}
"""
    },
    "occasion": {
        "banner": """
0 {{ occasion }}，就在{{ shop }} || {{ occasion }} || {{ shop }}来信 || 这些好物，为您而备
1 ，{{ offer }}
"""
    },
    "personal": {
        "banner": """
0 为您挑选：{{ first }} || 为您挑选
1 ，{{ offer }}
"""
    },
    "question": {
        "banner": """
0 您看过{{ first }}了吗？ || 您看过我们的推荐了吗？
1 {{ offer }}。
"""
    },
}
