"""# train_recommenders: one week's policy, judged, registered and promoted

**Weekly, Sunday to Sunday.** As of the last day D of the run's interval this Airflow DAG

1. **land** and **build_for_training** bring the features as of D and as of D minus the evaluation window
   (or several, one before the other: setting `origins`), and those of the past days that recipes learn from;
2. **train** fits every recipe on what had arrived before the window, judges it on the window, refits the
   winners on everything up to D, logs all of it to MLflow and registers one version of the model `shelf`
   as `candidate`;
3. **promote** moves the alias `champion` if the candidate earned it and writes the promotion ledger.

Training again with the same data, code, settings and seed reuses the registered version.
"""

from dags.common.factory import weekly

weekly("recommend", __doc__)
