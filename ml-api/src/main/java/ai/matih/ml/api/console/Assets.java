package ai.matih.ml.api.console;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything that the page is made of, read once: the files of {@code console/} and those of the
 * libraries that it imports.
 *
 * <p>Their addresses carry a digest of all of them, so that a browser may keep them for ever and a
 * new release is seen at once. The page itself names that address, in its import map and its links.
 */
final class Assets {

  static final String ROOT = "/console/";

  private static final String OWN = "console/";
  private static final String WEBJARS = "META-INF/resources/webjars/";
  private static final String PAGE = "index.html";

  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  /**
   * A file of a library.
   *
   * @param webjar its artifact
   * @param file below the library's folder
   * @param imports how modules name it; empty when none does
   */
  record Library(String webjar, String file, String imports) {
    String path() {
      return "lib/" + webjar + "/" + file;
    }
  }

  /** All that is served of the libraries. */
  private static final List<Library> LIBRARIES =
      List.of(
          new Library("lit", "index.js", "lit"),
          new Library("lit-element", "lit-element.js", "lit-element/lit-element.js"),
          new Library("lit-html", "lit-html.js", "lit-html"),
          new Library("lit-html", "is-server.js", "lit-html/is-server.js"),
          new Library("lit__reactive-element", "reactive-element.js", "@lit/reactive-element"),
          new Library("lit__reactive-element", "css-tag.js", "@lit/reactive-element/css-tag.js"),
          new Library("uplot", "dist/uPlot.esm.js", "uplot"),
          new Library("uplot", "dist/uPlot.min.css", ""));

  /** A file in both forms in which it is sent. */
  static final class Asset {
    private final String type;
    private final byte[] plain;
    private final byte[] gzip;
    private final String etag;

    private Asset(String type, byte[] plain) {
      this.type = type;
      this.plain = plain;
      this.gzip = compressed(plain);
      this.etag = "\"" + digest(plain).substring(0, 32) + "\"";
    }

    String type() {
      return type;
    }

    /** Names this content. */
    String etag() {
      return etag;
    }

    byte[] body(boolean compressed) {
      return compressed ? gzip : plain;
    }
  }

  private final Map<String, Asset> files = new TreeMap<>();
  private final String folder;
  private final Asset page;
  private final String importMapHash;

  Assets() {
    ClassLoader loader = Assets.class.getClassLoader();
    Map<String, byte[]> own = own(loader);
    byte[] template = own.remove(PAGE);
    if (template == null) {
      throw new IllegalStateException("the console is not on the class path");
    }
    own.forEach((path, content) -> files.put(path, new Asset(type(path), content)));
    for (Library library : LIBRARIES) {
      files.put(
          library.path(),
          new Asset(
              type(library.file()),
              read(
                  loader,
                  WEBJARS
                      + library.webjar()
                      + "/"
                      + version(loader, library.webjar())
                      + "/"
                      + library.file())));
    }
    String all =
        files.entrySet().stream()
            .map(file -> file.getKey() + file.getValue().etag())
            .collect(Collectors.joining("\n"));
    folder = ROOT + digest(all.getBytes(StandardCharsets.UTF_8)).substring(0, 16) + "/";
    String map = importMap();
    importMapHash =
        Base64.getEncoder().encodeToString(sha256(map.getBytes(StandardCharsets.UTF_8)));
    page =
        new Asset(
            "text/html; charset=utf-8",
            new String(template, StandardCharsets.UTF_8)
                .replace("{{folder}}", folder)
                .replace("{{importmap}}", map)
                .getBytes(StandardCharsets.UTF_8));
  }

  /** The one HTML page. */
  Asset page() {
    return page;
  }

  /** SHA-256 of the page's import map, its only inline script, in Base64. */
  String importMapHash() {
    return importMapHash;
  }

  /** The file at a path of the current release. */
  Optional<Asset> at(String path) {
    return path.startsWith(folder)
        ? Optional.ofNullable(files.get(path.substring(folder.length())))
        : Optional.empty();
  }

  private String importMap() {
    Map<String, String> imports = new LinkedHashMap<>();
    for (Library library : LIBRARIES) {
      if (!library.imports().isEmpty()) {
        imports.put(library.imports(), folder + library.path());
      }
    }
    return JsonMapper.builder().build().writeValueAsString(Map.of("imports", imports));
  }

  private static Map<String, byte[]> own(ClassLoader loader) {
    Map<String, byte[]> found = new TreeMap<>();
    try {
      for (Resource resource :
          new PathMatchingResourcePatternResolver(loader)
              .getResources("classpath:" + OWN + "**/*.*")) {
        String url = resource.getURL().toString();
        String path = url.substring(url.lastIndexOf("/" + OWN) + OWN.length() + 1);
        if (path.equals(PAGE) || TYPES.containsKey(extension(path))) {
          found.put(path, resource.getContentAsByteArray());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static String version(ClassLoader loader, String webjar) {
    Properties properties = new Properties();
    byte[] text = read(loader, "META-INF/maven/org.webjars.npm/" + webjar + "/pom.properties");
    try (InputStream in = new java.io.ByteArrayInputStream(text)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  private static byte[] read(ClassLoader loader, String path) {
    try (InputStream in = loader.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + " is not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String type(String path) {
    return TYPES.getOrDefault(extension(path), "application/octet-stream");
  }

  private static String extension(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private static byte[] compressed(byte[] plain) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static String digest(byte[] content) {
    return HexFormat.of().formatHex(sha256(content));
  }

  private static byte[] sha256(byte[] content) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(content);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
