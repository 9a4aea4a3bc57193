package ai.matih.ml.acceptance.walk;

/** Follows the walk; the demo prints it, the test is silent. */
public interface Teller {

  /** A new step begins. */
  void step(String title, String why);

  /** A fact worth knowing, in one sentence. */
  void say(String sentence);

  /**
   * Where a long step stands.
   *
   * @param fraction done, 0 to 1
   */
  void progress(String what, double fraction, String detail);

  Teller SILENT =
      new Teller() {
        @Override
        public void step(String title, String why) {}

        @Override
        public void say(String sentence) {}

        @Override
        public void progress(String what, double fraction, String detail) {}
      };
}
