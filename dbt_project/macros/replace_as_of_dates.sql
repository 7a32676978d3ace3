{#- Incremental strategy of the marts: replaces the run's as-of dates, whether or not they have rows now,
    and keeps no more than `kept_as_of_dates` (this run's and the newest of the others). Each date's rows are inserted
    by themselves: those of dates that lie in each other's blocks would make every later delete rewrite the blocks. -#}
{% macro get_incremental_replace_as_of_dates_sql(arg_dict) -%}
    {{ return(adapter.dispatch('replace_as_of_dates_sql', 'shelduck')(arg_dict)) }}
{%- endmacro %}

{% macro default__replace_as_of_dates_sql(arg_dict) -%}
    {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | join(', ') -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set others = [(var('kept_as_of_dates') | int) - (as_of_dates() | length), 0] | max -%}

    delete from {{ target }}
    where
        as_of_date in ({{ as_of_literals() }})
        or as_of_date not in (
            select as_of_date
            from (select distinct as_of_date from {{ target }} where as_of_date not in ({{ as_of_literals() }})) as others
            order by as_of_date desc nulls last
            limit {{ others }}
        );

    {%- for day in as_of_dates() %}

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ arg_dict['temp_relation'] }}
    where as_of_date = {{ date_literal(day) }};
    {%- endfor %}
{%- endmacro %}
