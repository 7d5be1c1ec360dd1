select dim_person.person_key
from {{ ref('dim_person') }} as dim_person
inner join {{ ref('int_sensitive_person') }} as sensitive on dim_person.person_key = sensitive.person_key
