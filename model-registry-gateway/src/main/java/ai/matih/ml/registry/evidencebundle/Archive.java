package ai.matih.ml.registry.evidencebundle;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * A zip file of which there is exactly one for the same entries: stored, not compressed, dated
 * 1980-01-01, no extra fields, nothing between the parts. A verifier writes it again and compares
 * all bytes.
 */
final class Archive {

  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int VERSION = 10;
  private static final int FIRST_OF_JANUARY_1980 = 0x21;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private Archive() {}

  static byte[] of(Map<String, byte[]> entries) {
    Archive archive = new Archive();
    Archive directory = new Archive();
    entries.forEach(
        (name, content) -> {
          byte[] path = name.getBytes(StandardCharsets.US_ASCII);
          int offset = archive.bytes.size();
          archive.four(LOCAL).describe(path, content).raw(path).raw(content);
          directory.four(CENTRAL).two(VERSION).describe(path, content);
          directory.two(0).two(0).two(0).four(0).four(offset).raw(path);
        });
    int begin = archive.bytes.size();
    int count = entries.size();
    archive.raw(directory.bytes.toByteArray());
    archive.four(END).two(0).two(0).two(count).two(count);
    archive.four(directory.bytes.size()).four(begin).two(0);
    return archive.bytes.toByteArray();
  }

  /** What the header before a file and its line in the directory have in common. */
  private Archive describe(byte[] path, byte[] content) {
    CRC32 crc = new CRC32();
    crc.update(content);
    return two(VERSION)
        .two(0)
        .two(0)
        .two(0)
        .two(FIRST_OF_JANUARY_1980)
        .four((int) crc.getValue())
        .four(content.length)
        .four(content.length)
        .two(path.length)
        .two(0);
  }

  private Archive two(int value) {
    bytes.write(value);
    bytes.write(value >>> 8);
    return this;
  }

  private Archive four(int value) {
    return two(value).two(value >>> 16);
  }

  private Archive raw(byte[] content) {
    bytes.writeBytes(content);
    return this;
  }
}
