package ai.matih.ml.registry.bundle;

import ai.matih.ml.common.audit.Audit;
import ai.matih.ml.common.security.TokenSigner;
import ai.matih.ml.common.transaction.Transactions;
import ai.matih.ml.registry.emergency.Overrides;
import ai.matih.ml.registry.evidence.EvidenceLog;
import ai.matih.ml.registry.evidence.Reports;
import ai.matih.ml.registry.model.FindModel;
import ai.matih.ml.registry.model.Models;
import ai.matih.ml.registry.model.Versions;
import ai.matih.ml.registry.promotion.StageHistory;
import ai.matih.ml.registry.promotion.Transitions;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration
class BundleConfiguration {

  @Bean
  AssembleBundle assembleBundle(
      FindModel find,
      Models models,
      Versions versions,
      Transitions transitions,
      Overrides overrides,
      EvidenceLog evidence,
      StageHistory history,
      Audit audit,
      Reports reports,
      TokenSigner signer,
      BundleSettings settings,
      Transactions transactions) {
    return new AssembleBundle(
        find,
        models,
        versions,
        transitions,
        overrides,
        evidence,
        history,
        audit,
        reports,
        new SealedArchive(signer),
        settings,
        transactions);
  }
}
