"""# review_candidate: a person decides on a candidate of `shelf`

**On an asset.** Runs when **train_recommenders** proposes a version, which it does where `SHELDUCK_PROMOTION` says
`approve`; or by hand, for the newest version or the one that `version` names. This Airflow DAG

1. **evidence** compares the candidate with the champion: guard-rails, and what shoppers would see change;
2. **approval** waits for a person, under *Required Actions*; without an answer everything stays as it is;
3. **promote** moves the alias `champion` and writes the promotion ledger: who, when, on which evidence;
4. **note_rejection** writes down who does not want it, and why.

Of two people the first decides. A version cannot be approved once a newer one is there.
"""

from dags.common.factory import review

review("recommend", __doc__)
