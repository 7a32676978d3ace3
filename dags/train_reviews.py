"""# train_reviews: one week's reader of reviews, judged, registered and promoted

**Weekly, Sunday to Sunday.** As of the last day D of the run's interval this Airflow DAG

1. **land** and **build_for_training** bring the reviews as of D;
2. **train** judges the recipes of every language (n-grams, sentence vectors, both) in 5 folds that no two texts of one
   person cross, refits the winners on everything known by D, calibrates them, chooses from when on a text is clear,
   groups reviews into topics that keep their ids, logs all of it to MLflow and registers one version of the model
   `reviews` as `candidate`;
3. **promote** moves the alias `champion` and writes the promotion ledger.

Training again with the same data, code, settings and seed reuses the registered version. A shop that lands no reviews
has nothing to train: the run is skipped.
"""

from dags.common.factory import weekly

weekly("reviews", __doc__)
