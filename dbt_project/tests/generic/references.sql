{#- Every combination of the columns that the condition leaves is one of another model's. -#}
{% test references(model, columns, to) %}

with referring as (
    select distinct {{ columns | join(', ') }}
    from {{ model }}
),

known as (
    select distinct
        {{ columns | join(', ') }},
        true as is_known
    from {{ to }}
)

select
    {% for column in columns %}
    referring.{{ column }}{{ ',' if not loop.last }}
    {% endfor %}
from referring
left join known
    on
        {% for column in columns %}
        {{ 'and ' if not loop.first }}referring.{{ column }} = known.{{ column }}
        {% endfor %}
where known.is_known is null

{% endtest %}
