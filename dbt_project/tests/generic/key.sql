{#- A key: its columns are complete and no combination of them repeats. -#}
{% test key(model, columns) %}

with keyed as (
    select * from {{ model }}
)

select
    {{ columns | join(', ') }},
    count(*) as row_count
from keyed
group by {{ columns | join(', ') }}
having
    count(*) > 1
    {% for column in columns %}
        or {{ column }} is null
    {% endfor %}

{% endtest %}
