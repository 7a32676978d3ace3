"""The documents that the demo shop lands, from which its customers' questions are answered: made up for the demo."""

from __future__ import annotations

from typing import Final

_LINK: Final = "https://shop.example"
_APART: Final = r"E'\n\n'"
DOCUMENTS: Final = f"""
create view shop_document as
select document_id, language, title, replace(text, ' / ', {_APART}) as text, '{_LINK}/' || document_id as link,
    date '2017-11-27' as arrival
from (values
    ('delivery', 'en', 'Delivery', 'We deliver from Monday to Saturday. Orders placed before 14:00 arrive ' ||
        'the next working day. / Delivery costs 3.90 USD. It is free from an order of 40 USD. / ' ||
        'We do not deliver to islands or abroad.'),
    ('delivery', 'zh', '配送', '周一至周六配送。14:00 前下单，次个工作日送达。 / 运费 3.90 美元，订单满 40 美元' ||
        '免运费。 / 海岛和国外不配送。'),
    ('returns', 'en', 'Returns and refunds', 'You can return unopened goods within 30 days. Bring the receipt. / ' ||
        'Fresh food cannot be returned, but we replace what is spoilt. / ' ||
        'Refunds reach your account within five working days, by the way you paid.'),
    ('returns', 'zh', '退货与退款', '未开封的商品 30 天内可以退货，请带上小票。 / 生鲜食品不能退货，' ||
        '变质的我们给您更换。 / 退款会在五个工作日内按原支付方式退回。'),
    ('opening_hours', 'en', 'Opening hours', 'The shops are open from 8:00 to 21:00, ' ||
        'on Sundays from 10:00 to 18:00. / On public holidays all shops are closed.'),
    ('opening_hours', 'zh', '营业时间', '门店营业时间为 8:00 至 21:00，' ||
        '周日为 10:00 至 18:00。 / 法定节假日所有门店休息。')
) as known (document_id, language, title, text);
"""
"""A view, as ``complete_journey_tables`` reads it."""
