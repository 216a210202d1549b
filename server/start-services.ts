// Starts the workers and makes the bundle of services that routes and pages ask.
import { statfsSync } from 'node:fs'
import { join } from 'node:path'
import type { Settings } from './config.ts'
import { followGitHunts } from './hunts/git-hunts.ts'
import type { RulesReport } from './ingest/rules.ts'
import { type Egress, readyOutbox, startEgress } from './proposals/egress.ts'
import { readOrigin } from './releases/origin.ts'
import { stageLive } from './releases/staging.ts'
import { createCredentials } from './services/credentials.ts'
import { createDrafts } from './services/drafts.ts'
import { createDrift } from './services/drift.ts'
import { type EventsHost, startEvents } from './services/events.ts'
import { createFeedback } from './services/feedback.ts'
import { createFilters } from './services/filters.ts'
import { createHealth } from './services/health.ts'
import { createHunts } from './services/hunts.ts'
import { createImports } from './services/imports.ts'
import { type IngestHost, startIngest } from './services/ingest.ts'
import { createLive } from './services/live.ts'
import { createLiveness } from './services/liveness.ts'
import { createPromote } from './services/promote.ts'
import { createProvenance } from './services/provenance.ts'
import { createReleases } from './services/releases.ts'
import { createRollouts, ROLLOUT_INTERVAL_MS, ROLLOUT_WORK } from './services/rollout.ts'
import { makeCatalogue } from './services/rule-catalogue.ts'
import { contentFolder, ruleFolders } from './services/rule-folders.ts'
import { createRuleSet, ruleRunner, withAlerted } from './services/rule-work.ts'
import { createRules, type Rules } from './services/rules.ts'
import { createRuleRuns } from './services/runs.ts'
import { createScenarios } from './services/scenarios.ts'
import { createSchedules } from './services/schedules.ts'
import type { Services } from './services/services.ts'
import { createSilenceWatch, createSources, SILENCE_CHECK_MS } from './services/sources.ts'
import { createSuppressions } from './services/suppressions.ts'
import { type StateConnection, startState } from './workers/state-client.ts'

/** How often the intake learns which matches have become alerts, milliseconds. */
const ACKNOWLEDGE_MS = 2_000
/** How often the hunts of the live content are looked at, milliseconds. */
const HUNTS_SYNC_MS = 2_000
const MIB = 1_048_576
/** How often the data folder's own content repository is looked at; it takes one call of git. */
const OWN_POLL_MS = 2_000

export interface RunningServices {
  readonly services: Services
  readonly oneTimePassword: string | undefined
  /** Resolves when the store failed: the process must end. */
  readonly failed: Promise<Error>
  reload(): Promise<void>
  stop(): Promise<void>
}

export interface ServiceOptions {
  /** Key that signs bearer tokens. */
  readonly tokenKey: Uint8Array
  /** Folder of scenario files. */
  readonly scenarios: string
}

/** Starts everything but the listeners. Rejects when a database, a rule folder or a worker fails. */
export async function startServices(
  settings: Settings,
  options: ServiceOptions,
): Promise<RunningServices> {
  const stops: (() => Promise<void>)[] = []
  try {
    return await start(settings, options, stops)
  } catch (error) {
    await runInReverse(stops)
    throw error
  }
}

/** Ends what was started, last first. */
export async function runInReverse(stops: readonly (() => Promise<void>)[]): Promise<void> {
  for (const stop of stops.toReversed()) await stop()
}

async function start(
  settings: Settings,
  options: ServiceOptions,
  stops: (() => Promise<void>)[],
): Promise<RunningServices> {
  const faults: string[] = []
  const failure = Promise.withResolvers<Error>()
  const fail = (error: Error) => {
    faults.push(error.message)
    failure.resolve(error)
  }
  const lateness_ms = settings.lateness_s * 1000
  // Beside the workers' start: the first one commits and checks out the program's content.
  const staging = Promise.allSettled([stageLive(settings.data, settings.content === undefined)])
  const state = await startState({ folder: settings.data, lateness_ms }, fail)
  stops.push(() => state.stop())
  state.on('alerts-stopped', (reason) => faults.push(`alerts: ${reason}`))
  const { bootstrapPassword: password, bootstrapApiKey: apiKey } = settings
  const { oneTimePassword } = await state.client.bootstrap(password, apiKey)
  await readyOutbox(settings, state.client)
  const events = await startEvents(
    {
      dataFolder: settings.data,
      workers: settings.queryWorkers,
      diskMinFree_bytes: settings.diskMinFree_mib * MIB,
    },
    fail,
  )
  stops.push(() => events.stop())
  const live = createLive(events.reader, state.client)
  const rules = createRules(events.reader, async () => {
    const [{ hits }, counters] = await Promise.all([ingest.stats(), state.client.ruleCounters()])
    return withAlerted(hits, rules.list(), counters)
  })
  const ruleSet = createRuleSet(state.client, events.reader)
  const useRules = async (report: RulesReport) => {
    await ruleSet.prepare(report)
    const catalogue = await makeCatalogue(report, await readOrigin(contentFolder(settings)))
    await state.client.setRules(catalogue.facts, report.correlations)
    rules.use(catalogue)
  }
  const [staged] = await staging
  if (staged.status === 'rejected') throw staged.reason
  const ingest = await startIngest({
    dataFolder: settings.data,
    ruleFolders: () => ruleFolders(settings),
    retention_days: settings.retention_days,
    timeZone: settings.timeZone,
    diskMinFree_bytes: settings.diskMinFree_mib * MIB,
    indexLag_ms: () => events.indexLag_ms(),
    on: { committed: ({ sequence }) => live.committed(sequence) },
    onRules: useRules,
    onActivated: ruleSet.takeOver,
    onRunning: ruleSet.settle,
    onFatal: fail,
  })
  stops.push(() => ingest.stop())
  state.on('alerts', (notice) => live.alertsChanged(notice))
  const services = bundle(settings, options, { state, events, ingest, live, rules, faults, stops })
  // The folder's lock says that whoever held a lease in its state.db has ended.
  await state.client.dropLeases()
  services.schedules.register('rule', ruleRunner(services, rules))
  services.schedules.register('rollout', services.rollouts.runner)
  await services.schedules.put(ROLLOUT_WORK, ROLLOUT_INTERVAL_MS)
  state.on('credentials', () => services.credentials.forget())
  stops.push(() => services.schedules.stop())
  stops.push(() => services.scenarios.stop())
  stops.push(() => services.drafts.stop())
  stops.push(() => services.imports.stop())
  await services.releases.begin(rules.list().length)
  stops.push(startChores(services, ingest, state))
  const refreshed = services.releases
    .refreshShipped()
    .catch((error) => console.error(`content: ${String(error)}`))
  stops.push(() => refreshed)
  return {
    services,
    oneTimePassword,
    failed: failure.promise,
    reload: async () => void (await services.ingest.reload()),
    stop: () => runInReverse(stops),
  }
}

interface Parts {
  readonly state: StateConnection
  readonly events: EventsHost
  readonly ingest: IngestHost
  readonly live: Services['live']
  readonly rules: Rules
  readonly faults: readonly string[]
  readonly stops: (() => Promise<void>)[]
}

function bundle(settings: Settings, options: ServiceOptions, parts: Parts) {
  const { state, events, ingest, live, rules, faults } = parts
  const reader = {
    sources: async () => (await ingest.stats()).sources,
    deadLetters: (limit: number, source?: string) => ingest.deadLetters(limit, source),
  }
  const health = { settings, ingest, events: events.reader, state: state.client }
  const sources = createSources(reader, state.client)
  const schedules = createSchedules(state.client)
  const releases = createReleases({
    ...{ data: settings.data, ingest, state: state.client, signers: settings.releaseSigners },
    ...{ follow: followed(settings, () => egress.fetchEnvironment()), overlays: settings.rules },
  })
  const egress: Egress = startEgress(settings, { state: state.client, releases })
  parts.stops.push(() => egress.stop())
  const suppressions = createSuppressions({
    ...{ rules, events: events.reader, state: state.client, proposals: egress.proposals },
    ownDomains: settings.ownDomains,
    onProposed: () => egress.outbox.wake(),
  })
  return {
    settings,
    ingest,
    events: events.reader,
    background: events.background,
    state: state.client,
    rules,
    live,
    sources,
    releases,
    provenance: createProvenance({ data: settings.data, rules }),
    drift: createDrift({
      ...{ data: settings.data, overlays: settings.rules, releases, rules },
      ...{ proposals: egress.proposals, state: state.client },
    }),
    proposals: egress.proposals,
    drafts: createDrafts({
      ...{ rules, events: events.background, state: state.client, proposals: egress.proposals },
      ...{ contentFolder: () => contentFolder(settings), ownDomains: settings.ownDomains },
    }),
    outbox: egress.outbox,
    suppressions,
    promote: createPromote({
      ...{ state: state.client, events: events.reader, rules, muted: suppressions.muted },
    }),
    feedback: createFeedback({ state: state.client, events: events.reader, rules }),
    filters: createFilters({ rules, events: events.background }),
    schedules,
    hunts: createHunts({
      ...{ state: state.client, events: events.reader, schedules, proposals: egress.proposals },
      rules,
      gitHunts: followGitHunts(() => contentFolder(settings)),
      ownDomains: settings.ownDomains,
    }),
    ruleRuns: createRuleRuns({ schedules, rules, state: state.client }),
    rollouts: createRollouts({
      ...{ rules, state: state.client, proposals: egress.proposals },
      wake: () => egress.outbox.wake(),
    }),
    liveness: createLiveness(events.background, rules, sources),
    scenarios: createScenarios(options.scenarios, ingest, state.client),
    imports: createImports(join(settings.data, 'uploads'), {
      ingest,
      state: state.client,
      spare_bytes: () => spareBytes(settings),
    }),
    credentials: createCredentials(state.client, options.tokenKey),
    health: createHealth({ ...health, faults: () => faults }),
  } satisfies Services
}

/** What goes live by itself: the branch of the content repository, else that of the data folder's own. */
function followed({ content, contentBranch }: Settings, environment: Egress['fetchEnvironment']) {
  return content === undefined
    ? { remote: undefined, branch: 'main' }
    : { remote: content, branch: contentBranch, environment }
}

/** Room on the data disk beyond what must stay free. */
function spareBytes(settings: Settings): number {
  const { bavail, bsize } = statfsSync(settings.data)
  return bavail * bsize - settings.diskMinFree_mib * MIB
}

/** Follows the content repository: at once, then as often as asked. */
function followContent(
  { settings, releases }: Services,
  chore: (name: string, work: () => Promise<void>) => void,
) {
  let underWay = false
  const look = async () => {
    if (underWay) return
    underWay = true
    try {
      const outcome = await releases.pull({ name: 'trapline' })
      if (outcome !== undefined) console.log(`Content ${outcome.commit}: ${outcome.status}`)
    } finally {
      underWay = false
    }
  }
  chore('content', look)
  const poll_ms = settings.content === undefined ? OWN_POLL_MS : settings.contentPoll_s * 1000
  return [setInterval(() => chore('content', look), poll_ms)]
}

/** What happens by the clock; returns how to end it. */
function startChores(
  services: Services,
  ingest: IngestHost,
  state: StateConnection,
): () => Promise<void> {
  let stopped = false
  const watch = createSilenceWatch(services.sources, state.client)
  const acknowledge = async () => {
    const { sequence, needless = sequence } = await state.client.alertMakerStatus()
    if (needless > 0) await ingest.acknowledgeMatches(needless)
  }
  const chore = (name: string, work: () => Promise<void>) => {
    work().catch((error) => {
      if (!stopped) console.error(`${name}: ${String(error)}`)
    })
  }
  const timers = [
    setInterval(() => chore('silent sources', watch), SILENCE_CHECK_MS),
    setInterval(() => chore('matches', acknowledge), ACKNOWLEDGE_MS),
    setInterval(() => chore('hunts', () => services.hunts.sync()), HUNTS_SYNC_MS),
    ...followContent(services, chore),
  ]
  return async () => {
    stopped = true
    timers.forEach(clearInterval)
  }
}
