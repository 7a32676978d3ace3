{#- The as-of dates of this run: ISO strings, sorted, without repeats. A run without any is refused. -#}
{% macro as_of_dates() -%}
    {%- set days = var('as_of_dates') | unique | sort | list -%}
    {%- if not days and execute and flags.WHICH in ('build', 'run') -%}
        {{ exceptions.raise_compiler_error("var as_of_dates: expected a list of dates such as [2017-12-02]") }}
    {%- endif -%}
    {{ return(days or ['1970-01-01']) }}
{%- endmacro %}


{#- The same as a list of literals, for `as_of_date in (…)`. -#}
{% macro as_of_literals() -%}
    {%- set literals = [] -%}
    {%- for day in as_of_dates() -%}
        {%- do literals.append(date_literal(day)) -%}
    {%- endfor -%}
    {{ return(literals | join(', ')) }}
{%- endmacro %}


{#- What had arrived by the end of each as-of date: the relation's rows with `as_of_date` before them.
    A branch per date, because literal dates let the engine skip blocks by their minimum and maximum. -#}
{% macro known_as_of(relation) -%}
    {%- for day in as_of_dates() %}
    select {{ date_literal(day) }} as as_of_date, * from {{ relation }}
    where arrival_date <= {{ date_literal(day) }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
{%- endmacro %}


{#- Of that, the events of the last `days` days, by default of the longest window of the features. -#}
{% macro active_as_of(relation, days=none) -%}
    {%- set longest = days or (windows() | max) -%}
    {%- for day in as_of_dates() %}
    select {{ date_literal(day) }} as as_of_date, * from {{ relation }}
    where
        arrival_date <= {{ date_literal(day) }}
        and event_date > {{ date_literal(day, -longest) }}
        and event_date <= {{ date_literal(day) }}
        -- no event arrives before its day, so these blocks can be skipped too
        and arrival_date > {{ date_literal(day, -longest) }}
    {%- if not loop.last %}
    union all
    {%- endif -%}
    {%- endfor %}
{%- endmacro %}


{#- The rows of this run's as-of dates in a mart. -#}
{% macro of_this_run(relation) -%}
    select * from {{ relation }}
    where as_of_date in ({{ as_of_literals() }})
{%- endmacro %}
