"""What the downloadable data sets consist of: file names, checksums of the unpacked bytes, sizes and mirrors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a data set.

    Args:
        name: its name without ".gz".
        md5: MD5 of the unpacked bytes. It tells a damaged or different file; to make another file of
            the same MD5 as a published one (a second preimage) is beyond what anyone can do.
        size: number of unpacked bytes.
    """

    name: str
    md5: str
    size: int


@dataclass(frozen=True, slots=True)
class Source:
    """A data set of IDX files.

    Args:
        name: its folder in the cache, and below ONIONSKIN_DATA.
        title: its name for people.
        files: training images, training labels, test images, test labels.
        mirrors: addresses, each ending in "/", that serve NAME.gz; tried in this order.
        folders: further folder names below ONIONSKIN_DATA that people keep it in.
        classes: how many classes its labels name.
    """

    name: str
    title: str
    files: tuple[SourceFile, SourceFile, SourceFile, SourceFile]
    mirrors: tuple[str, ...]
    folders: tuple[str, ...] = ()
    classes: int = 10


_IMAGES, _LABELS = 16, 8  # bytes of header
_TRAIN = (_IMAGES + 60_000 * 28 * 28, _LABELS + 60_000)
_TEST = (_IMAGES + 10_000 * 28 * 28, _LABELS + 10_000)

# Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
MNIST = Source(
    name="mnist",
    title="MNIST",
    files=(
        SourceFile("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb", _TRAIN[0]),
        SourceFile("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624", _TRAIN[1]),
        SourceFile("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea", _TEST[0]),
        SourceFile("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637", _TEST[1]),
    ),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
)

# Source: H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
# learning algorithms", arXiv:1708.07747. The authors publish the MD5 of the packed files; those of the
# unpacked ones follow from them.
FASHION_MNIST = Source(
    name="fashion-mnist",
    title="Fashion-MNIST",
    files=(
        SourceFile("train-images-idx3-ubyte", "f4a8712d7a061bf5bd6d2ca38dc4d50a", _TRAIN[0]),
        SourceFile("train-labels-idx1-ubyte", "9018921c3c673c538a1fc5bad174d6f9", _TRAIN[1]),
        SourceFile("t10k-images-idx3-ubyte", "8181f5470baa50b63fa0f6fddb340f0a", _TEST[0]),
        SourceFile("t10k-labels-idx1-ubyte", "15d484375f8d13e6eb1aabb0c3f46965", _TEST[1]),
    ),
    mirrors=(
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        # the authors' own, without encryption, therefore last; the checksum guards it as it does the others
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
    folders=("fashion_mnist", "FashionMNIST"),
)
