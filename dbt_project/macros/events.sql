{#- Whether an event type counts as a purchase (setting SHELDUCK_PURCHASE_EVENTS). -#}
{% macro is_purchase(event_type) -%}
    {%- set literals = [] -%}
    {%- for name in var('purchase_events') -%}
        {%- if not modules.re.fullmatch('[a-z_]+', name) -%}
            {{ exceptions.raise_compiler_error("var purchase_events: expected names such as purchase") }}
        {%- endif -%}
        {%- do literals.append("'" ~ name ~ "'") -%}
    {%- endfor -%}
    {{ event_type }} in ({{ literals | join(', ') }})
{%- endmacro %}


{#- Whether a promotion's place is a real one: shops write an empty field or 0 for "not there". -#}
{% macro is_placed(place) -%}
    coalesce({{ place }} not in ('', '0'), false)
{%- endmacro %}
