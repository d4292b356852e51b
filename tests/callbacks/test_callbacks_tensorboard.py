"""TensorBoard: the bytes of event files, what TensorBoard itself reads in them, and what a training writes."""

import struct
import warnings
import zlib

import numpy as np
import pytest

from onionskin import Sequential, callbacks, layers, optimizers
from onionskin.base.errors import ArgumentError, DTypeError
from onionskin.callbacks import TensorBoard, event_files


def failing(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


# --- the format, read by a reader of its own ---


def fields(data):
    """Return the (number, value) pairs of a message: integers, floats by their bits, bytes."""
    found, place = [], 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = data[place]
            place += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while place < len(data):
        number, kind = divmod(varint(), 8)
        if kind == 0:
            found.append((number, varint()))
            continue
        size = {1: 8, 5: 4}.get(kind) or varint()
        part = data[place : place + size]
        place += size
        found.append((number, struct.unpack({1: "<d", 5: "<f"}[kind], part)[0] if kind in (1, 5) else part))
    return found


def crc(data):
    """CRC-32C bit by bit, as its definition has it, masked as records are."""
    value = 0xFFFFFFFF
    for byte in data:
        for bit in range(8):
            low = (value ^ (byte >> bit)) & 1
            value = (value >> 1) ^ (0x82F63B78 if low else 0)
    value ^= 0xFFFFFFFF
    return ((value >> 15 | value << 17) + 0xA282EAD8) & 0xFFFFFFFF


def events(folder):
    """Return (step, tag, field number, value) of everything in a folder's only file; checks every checksum."""
    (path,) = folder.iterdir()
    data, rows, place = path.read_bytes(), [], 0
    while place < len(data):
        length, check = struct.unpack_from("<QI", data, place)
        assert check == crc(data[place : place + 8])
        body = data[place + 12 : place + 12 + length]
        assert struct.unpack_from("<I", data, place + 12 + length)[0] == crc(body)
        place += 16 + length
        event = fields(body)
        step = dict(event).get(2, 0)
        if not rows:
            assert dict(event)[3] == b"brain.Event:2"
        rows.append((step, "", 0, None))
        for _, summary in [one for one in event if one[0] == 5]:
            for _, value in fields(summary):
                parts = dict(fields(value))
                (kind,) = set(parts) - {1, 9}
                rows.append((step, parts[1].decode(), kind, parts[kind]))
    return [row for row in rows if row[1]]


def scalars(folder):
    return {(tag, step): value for step, tag, kind, value in events(folder) if kind == 2}


def train(board, epochs=2, **compiled):
    model = Sequential([layers.Input((3,)), layers.Dense(2, name="dense")])
    model.compile(optimizer=optimizers.SGD(0.25), loss="mse", metrics=["mae"], **compiled)
    x, y = np.ones((10, 3), "float32"), np.ones((10, 2), "float32")
    history = model.fit(x, y, batch_size=2, epochs=epochs, validation_data=(x, y), verbose=0, callbacks=[board])
    return model, history.history


def test_checksums_and_numbers():
    assert event_files.crc32c(b"\x00" * 32) == 0x8A9136AA  # RFC 3720, appendix B.4
    assert event_files.crc32c(bytes(range(32))) == 0x46DD794E
    assert event_files.crc32c(bytes(range(31, -1, -1))) == 0x113FDB5C
    assert fields(event_files.message((1, -2), (3, 0.5), (15, np.float32(0.25)), (16, "ä"))) == [
        (1, 2**64 - 2), (3, 0.5), (15, 0.25), (16, "ä".encode())
    ]  # fmt: skip


def test_what_a_training_writes(tmp_path, each_engine):
    _, history = train(TensorBoard(tmp_path / "logs", write_steps_per_second=True))
    found = scalars(tmp_path / "logs" / "train")
    assert {tag for tag, _ in found} == {"epoch_loss", "epoch_mae", "epoch_learning_rate", "epoch_steps_per_second"}
    held = scalars(tmp_path / "logs" / "validation")
    for epoch in range(2):
        assert found["epoch_loss", epoch] == np.float32(history["loss"][epoch])
        assert found["epoch_learning_rate", epoch] == 0.25
        assert found["epoch_steps_per_second", epoch] > 0
        assert held["epoch_mae", epoch] == np.float32(history["val_mae"][epoch])
        assert held["evaluation_loss_vs_iterations", 5 * (epoch + 1)] == np.float32(history["val_loss"][epoch])
    texts = [value for _, tag, kind, value in events(tmp_path / "logs" / "train") if (tag, kind) == ("graph", 8)]
    assert dict(fields(texts[0]))[8].decode().startswith("The graph of this model is not written")


def test_batches(tmp_path):
    ends = []
    told = callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(logs["loss"]))
    board = TensorBoard(str(tmp_path), update_freq=2, write_graph=False)
    train([told, board])
    found = scalars(tmp_path / "train")
    assert {step for tag, step in found if tag == "batch_loss"} == {2, 4, 6, 8, 10}
    for step in (2, 4, 6, 8, 10):
        assert found["batch_loss", step] == np.float32(ends[step - 1])
    assert board.needs_batches("train") and not board.needs_batches("predict")
    assert TensorBoard(update_freq="batch").update_freq == 1

    class Own(TensorBoard):
        def on_train_batch_begin(self, batch, logs=None):
            pass

    assert Own().needs_batches("train") and not Own().needs_batches("test")


def test_histograms_and_pictures(tmp_path):
    model, _ = train(TensorBoard(tmp_path, histogram_freq=1, write_images=True), epochs=1)
    rows = {tag: value for _, tag, kind, value in events(tmp_path / "train") if kind in (4, 5)}
    kernel = model.layers[0].kernel.numpy().astype("float64")
    body = dict(fields(rows[f"{model.layers[0].kernel.path}/histogram"]))
    wanted = [kernel.min(), kernel.max(), 6, kernel.sum(), (kernel**2).sum()]
    np.testing.assert_allclose([body[number] for number in range(1, 6)], wanted, rtol=1e-12)
    limits, counts = np.frombuffer(body[6]), np.frombuffer(body[7])
    assert len(limits) == len(counts) == 30 and counts.sum() == 6 and limits[-1] == kernel.max()
    (picture,) = [value for tag, value in rows.items() if tag.endswith("kernel/image/0")]
    parts = dict(fields(picture))
    assert (parts[1], parts[2], parts[3]) == (2, 3, 1)
    png = parts[4]
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    start = png.index(b"IDAT")
    (size,) = struct.unpack(">I", png[start - 4 : start])
    raw = zlib.decompress(png[start + 4 : start + 4 + size])
    shown = (kernel.T.astype("float32").clip(0, 1) * 255).astype("uint8")
    assert raw == b"".join(b"\0" + row.tobytes() for row in shown)


def test_words_of_errors(tmp_path):
    assert failing(lambda: TensorBoard(3), DTypeError) == (
        "TensorBoard: log_dir must be a string or a path.\n  given:    3"
    )
    assert failing(lambda: TensorBoard(profile_batch=2), ArgumentError) == (
        "TensorBoard: profile_batch is not supported.\n  expected: 0\n  given:    2\n"
        "  to fix:   the program's describe() tells what each instruction costs"
    )
    assert failing(lambda: TensorBoard(embeddings_freq=1), ArgumentError) == (
        "TensorBoard: embeddings are not written.\n  expected: embeddings_freq=0, embeddings_metadata=None\n"
        "  given:    embeddings_freq=1, embeddings_metadata=None\n"
        "  to fix:   save them with numpy.savetxt for projector.tensorflow.org"
    )
    assert failing(lambda: TensorBoard(update_freq="step"), ArgumentError) == (
        "TensorBoard: this update_freq cannot be used.\n  expected: 'epoch', 'batch' or a number of batches\n"
        "  given:    'step'"
    )
    assert failing(lambda: TensorBoard(histogram_freq=-1), ArgumentError) == (
        "TensorBoard: histogram_freq is a number of epochs.\n  expected: 0 or more\n  given:    -1"
    )
    (tmp_path / "file").write_text("")
    board = TensorBoard(tmp_path / "file")
    assert failing(board.on_train_begin, ArgumentError) == (
        f"TensorBoard({str(tmp_path / 'file' / 'train')!r}): the folder cannot be written to.\n"
        "  given:    Not a directory\n  to fix:   choose another log_dir"
    )


def test_tensorboard_reads_it(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reading = pytest.importorskip(
            "tensorboard.backend.event_processing.event_accumulator", reason="TensorBoard is not installed"
        )
        model, history = train(TensorBoard(tmp_path, histogram_freq=1, write_images=True))
        run = reading.EventAccumulator(str(tmp_path / "train"), size_guidance={"histograms": 0, "images": 0})
        run.Reload()
        tags = run.Tags()
        losses = {tag: [event.value for event in run.Scalars(tag)] for tag in tags["scalars"]}
        np.testing.assert_array_equal(losses["epoch_loss"], np.float32(history["loss"]))
        assert [event.step for event in run.Scalars("epoch_loss")] == [0, 1]
        assert len(tags["histograms"]) == 2 and len(tags["images"]) == 2
        spread = run.Histograms(next(tag for tag in tags["histograms"] if "kernel" in tag))[-1].histogram_value
        kernel = model.layers[0].kernel.numpy()
        assert (spread.num, spread.min) == (6, float(kernel.min()))
        picture = run.Images(next(tag for tag in tags["images"] if "kernel" in tag))[0]
        assert (picture.height, picture.width) == (2, 3)
        assert "graph" in tags["tensors"]
