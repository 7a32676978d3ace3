"""# train_predictions: one week's predictors, judged, registered and promoted

**Weekly, Sunday to Sunday.** As of the last day D of the run's interval this Airflow DAG

1. **land** and **build_for_training** bring the features as of D and as of ten past days four weeks apart;
2. **train** judges the contenders of every target of `customer_prediction` (the mean, the last 90 days, recency and
   frequency, BG/NBD with Gamma-Gamma, gradient boosting) on up to three past days, refits the winners on everything
   known by D, logs all of it to MLflow and registers one version of the model `predictions` as `candidate`;
3. **promote** moves the alias `champion` and writes the promotion ledger.

Training again with the same data, code, settings and seed reuses the registered version.
"""

from dags.common.factory import weekly

weekly("predictions", __doc__)
