package ai.matih.ml.verifier;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * Reads the one form of zip file that a bundle has and accounts for every byte of it: what was read
 * is written again, and has to be the same.
 *
 * <p>The headers in front of the files are followed; a directory at the end that tells another
 * story does not survive the comparison.
 */
public final class Archive {

  private static final int MAX_ENTRIES = 10_000;
  private static final int MAX_BYTES = 256 << 20;
  private static final int HEADER = 30;
  private static final Pattern NAME = Pattern.compile("[a-z0-9A-Z_-]+(/[a-z0-9A-Z_-]+)?\\.[a-z]+");

  private Archive() {}

  /** The files by name, in the order of the archive. */
  static Map<String, byte[]> read(byte[] file) {
    if (file.length > MAX_BYTES) {
      throw new NotABundle("The file is larger than " + MAX_BYTES + " bytes.");
    }
    Map<String, byte[]> entries = new LinkedHashMap<>();
    var bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.remaining() >= HEADER && bytes.getInt(bytes.position()) == 0x04034b50) {
      int start = bytes.position();
      int size = bytes.getInt(start + 18);
      int nameLength = Short.toUnsignedInt(bytes.getShort(start + 26));
      if (size < 0 || (long) start + HEADER + nameLength + size > file.length) {
        throw new NotABundle("The entry at byte " + start + " is longer than the file.");
      }
      var name = new String(file, start + HEADER, nameLength, StandardCharsets.ISO_8859_1);
      if (name.length() > 200 || !NAME.matcher(name).matches()) {
        throw new NotABundle("The entry at byte " + start + " has a name that no bundle uses.");
      }
      int content = start + HEADER + nameLength;
      if (entries.putIfAbsent(name, Arrays.copyOfRange(file, content, content + size)) != null) {
        throw new NotABundle("The entry " + name + " is there twice.");
      }
      if (entries.size() > MAX_ENTRIES) {
        throw new NotABundle("There are more than " + MAX_ENTRIES + " entries.");
      }
      bytes.position(content + size);
    }
    int difference = Arrays.mismatch(file, write(entries));
    if (difference >= 0) {
      throw new NotABundle(
          "At byte %d the file is not the zip file that its entries make: changed, cut, or with something hidden."
              .formatted(difference));
    }
    return entries;
  }

  /** The one zip file with these entries. */
  public static byte[] write(Map<String, byte[]> entries) {
    var files = new ByteArrayOutputStream();
    var directory = new ByteArrayOutputStream();
    for (var entry : entries.entrySet()) {
      var name = entry.getKey().getBytes(StandardCharsets.US_ASCII);
      var content = entry.getValue();
      var crc = new CRC32();
      crc.update(content);
      int offset = files.size();
      for (boolean central : new boolean[] {false, true}) {
        var header = ByteBuffer.allocate(central ? 46 : HEADER).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(central ? 0x02014b50 : 0x04034b50);
        if (central) {
          header.putShort((short) 10);
        }
        header.putShort((short) 10).putShort((short) 0).putShort((short) 0);
        header.putShort((short) 0).putShort((short) 0x21);
        header.putInt((int) crc.getValue()).putInt(content.length).putInt(content.length);
        header.putShort((short) name.length).putShort((short) 0);
        if (central) {
          header.putShort((short) 0).putShort((short) 0).putShort((short) 0);
          header.putInt(0).putInt(offset);
        }
        var to = central ? directory : files;
        to.writeBytes(header.array());
        to.writeBytes(name);
        if (!central) {
          to.writeBytes(content);
        }
      }
    }
    var end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
    end.putInt(0x06054b50).putInt(0);
    end.putShort((short) entries.size()).putShort((short) entries.size());
    end.putInt(directory.size()).putInt(files.size()).putShort((short) 0);
    files.writeBytes(directory.toByteArray());
    files.writeBytes(end.array());
    return files.toByteArray();
  }
}
