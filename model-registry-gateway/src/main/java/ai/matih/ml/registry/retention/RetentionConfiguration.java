package ai.matih.ml.registry.retention;

import ai.matih.ml.common.reconcile.Reconciler;
import ai.matih.ml.common.reconcile.Reconcilers;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@Configuration
@Import({
  EndTransitions.class,
  RefuseInUse.class,
  RecordDeletion.class,
  DeleteVersions.class,
  BatchVersions.class,
  DeleteModel.class,
  ChangeRetention.class,
  RemoveFiles.class,
  RemoveUnusedFiles.class,
  ApplyRetention.class
})
class RetentionConfiguration {

  @Bean
  Reconciler removeDeletedFiles(
      Reconcilers reconcilers, RemoveFiles remove, RetentionSettings settings) {
    return reconcilers
        .of("deletions", "deletion")
        .where("state = 'WAITING'")
        .dueAt("next_try_at")
        .every(settings.checkEvery())
        .each(remove::remove);
  }

  @Bean
  Reconciler removeUnusedFiles(
      Reconcilers reconcilers, RemoveUnusedFiles remove, RetentionSettings settings) {
    return reconcilers
        .of("unused-files", "stored_files")
        .dueAt("next_look_at")
        .every(settings.checkEvery())
        .each(remove::remove);
  }

  @Bean
  Reconciler applyRetentions(
      Reconcilers reconcilers, ApplyRetention apply, RetentionSettings settings) {
    return reconcilers
        .of("retention", "retention")
        .dueAt("next_apply_at")
        .every(settings.checkEvery())
        .each(apply::apply);
  }

  @Bean
  Reconciler batchVersions(
      Reconcilers reconcilers, BatchVersions batches, RetentionSettings settings) {
    return reconcilers
        .of("model-deletions", "model_following")
        .dueAt("next_step_at")
        .every(settings.checkEvery())
        .each(batches::next);
  }
}
