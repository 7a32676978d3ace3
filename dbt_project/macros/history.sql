{#- How many days the purchase history and the ratings hold (setting SHELDUCK_HISTORY_DAYS). -#}
{% macro history_days() -%}
    {%- set days = var('history_days') -%}
    {%- if not modules.re.fullmatch('[1-9][0-9]{0,5}', days | string) -%}
        {{ exceptions.raise_compiler_error("var history_days: expected a whole number of days such as 365") }}
    {%- endif -%}
    {{ return(days | int) }}
{%- endmacro %}


{#- Whether a rating says that the item was liked (setting SHELDUCK_LIKED_FROM). -#}
{% macro is_liked(rating) -%}
    {%- set lowest = var('liked_from') -%}
    {%- if not modules.re.fullmatch('[0-9]+([.][0-9]+)?(e[+-]?[0-9]+)?', lowest | string) -%}
        {{ exceptions.raise_compiler_error("var liked_from: expected a number such as 3.5") }}
    {%- endif -%}
    {{ rating }} >= {{ lowest }}
{%- endmacro %}
