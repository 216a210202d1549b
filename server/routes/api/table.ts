// Every API route. Order matters where a fixed path and a parameter meet: fixed ones first.
import { histogram, pivot, stats, top } from './aggregates.ts'
import { changeAlert, getAlert, listAlerts } from './alerts.ts'
import { listAudit, verifyAudit } from './audit.ts'
import { login, logout, me, register, token } from './auth.ts'
import { explainRule, getRule, listRules, reloadRules } from './detections.ts'
import { changeRule, createRule, getDraft, listDrafts, testRule } from './drafts.ts'
import { getDrift, proposeDrift, revertDrift } from './drift.ts'
import { aroundEvent, getEvent, listEvents, searchEvents } from './events.ts'
import { exportEvents } from './export.ts'
import { giveFeedback, listFeedback } from './feedback.ts'
import { filterEffect, listFilters } from './filters.ts'
import { githubHook } from './github-hook.ts'
import { health, metrics, ready } from './health.ts'
import { previewPromotion, promoteHunt } from './hunt-promotion.ts'
import {
  changeHunt,
  createHunt,
  getHunt,
  getHuntFile,
  listHuntRuns,
  listHunts,
  publishHunt,
  removeHunt,
  runHunt,
} from './hunts.ts'
import { ingestLogs, ingestShort } from './ingest.ts'
import { createLink, followLink } from './links.ts'
import { ruleLiveness, sourceFields } from './liveness.ts'
import { listOutbox, replayOutbox } from './outbox.ts'
import { promoteEvent } from './promote.ts'
import {
  closeProposal,
  getProposal,
  listProposals,
  mergeProposal,
  retryProposal,
} from './proposals.ts'
import { alertProvenance } from './provenance.ts'
import { listReleases, pullRelease, pushRelease, rollbackRelease } from './releases.ts'
import { replayDetections } from './replay.ts'
import { judgeRollouts, judgeShadow, listShadow, ruleRollout } from './rollouts.ts'
import type { Route } from './route.ts'
import { getRun, listRuns, ruleMetrics, runRule } from './runs.ts'
import { listScenarios, playScenario } from './scenarios.ts'
import { changeSource, listDeadLetters, listSources } from './sources.ts'
import { streamAlerts, streamLogs } from './streams.ts'
import {
  agreeSuppression,
  createRuleSuppression,
  createSuppression,
  endSuppression,
  listRuleSuppressions,
  listSuppressions,
  previewRuleSuppression,
  previewSuppression,
} from './suppressions.ts'
import { changeUser, createKey, createUser, listKeys, listUsers, revokeKey } from './users.ts'
import { listVerdicts } from './verdicts.ts'

export const ROUTES: readonly Route[] = [
  ingestShort,
  ingestLogs,
  listEvents,
  searchEvents,
  histogram,
  top,
  exportEvents,
  getEvent,
  aroundEvent,
  stats,
  pivot,
  streamLogs,
  streamAlerts,
  listAlerts,
  getAlert,
  alertProvenance,
  changeAlert,
  listHunts,
  createHunt,
  getHunt,
  getHuntFile,
  changeHunt,
  removeHunt,
  publishHunt,
  runHunt,
  listHuntRuns,
  previewPromotion,
  promoteHunt,
  ruleLiveness,
  listRules,
  ruleMetrics,
  judgeRollouts,
  listShadow,
  judgeShadow,
  ruleRollout,
  runRule,
  listRuns,
  getRun,
  createRule,
  getRule,
  changeRule,
  testRule,
  listDrafts,
  getDraft,
  explainRule,
  replayDetections,
  reloadRules,
  listReleases,
  pushRelease,
  pullRelease,
  rollbackRelease,
  getDrift,
  revertDrift,
  proposeDrift,
  listProposals,
  getProposal,
  mergeProposal,
  retryProposal,
  closeProposal,
  listOutbox,
  replayOutbox,
  githubHook,
  previewRuleSuppression,
  listRuleSuppressions,
  createRuleSuppression,
  previewSuppression,
  listSuppressions,
  createSuppression,
  agreeSuppression,
  endSuppression,
  listFilters,
  filterEffect,
  listFeedback,
  giveFeedback,
  listVerdicts,
  promoteEvent,
  listSources,
  changeSource,
  sourceFields,
  listDeadLetters,
  listScenarios,
  playScenario,
  login,
  logout,
  token,
  register,
  me,
  listUsers,
  createUser,
  changeUser,
  listKeys,
  createKey,
  revokeKey,
  listAudit,
  verifyAudit,
  createLink,
  followLink,
  health,
  ready,
  metrics,
]
