"""The root of the repository is on the path, so that tests share ``tests.synthetic``.

Ctrl-C is heard: a shell lets what it starts in the background ignore it, and what is asked here of
interrupted runs would then fail.
"""

import signal
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
if ignored and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
