package ai.matih.ml.acceptance.client;

import java.net.http.HttpHeaders;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the door answered.
 *
 * @param body as sent; JSON in all but a few cases
 */
public record Answer(String call, int status, HttpHeaders headers, String body) {

  static final JsonMapper JSON = JsonMapper.builder().build();

  public boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** The body as JSON. */
  public JsonNode json() {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      throw new UnexpectedAnswer(this, "JSON");
    }
  }

  /** The value at a JSON pointer, as text; empty text when absent. */
  public String text(String pointer) {
    return json().at(pointer).asString("");
  }

  public Optional<String> header(String name) {
    return headers.firstValue(name);
  }

  /** This answer, if its status is one of those expected. */
  public Answer expect(int... statuses) {
    for (int expected : statuses) {
      if (status == expected) {
        return this;
      }
    }
    throw new UnexpectedAnswer(this, java.util.Arrays.toString(statuses));
  }
}
