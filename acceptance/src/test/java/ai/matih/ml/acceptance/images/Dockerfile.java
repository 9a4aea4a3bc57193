package ai.matih.ml.acceptance.images;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Dockerfile as its stages. */
record Dockerfile(Map<String, String> arguments, List<Stage> stages) {

  private static final Pattern FROM = Pattern.compile("(\\S+)(?: AS (\\S+))?");

  record Instruction(String word, String rest) {}

  /**
   * @param name its position when it has none
   */
  record Stage(String name, String base, List<Instruction> instructions) {

    List<String> all(String word) {
      return instructions.stream()
          .filter(instruction -> instruction.word().equals(word))
          .map(Instruction::rest)
          .toList();
    }

    /** What is said of {@code ENV}, in the form of name and value. */
    Map<String, String> environment() {
      Map<String, String> values = new LinkedHashMap<>();
      Pattern pair = Pattern.compile("(\\w+)=(?:\"([^\"]*)\"|(\\S*))");
      for (String line : all("ENV")) {
        Matcher found = pair.matcher(line);
        while (found.find()) {
          values.put(found.group(1), found.group(2) == null ? found.group(3) : found.group(2));
        }
      }
      return values;
    }
  }

  static Dockerfile read(Path file) {
    Map<String, String> arguments = new LinkedHashMap<>();
    List<Stage> stages = new ArrayList<>();
    for (Instruction instruction : instructions(file)) {
      if (instruction.word().equals("FROM")) {
        Matcher from = FROM.matcher(instruction.rest());
        if (!from.matches()) {
          throw new IllegalStateException("FROM " + instruction.rest());
        }
        String name = from.group(2) == null ? Integer.toString(stages.size()) : from.group(2);
        stages.add(new Stage(name, from.group(1), new ArrayList<>()));
      } else if (stages.isEmpty()) {
        String[] argument = instruction.rest().split("=", 2);
        arguments.put(argument[0], argument.length == 1 ? "" : argument[1]);
      } else {
        stages.getLast().instructions().add(instruction);
      }
    }
    return new Dockerfile(arguments, stages);
  }

  private static List<Instruction> instructions(Path file) {
    List<Instruction> all = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    try {
      for (String part : Files.readAllLines(file)) {
        if (part.isBlank() || part.startsWith("#")) {
          continue;
        }
        boolean goesOn = part.endsWith("\\");
        line.append(goesOn ? part.substring(0, part.length() - 1) : part);
        if (!goesOn) {
          String[] words = line.toString().strip().split("\\s+", 2);
          all.add(new Instruction(words[0], words[1]));
          line.setLength(0);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  Stage stage(String name) {
    return find(name).orElseThrow();
  }

  Optional<Stage> find(String name) {
    return stages.stream().filter(stage -> stage.name().equals(name)).findFirst();
  }

  /** Stages that are images: nobody builds on them. */
  List<Stage> images() {
    return stages.stream()
        .filter(
            stage ->
                stages.stream()
                    .noneMatch(
                        other ->
                            other.base().equals(stage.name())
                                || other.all("COPY").stream()
                                    .anyMatch(
                                        copy -> copy.contains("--from=" + stage.name() + " "))))
        .toList();
  }

  /** The last word of that kind in a stage or in what it builds on. */
  Optional<String> last(Stage stage, String word) {
    List<String> own = stage.all(word);
    return own.isEmpty()
        ? find(stage.base()).flatMap(base -> last(base, word))
        : Optional.of(own.getLast());
  }

  /** What is copied from the repository. */
  List<String> copied() {
    return stages.stream()
        .flatMap(stage -> stage.all("COPY").stream())
        .filter(copy -> !copy.contains("--from="))
        .flatMap(
            copy -> {
              List<String> words =
                  Arrays.stream(copy.split("\\s+")).filter(word -> !word.startsWith("--")).toList();
              return words.subList(0, words.size() - 1).stream();
            })
        .toList();
  }
}
