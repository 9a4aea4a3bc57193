"""Entry point of a job: `MATIH_JOB` in, exit status 0 or 1 out."""

import os
import sys

from matih_training.entry import run

if __name__ == "__main__":
    sys.exit(run(os.environ))
