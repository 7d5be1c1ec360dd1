"""Who answers for an asset. Ends at the owners' names as Dagster writes them."""

BUREAU = "team:hrss-bureau"
ENGINEERS = "team:data-engineers"
