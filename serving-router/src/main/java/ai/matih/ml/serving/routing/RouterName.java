package ai.matih.ml.serving.routing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The name of this router, kept in its data folder: after a crash it speaks for its former self at
 * once.
 */
record RouterName(String value) {

  private static final Pattern FORM = Pattern.compile("router-[0-9a-f-]{36}");

  static RouterName in(Path folder) {
    Path file = folder.resolve("name");
    try {
      Files.createDirectories(folder);
      String known = Files.readString(file).strip();
      if (FORM.matcher(known).matches()) {
        return new RouterName(known);
      }
      return write(file);
    } catch (NoSuchFileException e) {
      return write(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RouterName write(Path file) {
    String name = "router-" + UUID.randomUUID();
    try {
      Files.writeString(
          file,
          name,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING,
          StandardOpenOption.WRITE);
      return new RouterName(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
