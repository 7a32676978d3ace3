{#- A test's `where` is fixed when the project is parsed; this puts in the run's dates when the test runs:
    `:as_of_dates`, `:newest_as_of_date` and `:changed_from`. So tests look at what the run wrote, never at all of
    history. -#}
{% macro get_where_subquery(relation) -%}
    {%- set condition = config.get('where', '') -%}
    {%- if condition -%}
        {%- set condition = condition.replace(':as_of_dates', '(' ~ as_of_literals() ~ ')') -%}
        {%- set condition = condition.replace(':newest_as_of_date', date_literal(as_of_dates() | last)) -%}
        {%- set condition = condition.replace(':changed_from', date_literal(var('changed_from'))) -%}
        (select * from {{ relation }} where {{ condition }}) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
