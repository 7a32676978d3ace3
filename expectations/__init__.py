"""Gates: Great Expectations over a day's slice and its draft. dbt owns truths of rows, gates own truths of batches."""
