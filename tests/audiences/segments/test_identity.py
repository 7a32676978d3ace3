"""What becomes of segments at a refit, on made-up clusters."""

from __future__ import annotations

import numpy as np

from ml.audiences.segments.identity import Change, Identity, Vanished, first, match


def told(
    before: list[int], now: list[int], ids: tuple[str, ...] = ("b1", "b2", "b3")
) -> tuple[list[Identity], list[Vanished]]:
    found = match(ids, np.array(before), np.array(now), max(now) + 1, highest=7)
    return list(found.segments), list(found.vanished)


def test_first_segments_are_new() -> None:
    found = first(2)
    assert [(each.segment_id, each.change) for each in found.segments] == [("b1", Change.NEW), ("b2", Change.NEW)]
    assert found.highest == 2 and found.vanished == ()


def test_segments_keep_their_ids_however_they_are_numbered() -> None:
    segments, vanished = told([0, 0, 0, 1, 1, 1, 2, 2, 2], [2, 2, 2, 0, 0, 1, 1, 1, 1])
    assert [each.segment_id for each in segments] == ["b2", "b3", "b1"] and vanished == []
    assert {each.change for each in segments} == {Change.SAME}
    assert segments[0].came_from == ("b2",)


def test_of_a_split_segment_the_largest_part_keeps_the_id_and_the_other_gets_one_never_used() -> None:
    segments, vanished = told([0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 2, 2, 1, 1], ("b1", "b2"))
    assert segments == [
        Identity("b1", Change.SPLIT, ("b1",)),
        Identity("b2", Change.SAME, ("b2",)),
        Identity("b8", Change.SPLIT, ("b1",)),
    ]
    assert vanished == []


def test_merged_segments_have_the_id_of_the_largest_and_the_others_vanish_into_it() -> None:
    segments, vanished = told([0, 0, 0, 1, 1, 2, 2], [0, 0, 0, 0, 0, 1, 1])
    assert segments == [Identity("b1", Change.MERGED, ("b1", "b2")), Identity("b3", Change.SAME, ("b3",))]
    assert vanished == [Vanished("b2", ("b1",))]


def test_a_segment_of_people_from_everywhere_is_new_and_one_scattered_everywhere_vanishes() -> None:
    before = np.repeat([0, 1, 2], 6).tolist()
    segments, vanished = told(before, [0, 0, 0, 0, 3, 3, 1, 1, 1, 1, 3, 3, 2, 2, 2, 2, 3, 3])
    assert segments[3] == Identity("b8", Change.NEW) and vanished == []
    assert [each.segment_id for each in segments[:3]] == ["b1", "b2", "b3"]
    before = np.repeat([0, 1, 2, 3], 6).tolist()
    kept, gone = told(before, [*np.repeat([0, 1, 2], 6).tolist(), 0, 0, 1, 1, 2, 2], ("b1", "b2", "b3", "b4"))
    assert gone == [Vanished("b4")] and {each.change for each in kept} == {Change.SAME}


def test_shoppers_of_no_segment_count_nowhere_and_the_highest_number_grows_only_with_new_ids() -> None:
    same = match(("b1", "b2"), np.array([0, 0, 1, 1, -1, -1]), np.array([0, 0, 1, 1, 0, 0]), 2, highest=7)
    assert same.highest == 7 and {each.change for each in same.segments} == {Change.SAME}
    nobody = match(("b1",), np.array([-1, -1]), np.array([0, 0]), 1, highest=7)
    assert nobody.segments == (Identity("b8", Change.NEW),) and nobody.vanished == (Vanished("b1"),)
    assert nobody.highest == 8
