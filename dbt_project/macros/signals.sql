{# What signals of supervision are known by. Models and orchestration.pipeline.signal_renewal render these, the one home of
   the formulas: plain SQL of every engine, and no call but of one another. #}

{# What a signal of supervision is about, in the senders' own keys and never by the submission that says so: a payment is
   known by the part that names it or what it shares with others. #}
{% macro signal_key() -%}
    rule_code || '#' || subject_kind || case when subject_kind = 'payment' then '' else '#' || subject_key end
    || coalesce('#' || signal_part, '')
{%- endmacro %}

{# Made of what senders name, so that it outlives rebuilds and the same rows sent again. #}
{% macro signal_id(rule_code, signal_key) -%}
    {{ rule_code }} || '-' || substr(md5({{ signal_key }}), 1, 12)
{%- endmacro %}

{# On what facts a signal rests; `fact_identities`: of all its rows, joined. #}
{% macro facts_digest(reason, amount_fen, fact_identities) -%}
    md5({{ reason }} || '#' || cast({{ amount_fen }} as string) || '#' || {{ fact_identities }})
{%- endmacro %}

{# What a row of a fact is of, wherever it was sent. #}
{% macro fact_identity(fact, row) -%}
    {%- if fact == 'participation' -%}
        {{ row }}.class_id || '#' || {{ row }}.person_key
    {%- elif fact == 'certificate' -%}
        {{ row }}.certificate_key
    {%- else -%}
        {{ row }}.unit_code || '#' || {{ row }}.payment_id
    {%- endif -%}
{%- endmacro %}
