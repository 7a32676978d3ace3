"""English texts of e-mails and push messages, as data: by channel, what leads (an arm) and part, clauses, one a line.

A clause is its order and its words: those of order 0 stay, the others are left out where a text is too long, the
highest order first. ``||`` separates ways to say it, the fullest first: the first is taken whose facts are there, and
shorter ones where nothing is left to leave out; an empty way leaves the clause out at last. An empty line begins a
paragraph. ``{{ fact }}`` is a fact of the sheet (``ml.copy.templates.variables``), ``<word>`` the tone's own words
(``voices``), ``{slot}`` is filled per shopper.
"""

from __future__ import annotations

from typing import Final

_OFFER: Final = "{{ Offer }} {{ until }}. || {{ Offer }}. || {{ Deal }} {{ until }}. || {{ Deal }}."
_CODE: Final = "Use the code {{ code }} at the checkout."
_ABOUT: Final = "Valid for {{ covered }}. || Have a look at {{ names }}. || Have a look at {{ first }}."
_END: Final = """
0 <call> {{ link }}

2 <bye> at {{ shop }} || <bye>
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
1 At {{ shop }}.
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
0 {_OFFER} || {{{{ pick }}}}. || <open>
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
