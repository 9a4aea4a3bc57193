package ai.matih.ml.training.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A zip of somebody's code is taken when it is plain, whatever made it. */
class PackageArchiveTests {

  private static final PackageArchive ARCHIVE = new PackageArchive(50, 1 << 20);

  private static byte[] zip(String... names) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (String name : names) {
        zip.putNextEntry(new ZipEntry(name));
        if (!name.endsWith("/")) {
          zip.write(("content of " + name).getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] bomb(int megabytes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("zeros"));
      zip.write(new byte[megabytes << 20]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Where the central directory begins. */
  private static int directory(byte[] zip) {
    return little(zip).getInt(zip.length - 6);
  }

  private static ByteBuffer little(byte[] zip) {
    return ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String refusal(byte[] zip) {
    try {
      ARCHIVE.check(zip);
      return "";
    } catch (PackageRefused refused) {
      return refused.reason();
    }
  }

  @Test
  void files_and_folders_with_plain_names_are_taken() throws PackageRefused {
    assertThat(ARCHIVE.check(zip("tests/", "tests/test_a.py", "Größe.txt", "a b.py"))).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../out",
        "a/../../out",
        "/etc/passwd",
        "a//b",
        "./a",
        "a/.",
        "..",
        "c:/x",
        "a\\b",
        "a\u0000b",
        "a\nb",
        "",
        "a/./b",
        "../"
      })
  void a_name_that_leaves_it_or_is_not_plain_is_refused(String name) {
    assertThat(refusal(zip("ok.py", name))).contains("name in the package");
  }

  @Test
  void links_and_special_files_are_refused() {
    for (int type : new int[] {0xa000, 0x1000, 0x6000, 0x2000, 0xc000, 0x4000}) {
      byte[] zip = zip("file.py");
      little(zip).putInt(directory(zip) + 38, (type | 0777) << 16);
      assertThat(refusal(zip)).as(Integer.toHexString(type)).contains("link or a special file");
    }
  }

  @Test
  void two_entries_of_one_name_are_refused() {
    assertThat(refusal(zip("a.py", "A.py"))).contains("two entries");
    assertThat(refusal(zip("a", "a/b.py"))).contains("a file and a folder");
    assertThat(refusal(zip("a", "a/"))).contains("a file and a folder");
  }

  @Test
  void what_unpacks_to_too_much_is_refused() {
    byte[] bomb = bomb(8);
    assertThat(bomb.length).isLessThan(20_000);
    assertThat(refusal(bomb)).contains("unpacks to more than");
    // A lie about the size does not help.
    little(bomb).putInt(directory(bomb) + 24, 10);
    assertThat(refusal(bomb)).contains("unpacks to more than");
  }

  @Test
  void entries_that_share_their_bytes_are_refused() {
    byte[] zip = zip("a.py", "b.py");
    int second = directory(zip) + 46 + "a.py".length();
    little(zip).putInt(second + 42, 0);
    assertThat(refusal(zip)).contains("not a well-formed zip");
  }

  @Test
  void too_many_entries_are_refused() {
    String[] names = new String[51];
    Arrays.setAll(names, i -> "f" + i);
    assertThat(refusal(zip(names))).contains("more than 50 entries");
  }

  @Test
  void encrypted_unusual_and_corrupted_entries_are_refused() {
    byte[] encrypted = zip("a.py");
    little(encrypted).putShort(directory(encrypted) + 8, (short) 1);
    assertThat(refusal(encrypted)).contains("encrypted");
    byte[] lzma = zip("a.py");
    little(lzma).putShort(directory(lzma) + 10, (short) 14);
    assertThat(refusal(lzma)).contains("unusual");
    byte[] corrupted = zip("a.py");
    CRC32 other = new CRC32();
    other.update(1);
    little(corrupted).putInt(directory(corrupted) + 16, (int) other.getValue());
    assertThat(refusal(corrupted)).contains("not what the zip says");
  }

  @Test
  void what_is_no_zip_or_has_something_after_it_is_refused() {
    byte[] zip = zip("a.py");
    assertThat(refusal(new byte[0])).contains("not a zip file");
    assertThat(refusal("PK".getBytes(StandardCharsets.UTF_8))).contains("not a zip file");
    assertThat(refusal(Arrays.copyOf(zip, zip.length + 1))).contains("something after its end");
    assertThat(refusal(Arrays.copyOf(zip, zip.length - 5))).isNotEmpty();
    assertThat(refusal(zip("folder/"))).contains("no files");
    assertThat(refusal(new ByteArrayOutputStream().toByteArray())).isNotEmpty();
  }

  @Test
  void ten_thousand_broken_ones_are_told_apart_from_plain_ones_without_an_error() {
    byte[] good = zip("tests/test_a.py", "tests/test_b.py", "helper.py");
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 10_000; i++) {
      byte[] broken = good.clone();
      for (int n = 1 + random.nextInt(4); n > 0; n--) {
        broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
      }
      if (!refusal(broken).isEmpty()) {
        refused++;
      }
    }
    assertThat(refused).isBetween(3_000, 10_000);
    assertThatThrownBy(() -> ARCHIVE.check(new byte[22])).isInstanceOf(PackageRefused.class);
  }
}
