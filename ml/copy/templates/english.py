"""English texts, as data: by channel, what leads (an arm) and part, its clauses, one a line.

A clause is its order and its words: those of order 0 stay, the others are left out where a text is too long, the
highest order first. ``||`` separates ways to say it, the fullest first: the first is taken whose facts are there. An
empty line begins a paragraph. ``{{ fact }}`` is a fact of the sheet (``ml.copy.templates.variables``), ``<word>`` the
tone's own words (``voices``), ``{slot}`` is filled per shopper.
"""

from __future__ import annotations

from typing import Final

_OFFER: Final = "{{ Offer }} {{ until }}. || {{ Offer }}. || {{ Deal }} {{ until }}. || {{ Deal }}."
_CODE: Final = "Use the code {{ code }} at the checkout."
_ABOUT: Final = "Valid for {{ covered }}. || Have a look at {{ names }}. || Have a look at {{ first }}."
_END: Final = """
0 <call> {{ link }}

2 <bye>, {{ shop }} || <bye>
"""
EMAIL: Final = {
    "offer": {
        "email_subject": """
0 {{ Offer }} {{ until }} || {{ Offer }} || {{ Deal }} {{ until }} || {{ Deal }} || {{ pick }} || {{ first }} || <news>
""",
        "email_preheader": """
0 <tease> {{ names }}. || <tease> {{ first }}. || <news>.
1 With the code {{ code }}.
""",
        "email_body": f"""
0 <hello>

0 {_OFFER} || <open>
1 {_ABOUT}
1 {_CODE}
3 Good to know: {{{{ claim }}}}.

2 <tip> {{first_product}}.

{_END}""",
    },
    "products": {
        "email_subject": """
0 <tease> {{ names }} || <tease> {{ first }} || {{ first }} || <news>
""",
        "email_preheader": """
0 {{ pick }}. || <open>
1 {{ Offer }} {{ until }}. || {{ Offer }}.
""",
        "email_body": f"""
0 <hello>

0 <products>
0 {{{{ lines }}}}

1 {_OFFER}
2 {_CODE}

{_END}""",
    },
    "occasion": {
        "email_subject": """
0 {{ occasion }} at {{ shop }} || {{ occasion }} || News from {{ shop }} || <news>
""",
        "email_preheader": """
0 {{ Offer }} {{ until }}. || {{ Offer }}. || {{ Deal }}. || {{ pick }}. || <open>
1 <tease> {{ first }}.
""",
        "email_body": f"""
0 <hello>

0 It is time for {{{{ occasion }}}}. || This is what we have for you at {{{{ shop }}}}. || This is what we have for you.
1 {_OFFER}
2 {_CODE}

1 A few of our picks:
1 {{{{ short_lines }}}}

3 Also good to know: {{{{ claim }}}}.

{_END}""",
    },
    "personal": {
        "email_subject": """
0 For you: {first_product}
""",
        "email_preheader": """
0 Chosen with care for {loyalty} of ours.
""",
        "email_body": f"""
0 <hello>

0 As {{loyalty}} of ours, you might like {{first_product}}.
1 Following {{last_purchase}}, we also picked {{{{ names }}}}. || Following {{last_purchase}}, we have more for you.

1 {_OFFER}
2 The code is {{{{ code }}}}.

{_END}""",
    },
    "question": {
        "email_subject": """
0 Have you seen {{ first }}? || Have you seen our picks?
""",
        "email_preheader": """
0 {{ shop }}: {{ Offer }} {{ until }}. || {{ Offer }}. || {{ pick }}. || A note from {{ shop }}. || A short note.
""",
        "email_body": f"""
0 <hello>

0 Which would you choose: {{{{ either }}}}? || Have you seen {{{{ first }}}}? || Have you seen our picks?
1 {_OFFER}
2 At the checkout, enter {{{{ code }}}}.

3 A tip: {{first_product}}.

{_END}""",
    },
}
PUSH: Final = {
    "offer": {
        "push": f"""
0 {_OFFER} || {{{{ pick }}}}. || <news>.
2 Code: {{{{ code }}}}.
1 <tap>
"""
    },
    "products": {
        "push": """
0 <tease> {{ names }}. || <tease> {{ first }}. || <tease> {first_product}.
1 {{ Offer }} {{ until }}. || {{ Offer }}.
"""
    },
    "occasion": {
        "push": """
0 It is time for {{ occasion }} at {{ shop }}. || It is time for {{ occasion }}. || News from {{ shop }}. || <open>
1 {{ Offer }} {{ until }}. || {{ Offer }}. || {{ pick }}.
2 <tap>
"""
    },
    "personal": {
        "push": """
0 As {loyalty} of ours, you might like {first_product}.
1 {{ Offer }}. || {{ Deal }}.
"""
    },
    "question": {
        "push": """
0 Have you seen {{ pick }}? || Have you seen {{ first }}? || Have you seen our picks?
1 {{ Offer }} {{ until }}. || {{ Offer }}.
2 It is waiting at {{ shop }}.
"""
    },
}
SMS: Final = {
    "offer": {
        "sms": f"""
3 {{{{ shop }}}}:
0 {_OFFER} || {{{{ pick }}}}. || <news>.
2 Code {{{{ code }}}}.
1 {{{{ link }}}}
"""
    },
    "products": {
        "sms": """
0 <tease> {{ names }}. || <tease> {{ first }}. || <open>
2 {{ Offer }} {{ until }}. || {{ Offer }}.
3 Your {{ shop }}.
1 {{ link }}
"""
    },
    "occasion": {
        "sms": """
0 {{ occasion }} at {{ shop }}! || {{ occasion }}! || News from {{ shop }}. || This is what we have for you.
2 {{ Offer }} {{ until }}. || {{ Offer }}. || {{ pick }}.
1 {{ link }}
"""
    },
    "personal": {
        "sms": """
0 For you: {first_product}.
2 {{ Offer }}. || {{ Deal }}.
3 From {{ shop }}.
1 {{ link }}
"""
    },
    "question": {
        "sms": """
0 Have you seen {{ pick }}? || Have you seen {{ first }}? || Have you seen our picks?
2 {{ Offer }}. || {{ Deal }}.
3 Find it at {{ shop }}.
1 {{ link }}
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
0 {{ Offer }}: {{ covered }}. || {{ Offer }}. || {{ Deal }}. || <products> || This is what we have for you.
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
