"""RemoteMonitor: sends the numbers of each epoch to a web server."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np

from onionskin.base.errors import ArgumentError
from onionskin.callbacks.callback import Callback, Logs

TIMEOUT = 10.0  # seconds; a server that hangs must not hold training up for good


class RemoteMonitor(Callback):
    """Send the numbers of each epoch to a server, as a POST to root + path.

    A server that cannot be reached is warned of, and training goes on.

    Args:
        root: its address, "http://…" or "https://…".
        path: path behind it.
        field: name of the form's field that holds the JSON text.
        headers: further HTTP headers.
        send_as_json: send the JSON itself instead of a form.

    Raises:
        ArgumentError: root is no address of a web server.

    Example:
        >>> RemoteMonitor("http://localhost:9000").root
        'http://localhost:9000'

    Source: the interface of keras.callbacks.RemoteMonitor, Keras 3.
    """

    def __init__(
        self,
        root: str = "http://localhost:9000",
        path: str = "/publish/epoch/end/",
        field: str = "data",
        headers: dict[str, str] | None = None,
        send_as_json: bool = False,
    ) -> None:
        super().__init__()
        if not isinstance(root, str) or not root.startswith(("http://", "https://")):
            raise ArgumentError("root is no address of a web server.", where="RemoteMonitor",
                                expected="http://… or https://…", given=repr(root))  # fmt: skip
        self.root = root
        self.path = path
        self.field = field
        self.headers = headers
        self.send_as_json = send_as_json

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Send the epoch's numbers."""
        import urllib.error  # these bring HTTP and TLS with them, for which nobody waits who does not use them
        import urllib.parse
        import urllib.request

        numbers: dict[str, Any] = {"epoch": epoch}
        for name, value in (logs or {}).items():
            numbers[name] = value.tolist() if isinstance(value, np.ndarray | np.generic) else value
        text = json.dumps(numbers)
        if self.send_as_json:
            body, kind = text, "application/json"
        else:
            body, kind = urllib.parse.urlencode({self.field: text}), "application/x-www-form-urlencoded"
        request = urllib.request.Request(
            self.root + self.path, body.encode(), {"Content-Type": kind, **(self.headers or {})}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT):
                pass
        except urllib.error.HTTPError:
            pass  # it was reached; what it makes of the numbers is its own affair, as with Keras
        except OSError as error:
            warnings.warn(f"RemoteMonitor: the server {self.root} cannot be reached: {error}", stacklevel=2)
