"""`python -m onionskin`, which is the command `onionskin`."""

from onionskin.cli.__main__ import main

if __name__ == "__main__":
    main()
