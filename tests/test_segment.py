from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kg.segment import Segmenter, cache_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(["禾苗云", "B轮前", "青禾"])


def test_words_joined_are_the_text(segmenter: Segmenter) -> None:
    text = "近日，禾苗云（Hemiao）完成1.5亿元B轮前融资。\n由GGV领投😀\x00の"
    assert "".join(segmenter.cut(text)) == text


def test_user_words_stay_whole(segmenter: Segmenter) -> None:
    assert "禾苗云" in segmenter.cut("日前禾苗云宣布")
    assert "禾苗云" not in Segmenter().cut("日前禾苗云宣布")


def test_user_words_that_mix_scripts_stay_whole(segmenter: Segmenter) -> None:
    assert segmenter.cut("完成B轮前融资")[1] == "B轮前"


def test_unknown_letters_stay_single(segmenter: Segmenter) -> None:
    assert segmenter.cut("燧曜宣布")[:2] == ["燧", "曜"]


def test_parted_words_are_cut_in_two() -> None:
    segmenter = Segmenter()
    assert "大学教授" in segmenter.cut("一位大学教授说")
    segmenter.part(["大学"], ["教授"])
    assert segmenter.cut("一位大学教授说")[-3:] == ["大学", "教授", "说"]


def test_latin_words_and_numbers_stay_whole(segmenter: Segmenter) -> None:
    assert segmenter.cut("用Kubernetes部署2021年") == ["用", "Kubernetes", "部署", "2021", "年"]


def test_dictionary_classes_and_frequencies_do_not_change_with_user_words() -> None:
    plain, widened = Segmenter(), Segmenter(["公司", "燧曜"])
    assert plain.tag("公司") == "n"
    assert widened.frequency("公司") == plain.frequency("公司") > 0
    assert widened.frequency("燧曜") == 0


def test_names_of_people_look_like_names(segmenter: Segmenter) -> None:
    assert segmenter.given_name("建华") > segmenter.given_name("的是")
    assert segmenter.family_name("赵") > segmenter.family_name("的")


def test_tables_are_kept_in_the_given_folder_and_read_again(tmp_path: Path) -> None:
    first = Segmenter(cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert Segmenter(cache=tmp_path).cut("国务院办公厅发布通知") == first.cut("国务院办公厅发布通知")


def test_damaged_tables_are_built_anew(tmp_path: Path) -> None:
    Segmenter(cache=tmp_path)
    (saved,) = tmp_path.iterdir()
    saved.write_bytes(b"not a table")
    assert Segmenter(cache=tmp_path).cut("商务部部长") == ["商务部", "部长"]


def test_works_without_a_writable_folder(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x")
    assert Segmenter(cache=blocked / "below").cut("商务部部长") == ["商务部", "部长"]


def test_cache_folder_follows_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "kg-news"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert cache_folder() == tmp_path / "kg-news"
