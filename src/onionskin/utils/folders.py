"""Data sets of files whose folders are their classes: which files there are, their labels, and texts in batches."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onionskin.base.config import floatx
from onionskin.base.errors import ArgumentError, DataError, FileFormatError
from onionskin.state import draw_seed
from onionskin.utils.batches import Batches

LABEL_MODES = ("int", "categorical", "binary", None)
SUBSETS = ("training", "validation", "both", None)
Loader = Callable[[Sequence[str]], Any]


class Folder(Batches):
    """Files in batches, read when they are asked for, with their labels.

    Attributes:
        file_paths: the files, in the order in which they were found (shuffled once where that was asked for).
        class_names: names of the classes by number; None without labels.
    """

    def __init__(
        self,
        load: Loader,
        paths: list[str],
        labels: np.ndarray | None,
        class_names: list[str] | None,
        label_mode: str | None,
        **more: Any,
    ) -> None:
        super().__init__(len(paths), **more)
        self._load, self._labels, self._mode = load, labels, label_mode
        self.file_paths, self.class_names = paths, class_names

    def rows(self, places: np.ndarray) -> Any:
        """Return what these files hold, and their labels."""
        x = self._load([self.file_paths[place] for place in places])
        if self._labels is None:
            return x
        labels = self._labels[places]
        if self._mode == "categorical":
            return x, (labels[:, None] == np.arange(len(self.class_names or ()))).astype(floatx())
        return (x, labels[:, None].astype(floatx())) if self._mode == "binary" else (x, labels)


def open_folder(
    where: str,
    load: Loader,
    directory: str | os.PathLike[str],
    formats: tuple[str, ...],
    *,
    labels: Any,
    label_mode: str | None,
    class_names: Sequence[str] | None,
    batch_size: int | None,
    shuffle: bool,
    seed: int | None,
    validation_split: float | None,
    subset: str | None,
    follow_links: bool,
    format: str,  # noqa: A002 - Keras's name
    verbose: bool,
) -> Any:
    """Return the data set of a folder's files, or the two of training and validation; see the public functions.

    Args:
        where: the function that users called.
        load: reads some files as one batch.
        directory: the folder.
        formats: endings of the files that count.
        labels: "inferred", None, or a number for each file.
        label_mode: "int", "categorical", "binary" or None.
        class_names: order of the classes.
        batch_size: as for `Batches`.
        shuffle: as for `Batches`; the files also change places once, before they are split.
        seed: of both.
        validation_split: share of the last files that is for validation.
        subset: "training", "validation" or "both".
        follow_links: whether linked folders are entered.
        format: "tf" or "grain", without effect.
        verbose: whether to say how many files there are.
    """
    _check(where, labels, label_mode, validation_split, subset, shuffle, seed, format)
    if labels is None or label_mode is None:
        labels = label_mode = None
    if not os.path.isdir(directory):
        raise DataError("there is no such folder.", where=where, given=str(directory))
    paths, numbers, names = _listed(where, Path(directory), labels, formats, class_names, follow_links)
    if label_mode == "binary" and names is not None and len(names) != 2:
        raise DataError('label_mode="binary" is for two classes.', where=where, given=f"classes {names}")
    seed = draw_seed() % 10**6 if seed is None else seed
    if verbose:
        print(f"Found {len(paths)} files" + (f" belonging to {len(names)} classes." if names is not None else "."))
    if shuffle:  # NumPy's legacy generator, so that one seed splits the files as it does in Keras
        order = np.random.RandomState(seed).permutation(len(paths))
        paths = [paths[place] for place in order]
        numbers = None if numbers is None else numbers[order]
    held = int((validation_split or 0) * len(paths))
    parts = {None: slice(None), "training": slice(0, len(paths) - held), "validation": slice(len(paths) - held, None)}

    def part(which: str | None, shuffled: bool) -> Folder:
        kept = parts[which]
        if not paths[kept]:
            raise DataError(
                f"there is no file for {which or 'the data set'}.",
                where=where,
                expected=f"files ending in {', '.join(formats)}",
                given=f"{len(paths)} in {directory}",
            )
        own = None if numbers is None else numbers[kept]
        return Folder(load, paths[kept], own, names, label_mode, batch_size=batch_size, shuffle=shuffled, seed=seed)

    if subset == "both":
        return [part("training", shuffle), part("validation", False)]
    return part(subset, shuffle)


def _check(where: str, labels: Any, mode: Any, split: Any, subset: Any, shuffle: bool, seed: Any, kind: str) -> None:
    for name, value, known in (
        ("label_mode", mode, LABEL_MODES),
        ("subset", subset, SUBSETS),
        ("format", kind, ("tf", "grain")),
    ):
        if value not in known:
            raise ArgumentError(
                f"{name} cannot be this.", where=where, expected=", ".join(map(repr, known)), given=repr(value)
            )
    if isinstance(labels, str) and labels != "inferred":
        raise ArgumentError(
            "labels cannot be this.", where=where, expected="'inferred', None or a number for each file", given=labels
        )
    if split is not None and split != 0 and not 0 < split < 1:
        raise ArgumentError("validation_split is a share.", where=where, expected="above 0, below 1", given=split)
    if bool(split) != (subset is not None):
        raise ArgumentError(
            "validation_split and subset belong together.",
            where=where,
            given=f"validation_split={split}, subset={subset!r}",
        )
    if split and shuffle and seed is None:
        raise ArgumentError(
            "shuffled files can be split only with a seed: the two parts would overlap.",
            where=where,
            given="seed=None",
            fix="give seed, the same for both parts, or shuffle=False",
        )


def _listed(
    where: str, folder: Path, labels: Any, formats: tuple[str, ...], class_names: Any, follow_links: bool
) -> tuple[list[str], np.ndarray | None, list[str] | None]:
    """Return the files in alphabetical order, class by class, their numbers, and the names of the classes."""
    if labels != "inferred":
        if class_names is not None:
            raise ArgumentError("class_names is for inferred labels.", where=where, given=f"labels={labels!r}")
        paths = _files(folder, formats, follow_links)
        if labels is None:
            return paths, None, None
        if len(labels) != len(paths):
            raise DataError(
                "each file needs a label.", where=where, expected=f"{len(paths)} labels", given=f"{len(labels)}"
            )
        return paths, np.asarray(labels, "int32"), [str(one) for one in sorted(set(np.asarray(labels).tolist()))]
    found = sorted(one.name for one in folder.iterdir() if one.is_dir() and not one.name.startswith("."))
    names = found if class_names is None else list(class_names)
    if not set(names) <= set(found):
        raise DataError(
            "there is no folder for a class.",
            where=where,
            expected=f"names among {found}",
            given=f"class_names={names}",
        )
    groups = [_files(folder / name, formats, follow_links) for name in names]
    numbers = np.repeat(np.arange(len(names), dtype="int32"), [len(one) for one in groups])
    return [path for group in groups for path in group], numbers, names


def _files(folder: Path, formats: tuple[str, ...], follow_links: bool) -> list[str]:
    walked = sorted(os.walk(folder, followlinks=follow_links), key=lambda entry: entry[0])
    named = [(root, name) for root, _, files in walked for name in sorted(files)]
    return [os.path.join(root, name) for root, name in named if name.lower().endswith(formats)]


def text_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str = "tf",  # noqa: A002 - Keras's name
    verbose: bool = True,
) -> Any:
    """Return the texts of a folder in batches; each of its folders is a class.

    Args:
        directory: the folder.
        labels: "inferred" from the folders, None, or a number for each file in alphabetical order.
        label_mode: "int", "categorical" (one-hot), "binary" (0 and 1 as floats) or None.
        class_names: folders in the order of their numbers; alphabetical where None.
        batch_size: texts in a batch; None gives one text at a time.
        max_length: characters of a text that are kept; all where None.
        shuffle: read the files in a new order at each epoch.
        seed: of the orders, and of the split.
        validation_split: share of the files that is for validation.
        subset: "training", "validation" or "both"; with validation_split only.
        follow_links: enter linked folders.
        format: accepted, and without effect: the data set is one of our own, which `fit` takes.
        verbose: say how many files there are.

    Returns:
        A `PyDataset` of batches of texts (batch,), or pairs of them and labels, with `class_names` and
        `file_paths`; a list of two with subset="both".

    Raises:
        ArgumentError: an argument cannot be used.
        DataError: there is no such folder, class or file.
        FileFormatError: a file is no text in UTF-8.

    Example:
        >>> import pathlib
        >>> for name in ("no", "yes"):
        ...     pathlib.Path("texts", name).mkdir(parents=True)
        ...     _ = pathlib.Path("texts", name, "a.txt").write_text(f"I say {name}.")
        >>> texts = text_dataset_from_directory("texts", shuffle=False, verbose=False)
        >>> texts.class_names, *texts[0]
        (['no', 'yes'], array(['I say no.', 'I say yes.'], dtype=object), array([0, 1], dtype=int32))
    """

    def load(paths: Sequence[str]) -> np.ndarray:
        return np.array([_text(path)[:max_length] for path in paths], dtype=object)

    return open_folder(
        "text_dataset_from_directory", load, directory, (".txt",), labels=labels, label_mode=label_mode,
        class_names=class_names, batch_size=batch_size, shuffle=shuffle, seed=seed, validation_split=validation_split,
        subset=subset, follow_links=follow_links, format=format, verbose=verbose,
    )  # fmt: skip


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise FileFormatError("the file is no text in UTF-8.", where=path, given=f"byte {error.start}") from None
