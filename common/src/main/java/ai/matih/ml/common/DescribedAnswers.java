package ai.matih.ml.common;

import ai.matih.ml.common.idempotency.Idempotent;
import ai.matih.ml.common.web.Answers;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.method.HandlerMethod;

/**
 * Which statuses a call may answer, in one place: what it did by {@link Answers}, its refusals by
 * what it takes.
 */
public final class DescribedAnswers {

  private static final String PROBLEM = "Problem";
  private static final String VIOLATION = "Violation";
  private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  private DescribedAnswers() {}

  /** The form of every refusal. */
  @SuppressWarnings("rawtypes") // the swagger model's own types
  static Map<String, Schema> schemas() {
    Map<String, Schema> schemas = new HashMap<>();
    schemas.put(
        PROBLEM,
        object(
            Map.of(
                "type", described(new StringSchema(), "urn:matih-ml:problem: and the code"),
                "title",
                    described(new StringSchema(), "what happened, the same for every such code"),
                "status", described(new IntegerSchema(), "the HTTP status"),
                "detail", described(new StringSchema(), "what happened here, for people"),
                "instance", described(new StringSchema(), "the path that was asked for"),
                "code", described(new StringSchema(), "what a program should look at"),
                "error_id",
                    described(new StringSchema().format("uuid"), "finds it in the service's log"),
                "params",
                    described(
                        new ObjectSchema().additionalProperties(new Schema<>()),
                        "facts for programs"),
                "violations",
                    described(
                        new ArraySchema()
                            .items(new Schema<>().$ref("#/components/schemas/" + VIOLATION)),
                        "every invalid field"))));
    schemas.put(
        VIOLATION,
        object(
            Map.of(
                "field", described(new StringSchema(), "path of the field as the caller wrote it"),
                "message",
                    described(new StringSchema(), "what is wrong and what would be right"))));
    return schemas;
  }

  @SuppressWarnings("rawtypes") // the swagger model's own types
  private static Schema object(Map<String, Schema> properties) {
    ObjectSchema schema = new ObjectSchema();
    new TreeMap<>(properties).forEach(schema::addProperty);
    return schema;
  }

  private static Schema<?> described(Schema<?> schema, String description) {
    schema.setDescription(description);
    return schema;
  }

  static void describe(Operation operation, HandlerMethod handler) {
    ApiResponses answers = operation.getResponses();
    successes(answers, handler);
    for (int status : refusals(operation, handler)) {
      mayRefuse(operation, status);
    }
  }

  private static void successes(ApiResponses answers, HandlerMethod handler) {
    Answers declared = handler.getMethodAnnotation(Answers.class);
    ApiResponse described = answers.get("200");
    if (declared == null || described == null) {
      return;
    }
    answers.remove("200");
    for (int status : declared.value()) {
      answers.addApiResponse(
          Integer.toString(status),
          new ApiResponse()
              .description(HttpStatus.valueOf(status).getReasonPhrase())
              .content(status == HttpStatus.NO_CONTENT.value() ? null : described.getContent()));
    }
  }

  /** Adds a status that a call may be refused with. */
  public static void mayRefuse(Operation operation, int status) {
    operation.getResponses().putIfAbsent(Integer.toString(status), refusal(status));
  }

  private static ApiResponse refusal(int status) {
    return new ApiResponse()
        .description(HttpStatus.valueOf(status).getReasonPhrase())
        .content(
            new Content()
                .addMediaType(
                    "application/problem+json",
                    new MediaType()
                        .schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM))));
  }

  private static SortedSet<Integer> refusals(Operation operation, HandlerMethod handler) {
    SortedSet<Integer> statuses = new TreeSet<>();
    // The door's, and of an engine or a database that is away.
    add(
        statuses,
        HttpStatus.BAD_REQUEST,
        HttpStatus.UNAUTHORIZED,
        HttpStatus.FORBIDDEN,
        HttpStatus.NOT_ACCEPTABLE,
        HttpStatus.TOO_MANY_REQUESTS,
        HttpStatus.BAD_GATEWAY,
        HttpStatus.SERVICE_UNAVAILABLE,
        HttpStatus.GATEWAY_TIMEOUT);
    if (has(handler, PathVariable.class)) {
      add(statuses, HttpStatus.NOT_FOUND);
    }
    if (operation.getRequestBody() != null || has(handler, RequestBody.class)) {
      add(
          statuses,
          HttpStatus.NOT_FOUND,
          HttpStatus.CONFLICT,
          HttpStatus.CONTENT_TOO_LARGE,
          HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    }
    if (!isRead(handler)) {
      add(statuses, HttpStatus.CONFLICT);
    }
    if (handler.hasMethodAnnotation(Idempotent.class) || takesHeader(handler, IDEMPOTENCY_KEY)) {
      add(statuses, HttpStatus.UNPROCESSABLE_CONTENT);
    }
    if (takesHeader(handler, "If-Match")) {
      add(statuses, HttpStatus.PRECONDITION_FAILED, HttpStatus.PRECONDITION_REQUIRED);
    }
    return statuses;
  }

  private static void add(SortedSet<Integer> statuses, HttpStatus... more) {
    for (HttpStatus status : more) {
      statuses.add(status.value());
    }
  }

  private static boolean isRead(HandlerMethod handler) {
    return handler.hasMethodAnnotation(org.springframework.web.bind.annotation.GetMapping.class);
  }

  private static boolean has(
      HandlerMethod handler, Class<? extends java.lang.annotation.Annotation> annotation) {
    for (var parameter : handler.getMethodParameters()) {
      if (parameter.hasParameterAnnotation(annotation)) {
        return true;
      }
    }
    return false;
  }

  private static boolean takesHeader(HandlerMethod handler, String name) {
    for (var parameter : handler.getMethodParameters()) {
      RequestHeader header = parameter.getParameterAnnotation(RequestHeader.class);
      if (header != null && header.name().equalsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }
}
