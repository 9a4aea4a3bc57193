"""Entry point of the process that runs the tenant's code: the folder to work in."""

import sys
from pathlib import Path

from matih_training.preparation.prepare import run

if __name__ == "__main__":
    run(Path(sys.argv[1]))
