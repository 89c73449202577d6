"""An id becomes part of a file's name: no two the same, none a path."""

from pathlib import PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from kpi.file_names import file_name_part

IDS = st.text(st.sampled_from("ab-:/.~_ \\\0é\u0301م"), max_size=200)


@given(st.lists(IDS, unique=True, max_size=30))
def test_no_two_ids_share_a_name_and_none_leaves_its_folder(ids):
    names = [file_name_part(one) for one in ids]
    assert len(set(names)) == len(ids)
    for name in names:
        assert PurePosixPath(name).name == name
        assert not name.startswith(".")
        assert "\0" not in name
        assert len(name.encode()) < 200


def test_a_plain_id_is_its_own_name():
    for one in ("moh", "OM-MA", "وزارة", "a.b", "a_b-1"):
        assert file_name_part(one) == one


def test_ids_that_only_differ_by_a_mark_are_told_apart():
    names = {file_name_part(one) for one in ("a:b", "a-b", "a/b", "a b", "../a-b", "a\\b")}
    assert len(names) == 6
    assert "a-b" in names


def test_a_reserved_name_is_given_to_nobody():
    assert file_name_part("summary", ("summary",)) != "summary"
