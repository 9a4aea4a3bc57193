package ai.matih.ml.training.job.web;

import ai.matih.ml.common.problem.Problem;
import ai.matih.ml.common.security.Allow;
import ai.matih.ml.common.security.Permission;
import ai.matih.ml.training.TrainingError;
import ai.matih.ml.training.job.Job;
import ai.matih.ml.training.job.JobOutputs;
import ai.matih.ml.training.job.JobRequest;
import ai.matih.ml.training.job.Jobs;
import ai.matih.ml.training.job.Leaderboard;
import ai.matih.ml.training.job.TrainingSpecification;
import ai.matih.ml.training.job.Tuning;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The trials of a search for hyperparameters. */
@RestController
@RequestMapping("/api/v1/ml/training")
@Tag(name = "training")
class TrialController {

  private final Jobs jobs;
  private final JobOutputs outputs;

  TrialController(Jobs jobs, JobOutputs outputs) {
    this.jobs = jobs;
    this.outputs = outputs;
  }

  /**
   * The leaderboard of a search.
   *
   * @param mode {@code max} or {@code min}: which way the metric improves
   * @param folds of the cross-validation that judges; absent where the held-out rows do
   * @param finished trials that have ended, in whatever way
   * @param bestTrial the best one that has succeeded
   * @param importance how much of the differences between the trials each hyperparameter explains;
   *     empty while too few have succeeded
   * @param ended why no more trials are started
   * @param at when it was written
   * @param items the trials that have begun, the best first
   */
  record Trials(
      String jobId,
      String search,
      String metric,
      String mode,
      Optional<Integer> folds,
      long seed,
      int maxTrials,
      int maxConcurrentTrials,
      int finished,
      Optional<Integer> bestTrial,
      Map<String, Double> importance,
      Optional<Leaderboard.Used> used,
      JobRequest.Budget budget,
      Optional<String> ended,
      Optional<Instant> at,
      List<Leaderboard.Trial> items) {}

  @GetMapping("/jobs/{id}/trials")
  @Allow(Permission.TRAINING_READ)
  @Operation(
      summary = "The trials of a search, the best first",
      description =
          "Live while the job runs. Each trial has a run in MLflow below the job's, with its"
              + " parameters and its curve.")
  Trials trials(@PathVariable("id") String id) {
    Job job = jobs.find(JobController.jobId(id)).orElseThrow(() -> JobController.notFound(id));
    Tuning tuning =
        Optional.of(job.specification())
            .filter(TrainingSpecification.class::isInstance)
            .map(TrainingSpecification.class::cast)
            .flatMap(TrainingSpecification::tuning)
            .orElseThrow(
                () ->
                    new Problem(
                            TrainingError.TRIALS_NOT_FOUND,
                            "Only a job that was submitted with tuning has trials.")
                        .with("job_id", job.id()));
    Optional<Leaderboard> board = outputs.trials(job);
    return new Trials(
        job.id().toString(),
        tuning.search().wire(),
        tuning.metric().wire(),
        tuning.metric().mode(),
        tuning.folds(),
        tuning.seed(),
        tuning.maxTrials(),
        tuning.maxConcurrentTrials(),
        board.map(Leaderboard::finished).orElse(0),
        board.flatMap(Leaderboard::bestTrial),
        board.map(Leaderboard::importance).orElse(Map.of()),
        board.map(Leaderboard::used),
        TuningForm.budget(tuning.budget()),
        board.flatMap(Leaderboard::ended),
        board.map(Leaderboard::at),
        board.map(known -> items(job, known)).orElse(List.of()));
  }

  private static List<Leaderboard.Trial> items(Job job, Leaderboard board) {
    return job.status().isTerminal()
        ? board.trials().stream().map(Leaderboard.Trial::afterTheJob).toList()
        : board.trials();
  }
}
