{#- The groups that an item belongs to, by name: the columns of dim_item that its items have in common. -#}
{% macro item_groups() -%}
    {{ return({
        'type': ['item_category', 'item_category2', 'item_category3'],
        'category': ['item_category', 'item_category2'],
        'line': ['item_brand', 'item_category', 'item_category2', 'item_category3'],
        'brand': ['item_brand'],
    }) }}
{%- endmacro %}


{#- Columns as an ORDER BY has them, a line each; nulls come last. -#}
{% macro by_name(columns) -%}
    {{ columns | join(' asc nulls last,\n                ') }} asc nulls last
{%- endmacro %}
