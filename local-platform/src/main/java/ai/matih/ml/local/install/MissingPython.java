package ai.matih.ml.local.install;

import java.nio.file.Path;
import java.util.Optional;

/** No Python on this machine can do what is asked of it. */
public final class MissingPython extends RuntimeException {

  MissingPython(Optional<Path> named) {
    super(
        named
                .map(
                    path ->
                        "MATIH_PYTHON names "
                            + path
                            + ", which is not a Python 3.11 to 3.13 with venv and ssl.")
                .orElse("No Python 3.11 to 3.13 with its venv module was found.")
            + " Install one (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python@3.12;"
            + " any: https://www.python.org/downloads/) or name one by MATIH_PYTHON=/path/to/python3.");
  }
}
