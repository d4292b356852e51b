"""The pretrained weights: where they are looked for, what is checked, and the words of what is not them."""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from datasets_help import Server, body

from onionskin.base.errors import DataError, DownloadError, FileFormatError
from onionskin.datasets import font_shade, sample_weight

NAMES = ["W1", "b1", "W2", "b2", "W3", "b3"]


def test_the_published_file_is_found_in_the_folder_of_data(real_data: Path) -> None:
    weights = sample_weight.load_weights()
    assert list(weights) == NAMES
    with (real_data / "pretrained" / sample_weight.FILE_NAME).open("rb") as file:
        theirs = pickle.load(file)
    for name in NAMES:
        assert weights[name].dtype == np.float32
        np.testing.assert_array_equal(weights[name], theirs[name])


def test_it_is_downloaded_once_and_held_against_its_checksum(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = pickle.dumps({"b1": np.zeros(2), "W1": np.ones((1, 2))})
    digest = hashlib.md5(content).hexdigest()
    monkeypatch.setattr(sample_weight, "SIZE", len(content))
    monkeypatch.setattr(sample_weight, "MD5", digest)
    monkeypatch.setattr(sample_weight, "URL", f"{server.url}/w.pkl")
    server.answers["/w.pkl"] = body(content)
    assert list(sample_weight.load_weights()) == ["W1", "b1"]
    assert list(sample_weight.load_weights()) == ["W1", "b1"]
    assert server.asked == ["/w.pkl"]
    (cache / "pretrained" / "sample_weight.pkl").write_bytes(content[:-1] + b"!")
    with pytest.raises(DataError) as caught:
        sample_weight.load_weights()
    assert str(caught.value).startswith(
        f"{cache}/pretrained/sample_weight.pkl: this is not the published file, or it is damaged.\n"
        f"  expected: {len(content)} bytes with MD5 {digest}\n  given:    {len(content)} bytes, MD5 "
    )
    assert str(caught.value).endswith("\n  to fix:   replace the file, or remove it so that it is downloaded")


def test_another_file_than_the_published_one_is_not_kept(
    cache: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_weight, "URL", f"{server.url}/w.pkl")
    server.answers["/w.pkl"] = body(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(DownloadError, match="is not what it should be"):
        sample_weight.load_weights()
    assert not list(cache.rglob("*"))[1:]


@pytest.mark.parametrize(
    ("value", "given"),
    [
        ([1, 2], "a list"),
        ({}, "an empty dictionary"),
        ({"W1": [1.0]}, "'W1': a list"),
        ({1: np.zeros(2)}, "1: a ndarray"),
        ({"W1": {"W2": np.zeros(2)}}, "'W1': a dict"),
    ],
)
def test_a_pickle_of_something_else_is_said(value: Any, given: str, tmp_path: Path) -> None:
    path = tmp_path / "other.pkl"
    path.write_bytes(pickle.dumps(value))
    with pytest.raises(FileFormatError) as caught:
        sample_weight.load_weights(path)
    assert str(caught.value) == f"{path}: this pickle holds no dictionary of arrays.\n  given:    {given}"


def test_a_table_of_colours_comes_from_an_address(server: Server, cache: Path) -> None:
    del cache
    text = b"RED,GREEN,BLUE,LIGHT_OR_DARK_FONT_IND\n255,0,0,0\n255,255,0,1\n0,0,9,0\n"
    server.answers["/colors.csv"] = body(text)
    colors, labels = font_shade.read_table(f"{server.url}/colors.csv")
    assert colors.tolist() == [[255, 0, 0], [255, 255, 0], [0, 0, 9]]
    assert labels.tolist() == [0, 1, 0]
    server.answers["/short.csv"] = body(text, length=len(text) + 5)
    for name, given in (("none.csv", "HTTP 404 Not Found"), ("short.csv", "cut short after 68 of 73 bytes")):
        with pytest.raises(DownloadError) as caught:
            font_shade.read_table(f"{server.url}/{name}")
        assert str(caught.value) == f"{server.url}/{name} could not be downloaded.\n  given:    {given}"
    server.answers["/wrong.csv"] = body(b"RED,GREEN\n1,2\n")
    with pytest.raises(DataError) as wrong:
        font_shade.read_table(f"{server.url}/wrong.csv")
    assert str(wrong.value).startswith(f"{server.url}/wrong.csv, row 1: these are not the columns that are needed.\n")
