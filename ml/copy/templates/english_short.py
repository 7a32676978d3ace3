"""English texts of short messages, advertisements and banners, as data; in the form that ``english`` describes."""

from __future__ import annotations

from typing import Final

_OFFER: Final = "{{ Offer }} {{ until }}. || {{ Offer }}. || {{ Deal }} {{ until }}. || {{ Deal }}."
SMS: Final = {
    "offer": {
        "sms": f"""
1 {{{{ shop }}}}:
0 {_OFFER} || {{{{ pick }}}}. || <news>.
2 Code {{{{ code }}}}.
0 {{{{ link }}}} ||
"""
    },
    "products": {
        "sms": """
0 <tease> {{ names }}. || <tease> {{ first }}. || <open>
2 {{ Offer }} {{ until }}. || {{ Offer }}.
3 Your {{ shop }}.
0 {{ link }} ||
"""
    },
    "occasion": {
        "sms": """
0 {{ occasion }} at {{ shop }}! || {{ occasion }}! || News from {{ shop }}. || This is what we have for you.
2 {{ Offer }} {{ until }}. || {{ Offer }}. || {{ pick }}.
0 {{ link }} ||
"""
    },
    "personal": {
        "sms": """
0 For you: {first_product}.
2 {{ Offer }}. || {{ Deal }}.
3 From {{ shop }}.
0 {{ link }} ||
"""
    },
    "question": {
        "sms": """
0 Have you seen {{ pick }}? || Have you seen {{ first }}? || Have you seen our picks?
2 {{ Offer }}. || {{ Deal }}.
3 Find it at {{ shop }}.
0 {{ link }} ||
"""
    },
}
AD: Final = {
    "offer": {
        "ad_headline": """
0 {{ Offer }} at {{ shop }} || {{ Offer }} || {{ Deal }} || {{ pick }} || {{ first }} || <short>
""",
        "ad_description": """
0 <tease> {{ names }}. || <tease> {{ first }}. || <open>
2 {{ Until }}.
1 Code {{ code }}.
""",
    },
    "products": {
        "ad_headline": """
0 {{ pick }} || {{ first }} || {{ shop }} || <short>
""",
        "ad_description": """
0 {{ Offer }} {{ until }}. || {{ Offer }}. || {{ pick }}. || <news>.
1 <tap>
""",
    },
    "occasion": {
        "ad_headline": """
0 {{ occasion }} || At {{ shop }} || <short>
""",
        "ad_description": """
0 {{ Offer }}: {{ covered }}. || {{ Offer }}. || {{ Deal }}. || <open> || This is what we have for you.
1 At {{ shop }}.
""",
    },
    "personal": {
        "ad_headline": """
0 Picked for you || <short>
""",
        "ad_description": """
0 {{ names }}, picked for you. || {{ first }}, picked for you. || Good things, picked for you.
1 {{ Offer }}.
""",
    },
    "question": {
        "ad_headline": """
0 Looking for {{ first }}? || Looking for something good?
""",
        "ad_description": """
0 You find it at {{ shop }}. || You find it with us.
1 {{ Offer }} {{ until }}. || {{ Offer }}.
""",
    },
}
BANNER: Final = {
    "offer": {
        "banner": """
0 {{ Offer }} {{ until }} || {{ Offer }} || {{ Deal }} || {{ pick }} || {{ first }} || <short>
"""
    },
    "products": {
        "banner": """
0 <tease> {{ names }} || <tease> {{ first }} || <news>
1 – {{ Offer }}
"""
    },
    "occasion": {
        "banner": """
0 {{ occasion }} at {{ shop }} || {{ occasion }} || News from {{ shop }} || What we have for you
1 – {{ Offer }}
"""
    },
    "personal": {
        "banner": """
0 Picked for you: {{ first }} || Picked for you
1 – {{ Offer }}
"""
    },
    "question": {
        "banner": """
0 Have you seen {{ first }}? || Have you seen our picks?
1 {{ Offer }}.
"""
    },
}
