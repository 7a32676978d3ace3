{#- The calendar day of a timestamp with time zone, in the shop's time zone. -#}
{% macro local_date(timestamp) -%}
    {{ return(adapter.dispatch('local_date', 'shelduck')(timestamp)) }}
{%- endmacro %}

{% macro default__local_date(timestamp) -%}
    cast(from_utc_timestamp({{ timestamp }}, '{{ shop_timezone() }}') as date)
{%- endmacro %}

{% macro duckdb__local_date(timestamp) -%}
    cast(timezone('{{ shop_timezone() }}', {{ timestamp }}) as date)
{%- endmacro %}


{#- Whole days from one date to another. -#}
{% macro days_between(earlier, later) -%}
    {{ return(adapter.dispatch('days_between', 'shelduck')(earlier, later)) }}
{%- endmacro %}

{% macro default__days_between(earlier, later) -%}
    datediff({{ later }}, {{ earlier }})
{%- endmacro %}

{% macro duckdb__days_between(earlier, later) -%}
    cast(date_diff('day', {{ earlier }}, {{ later }}) as integer)
{%- endmacro %}


{#- A relation of the last `days` days up to and including `day`, in the column `calendar_date`. -#}
{% macro last_days(day, days) -%}
    {{ return(adapter.dispatch('last_days', 'shelduck')(day, days)) }}
{%- endmacro %}

{% macro default__last_days(day, days) -%}
    select explode(sequence({{ date_literal(day, 1 - days) }}, {{ date_literal(day) }})) as calendar_date
{%- endmacro %}

{% macro duckdb__last_days(day, days) -%}
    select cast(unnest(generate_series({{ date_literal(day, 1 - days) }}, {{ date_literal(day) }}, interval 1 day)) as date)
        as calendar_date
{%- endmacro %}


{#- The time zone, refused unless it reads like an IANA name: it is pasted into SQL. -#}
{% macro shop_timezone() -%}
    {%- set name = var('timezone') -%}
    {%- if not modules.re.fullmatch('[A-Za-z0-9_+/-]+', name) -%}
        {{ exceptions.raise_compiler_error("var timezone: expected an IANA name such as America/New_York") }}
    {%- endif -%}
    {{ return(name) }}
{%- endmacro %}


{#- A date literal, `days` after `day`; refused unless `day` is an ISO date: it is pasted into SQL. -#}
{% macro date_literal(day, days=0) -%}
    {%- if not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', day | string) -%}
        {{ exceptions.raise_compiler_error("expected a date such as 2017-12-02") }}
    {%- endif -%}
    {%- set parsed = modules.datetime.datetime.strptime(day | string, '%Y-%m-%d') -%}
    {{ return("date '" ~ (parsed + modules.datetime.timedelta(days=days)).strftime('%Y-%m-%d') ~ "'") }}
{%- endmacro %}
