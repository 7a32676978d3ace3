{#- Every combination of the columns in another model's rows of this run's as-of dates stands in this one. -#}
{% test covers(model, columns, of) %}

with wanted as (
    select distinct {{ columns | join(', ') }}
    from {{ of }}
    where as_of_date in ({{ as_of_literals() }})
),

covering as (
    select distinct
        {{ columns | join(', ') }},
        true as is_covered
    from {{ model }}
)

select
    {% for column in columns %}
    wanted.{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from wanted
left join covering
    on
        {% for column in columns %}
        {{ 'and ' if not loop.first }}wanted.{{ column }} = covering.{{ column }}
        {% endfor %}
where covering.is_covered is null

{% endtest %}
