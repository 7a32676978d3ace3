"""# train_audiences: one week's behavioural segments, learned, matched with those before, registered and promoted

**Weekly, Sunday to Sunday.** As of the last day D of the run's interval this Airflow DAG

1. **land** and **build_for_training** bring the profiles as of D;
2. **train** learns behavioural segments from everybody who bought something in 365 days: how many by silhouette and
   stability over resamples, starting from the segments that serve; gives them the ids of those whose members they have;
   logs curves, map, sizes and importances to MLflow and registers one version of the model `segments` as `candidate`;
3. **promote** moves the alias `champion` and writes the promotion ledger.

Training again with the same data, code, settings and seed reuses the registered version. RFM classes and life-cycle
stages are rules: nothing is learned for them.
"""

from dags.common.factory import weekly

weekly("audiences", __doc__)
