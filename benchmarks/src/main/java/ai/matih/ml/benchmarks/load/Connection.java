package ai.matih.ml.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/** A kept connection that sends one request after the other, each when the last is answered. */
final class Connection implements Closeable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int LONGEST_LINE = 16 * 1024;

  private final Target target;
  private Socket socket;
  private InputStream in;
  private OutputStream out;
  private boolean usable = true;

  /** What came back. The body is kept only for answers other than 200. */
  record Reply(int status, String body) {}

  Connection(Target target) throws IOException {
    this.target = target;
    this.socket = connect(target);
    this.in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
    this.out = socket.getOutputStream();
  }

  private static Socket connect(Target target) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      socket.connect(
          new InetSocketAddress(target.host(), target.port()),
          Math.toIntExact(PATIENCE.toMillis()));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends the target's next request and reads the whole answer. */
  Reply call() throws IOException {
    if (!usable) {
      socket.close();
      socket = connect(target);
      in = new BufferedInputStream(socket.getInputStream(), 16 * 1024);
      out = socket.getOutputStream();
      usable = true;
    }
    out.write(target.request());
    return read();
  }

  private Reply read() throws IOException {
    String head = line();
    if (head.length() < 12 || !head.startsWith("HTTP/1.1 ")) {
      throw new IOException("not an HTTP/1.1 answer: " + head);
    }
    int status = Integer.parseInt(head.substring(9, 12));
    long length = -1;
    boolean chunked = false;
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      String name = line.substring(0, Math.max(0, colon)).toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      switch (name) {
        case "content-length" -> length = Long.parseLong(value);
        case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
        case "connection" -> usable = !value.equalsIgnoreCase("close");
        default -> {}
      }
    }
    StringBuilder kept = new StringBuilder();
    if (chunked) {
      for (long size = chunkSize(); size > 0; size = chunkSize()) {
        body(size, status, kept);
        line();
      }
      while (!line().isEmpty()) {
        // trailers
      }
    } else if (length >= 0) {
      body(length, status, kept);
    } else {
      throw new IOException("an answer without a length");
    }
    return new Reply(status, kept.toString());
  }

  private long chunkSize() throws IOException {
    return Long.parseLong(line().split(";", 2)[0].strip(), 16);
  }

  private void body(long length, int status, StringBuilder kept) throws IOException {
    if (status == 200) {
      in.skipNBytes(length);
      return;
    }
    byte[] bytes = in.readNBytes(Math.toIntExact(length));
    kept.append(new String(bytes, StandardCharsets.UTF_8));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder(64);
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException(target.name() + " closed the connection");
      }
      if (line.length() > LONGEST_LINE) {
        throw new IOException("a header line is too long");
      }
      line.append((char) c);
    }
    int end = line.length();
    return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
