{#- What a day `age` days ago is worth when its worth halves every `half_life` days, as a whole number of 2^-30: sums of
    such are exact, whatever the order of the rows. A DOUBLE holds those of up to 8 million rows (2^53), and is cheaper to
    add than a whole number. -#}
{% macro decayed(age, half_life) -%}
    round({{ decay_scale() }} * power(cast(0.5 as double), cast({{ age }} as double) / {{ half_life }}))
{%- endmacro %}


{#- A sum of `decayed` as a rounded DOUBLE. -#}
{% macro undecayed(total) -%}
    round(cast({{ total }} as double) / {{ decay_scale() }}, 6)
{%- endmacro %}


{% macro decay_scale() -%}
    {{ return(1073741824) }}
{%- endmacro %}


{#- The half-lives of purchase days, in days. -#}
{% macro half_lives() -%}
    {{ return([14, 30, 90]) }}
{%- endmacro %}
