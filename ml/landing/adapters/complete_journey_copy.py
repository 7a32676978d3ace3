"""The briefs that the demo shop lands: a wine offer to an audience, and a hint of what is new on shoppers' own lists.

Offer, names of products and senders are the demo's own. Prices are what most buyers paid in November 2017.
"""

from __future__ import annotations

from typing import Final

_ARRIVAL: Final = "date '2017-11-27'"
_WINES: Final = "winter_wine"
COPY: Final = f"""
create view brief as select *, {_ARRIVAL} as arrival from (values
    ('{_WINES}', 'Winter wine for lapsing wine lovers', 'lapsing_wine_lovers', 'for_you', 'warm',
        'Winter Wine Weeks', '冬日葡萄酒周', 20, 'USD', 'WINE20', date '2017-12-01', date '2017-12-24',
        'https://shop.example/winter-wine'),
    ('discover_more', 'Something new for big baskets at risk', 'big_baskets_at_risk', 'discover', 'plain',
        null, null, null, null, null, null, null, 'https://shop.example/for-you')
) as known (brief_id, name, audience_id, placement, tone, occasion, occasion_zh, percent_off, currency, code,
    start_date, end_date, link);
create view brief_item as select *, {_ARRIVAL} as arrival from (values
    ('{_WINES}', '972969', 1, 'Australian and New Zealand Wine', '澳新葡萄酒', 6.99, 'USD', 750, 'ml'),
    ('{_WINES}', '944018', 2, 'Premium Table Wine', '优选佐餐葡萄酒', 14.99, 'USD', 750, 'ml'),
    ('{_WINES}', '1007259', 3, 'Everyday Table Wine', '日常佐餐葡萄酒', 5.99, 'USD', 750, 'ml')
) as known (brief_id, item_id, position, name, name_zh, price, currency, pack_size, pack_unit);
create view term as select *, {_ARRIVAL} as arrival from (values
    ('shop', 'sender', 'Corner Market', 'en'), ('shop', 'sender', '街角市集', 'zh')
) as known (term_id, kind, text, language);
"""
"""Views, as ``complete_journey_tables`` reads them."""
