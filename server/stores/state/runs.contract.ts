// What every state store must do with schedules, leases, runs and stages.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Event } from '../../../parsers/event.ts'
import type { AlertInsert, AlertWriter, Folded } from './alert-writer.ts'
import type { RolloutDecision } from './rollouts.ts'
import { RUN_SAMPLES_MAX, RUNS_KEPT_MS } from './runs.ts'
import type { ContractStore } from './state-store.contract.ts'

const ANA = { name: 'ana' }
const WORK = { kind: 'rule', id: 'r1' } as const
const RUN = { ...WORK, trigger: 'manual', mode: 'detect', by: 'ana' } as const
const HOUR = 3600_000
const AT = Date.UTC(2026, 10, 21)
const rejects = (code: string) => expect.objectContaining({ code })

const event: Event = {
  ...{ id: '20261121-000000000001', time: AT, ingested: AT, source: 'app', parser: 'json' },
  ...{ logsource: { category: [], service: [], closed: false }, pivots: { host: 'web1' } },
  ...{ message: '', fields: {}, raw: '{}' },
}
const alert = (number: number): AlertInsert => ({
  ...{ number, ruleId: 'r1', ruleHash: 'h', ruleTitle: 'R', title: 'R on web1', severity: 'high' },
  ...{ tags: [], dedupHash: 'd', previous: null, event, count: 2, firstSeen: AT, lastSeen: AT },
  eventIds: [event.id],
})
const folding = (created: boolean) => ({
  missing: () => ['d'],
  fold: (_: unknown, next: number): Folded => ({
    created: created ? [alert(next)] : [],
    updated: [],
    rules: new Map([['r1', { matches: 2, suppressed: 1, alerts: created ? 1 : 0, last: AT }]]),
  }),
})

export function runsContract(
  name: string,
  open: () => Promise<ContractStore & { readonly alerts: AlertWriter }>,
): void {
  describe(`runs on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let store: ContractStore['store']
    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.remove())

    test('a schedule keeps what a change leaves out', async () => {
      const cutoff = { epoch: 'e', sequence: 7 }
      const change = { ...WORK, interval_ms: HOUR, nextRunAt: AT }
      await store.saveSchedules([{ ...change, cutoff, gaps: [[3, null]] }], [])
      await store.saveSchedules([{ ...change, nextRunAt: AT + 1 }], [])
      expect(await store.getSchedule(WORK)).toEqual({
        ...{ ...WORK, interval_ms: HOUR, nextRunAt: AT + 1, cutoff, gaps: [[3, null]] },
      })
      await store.closeSchedule(WORK, [[3, 4]])
      expect((await store.listSchedules('rule')).map(({ id }) => id)).toEqual(['r1'])
      await store.closeSchedule(WORK, [[3, null]])
      expect(await store.listSchedules('rule')).toEqual([])
      expect(await store.listSchedules('rule', true)).toEqual([{ ...WORK, cutoff }])
      await store.saveSchedules([], [WORK])
      expect(await store.getSchedule(WORK)).toBeUndefined()
    })

    test('due is what is due, what a wrong clock planned, and what is leased', async () => {
      const at = (id: string, nextRunAt: number) => ({
        ...({ kind: 'rule', id, interval_ms: HOUR, nextRunAt } as const),
      })
      await store.saveSchedules(
        [at('later', AT + HOUR), at('now', AT), at('past', AT - 9), at('ahead', AT + 9 * HOUR)],
        [],
      )
      await store.claimRun({ ...RUN, id: 'demand' })
      const due = await store.dueWork(['rule'], AT, 9)
      expect(due.map(({ id }) => id).sort()).toEqual(['ahead', 'demand', 'now', 'past'])
      expect(await store.dueWork(['hunt'], AT, 9)).toEqual([])
    })

    test('a lease is taken once, and only its holder may write', async () => {
      const run = (await store.claimRun(RUN))!
      expect(run).toMatchObject({ status: 'running', by: 'ana', matches: 0, progress: 0 })
      expect(await store.claimRun(RUN)).toBeUndefined()
      const lease = { ...WORK, run: run.run }
      expect(await store.beatRun(lease, 0.25)).toBe(true)
      expect((await store.getRun(run.run))?.progress).toBe(0.25)
      expect((await store.getSchedule(WORK))?.lease).toEqual({ run: run.run, beat: 1 })
      // Its beat moved since: not gone.
      expect(await store.claimRun(RUN, { run: run.run, beat: 0 })).toBeUndefined()
      const next = (await store.claimRun(RUN, { run: run.run, beat: 1 }))!
      expect(await store.beatRun(lease, 0.5)).toBe(false)
      const end = { status: 'ok', outcome: { matches: 1 }, duration_ms: 1 } as const
      expect(await store.finishRun(lease, end).catch((e) => e)).toEqual(rejects('conflict'))
      expect((await store.getRun(run.run))?.status).toBe('interrupted')
      await store.dropLeases()
      expect((await store.getRun(next.run))?.status).toBe('interrupted')
      expect(await store.claimRun(RUN)).toBeDefined()
    })

    test('the slot that was seen must still be the next', async () => {
      await store.saveSchedules([{ ...WORK, interval_ms: HOUR, nextRunAt: AT + HOUR }], [])
      const late = { ...RUN, trigger: 'schedule', scheduledFor: AT } as const
      expect(await store.claimRun(late)).toBeUndefined()
      expect(await store.claimRun({ ...late, scheduledFor: AT + HOUR })).toBeDefined()
    })

    test('an end is recorded with all that it says, and moves the cut-off forward only', async () => {
      const cutoff = { epoch: 'e', sequence: 50 }
      await store.saveSchedules([{ ...WORK, interval_ms: HOUR, nextRunAt: AT, cutoff }], [])
      const { run } = (await store.claimRun(RUN))!
      const sampleEventIds = Array.from({ length: 30 }, (_, n) => `e${n}`)
      const outcome = {
        ...{ matches: 9, suppressed: 2, alerts: 3, fresh: 4, sampleEventIds, from: 1, to: 2 },
        ...{ ruleCommit: 'c', ruleHash: 'h', detail: { a: [1] } },
      }
      const done = await store.finishRun(
        { ...WORK, run },
        {
          ...{ status: 'ok', outcome, duration_ms: 12, nextRunAt: AT + HOUR },
          cutoff: { epoch: 'e', sequence: 40 },
        },
      )
      expect(done).toMatchObject({
        ...outcome,
        ...{ status: 'ok', duration_ms: 12, finished: AT, progress: 1 },
        sampleEventIds: sampleEventIds.slice(0, RUN_SAMPLES_MAX),
      })
      expect(await store.getSchedule(WORK)).toMatchObject({
        ...{ cutoff, nextRunAt: AT + HOUR, lastRunAt: AT },
      })
      expect(await store.runTotals('rule', AT)).toMatchObject({ runs: 1, matches: 9, failed: 0 })
      expect(await store.runCosts('rule', AT, 5)).toEqual([{ id: 'r1', runs: 1, duration_ms: 12 }])
    })

    test('totals leave out what replays matched', async () => {
      const { run } = (await store.claimRun({ ...RUN, mode: 'replay' }))!
      const end = { status: 'ok', outcome: { matches: 9 }, duration_ms: 1 } as const
      await store.finishRun({ ...WORK, run }, end)
      expect(await store.runTotals('rule', AT)).toMatchObject({ runs: 1, matches: 0 })
    })

    test('runs are forgotten after their time', async () => {
      const { run } = (await store.claimRun(RUN))!
      await store.finishRun({ ...WORK, run }, { status: 'failed', error: 'x', duration_ms: 1 })
      opened.advance(RUNS_KEPT_MS + 1)
      await store.claimRun(RUN)
      expect(await store.listRuns({ limit: 9 })).toHaveLength(1)
    })

    test('alerts of a run and its cut-off are one transaction', async () => {
      await store.saveSchedules([{ ...WORK, interval_ms: HOUR, nextRunAt: AT }], [])
      const { run } = (await store.claimRun(RUN))!
      const part = {
        ...{ lease: { ...WORK, run }, cutoff: { epoch: 'e', sequence: 5 }, matches: 2 },
      }
      await opened.alerts.commitRun(part, folding(true))
      expect((await store.getSchedule(WORK))?.cutoff).toEqual(part.cutoff)
      expect(await store.getRun(run)).toMatchObject({ matches: 2, suppressed: 1, alerts: 1 })
      expect((await store.listAlerts({ filter: {}, limit: 9 })).total).toBe(1)
      expect(await store.ruleVolumes(AT)).toEqual({
        r1: { matches: 2, suppressed: 1, alerts: 1, shadow: 0 },
      })
      await store.dropLeases()
      const lost = opened.alerts.commitRun(
        { ...part, cutoff: { epoch: 'e', sequence: 9 } },
        folding(true),
      )
      expect(await lost.catch((e) => e)).toEqual(rejects('conflict'))
      expect((await store.getSchedule(WORK))?.cutoff).toEqual(part.cutoff)
      expect((await store.listAlerts({ filter: {}, limit: 9 })).total).toBe(1)
    })

    test('a stage begins anew with another text, and is decided once', async () => {
      const stage = { ruleId: 'r1', ruleHash: 'h1', stage: 'shadow' } as const
      await store.saveStages([stage])
      const state = (await store.rolloutState('r1'))!
      expect(state).toEqual({ ...stage, since: AT })
      opened.advance(HOUR)
      await store.saveStages([stage])
      expect(await store.rolloutStates()).toEqual([state])
      const decision: RolloutDecision = {
        ...{ to: 'live', at: AT, problem: 'nobody can' },
        criteria: [{ name: 'min_days', wanted: 1, measured: 2, met: true }],
      }
      expect(await store.decideRollout(state, decision, undefined, ANA)).toBe(true)
      expect(await store.decideRollout(state, decision, undefined, ANA)).toBe(false)
      expect((await store.rolloutState('r1'))?.decision).toEqual(decision)
      await store.saveStages([{ ...stage, ruleHash: 'h2' }])
      expect(await store.rolloutState('r1')).toEqual({
        ...{ ...stage, ruleHash: 'h2', since: AT + HOUR },
      })
      expect(await store.decideRollout(state, decision, undefined, ANA)).toBe(false)
      await store.saveStages([])
      expect(await store.rolloutStates()).toEqual([])
    })

    test('the shadow lane folds apart from alerts, and verdicts on it are measured', async () => {
      const shadow = { ...folding(true), suppressed: 0, stageOf: () => 'shadow' }
      const from = { epoch: 'e', sequence: 0 }
      await opened.alerts.commit(from, 3, folding(false), undefined, shadow)
      expect((await store.listAlerts({ filter: {}, limit: 9 })).total).toBe(0)
      const { alerts, total } = await store.listShadowAlerts('r1', 9)
      expect(total).toBe(1)
      expect(alerts[0]).toMatchObject({
        ...{ id: 'W-1', stage: 'shadow', title: 'R on web1', count: 2, host: 'web1' },
        eventIds: [event.id],
      })
      expect((await store.listShadowAlerts('other', 9)).total).toBe(0)
      expect((await store.judgeShadowAlert('W-1', 'true_positive', ANA)).judgedBy).toBe('ana')
      expect(await store.rolloutMeasures('r1', AT)).toEqual({
        ...{ alerts: 0, shadow: 1, truePositives: 1, falsePositives: 0 },
      })
      expect((await store.rolloutMeasures('r1', AT + 1)).shadow).toBe(0)
      const missing = store.judgeShadowAlert("W-1'", 'true_positive', ANA)
      expect(await missing.catch((e) => e)).toEqual(rejects('not-found'))
      expect((await store.ruleVolumes(AT)).r1).toEqual({
        ...{ matches: 4, suppressed: 2, alerts: 0, shadow: 1 },
      })
    })
  })
}
