package ai.matih.ml.common.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceContractTests {

  @TempDir private Path folder;
  private ServiceContract contract;

  @BeforeEach
  void read() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("api.json"),
            """
            {"paths": {
               "/things": {
                 "get": {"parameters": [
                    {"in": "query", "name": "size", "required": true, "schema": {"type": "integer", "maximum": 9}},
                    {"in": "query", "name": "order", "schema": {"type": "string", "enum": ["up", "down"]}}],
                   "responses": {"200": {}}},
                 "post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                   "responses": {"201": {"content": {"*/*": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}}},
               "/things/{id}": {"delete": {"responses": {"204": {}}}},
               "/things/mine": {"get": {"responses": {"200": {"content": {"text/plain": {"schema": {"type": "string"}}}}}}}},
             "components": {"schemas": {"Thing": {
               "properties": {"name": {"type": "string"}, "more": {"additionalProperties": {"type": "object"}, "type": "object"}},
               "required": ["name"]}}}}
            """);
    contract = ServiceContract.read("thing-keeper", file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      textBlock =
          """
          GET    | /things?size=3            | ''
          GET    | /things?size=3&order=up   | ''
          POST   | /things                   | {"name":"a"}
          POST   | /things                   | {"name":"a","more":{"text":"x","number":1,"list":[1]}}
          DELETE | /things/a%2Fb             | ''
          GET    | /things/mine              | ''
          """)
  void a_call_of_the_service_passes(String method, String target, String body) {
    assertThatCode(() -> contract.requireCall(method, URI.create(target), body))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      emptyValue = "",
      textBlock =
          """
          GET    | /nothing                  | ''                         | has no GET /nothing
          PUT    | /things                   | {"name":"a"}               | has no PUT /things
          DELETE | /things/mine              | ''                         | has no DELETE /things/mine
          GET    | /things                   | ''                         | size
          GET    | /things?size=many         | ''                         | not JSON
          GET    | /things?size=10           | ''                         | maximum
          GET    | /things?size=1&order=left | ''                         | order
          GET    | /things?size=1&colour=red | ''                         | colour
          GET    | /things?size=1            | {}                         | body
          POST   | /things                   | {}                         | name
          POST   | /things                   | {"name":1}                 | string
          POST   | /things                   | {"name":"a","nmae":"b"}    | nmae
          POST   | /things                   | no JSON                    | not JSON
          """)
  void any_other_call_is_a_fault(String method, String target, String body, String fault) {
    assertThatThrownBy(() -> contract.requireCall(method, URI.create(target), body))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(fault);
  }

  @Test
  void an_answer_has_a_declared_status_and_body() {
    URI things = URI.create("/things");
    assertThatCode(() -> contract.requireAnswer("POST", things, 201, "{\"name\":\"a\"}"))
        .doesNotThrowAnyException();
    assertThatCode(() -> contract.requireAnswer("POST", things, 409, "{}"))
        .doesNotThrowAnyException();
    assertThatCode(
            () -> contract.requireAnswer("GET", URI.create("/things/mine"), 200, "plain text"))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> contract.requireAnswer("POST", things, 200, "{\"name\":\"a\"}"))
        .hasMessageContaining("statuses");
    assertThatThrownBy(() -> contract.requireAnswer("POST", things, 201, "{\"nmae\":\"a\"}"))
        .hasMessageContaining("nmae");
  }
}
