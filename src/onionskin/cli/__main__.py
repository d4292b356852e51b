"""The door of the command `onionskin`: says in one line what is missing where the extra "cli" is not installed."""

from __future__ import annotations

import sys
import warnings

from onionskin.base.errors import MissingExtraError, require


def main() -> None:
    """Run the command line on the arguments of the process, and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal that lacks a letter shows "?" instead of an error
            stream.reconfigure(errors="replace")
    try:
        for library in ("typer", "rich"):
            require(library, "cli", "the commands")
    except MissingExtraError as error:
        print(f"onionskin: {error.what.rstrip('.')}; to install it: {error.fix}", file=sys.stderr)
        sys.exit(1)
    from onionskin.cli.app import app
    from onionskin.cli.report import show_warning

    warnings.showwarning = show_warning
    app(prog_name="onionskin")


if __name__ == "__main__":
    main()
