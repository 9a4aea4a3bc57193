package ai.matih.ml.training.packages;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Checks a zip file before anybody unpacks it, by its central directory, which is what unpacks it.
 * Only regular files and folders with plain names pass, each in bytes of its own, and every one of
 * them is inflated to count what it really holds.
 *
 * <p>Read by hand: Java's own reader hides links, and takes archives that others read differently.
 */
final class PackageArchive {

  private static final int END = 0x06054b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_LENGTH = 22;
  private static final int CENTRAL_LENGTH = 46;
  private static final int LOCAL_LENGTH = 30;
  private static final int ENCRYPTED = 1;
  private static final int UTF8 = 1 << 11;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int FILE_TYPE = 0xf000;
  private static final int REGULAR = 0x8000;
  private static final int FOLDER = 0x4000;
  private static final Pattern PART = Pattern.compile("[^\\x00-\\x1f\\x7f\\\\/:]{1,200}");
  private static final int LONGEST_NAME = 500;

  private final int maxEntries;
  private final long maxUnpacked;

  private record Entry(
      String name, int flags, int method, int type, long crc, int packed, long size, int offset) {

    boolean isFolder() {
      return name.endsWith("/");
    }
  }

  PackageArchive(int maxEntries, long maxUnpacked) {
    this.maxEntries = maxEntries;
    this.maxUnpacked = maxUnpacked;
  }

  /**
   * Checks everything.
   *
   * @return how many files it has
   * @throws PackageRefused with what is wrong
   */
  int check(byte[] zip) throws PackageRefused {
    ByteBuffer bytes = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
    try {
      List<Entry> entries = entries(bytes);
      checkNames(entries);
      unpack(bytes, entries);
      int files = (int) entries.stream().filter(entry -> !entry.isFolder()).count();
      if (files == 0) {
        throw new PackageRefused("The package has no files.");
      }
      return files;
    } catch (IndexOutOfBoundsException
        | IllegalArgumentException
        | ArithmeticException
        | DataFormatException e) {
      throw malformed();
    }
  }

  private static PackageRefused malformed() {
    return new PackageRefused("The package is not a well-formed zip file.");
  }

  private List<Entry> entries(ByteBuffer bytes) throws PackageRefused {
    int end = bytes.capacity() - END_LENGTH;
    // Without a comment the end record has one place: nobody can hide a second directory.
    if (end < 0 || bytes.getInt(end) != END || bytes.getShort(end + 20) != 0) {
      throw new PackageRefused("The package is not a zip file, or it has something after its end.");
    }
    int count = Short.toUnsignedInt(bytes.getShort(end + 10));
    if (count != Short.toUnsignedInt(bytes.getShort(end + 8)) || bytes.getInt(end + 4) != 0) {
      throw malformed();
    }
    if (count > maxEntries) {
      throw new PackageRefused("The package has more than " + maxEntries + " entries.");
    }
    int at = bytes.getInt(end + 16);
    int length = bytes.getInt(end + 12);
    if (at < 0 || length < 0 || (long) at + length != end) {
      throw malformed();
    }
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      at = entry(bytes, at, entries);
    }
    if (at != end) {
      throw malformed();
    }
    return entries;
  }

  private static int entry(ByteBuffer bytes, int at, List<Entry> entries) throws PackageRefused {
    if (bytes.getInt(at) != CENTRAL) {
      throw malformed();
    }
    int flags = bytes.getShort(at + 8);
    int nameLength = Short.toUnsignedInt(bytes.getShort(at + 28));
    int after =
        at
            + CENTRAL_LENGTH
            + nameLength
            + Short.toUnsignedInt(bytes.getShort(at + 30))
            + Short.toUnsignedInt(bytes.getShort(at + 32));
    entries.add(
        new Entry(
            name(bytes, at + CENTRAL_LENGTH, nameLength, flags),
            flags,
            bytes.getShort(at + 10),
            (bytes.getInt(at + 38) >>> 16) & FILE_TYPE,
            Integer.toUnsignedLong(bytes.getInt(at + 16)),
            bytes.getInt(at + 20),
            Integer.toUnsignedLong(bytes.getInt(at + 24)),
            bytes.getInt(at + 42)));
    return after;
  }

  /** Names that two readers could read differently are refused. */
  private static String name(ByteBuffer bytes, int at, int length, int flags)
      throws PackageRefused {
    byte[] name = new byte[length];
    bytes.get(at, name);
    try {
      return ((flags & UTF8) != 0 ? StandardCharsets.UTF_8 : StandardCharsets.US_ASCII)
          .newDecoder()
          .decode(ByteBuffer.wrap(name))
          .toString();
    } catch (CharacterCodingException e) {
      throw new PackageRefused("A name in the package is not UTF-8.");
    }
  }

  private static void checkNames(List<Entry> entries) throws PackageRefused {
    Set<String> files = new HashSet<>();
    Set<String> folders = new HashSet<>();
    for (Entry entry : entries) {
      String name = entry.isFolder() ? chop(entry.name()) : entry.name();
      String[] parts = name.split("/", -1);
      for (String part : parts) {
        if (part.equals(".") || part.equals("..") || !PART.matcher(part).matches()) {
          throw new PackageRefused(
              "A name in the package leaves it or is not plain; names are relative, with / and without .. in them.");
        }
      }
      if (name.length() > LONGEST_NAME) {
        throw new PackageRefused(
            "A name in the package is longer than " + LONGEST_NAME + " characters.");
      }
      if (entry.type() != 0 && entry.type() != (entry.isFolder() ? FOLDER : REGULAR)) {
        throw new PackageRefused("The package has a link or a special file in it.");
      }
      String folded = name.toLowerCase(Locale.ROOT);
      if (!(entry.isFolder() ? folders : files).add(folded)) {
        throw new PackageRefused("The package has two entries called " + name + ".");
      }
    }
    checkFolders(files);
    folders.retainAll(files);
    if (!folders.isEmpty()) {
      throw new PackageRefused("The package has a file and a folder of one name.");
    }
  }

  private static void checkFolders(Set<String> files) throws PackageRefused {
    for (String file : files) {
      for (int slash = file.indexOf('/'); slash >= 0; slash = file.indexOf('/', slash + 1)) {
        if (files.contains(file.substring(0, slash))) {
          throw new PackageRefused("The package has a file and a folder of one name.");
        }
      }
    }
  }

  private static String chop(String name) {
    return name.substring(0, name.length() - 1);
  }

  private void unpack(ByteBuffer bytes, List<Entry> entries)
      throws PackageRefused, DataFormatException {
    List<Entry> inOrder = entries.stream().sorted(Comparator.comparingInt(Entry::offset)).toList();
    long left = maxUnpacked;
    int free = 0;
    for (Entry entry : inOrder) {
      if ((entry.flags() & ENCRYPTED) != 0
          || (entry.method() != STORED && entry.method() != DEFLATED)) {
        throw new PackageRefused(
            "An entry of the package is encrypted or packed in an unusual way.");
      }
      // Bytes that two entries share are how a small zip unpacks to a very large one.
      if (entry.offset() < free || entry.packed() < 0 || bytes.getInt(entry.offset()) != LOCAL) {
        throw malformed();
      }
      int data =
          entry.offset()
              + LOCAL_LENGTH
              + Short.toUnsignedInt(bytes.getShort(entry.offset() + 26))
              + Short.toUnsignedInt(bytes.getShort(entry.offset() + 28));
      free = Math.addExact(data, entry.packed());
      left -= unpacked(bytes, entry, data, left);
    }
  }

  private long unpacked(ByteBuffer bytes, Entry entry, int data, long allowed)
      throws PackageRefused, DataFormatException {
    ByteBuffer packed = bytes.slice(data, entry.packed());
    CRC32 crc = new CRC32();
    long size = 0;
    if (entry.method() == STORED) {
      size = packed.remaining();
      crc.update(packed);
    } else {
      Inflater inflater = new Inflater(true);
      try {
        inflater.setInput(packed);
        byte[] chunk = new byte[64 * 1024];
        while (!inflater.finished() && size <= allowed) {
          int count = inflater.inflate(chunk);
          if (count == 0 && !inflater.finished()) {
            throw malformed();
          }
          crc.update(chunk, 0, count);
          size += count;
        }
      } finally {
        inflater.end();
      }
    }
    if (size > allowed) {
      throw new PackageRefused("The package unpacks to more than " + maxUnpacked + " bytes.");
    }
    if (size != entry.size() || crc.getValue() != entry.crc()) {
      throw new PackageRefused("A file in the package is not what the zip says of it.");
    }
    return size;
  }
}
