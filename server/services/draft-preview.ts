// A draft and the live version of it, as a preview runs them.
import type { CorrelationVersion } from '../../ci/backtest/correlation.ts'
import type { EventReader } from '../stores/events/event-store.ts'
import type { StateClient } from '../workers/state-client.ts'
import { type DraftFiles, filesBeside, type LoadedDraft, loadDraft } from './draft-content.ts'
import { correlationVersions, ruleVersions, type Versions } from './preview-versions.ts'
import { type Preview, type PreviewRequest, previewVersions } from './rule-preview.ts'
import type { Rules } from './rules.ts'
import { ServiceError } from './service-error.ts'

export interface PreviewInput extends PreviewRequest {
  readonly files: DraftFiles
  /** The rule that is edited, for its live version and where the file holds several. */
  readonly ruleId: string | undefined
}

export interface PreviewParts {
  readonly rules: Rules
  readonly events: EventReader
  readonly state: Pick<StateClient, 'listAlerts'>
}

/** Runs a preview. Rejects `invalid` where nothing of the draft runs. */
export async function previewDraft(
  { rules, events, state }: PreviewParts,
  { files, ruleId, ...request }: PreviewInput,
): Promise<Preview> {
  const versions = versionsOf(rules, files, ruleId)
  return previewVersions(events, state, versions, request)
}

function versionsOf(rules: Rules, files: DraftFiles, ruleId: string | undefined): Versions {
  const draft = loadDraft(files, filesBeside(files, rules))
  const correlation = correlationOf(draft, ruleId)
  if (correlation !== undefined) {
    const { id } = correlation.correlation
    return correlationVersions(correlation, rules.correlation(ruleId ?? id))
  }
  const after = draft.rules.find(({ id }) => id === ruleId) ?? draft.rules[0]
  if (after === undefined)
    throw new ServiceError('invalid', 'Nothing here runs yet: mend what the findings name first.')
  const live =
    rules.runnable(after.id) ?? (ruleId === undefined ? undefined : rules.runnable(ruleId))
  return ruleVersions(after, live?.rule)
}

/** The correlation that is meant: the one that is edited, else one in a file that raises nothing without it. */
function correlationOf(
  { rules, correlations, loaded }: LoadedDraft,
  ruleId: string | undefined,
): CorrelationVersion | undefined {
  const named = correlations.find(({ id }) => id === ruleId)
  const isRule = rules.some(({ id, feedsOnly }) => id === ruleId || !feedsOnly)
  const correlation = named ?? (isRule ? undefined : correlations[0])
  return correlation === undefined ? undefined : { correlation, loaded }
}
