package ai.matih.ml.local.install;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonInterpreterTests {

  @TempDir Path folder;

  @Test
  void takes_the_first_that_runs_and_is_new_enough() {
    var broken = Path.of("/a/python3.11");
    var old = Path.of("/b/python3");
    var good = Path.of("/c/python3");
    var answers =
        Map.of(old, new PythonInterpreter(old, 3, 9), good, new PythonInterpreter(good, 3, 12));

    var chosen =
        PythonInterpreter.choose(
            List.of(broken, old, good), path -> Optional.ofNullable(answers.get(path)));

    assertThat(chosen).map(PythonInterpreter::executable).contains(good);
  }

  @Test
  void takes_none_when_all_are_too_old_or_too_new() {
    assertThat(choose(3, 10)).isEmpty();
    assertThat(choose(2, 7)).isEmpty();
    assertThat(choose(3, 14)).isEmpty();
    assertThat(choose(3, 11)).isPresent();
  }

  @Test
  void looks_for_the_best_known_version_in_every_folder_before_any_other() throws IOException {
    var first = executable("one/python3");
    var second = executable("two/python3.11");
    var pyenv = executable("home/.pyenv/versions/3.12.1/bin/python3.12");

    var candidates =
        PythonInterpreter.candidates(
            folder.resolve("one") + ":" + folder.resolve("two"), folder.resolve("home"));

    assertThat(candidates).contains(first, second, pyenv);
    assertThat(candidates.indexOf(second)).isLessThan(candidates.indexOf(pyenv));
    assertThat(candidates.indexOf(pyenv)).isLessThan(candidates.indexOf(first));
  }

  @Test
  void says_what_to_do_when_there_is_none() {
    assertThat(new MissingPython(Optional.empty()))
        .hasMessageContaining("No Python 3.11 to 3.13")
        .hasMessageContaining("apt install python3 python3-venv")
        .hasMessageContaining("MATIH_PYTHON");
    assertThat(new MissingPython(Optional.of(Path.of("/x/python"))))
        .hasMessageStartingWith("MATIH_PYTHON names /x/python");
  }

  @Test
  void an_environment_is_made_anew_for_another_lock_or_version() {
    var lock = "a==1".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    var changed = "a==2".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    assertThat(PythonEnvironment.key(lock, "3.11"))
        .isEqualTo(PythonEnvironment.key(lock, "3.11"))
        .isNotEqualTo(PythonEnvironment.key(lock, "3.12"))
        .isNotEqualTo(PythonEnvironment.key(changed, "3.11"));
  }

  private static Optional<PythonInterpreter> choose(int major, int minor) {
    var path = Path.of("/python");
    return PythonInterpreter.choose(
        List.of(path), _ -> Optional.of(new PythonInterpreter(path, major, minor)));
  }

  private Path executable(String name) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    return file;
  }
}
