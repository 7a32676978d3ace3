"""Chinese texts of e-mails and push messages, as data; in the form that ``english`` describes."""

from __future__ import annotations

from typing import Final

_OFFER: Final = "{{ offer }}，{{ until }}。 || {{ offer }}。 || {{ deal }}，{{ until }}。 || {{ deal }}。"
_CODE: Final = "结算时输入优惠码 {{ code }}。"
_ABOUT: Final = "适用商品：{{ covered }}。 || 不妨看看{{ names }}。 || 不妨看看{{ first }}。"
_END: Final = """
0 <call>{{ link }}

2 <bye>{{ shop }} || <bye>
"""
EMAIL: Final = {
    "offer": {
        "email_subject": """
0 {{ offer }}，{{ until }} || {{ offer }} || {{ deal }} || {{ pick }} || {{ first }} || <news>
""",
        "email_preheader": """
0 <tease>{{ names }}。 || <tease>{{ first }}。 || <news>。
1 优惠码 {{ code }}。
""",
        "email_body": f"""
0 <hello>

0 {_OFFER} || <open>
1 {_ABOUT}
1 {_CODE}
3 温馨提示：{{{{ claim }}}}。

2 <tip>{{first_product}}。

{_END}""",
    },
    "products": {
        "email_subject": """
0 <tease>{{ names }} || <tease>{{ first }} || {{ first }} || <news>
""",
        "email_preheader": """
0 {{ pick }}。 || <open>
1 {{ offer }}，{{ until }}。 || {{ offer }}。
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
0 {{ occasion }}，就在{{ shop }} || {{ occasion }} || {{ shop }}来信 || <news>
""",
        "email_preheader": """
0 {{ offer }}，{{ until }}。 || {{ offer }}。 || {{ deal }}。 || {{ pick }}。 || <open>
1 就在{{ shop }}。
""",
        "email_body": f"""
0 <hello>

0 {{{{ occasion }}}}到了。 || 这是{{{{ shop }}}}为您准备的好物。 || 这些好物，为您而备。
1 {_OFFER}
2 {_CODE}

1 其中有：
1 {{{{ short_lines }}}}

3 另外：{{{{ claim }}}}。

{_END}""",
    },
    "personal": {
        "email_subject": """
0 为您推荐：{first_product}
""",
        "email_preheader": """
0 写给{loyalty}的一封信。
""",
        "email_body": f"""
0 <hello>

0 作为{{loyalty}}，您也许会喜欢：{{first_product}}。
1 继{{last_purchase}}之后，我们还为您挑选了{{{{ names }}}}。 || 继{{last_purchase}}之后，我们还有更多推荐。

1 {_OFFER}
2 优惠码是 {{{{ code }}}}。

{_END}""",
    },
    "question": {
        "email_subject": """
0 您看过{{ first }}了吗？ || 您看过我们的推荐了吗？
""",
        "email_preheader": """
0 {{ shop }}：{{ offer }}，{{ until }}。 || {{ offer }}。 || {{ pick }}。 || {{ shop }}问候您。 || 一点小推荐。
""",
        "email_body": f"""
0 <hello>

0 {{{{ either }}}}，您会选哪个？ || 您看过{{{{ first }}}}了吗？ || 您看过我们的推荐了吗？
1 {_OFFER}
2 下单时填写 {{{{ code }}}} 即可。

3 小建议：{{first_product}}。

{_END}""",
    },
}
PUSH: Final = {
    "offer": {
        "push": f"""
0 {_OFFER} || {{{{ pick }}}}。 || <open>
2 优惠码：{{{{ code }}}}。
1 <tap>
"""
    },
    "products": {
        "push": """
0 <tease>{{ names }}。 || <tease>{{ first }}。 || <tease>{first_product}。
1 {{ offer }}，{{ until }}。 || {{ offer }}。
"""
    },
    "occasion": {
        "push": """
0 {{ occasion }}到了，{{ shop }}等您来。 || {{ occasion }}到了。 || {{ shop }}来信。 || <open>
1 {{ offer }}，{{ until }}。 || {{ offer }}。 || {{ pick }}。
2 <tap>
"""
    },
    "personal": {
        "push": """
0 作为{loyalty}，您也许会喜欢：{first_product}。
1 {{ offer }}。 || {{ deal }}。
"""
    },
    "question": {
        "push": """
0 您看过{{ first }}了吗？ || 您看过我们的推荐了吗？
1 {{ offer }}，{{ until }}。 || {{ offer }}。
2 {{ shop }}等您来。
"""
    },
}
