// What every state store must do with alerts.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { Event } from '../../../parsers/event.ts'
import type { AlertInsert, AlertWriter } from './alert-writer.ts'
import type { ContractStore } from './state-store.contract.ts'
import type { AlertSeverity, RuleFacts, Verdict } from './state-store.ts'

const ANA = { name: 'ana' }
const NOON = Date.UTC(2026, 10, 21, 12)
const rejects = (code: string, message = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(message) })

const event = (id: string, pivots: Event['pivots']): Event => ({
  id,
  time: NOON,
  ingested: NOON,
  source: 'nginx',
  parser: 'json',
  logsource: { category: [], service: [], closed: false },
  pivots,
  message: 'm "quoted" \u0000 ünï',
  fields: { a: [1, null, { b: 'c' }] },
  raw: '{}',
})

const facts = (id: string): RuleFacts => ({
  id,
  title: `Rule ${id}`,
  level: 'high',
  hash: `hash-${id}`,
  text: `title: Rule ${id}`,
  tags: [],
  dedup: ['host'],
  dedupWindow_ms: 3600_000,
})

interface Made {
  readonly rule?: string
  readonly severity?: AlertSeverity
  readonly host?: string
  readonly minute?: number
  readonly count?: number
  readonly ip?: string
  readonly title?: string
}

export function alertsContract(
  name: string,
  open: () => Promise<ContractStore & { readonly alerts: AlertWriter }>,
): void {
  describe(`alerts on ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>
    let store: ContractStore['store']
    let sequence = 0
    beforeEach(async () => {
      opened = await open()
      store = opened.store
      sequence = 0
    })
    afterEach(() => opened.remove())

    const insert = (made: readonly Made[]) =>
      opened.alerts.commit({ epoch: 'e', sequence }, ++sequence, {
        missing: () => [],
        fold: (_, next) => ({
          created: made.map((one, i) => toInsert(one, next + i)),
          updated: [],
          rules: new Map(),
        }),
      })
    const ids = async (request: Parameters<typeof store.listAlerts>[0]) =>
      (await store.listAlerts(request)).alerts.map((alert) => alert.id)

    test('are kept whole, with the text of their rule and their event', async () => {
      await opened.alerts.saveRules([facts('r1')])
      await insert([{ rule: 'r1', host: 'web-1', ip: '10.0.0.7' }])
      const alert = await store.getAlert('A-1')
      expect(alert).toMatchObject({
        id: 'A-1',
        ruleId: 'r1',
        ruleText: 'title: Rule r1',
        status: 'new',
        version: 1,
        host: 'web-1',
        srcIp: '10.0.0.7',
        tags: ['attack.t1059'],
        eventIds: ['20261121-000000000001'],
      })
      expect(alert?.event).toEqual(
        event('20261121-000000000001', { host: 'web-1', src_ip: '10.0.0.7' }),
      )
      expect(await store.getAlert('A-2')).toBeUndefined()
      expect(await store.getAlert('1')).toBeUndefined()
      expect(await store.alertActivity('A-1')).toMatchObject([
        { who: 'detection', what: 'created' },
      ])
    })

    test.each([
      [{ status: ['new'] as const }, ['A-4', 'A-3', 'A-2', 'A-1']],
      [{ status: [] }, []],
      [{ severity: ['critical', 'low'] as const }, ['A-3', 'A-1']],
      [{ ruleId: 'r2' }, ['A-4', 'A-3']],
      [{ host: 'WEB-1' }, ['A-2', 'A-1']],
      [{ ip: '10.0.0.9' }, ['A-3']],
      [{ from: NOON + 60_000, to: NOON + 180_000 }, ['A-3', 'A-2']],
      [{ activeFrom: NOON + 120_000 }, ['A-4', 'A-3']],
      [{ text: '100%' }, ['A-4']],
      [{ text: '10_%' }, []],
      [{ text: "' OR 1=1 --" }, []],
      [{ owner: '' }, ['A-4', 'A-3', 'A-2', 'A-1']],
      [{ owner: 'ana' }, []],
    ])('filter %j finds %j', async (filter, expected) => {
      await insert([
        { rule: 'r1', severity: 'low', host: 'web-1', minute: 0 },
        { rule: 'r1', severity: 'medium', host: 'web-1', minute: 1 },
        { rule: 'r2', severity: 'critical', host: 'web-2', minute: 2, ip: '10.0.0.9' },
        { rule: 'r2', severity: 'high', host: 'web-3', minute: 3, title: 'disk 100% full' },
      ])
      const page = await store.listAlerts({ filter, limit: 10 })
      expect(page.alerts.map((alert) => alert.id)).toEqual(expected)
      expect(page.total).toBe(expected.length)
      expect((await store.countAlerts(filter)).total).toBe(expected.length)
    })

    test('an alert of an old event is active since it was raised', async () => {
      opened.advance(24 * 3_600_000)
      await insert([{ minute: 0 }])
      expect(await ids({ filter: { from: NOON + 60_000 }, limit: 10 })).toEqual([])
      expect(await ids({ filter: { activeFrom: NOON + 60_000 }, limit: 10 })).toEqual(['A-1'])
    })

    test.each(['newest', 'last_seen', 'severity', 'count'] as const)(
      'pages in order %s hold every alert once while new ones arrive',
      async (order) => {
        const severities = ['low', 'critical', 'medium', 'low', 'high', 'critical', 'low'] as const
        await insert(severities.map((severity, i) => ({ severity, minute: i % 3, count: i % 2 })))
        const whole = await ids({ filter: {}, limit: 100, order })
        const paged: string[] = []
        let cursor: string | undefined
        do {
          const page = await store.listAlerts({
            filter: {},
            limit: 2,
            order,
            ...(cursor === undefined ? {} : { cursor }),
          })
          paged.push(...page.alerts.map((alert) => alert.id))
          cursor = page.cursor
          if (order === 'newest') await insert([{}])
        } while (cursor !== undefined)
        expect(paged).toEqual(whole)
      },
    )

    test('a cursor of another order or a broken one is refused', async () => {
      for (const cursor of ['severity.1.1', 'newest', "newest.1.1' OR 1", '']) {
        const page = store.listAlerts({ filter: {}, limit: 1, cursor })
        expect(await page.catch((e) => e)).toEqual(rejects('invalid'))
      }
    })

    test('groups count alerts, matches, hosts and states of each rule', async () => {
      await insert([
        { rule: 'r1', severity: 'low', host: 'a', count: 5 },
        { rule: 'r1', severity: 'high', host: 'b', count: 2, minute: 9 },
        { rule: 'r1', severity: 'low', host: 'b' },
        { rule: 'r2', severity: 'critical' },
      ])
      await store.changeAlert('A-1', { status: 'acknowledged', version: 1 }, ANA)
      const { groups, total } = await store.groupAlerts({}, 1)
      expect(total).toBe(2)
      expect(groups.map((group) => group.ruleId)).toEqual(['r2'])
      const all = await store.groupAlerts({}, 10)
      expect(all.groups[1]).toEqual({
        ruleId: 'r1',
        ruleTitle: 'Rule r1',
        severity: 'high',
        alerts: 3,
        matches: 8,
        hosts: ['b', 'a'],
        hostCount: 2,
        users: 0,
        statuses: { new: 2, acknowledged: 1 },
        firstSeen: NOON,
        lastSeen: NOON + 9 * 60_000,
        newestAlertId: 'A-3',
      })
      expect((await store.groupAlerts({ severity: ['low'] }, 10)).groups[0]?.alerts).toBe(2)
    })

    test.each([
      ['true_positive', 'resolved'],
      ['benign_true_positive', 'resolved'],
      ['false_positive_logic', 'false_positive'],
      ['false_positive_data', 'false_positive'],
      ['duplicate', 'resolved'],
      ['test', 'resolved'],
      ['insufficient_evidence', 'resolved'],
    ] as const)('verdict %s sets status %s', async (verdict: Verdict, status) => {
      await insert([{}])
      const alert = await store.changeAlert('A-1', { verdict, reason: 'why', version: 1 }, ANA)
      expect(alert).toMatchObject({ verdict, status, reason: 'why', version: 2 })
    })

    test('who changed what and when is kept', async () => {
      await insert([{}])
      await store.changeAlert('A-1', { status: 'investigating', owner: 'ana', version: 1 }, ANA)
      opened.advance(1000)
      await store.changeAlert('A-1', { verdict: 'test', version: 2 }, { name: 'ben' })
      const reopened = await store.changeAlert('A-1', { status: 'new', version: 3 }, ANA)
      expect(reopened.verdict).toBeUndefined()
      const activity = await store.alertActivity('A-1')
      expect(activity.map(({ who, what, before, after }) => [who, what, before, after])).toEqual([
        ['detection', 'created', undefined, 'Rule r1'],
        ['ana', 'status', 'new', 'investigating'],
        ['ana', 'owner', undefined, 'ana'],
        ['ben', 'status', 'investigating', 'resolved'],
        ['ben', 'verdict', undefined, 'test'],
        ['ana', 'status', 'resolved', 'new'],
        ['ana', 'verdict', 'test', undefined],
      ])
      expect((await store.listAudit({ limit: 9, action: 'alert' })).length).toBe(3)
    })

    test('a stale version is refused and says who was faster', async () => {
      await insert([{}])
      await store.changeAlert('A-1', { status: 'acknowledged', version: 1 }, { name: 'ben' })
      const late = await store
        .changeAlert('A-1', { status: 'resolved', version: 1 }, ANA)
        .catch((e) => e)
      expect(late).toEqual(rejects('conflict', 'by ben at 2026-11-21T'))
      expect((await store.getAlert('A-1'))?.status).toBe('acknowledged')
    })

    test.each([
      [{ version: 1 }, 'invalid'],
      [{ status: 'closed', version: 1 }, 'invalid'],
      [{ verdict: 'nice', version: 1 }, 'invalid'],
      [{ verdict: 'test', status: 'false_positive', version: 1 }, 'invalid'],
      [{ reason: 'x'.repeat(5000), version: 1 }, 'invalid'],
    ])('change %j is %s', async (change, code) => {
      await insert([{}])
      const changed = store.changeAlert('A-1', change as never, ANA)
      expect(await changed.catch((e) => e)).toEqual(rejects(code))
    })

    test('an unknown alert is not found', async () => {
      const changed = store.changeAlert('A-9', { status: 'resolved', version: 1 }, ANA)
      expect(await changed.catch((e) => e)).toEqual(rejects('not-found'))
    })

    test('the values of a column are counted, most, fewest or worst first', async () => {
      await insert([
        { rule: 'r1', severity: 'low', host: 'web-1' },
        { rule: 'r1', severity: 'critical', host: 'web-1' },
        { rule: 'r2', severity: 'low', host: 'web-2' },
        { rule: 'r2', severity: 'low' },
      ])
      const top = async (field: 'host' | 'severity' | 'rule' | 'owner', order: 'most' | 'fewest') =>
        (await store.topAlerts({}, field, order, 10)).values.map((v) => `${v.value} ${v.count}`)
      expect(await top('host', 'most')).toEqual(['web-1 2', 'web-2 1'])
      expect(await top('host', 'fewest')).toEqual(['web-2 1', 'web-1 2'])
      expect(await top('severity', 'most')).toEqual(['critical 1', 'low 3'])
      expect(await top('rule', 'most')).toEqual(['r1 2', 'r2 2'])
      expect(await top('owner', 'most')).toEqual([])
      expect(await store.topAlerts({ host: 'web-1' }, 'rule', 'most', 1)).toMatchObject({
        values: [{ value: 'r1', count: 2 }],
        distinct: 1,
      })
      expect((await store.topAlerts({}, 'host', 'most', 1)).distinct).toBe(2)
    })

    test('a bulk change takes all that fit up to the cut-off, and names those changed meanwhile', async () => {
      await insert([{ rule: 'r1' }, { rule: 'r1' }, { rule: 'r2' }])
      opened.advance(1000)
      const before = (await store.getAlert('A-1'))?.created ?? 0
      await store.changeAlert('A-2', { status: 'investigating', version: 1 }, { name: 'ben' })
      await insert([{ rule: 'r1' }])
      const result = await store.changeAlerts(
        { filter: { ruleId: 'r1' }, before, change: { verdict: 'duplicate' } },
        ANA,
      )
      expect(result.changed).toBe(1)
      expect(result.skipped).toMatchObject([{ id: 'A-2', who: 'ben' }])
      const counts = await store.countAlerts({})
      expect(counts.byStatus).toMatchObject({ new: 2, investigating: 1, resolved: 1 })
      expect(counts.bySeverity.high).toBe(4)
    })

    test('a bulk change is undone where nothing came after it, and named where something did', async () => {
      await insert([{ rule: 'r1' }, { rule: 'r1' }, { rule: 'r1' }])
      opened.advance(1000)
      await store.changeAlert('A-1', { owner: 'ben', status: 'acknowledged', version: 1 }, ANA)
      opened.advance(1000)
      const before = (await store.getAlert('A-1'))?.updated ?? 0
      const change = { verdict: 'false_positive_logic', reason: 'noise', owner: null } as const
      const done = await store.changeAlerts({ filter: {}, before, change }, ANA)
      opened.advance(1000)
      await store.changeAlert('A-3', { status: 'new', version: 2 }, { name: 'ben' })
      expect((await store.undoChanges(done.at, { name: 'ben' })).changed).toBe(0)
      opened.advance(1000)
      const undone = await store.undoChanges(done.at, ANA)
      expect(undone).toMatchObject({ changed: 2, skipped: [{ id: 'A-3', who: 'ben' }] })
      const first = await store.getAlert('A-1')
      expect(first).toMatchObject({ status: 'acknowledged', owner: 'ben', version: 4 })
      expect(first?.verdict).toBeUndefined()
      expect(first?.reason).toBeUndefined()
      expect(await store.getAlert('A-2')).toMatchObject({ status: 'new', version: 3 })
      expect((await store.alertActivity('A-2')).at(-1)).toMatchObject({ who: 'ana' })
      opened.advance(1000)
      expect((await store.undoChanges(undone.at, ANA)).changed).toBe(2)
      expect((await store.getAlert('A-1'))?.verdict).toBe('false_positive_logic')
    })

    test('the cursor and the alerts are written together or not at all', async () => {
      await insert([{}])
      expect(await opened.alerts.cursor()).toEqual({ epoch: 'e', sequence: 1 })
      sequence = 0
      expect(await insert([{}]).catch((e) => e)).toEqual(rejects('conflict'))
      sequence = 1
      const broken = opened.alerts.commit({ epoch: 'e', sequence: 1 }, 2, {
        missing: () => [],
        fold: () => ({ created: [toInsert({}, 1)], updated: [], rules: new Map() }),
      })
      expect(await broken.catch((e) => e.message)).toContain('UNIQUE')
      expect(await opened.alerts.cursor()).toEqual({ epoch: 'e', sequence: 1 })
    })

    test('updates add counts, widen the times and keep a hundred events', async () => {
      await insert([{ count: 1 }])
      const old = Array.from({ length: 100 }, (_, i) => `20261121-0000000010${90 - (i % 90) + 9}`)
      await opened.alerts.commit({ epoch: 'e', sequence: 1 }, 2, {
        missing: () => [],
        fold: () => ({
          created: [],
          updated: [
            { number: 1, count: 9, firstSeen: NOON - 5, lastSeen: NOON - 1, eventIds: old },
          ],
          rules: new Map([['r1', { matches: 9, suppressed: 1, alerts: 0, last: NOON }]]),
        }),
      })
      const alert = await store.getAlert('A-1')
      expect(alert).toMatchObject({
        count: 10,
        firstSeen: NOON - 5,
        lastSeen: NOON,
        version: 1,
      })
      expect(alert?.eventIds).toEqual(old)
      expect(await store.ruleCounters()).toEqual({
        r1: { matches: 9, suppressed: 1, alerts: 0, last: NOON },
      })
    })

    test('a silent source raises one alert a silence', async () => {
      const first = await store.sourceSilent('nginx', NOON, 300)
      expect(await store.sourceSilent('nginx', NOON, 300)).toBe(first)
      expect(await store.sourceSilent('nginx', NOON + 1, 300)).toBe(first)
      expect(await store.getAlert(first)).toMatchObject({
        ruleId: 'source_silent',
        count: 2,
        title: 'Source nginx is silent',
      })
      await store.changeAlert(first, { status: 'resolved', version: 1 }, ANA)
      expect(await store.sourceSilent('nginx', NOON + 1, 300)).toBe(first)
      const next = await store.sourceSilent('nginx', NOON + 2, 300)
      expect((await store.getAlert(next))?.previousId).toBe(first)
      expect(await store.sourceSilent('other', NOON, 300)).not.toBe(next)
    })

    test('rule texts that nothing needs are forgotten after a while', async () => {
      await opened.alerts.saveRules([facts('used'), facts('unused')])
      await insert([{ rule: 'used' }])
      opened.advance(8 * 24 * 3600_000)
      await opened.alerts.saveRules([facts('new')])
      const kept = await opened.alerts.rulesByHash(['hash-used', 'hash-unused', 'hash-new'])
      expect(kept.map((rule) => rule.id).sort()).toEqual(['new', 'used'])
    })
  })
}

function toInsert(made: Made, number: number): AlertInsert {
  const { rule = 'r1', severity = 'high', host, minute = 0, count = 1, ip, title } = made
  const id = `20261121-${String(number).padStart(12, '0')}`
  return {
    number,
    ruleId: rule,
    ruleHash: `hash-${rule}`,
    ruleTitle: `Rule ${rule}`,
    title: title ?? `Rule ${rule}`,
    severity,
    tags: ['attack.t1059'],
    dedupHash: `d${number}`,
    previous: null,
    event: event(id, {
      ...(host === undefined ? {} : { host }),
      ...(ip === undefined ? {} : { src_ip: ip }),
    }),
    count,
    firstSeen: NOON + minute * 60_000,
    lastSeen: NOON + minute * 60_000,
    eventIds: [id],
  }
}
