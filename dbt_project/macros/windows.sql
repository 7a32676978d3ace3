{#- The windows in days; a window of n days as of D holds the event dates D - n + 1 … D. -#}
{% macro windows() -%}
    {{ return([1, 7, 28, 90, 365]) }}
{%- endmacro %}


{#- The days of arrivals that a day's volume is compared with. -#}
{% macro volume_days() -%}
    {{ return(56) }}
{%- endmacro %}


{#- One column per window: `<name>_<n>d`, the sum of an expression over the rows younger than n days. -#}
{% macro window_sums(expression, name, type='bigint', only=none) -%}
    {%- for days in (only or windows()) %}
    cast(coalesce(sum(case when age_days < {{ days }} then {{ expression }} end), 0) as {{ type }}) as {{ name }}_{{ days }}d
    {%- if not loop.last %},{% endif -%}
    {%- endfor %}
{%- endmacro %}


{#- A ratio of two numbers as a rounded DOUBLE; null where there is nothing to divide by. -#}
{% macro ratio(numerator, denominator) -%}
    round(cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0), 6)
{%- endmacro %}


{#- The population standard deviation from a sum of squares, a sum and a count of whole numbers:
    exact until the last step, so that the order of the rows changes nothing. -#}
{% macro deviation(squares, total, n) -%}
    case
        when {{ n }} > 0
            then round(sqrt(greatest(
                cast({{ squares }} as double) / cast({{ n }} as double)
                - power(cast({{ total }} as double) / cast({{ n }} as double), 2),
                cast(0 as double)
            )), 6)
    end
{%- endmacro %}
