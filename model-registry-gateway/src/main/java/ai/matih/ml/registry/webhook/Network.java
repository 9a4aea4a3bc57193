package ai.matih.ml.registry.webhook;

import java.net.InetAddress;
import java.util.regex.Pattern;

/** A block of addresses in CIDR form. */
record Network(InetAddress first, int bits) {

  private static final Pattern FORM = Pattern.compile("[0-9a-fA-F:.]+/\\d{1,3}");

  static Network of(String cidr) {
    if (!FORM.matcher(cidr).matches()) {
      throw new IllegalArgumentException(cidr + " is not a network like 10.1.0.0/16");
    }
    String[] parts = cidr.split("/", 2);
    try {
      InetAddress first = InetAddress.ofLiteral(parts[0]);
      int bits = Integer.parseInt(parts[1]);
      if (bits > first.getAddress().length * 8) {
        throw new IllegalArgumentException(cidr + " has too long a prefix");
      }
      return new Network(first, bits);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(cidr + " is not a network like 10.1.0.0/16", e);
    }
  }

  boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    byte[] prefix = first.getAddress();
    if (bytes.length != prefix.length) {
      return false;
    }
    for (int bit = 0; bit < bits; bit++) {
      int mask = 0x80 >>> (bit % 8);
      if ((bytes[bit / 8] & mask) != (prefix[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}
