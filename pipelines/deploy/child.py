"""One run of a worker's: Dagster's own command, ended when the worker is.

The worker holds the other end of this process's standard input; when the worker dies, however it
does, reading it ends. The store is built for a process that is killed at any moment.
"""

import os
import sys
import threading


def _until_the_worker_ends() -> None:
    while os.read(0, 1):  # not sys.stdin: Python would abort at its end on a lock of it
        pass
    os._exit(1)


def main() -> None:
    """Watch the worker, and do what Dagster is told to."""
    threading.Thread(target=_until_the_worker_ends, daemon=True).start()
    from dagster._cli import main as dagster

    sys.argv[0] = "dagster"
    dagster()


if __name__ == "__main__":
    main()
