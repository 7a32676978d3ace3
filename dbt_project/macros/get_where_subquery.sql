{#- A test's `where` is fixed when the project is parsed; this puts in the run's dates when the test runs:
    `:as_of_dates` and `:changed_from`. So tests look at what the run wrote, never at all of history. -#}
{% macro get_where_subquery(relation) -%}
    {%- set condition = config.get('where', '') -%}
    {%- if condition -%}
        {%- set condition = condition.replace(':as_of_dates', '(' ~ as_of_literals() ~ ')') -%}
        {%- set condition = condition.replace(':changed_from', date_literal(var('changed_from'))) -%}
        (select * from {{ relation }} where {{ condition }}) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
