package ai.matih.ml.common.dataplane;

import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.problem.ProblemWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * An answer before it is bytes.
 *
 * @param headers lines of its own, each with its line break
 * @param body whose first {@code length} bytes are the body
 */
@SuppressWarnings("ArrayRecordComponent") // on the hot path, never compared
record Answer(int status, String headers, byte[] body, int length) {

  private static final byte[] OK = "HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Nobody between may keep an answer, nor take it for something else than it is. */
  private static final byte[] OF_ALL =
      """
      X-Content-Type-Options: nosniff\r
      Cache-Control: no-store\r
      X-Request-Id:\s"""
          .getBytes(StandardCharsets.US_ASCII);

  private static final byte[] LENGTH = "\r\nContent-Length: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] DATE = "\r\nDate: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CLOSE =
      "\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] KEEP_OLD =
      "\r\nConnection: keep-alive\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int HEAD = 320;

  static Answer of(Output body) {
    return new Answer(200, body.headers(), body.bytes(), body.size());
  }

  /**
   * A refusal.
   *
   * @param endpoint that the path leads to, if any
   */
  static Answer of(Problem problem, byte[] document, @Nullable Endpoint endpoint) {
    StringBuilder headers = new StringBuilder("Content-Type: application/problem+json\r\n");
    ProblemWriter.retryAfter(problem)
        .ifPresent(wait -> headers.append("Retry-After: ").append(wait).append("\r\n"));
    if (problem.error() == CommonError.UNAUTHENTICATED) {
      headers.append("WWW-Authenticate: Bearer\r\n");
    } else if (problem.error() == CommonError.METHOD_NOT_ALLOWED && endpoint != null) {
      headers.append("Allow: ").append(endpoint.method()).append("\r\n");
    } else if (problem.error() == CommonError.UNSUPPORTED_MEDIA_TYPE) {
      headers.append("Accept: application/json\r\n");
    }
    return new Answer(
        problem.error().status().value(), headers.toString(), document, document.length);
  }

  /** Head and body as they go out. */
  ByteBuf encode(
      ByteBufAllocator memory,
      String requestId,
      byte[] date,
      boolean last,
      boolean old,
      boolean headOnly) {
    ByteBuf out = memory.buffer(HEAD + headers.length() + (headOnly ? 0 : length));
    if (status == 200) {
      out.writeBytes(OK);
    } else {
      ByteBufUtil.writeAscii(out, "HTTP/1.1 " + HttpResponseStatus.valueOf(status) + "\r\n");
    }
    ByteBufUtil.writeAscii(out, headers);
    out.writeBytes(OF_ALL);
    ByteBufUtil.writeAscii(out, requestId);
    out.writeBytes(LENGTH);
    ByteBufUtil.writeAscii(out, Integer.toString(length));
    out.writeBytes(DATE).writeBytes(date);
    out.writeBytes(last ? CLOSE : old ? KEEP_OLD : END);
    if (!headOnly) {
      out.writeBytes(body, 0, length);
    }
    return out;
  }
}
