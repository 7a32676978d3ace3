"""How Complete Journey's tables become the contract's: one query per landing table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from ml.landing.adapters.complete_journey_audiences import AUDIENCES
from ml.landing.adapters.complete_journey_copy import COPY
from ml.landing.adapters.complete_journey_documents import DOCUMENTS
from ml.warehouse.connection import Connection

_ZONE = "America/New_York"
_SOURCES = (
    "campaign_descriptions",
    "campaigns",
    "coupon_redemptions",
    "coupons",
    "demographics",
    "products",
    "promotions",
    "transactions",
)


@dataclass(frozen=True)
class Source:
    """A landing table: the relation it is read from, its columns, and the order of its rows."""

    name: str
    relation: str
    columns: str
    order: str

    def arrivals(self, connection: Connection) -> list[date]:
        """The days on which rows of this table arrive."""
        found = connection.execute(f"select distinct arrival from {self.relation} order by 1").fetchall()
        return [arrival for (arrival,) in found]

    def of_day(self, arrival: date) -> str:
        """The query for one day's rows, in an order that never changes."""
        return f"select {self.columns} from {self.relation} where arrival = '{arrival}'::date order by {self.order}"


def prepare(connection: Connection, folder: Path) -> None:
    """Name the package's Parquet files as views, and give every row its arrival date."""
    for name in _SOURCES:
        path = str(folder / f"{name}.parquet").replace("'", "''")
        connection.execute(f"create view {name} as select * from read_parquet('{path}')")
    connection.execute(_PREPARED)
    connection.execute(AUDIENCES)
    connection.execute(COPY)
    connection.execute(DOCUMENTS)


_PREPARED = f"""
create macro started(day) as greatest(day::date, date '2017-01-01');
create macro midnight(day) as day::timestamp at time zone '{_ZONE}';
create temp table purchase as
    select *, transaction_timestamp at time zone 'UTC' as event_ts,
        (transaction_timestamp at time zone 'UTC' at time zone '{_ZONE}')::date as arrival
    from transactions order by arrival;
create view item as select *, date '2017-01-01' as arrival from products;
create view household as
    select distinct household_id, date '2017-01-01' as arrival from transactions
    union select household_id, date '2017-01-01' from demographics
    union select household_id, date '2017-01-01' from campaigns;
create view attribute as
    select household_id, name, value, date '2017-01-01' as arrival
    from (unpivot demographics on columns(* exclude household_id) into name name value value);
create temp table promotion_week as
    select week, greatest(monday, date '2017-01-01') as start_date, monday + 6 as end_date,
        greatest(monday - 1, date '2017-01-01') as arrival
    from (select week, date '2016-12-26' + (week::integer - 1) * 7 as monday from range(1, 54) as weeks(week));
create view promotion as select * from promotions join promotion_week using (week);
create view campaign as select *, started(start_date) as arrival from campaign_descriptions;
create view campaign_item as
    select coupons.*, started(start_date) as arrival from coupons join campaign_descriptions using (campaign_id);
create view send as
    select campaigns.*, start_date, started(start_date) as arrival
    from campaigns join campaign_descriptions using (campaign_id);
create view redemption as select *, redemption_date::date as arrival from coupon_redemptions;
"""

TABLES: Final = (
    Source(
        "interactions",
        "purchase",
        "basket_id || '-' || product_id as event_id, household_id::varchar as user_id, "
        "product_id::varchar as item_id, 'purchase' as event_type, event_ts, quantity::decimal(18,4) as quantity, "
        "round(sales_value, 4)::decimal(18,4) as event_value, 'USD' as currency, "
        "round(retail_disc + coupon_disc + coupon_match_disc, 4)::decimal(18,4) as discount, "
        "basket_id::varchar as session_id, 'store' as channel, store_id::varchar as store_id",
        "transaction_timestamp, basket_id, product_id",
    ),
    Source(
        "items",
        "item",
        "product_id::varchar as item_id, "
        "coalesce(concat_ws(', ', coalesce(product_type, product_category, department), package_size), "
        "'') as item_name, brand || ' ' || manufacturer_id as item_brand, department as item_category, "
        "product_category as item_category2, product_type as item_category3",
        "product_id",
    ),
    Source("users", "household", "household_id::varchar as user_id", "household_id"),
    Source(
        "user_attributes",
        "attribute",
        "household_id::varchar as user_id, name, value",
        "household_id, name",
    ),
    Source(
        "promotions",
        "promotion",
        "product_id::varchar as item_id, store_id::varchar as store_id, start_date, end_date, "
        "display_location as display, mailer_location as mailer",
        "week, promotion.product_id, promotion.store_id, (display_location = '0')::int + (mailer_location = '0')::int, "
        "display_location, mailer_location",
    ),
    Source(
        "campaigns",
        "campaign",
        "campaign_id::varchar as campaign_id, campaign_type, start_date::date as start_date, "
        "end_date::date as end_date",
        "campaign.campaign_id",
    ),
    Source(
        "campaign_items",
        "campaign_item",
        "campaign_id::varchar as campaign_id, coupon_upc::varchar as coupon_id, product_id::varchar as item_id",
        "campaign_item.campaign_id, coupon_upc, product_id",
    ),
    Source(
        "sends",
        "send",
        "campaign_id || '-' || household_id as send_id, campaign_id::varchar as campaign_id, "
        "household_id::varchar as user_id, midnight(start_date) as sent_ts",
        "send.campaign_id, household_id",
    ),
    Source(
        "engagements",
        "redemption",
        "household_id || '-' || coupon_upc || '-' || campaign_id || '-' || redemption_date::date as engagement_id, "
        "campaign_id::varchar as campaign_id, household_id::varchar as user_id, 'redeem' as engagement_type, "
        "midnight(redemption_date) as event_ts, campaign_id || '-' || household_id as send_id, "
        "coupon_upc::varchar as coupon_id",
        "redemption.household_id, coupon_upc, redemption.campaign_id, redemption_date",
    ),
    Source(
        "audiences",
        "audience",
        "audience_id, name, name_zh, kind, condition, item_field, item_value, top_share",
        "audience_id",
    ),
    Source("audience_users", "listed", "audience_id, household_id::varchar as user_id", "household_id"),
    Source(
        "copy_briefs",
        "brief",
        "brief_id, name, audience_id, placement, tone, occasion, occasion_zh, "
        "percent_off::decimal(18,4) as percent_off, currency, code, start_date, end_date, link",
        "brief_id",
    ),
    Source(
        "copy_brief_items",
        "brief_item",
        "brief_id, item_id, position, name, name_zh, price::decimal(18,4) as price, currency, "
        "pack_size::decimal(18,4) as pack_size, pack_unit",
        "position",
    ),
    Source("copy_terms", "term", "term_id, kind, text, language", "term_id, language"),
    Source("shop_documents", "shop_document", "document_id, title, text, language, link", "document_id, language"),
)
