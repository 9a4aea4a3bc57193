package ai.matih.ml.local.command;

import java.io.Console;
import java.io.PrintStream;
import java.util.Optional;

/** Output that stays readable in a file and moves a little on a screen. */
final class Terminal {

  private static final int WIDTH = 100;

  private final PrintStream out = System.out;
  private final boolean screen =
      Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
          && !"dumb".equals(System.getenv("TERM"));
  private boolean transientLine;

  /** A line that stays. */
  void say(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** A line that the next one replaces; only shown on a screen. */
  void hint(String line) {
    if (screen) {
      out.print("\r\033[2K" + (line.length() > WIDTH ? line.substring(0, WIDTH) : line));
      out.flush();
      transientLine = true;
    }
  }

  private void clear() {
    if (transientLine) {
      out.print("\r\033[2K");
      transientLine = false;
    }
  }
}
