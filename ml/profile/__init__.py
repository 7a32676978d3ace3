"""Who the shoppers are: one row per shopper for marketers, from dbt alone, without a model."""
