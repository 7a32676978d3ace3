"""What becomes of segments at a refit, on made-up clusters."""

from __future__ import annotations

import numpy as np

from ml.audiences.segments.identity import Change, Identity, Vanished, first, match


def told(
    before: list[int], now: list[int], ids: tuple[str, ...] = ("s1", "s2", "s3")
) -> tuple[list[Identity], list[Vanished]]:
    found = match(ids, np.array(before), np.array(now), max(now) + 1, highest=7)
    return list(found.segments), list(found.vanished)


def test_first_segments_are_new() -> None:
    found = first(2)
    assert [(each.segment_id, each.change) for each in found.segments] == [("s1", Change.NEW), ("s2", Change.NEW)]
    assert found.highest == 2 and found.vanished == ()


def test_segments_keep_their_ids_however_they_are_numbered() -> None:
    segments, vanished = told([0, 0, 0, 1, 1, 1, 2, 2, 2], [2, 2, 2, 0, 0, 1, 1, 1, 1])
    assert [each.segment_id for each in segments] == ["s2", "s3", "s1"] and vanished == []
    assert {each.change for each in segments} == {Change.SAME}
    assert segments[0].came_from == ("s2",)


def test_of_a_split_segment_the_largest_part_keeps_the_id_and_the_other_gets_one_never_used() -> None:
    segments, vanished = told([0, 0, 0, 0, 0, 1, 1], [0, 0, 0, 2, 2, 1, 1], ("s1", "s2"))
    assert segments == [
        Identity("s1", Change.SPLIT, ("s1",)),
        Identity("s2", Change.SAME, ("s2",)),
        Identity("s8", Change.SPLIT, ("s1",)),
    ]
    assert vanished == []


def test_merged_segments_have_the_id_of_the_largest_and_the_others_vanish_into_it() -> None:
    segments, vanished = told([0, 0, 0, 1, 1, 2, 2], [0, 0, 0, 0, 0, 1, 1])
    assert segments == [Identity("s1", Change.MERGED, ("s1", "s2")), Identity("s3", Change.SAME, ("s3",))]
    assert vanished == [Vanished("s2", ("s1",))]


def test_a_segment_of_people_from_everywhere_is_new_and_one_scattered_everywhere_vanishes() -> None:
    before = np.repeat([0, 1, 2], 6).tolist()
    segments, vanished = told(before, [0, 0, 0, 0, 3, 3, 1, 1, 1, 1, 3, 3, 2, 2, 2, 2, 3, 3])
    assert segments[3] == Identity("s8", Change.NEW) and vanished == []
    assert [each.segment_id for each in segments[:3]] == ["s1", "s2", "s3"]
    before = np.repeat([0, 1, 2, 3], 6).tolist()
    kept, gone = told(before, [*np.repeat([0, 1, 2], 6).tolist(), 0, 0, 1, 1, 2, 2], ("s1", "s2", "s3", "s4"))
    assert gone == [Vanished("s4")] and {each.change for each in kept} == {Change.SAME}


def test_shoppers_of_no_segment_count_nowhere_and_the_highest_number_grows_only_with_new_ids() -> None:
    same = match(("s1", "s2"), np.array([0, 0, 1, 1, -1, -1]), np.array([0, 0, 1, 1, 0, 0]), 2, highest=7)
    assert same.highest == 7 and {each.change for each in same.segments} == {Change.SAME}
    nobody = match(("s1",), np.array([-1, -1]), np.array([0, 0]), 1, highest=7)
    assert nobody.segments == (Identity("s8", Change.NEW),) and nobody.vanished == (Vanished("s1"),)
    assert nobody.highest == 8
