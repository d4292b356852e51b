"""What the data set tests share: small IDX files made in code, and a web server on loopback."""

from __future__ import annotations

import gzip
import hashlib
import struct
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np

from onionskin.datasets.sources import Source, SourceFile

NAMES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def idx_bytes(array: np.ndarray) -> bytes:
    """The IDX form of a uint8 array, written independently of the reader."""
    return b"\0\0\x08" + bytes([array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def small_arrays() -> tuple[np.ndarray, ...]:
    """Six training images and four test images of 3×2 pixels, with labels."""
    pixels = np.arange(10 * 6, dtype=np.uint8).reshape(10, 3, 2)
    labels = np.array([5, 0, 4, 1, 9, 2, 1, 3, 1, 4], np.uint8)
    return pixels[:6], labels[:6], pixels[6:], labels[6:]


def small_source(*mirrors: str, name: str = "tiny") -> tuple[Source, dict[str, bytes]]:
    """A source of the small arrays, and the packed bytes of its files."""
    raw = {file: idx_bytes(array) for file, array in zip(NAMES, small_arrays(), strict=True)}
    files = tuple(SourceFile(file, hashlib.md5(data).hexdigest(), len(data)) for file, data in raw.items())
    packed = {f"{file}.gz": gzip.compress(data, mtime=0) for file, data in raw.items()}
    return Source(name, "Tiny", files, mirrors), packed  # type: ignore[arg-type]


Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """A web server whose answers a test sets by path; `asked` lists the paths in order."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append(self.path)
                answer = outer.answers.get(self.path)
                if answer is None:
                    self.send_error(404)
                else:
                    answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def serve(self, folder: str, files: dict[str, bytes]) -> None:
        for name, data in files.items():
            self.answers[f"/{folder}/{name}"] = body(data)


def body(data: bytes, length: int | None = -1, pause: float = 0.0) -> Answer:
    """An answer of these bytes; `length` is the Content-Length it states (None: none, -1: the true one)."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        if length is not None:
            handler.send_header("Content-Length", str(len(data) if length == -1 else length))
        handler.end_headers()
        time.sleep(pause)
        try:
            handler.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    return answer
