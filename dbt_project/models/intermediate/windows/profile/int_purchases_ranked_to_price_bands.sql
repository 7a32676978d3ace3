with pairs as (
    {{ of_this_run(ref('feat_user_item')) }}
),

items as (
    {{ of_this_run(ref('dim_item')) }}
),

sold as (
    select
        as_of_date,
        item_id,
        sum(purchases_365d) as purchases,
        {{ ratio('sum(revenue_365d) + sum(discount_365d)', 'sum(quantity_365d)') }} as unit_price
    from pairs
    where purchases_365d > 0
    group by as_of_date, item_id
),

priced as (
    select
        sold.as_of_date,
        sold.item_id,
        sold.purchases,
        sold.unit_price,
        items.item_category,
        items.item_category2
    from sold
    inner join items
        on sold.as_of_date = items.as_of_date and sold.item_id = items.item_id
    where sold.unit_price is not null
),

-- purchase lines of the item's category up to the item's price, at it, and in all
counted as (
    select
        *,
        sum(purchases) over (
            partition by as_of_date, item_category, item_category2
            order by unit_price asc nulls last
            range between unbounded preceding and current row
        ) as up_to_price,
        sum(purchases) over (partition by as_of_date, item_category, item_category2, unit_price) as at_price,
        sum(purchases) over (partition by as_of_date, item_category, item_category2) as in_category
    from priced
),

-- twice the lines below the price and once those at it, of twice all: the mean over a category's lines is a half
placed as (
    select
        as_of_date,
        item_id,
        cast({{ ratio('2 * up_to_price - at_price', '2 * in_category') }} as decimal(18, 6)) as price_position
    from counted
),

indexed as (
    select
        pairs.as_of_date,
        pairs.user_id,
        sum(pairs.purchases_365d) as priced_purchases,
        {{ ratio('sum(pairs.purchases_365d * placed.price_position)', 'sum(pairs.purchases_365d)') }} as price_index
    from pairs
    inner join placed
        on pairs.as_of_date = placed.as_of_date and pairs.item_id = placed.item_id
    where pairs.purchases_365d > 0
    group by pairs.as_of_date, pairs.user_id
),

grouped as (
    select
        as_of_date,
        user_id,
        price_index,
        {{ equal_groups('price_index', 3, 'as_of_date') }} as third
    from indexed
    where priced_purchases >= 5
),

final as (
    select
        as_of_date,
        user_id,
        price_index,
        case third when 1 then 'low' when 2 then 'medium' else 'high' end as price_band
    from grouped
)

select * from final
