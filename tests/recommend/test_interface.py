"""What a question to the registered model of the recommenders may say."""

from __future__ import annotations

import pandas as pd
import pytest

from ml.errors import InvalidRequest
from ml.recommend.interface import SHELF, read_question


def test_users_stay_in_order_and_a_missing_list_asks_for_the_shelf() -> None:
    question = pd.DataFrame({"user_id": ["2", "1", "3"], "items": [["b", "a", "b"], None, float("nan")]})
    asked = read_question(question)
    assert list(asked.items()) == [("2", ["b", "a"]), ("1", None), ("3", None)]
    assert read_question(pd.DataFrame({"user_id": [7]})) == {"7": None}


def test_a_user_who_is_named_twice_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="every user_id once; found 1 repeated"):
        read_question(pd.DataFrame({"user_id": ["1", "1"]}))


def test_its_file_ends_by_serving_it() -> None:
    assert SHELF.serving.read_text(encoding="utf-8").rstrip().endswith("serve(SHELF, BundleShelves)")
