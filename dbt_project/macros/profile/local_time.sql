{#- The hour of a timestamp with time zone in the shop's time zone, 0 to 23. -#}
{% macro local_hour(timestamp) -%}
    {{ return(adapter.dispatch('local_hour', 'shelduck')(timestamp)) }}
{%- endmacro %}

{% macro default__local_hour(timestamp) -%}
    hour(from_utc_timestamp({{ timestamp }}, '{{ shop_timezone() }}'))
{%- endmacro %}

{% macro duckdb__local_hour(timestamp) -%}
    extract(hour from timezone('{{ shop_timezone() }}', {{ timestamp }}))
{%- endmacro %}


{#- The day of the week of a date: 1 is Monday, 7 is Sunday. -#}
{% macro iso_weekday(day) -%}
    {{ return(adapter.dispatch('iso_weekday', 'shelduck')(day)) }}
{%- endmacro %}

{% macro default__iso_weekday(day) -%}
    weekday({{ day }}) + 1
{%- endmacro %}

{% macro duckdb__iso_weekday(day) -%}
    isodow({{ day }})
{%- endmacro %}
