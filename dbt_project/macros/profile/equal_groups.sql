{#- The group of a row among the rows of its partition, from 1 (lowest values) to `groups` (highest), each with the same
    share of the rows as far as equal values allow: equals are in the group of their middle. Whole numbers are divided
    once, so the result is exact. Rows without a value must be left out before. -#}
{% macro equal_groups(value, groups, partition_by, descending=false) -%}
    1 + cast(floor(
        cast({{ groups }} * (
            2 * (rank() over (
                partition by {{ partition_by }}
                order by {{ value }} {{ 'desc' if descending else 'asc' }} nulls last
            ) - 1)
            + count(*) over (partition by {{ partition_by }}, {{ value }})
        ) as double)
        / cast(2 * count(*) over (partition by {{ partition_by }}) as double)
    ) as integer)
{%- endmacro %}
