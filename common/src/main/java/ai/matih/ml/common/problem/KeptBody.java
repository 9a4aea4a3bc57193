package ai.matih.ml.common.problem;

import jakarta.validation.Valid;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.Optional;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * Keeps the beginning of a JSON body while it is read, so that one that cannot be read is looked at
 * again for everything that is wrong with it.
 */
@ControllerAdvice
public class KeptBody extends RequestBodyAdviceAdapter {

  /** Longer bodies are told their first violation only. */
  static final int LONGEST = 256 * 1024;

  private static final String ATTRIBUTE = KeptBody.class.getName();

  /**
   * What was read.
   *
   * @param type that it was read as
   * @param validated whether constraints hold for it
   */
  record Kept(Tee bytes, Type type, boolean validated) {

    /** The body; empty when it is too long. */
    Optional<byte[]> body() {
      return bytes.kept();
    }
  }

  /** What the current request's body was, as far as somebody read it. */
  static Optional<Kept> ofCurrentRequest() {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    return request != null
            && request.getAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST) instanceof Kept kept
        ? Optional.of(kept)
        : Optional.empty();
  }

  @Override
  public boolean supports(
      MethodParameter parameter, Type type, Class<? extends HttpMessageConverter<?>> converter) {
    return JacksonJsonHttpMessageConverter.class.isAssignableFrom(converter);
  }

  @Override
  public HttpInputMessage beforeBodyRead(
      HttpInputMessage message,
      MethodParameter parameter,
      Type type,
      Class<? extends HttpMessageConverter<?>> converter)
      throws IOException {
    Tee tee = new Tee(message.getBody());
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    if (request != null) {
      request.setAttribute(
          ATTRIBUTE,
          new Kept(tee, type, parameter.hasParameterAnnotation(Valid.class)),
          RequestAttributes.SCOPE_REQUEST);
    }
    return new HttpInputMessage() {
      @Override
      public InputStream getBody() {
        return tee;
      }

      @Override
      public HttpHeaders getHeaders() {
        return message.getHeaders();
      }
    };
  }

  @Override
  public Object afterBodyRead(
      Object body,
      HttpInputMessage message,
      MethodParameter parameter,
      Type type,
      Class<? extends HttpMessageConverter<?>> converter) {
    RequestAttributes request = RequestContextHolder.getRequestAttributes();
    if (request != null) {
      request.removeAttribute(ATTRIBUTE, RequestAttributes.SCOPE_REQUEST);
    }
    return body;
  }

  /** Copies what passes, up to a length. */
  static final class Tee extends FilterInputStream {
    private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
    private boolean tooLong;

    Tee(InputStream body) {
      super(body);
    }

    @Override
    public int read() throws IOException {
      int one = super.read();
      if (one >= 0) {
        keep(new byte[] {(byte) one}, 0, 1);
      }
      return one;
    }

    @Override
    public int read(byte[] buffer, int from, int length) throws IOException {
      int read = super.read(buffer, from, length);
      if (read > 0) {
        keep(buffer, from, read);
      }
      return read;
    }

    private void keep(byte[] buffer, int from, int length) {
      tooLong |= copy.size() + length > LONGEST;
      if (!tooLong) {
        copy.write(buffer, from, length);
      }
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    /** All of it, also what nobody has read yet; empty when it is too long. */
    Optional<byte[]> kept() {
      try {
        while (!tooLong && read(new byte[8192], 0, 8192) >= 0) {
          // It is kept as it passes.
        }
      } catch (IOException away) {
        return Optional.empty();
      }
      return tooLong ? Optional.empty() : Optional.of(copy.toByteArray());
    }
  }
}
