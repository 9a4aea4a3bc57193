package ai.matih.ml.training.dataset.web;

import ai.matih.ml.common.page.Page;
import ai.matih.ml.common.page.PageRequest;
import ai.matih.ml.common.problem.CommonError;
import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Caller;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.common.web.Answers;
import ai.matih.ml.training.TrainingError;
import ai.matih.ml.training.dataset.Column;
import ai.matih.ml.training.dataset.DatasetName;
import ai.matih.ml.training.dataset.DatasetReference;
import ai.matih.ml.training.dataset.DatasetVersion;
import ai.matih.ml.training.dataset.Datasets;
import ai.matih.ml.training.dataset.DeleteDataset;
import ai.matih.ml.training.dataset.Preview;
import ai.matih.ml.training.dataset.PreviewDataset;
import ai.matih.ml.training.dataset.TableFormat;
import ai.matih.ml.training.dataset.TypeDeclarations;
import ai.matih.ml.training.dataset.UploadDataset;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/api/v1/ml/training/datasets")
@Tag(name = "datasets")
class DatasetController {

  private static final int VERSIONS_SHOWN = 100;

  private static final int MOST_ROWS = 100;

  private final UploadDataset upload;
  private final PreviewDataset preview;
  private final DeleteDataset delete;
  private final Datasets datasets;

  DatasetController(
      UploadDataset upload, PreviewDataset preview, DeleteDataset delete, Datasets datasets) {
    this.upload = upload;
    this.preview = preview;
    this.delete = delete;
    this.datasets = datasets;
  }

  /** One version as callers see it. */
  record DatasetView(
      String name,
      String source,
      String uri,
      String digest,
      long sizeBytes,
      long rows,
      List<Column> columns,
      String createdBy,
      Instant createdAt,
      Optional<List<DatasetVersionView>> versions) {

    static DatasetView of(DatasetVersion version, Optional<List<DatasetVersionView>> versions) {
      return new DatasetView(
          version.name().value(),
          version.reference().toString(),
          version.uri().toString(),
          version.digest(),
          version.sizeBytes(),
          version.rows(),
          version.columns(),
          version.createdBy(),
          version.createdAt(),
          versions);
    }
  }

  /** A version in the history of a data set. */
  record DatasetVersionView(
      String source, String digest, long rows, String createdBy, Instant createdAt) {}

  @PutMapping("/{name}")
  @Allow(Permission.DATASETS_WRITE)
  @Operation(
      summary =
          "Upload a table as CSV or Parquet; the same bytes with the same declared types are the same version",
      parameters =
          @Parameter(
              name = TypeDeclarations.PARAMETER,
              in = ParameterIn.QUERY,
              description =
                  "column:type for a column of a CSV file, with boolean, date, double, long, string or timestamp; may be repeated",
              array = @ArraySchema(schema = @Schema(type = "string"))),
      requestBody =
          @io.swagger.v3.oas.annotations.parameters.RequestBody(
              required = true,
              content = {
                @Content(
                    mediaType = "text/csv",
                    schema = @Schema(type = "string", format = "binary")),
                @Content(
                    mediaType = "application/vnd.apache.parquet",
                    schema = @Schema(type = "string", format = "binary"))
              }))
  @Answers({200, 201})
  ResponseEntity<DatasetView> put(
      @PathVariable("name") String name, HttpServletRequest request, Caller caller)
      throws IOException {
    DatasetName dataset = name(name);
    TableFormat format = format(request);
    TypeDeclarations declared = declarations(request);
    upload.checkDeclaredSize(request.getContentLengthLong());
    Datasets.Stored stored =
        upload.upload(caller, dataset, format, declared, request.getInputStream());
    DatasetView view = DatasetView.of(stored.version(), Optional.empty());
    return stored.created()
        ? ResponseEntity.created(URI.create("/api/v1/ml/training/datasets/" + dataset)).body(view)
        : ResponseEntity.ok(view);
  }

  @GetMapping
  @Allow(Permission.DATASETS_READ)
  @Operation(summary = "The current version of each data set")
  Page<DatasetView> list(
      @RequestParam(name = "name_contains", required = false) Optional<String> nameContains,
      PageRequest page) {
    return datasets
        .current(nameContains, page)
        .map(version -> DatasetView.of(version, Optional.empty()));
  }

  @GetMapping("/{name}")
  @Allow(Permission.DATASETS_READ)
  @Operation(summary = "One data set: its current version, or the one with the given digest")
  DatasetView get(
      @PathVariable("name") String name,
      @RequestParam(name = "digest", required = false) Optional<String> digest) {
    DatasetName dataset = name(name);
    DatasetVersion version = find(dataset, digest);
    return DatasetView.of(
        version,
        Optional.of(
            datasets.versions(dataset, VERSIONS_SHOWN).stream()
                .map(
                    v ->
                        new DatasetVersionView(
                            v.reference().toString(),
                            v.digest(),
                            v.rows(),
                            v.createdBy(),
                            v.createdAt()))
                .toList()));
  }

  @GetMapping("/{name}/preview")
  @Allow(Permission.DATASETS_READ)
  @Operation(
      summary = "The first rows of a data set, and statistics of each column over all rows",
      description =
          "A missing value has no key in its row. The numbers of different values are approximate.")
  Preview preview(
      @PathVariable("name") String name,
      @RequestParam(name = "digest", required = false) Optional<String> digest,
      @RequestParam(name = "rows", defaultValue = "10") int rows) {
    if (rows < 1 || rows > MOST_ROWS) {
      throw Problem.invalid("rows", "must be 1 to " + MOST_ROWS);
    }
    return preview.preview(find(name(name), digest), rows);
  }

  @DeleteMapping("/{name}")
  @Allow(Permission.DATASETS_WRITE)
  @ResponseStatus(HttpStatus.NO_CONTENT)
  @Operation(
      summary =
          "Delete all versions of a data set, or the one with the given digest; 409 names who uses one of them")
  void delete(
      @PathVariable("name") String name,
      @RequestParam(name = "digest", required = false) Optional<String> digest) {
    delete.delete(name(name), digest);
  }

  /** As they were sent: Spring would take a comma in a column's name for the end of a value. */
  private static TypeDeclarations declarations(HttpServletRequest request) {
    String[] types = request.getParameterValues(TypeDeclarations.PARAMETER);
    return types == null ? TypeDeclarations.NONE : TypeDeclarations.parse(List.of(types));
  }

  private DatasetVersion find(DatasetName name, Optional<String> digest) {
    return datasets
        .find(new DatasetReference(name, digest))
        .orElseThrow(
            () ->
                new Problem(
                        TrainingError.DATASET_NOT_FOUND,
                        "There is no data set "
                            + name
                            + digest.map(d -> " with digest " + d).orElse("")
                            + ".")
                    .with("name", name));
  }

  private static DatasetName name(String name) {
    try {
      return new DatasetName(name);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("name", DatasetName.RULE);
    }
  }

  private static TableFormat format(HttpServletRequest request) {
    String declared = request.getContentType();
    try {
      MediaType type = MediaType.parseMediaType(declared == null ? "" : declared);
      return TableFormat.ofMediaType(type.getType() + "/" + type.getSubtype())
          .orElseThrow(DatasetController::unsupported);
    } catch (org.springframework.http.InvalidMediaTypeException e) {
      throw unsupported();
    }
  }

  private static Problem unsupported() {
    return new Problem(
            CommonError.UNSUPPORTED_MEDIA_TYPE,
            "Send the table as text/csv or application/vnd.apache.parquet.")
        .with("offered", List.of("text/csv", "application/vnd.apache.parquet"));
  }
}
