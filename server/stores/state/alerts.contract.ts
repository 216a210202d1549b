// What every state store must do with alerts.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import {
  type AlertsStore,
  ANA,
  event,
  facts,
  NOON,
  type OpenAlerts,
  openAlerts,
  rejects,
  toInsert,
} from './alerts.support.ts'

export function alertsContract(name: string, open: OpenAlerts): void {
  describe(`alerts on ${name}`, () => {
    let opened: AlertsStore['opened']
    let store: AlertsStore['store']
    let insert: AlertsStore['insert']
    beforeEach(async () => {
      ;({ opened, store, insert } = await openAlerts(open))
    })
    afterEach(() => opened.remove())

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

    test('the cursor and the alerts are written together or not at all', async () => {
      await insert([{}])
      expect(await opened.alerts.cursor()).toEqual({ epoch: 'e', sequence: 1 })
      expect(await insert([{}], 0).catch((e) => e)).toEqual(rejects('conflict'))
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
