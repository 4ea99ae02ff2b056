"""The root of the repository is on the path, so that tests share ``tests.synthetic``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
