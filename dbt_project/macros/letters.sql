{#- The letters and digits of a text, small and of any script: equal for texts that differ in spaces, marks or capitals. -#}
{% macro letters_and_digits(text) -%}
    {{ return(adapter.dispatch('letters_and_digits', 'shelduck')(text)) }}
{%- endmacro %}

{% macro default__letters_and_digits(text) -%}
    regexp_replace(lower({{ text }}), '[^\\p{L}\\p{N}]', '')
{%- endmacro %}

{% macro duckdb__letters_and_digits(text) -%}
    regexp_replace(lower({{ text }}), '[^\p{L}\p{N}]', '', 'g')
{%- endmacro %}
