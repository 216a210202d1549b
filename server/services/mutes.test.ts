import { describe, expect, test } from 'bun:test'
import type { Event } from '../../parsers/event.ts'
import type { StoredMatch } from '../stores/events/event-store.ts'
import type { ProposalRecord } from '../stores/state/proposals.ts'
import type { RuleFacts, StateStore } from '../stores/state/state-store.ts'
import type { NewSuppression } from '../stores/state/suppressions.ts'
import { filterText } from './mute-filter.ts'
import { openState } from './state.ts'

const NOON = Date.UTC(2026, 10, 21, 12)
const HOUR_MS = 3600_000
const ANA = { name: 'ana' }
const RULE_ID = '6cfe5d00-ce9f-497d-ad6c-d62fbde40b4b'

const ruleText = `title: Shell
id: ${RULE_ID}
logsource: {product: linux}
detection: {selection: {Image: sh}, condition: selection}
`
const rule: RuleFacts = {
  id: RULE_ID,
  title: 'Shell',
  level: 'high',
  hash: 'h1',
  text: ruleText,
  tags: [],
  dedup: ['host'],
  dedupWindow_ms: HOUR_MS,
}

let filters = 0
function mute(change: Partial<NewSuppression> = {}): NewSuppression {
  const criteria = change.criteria ?? { Image: 'sh', ParentImage: 'backup' }
  const filterId = `00000000-0000-4000-8000-${String(++filters).padStart(12, '0')}`
  return {
    ruleId: RULE_ID,
    criteria,
    filterId,
    filter: filterText({
      ...{ id: filterId, title: 'Backup', description: 'x', author: 'ana', date: '2026-11-21' },
      ...{ ruleId: RULE_ID, logsource: { product: 'linux' }, criteria },
      exception: { id: 'S', owner: 'ana', reason: 'x', expires: '2027-01-01' },
    }),
    tests: 'tests: []',
    path: `detections/filters/${filterId}.yml`,
    owner: 'ana',
    reason: 'the nightly backup',
    effect: { hidden: 0, partly: 0, byVerdict: {}, looked: 0, days: 30 },
    expires: NOON + HOUR_MS,
    ...change,
  }
}

const proposal = (id: string): ProposalRecord => ({
  ...{ id, kind: 'filter', title: 'Mute', body: '', branch: `trapline/${id}`, base: 'b' },
  ...{ commit: 'c', paths: [], created: NOON, by: ANA },
})

function setup(
  store: { state: StateStore | undefined; now: number } = { state: undefined, now: NOON },
) {
  const list: StoredMatch[] = []
  const events = new Map<string, Event>()
  const feed = {
    epoch: () => 'e1',
    matches: (after: number, limit: number) =>
      list.filter((one) => one.sequence > after).slice(0, limit),
    event: (id: string) => events.get(id),
  }
  const add = (parent: string, { gone = false } = {}) => {
    const sequence = list.length + 1
    const id = `20261121-${String(sequence).padStart(12, '0')}`
    const fields = { Image: 'sh', ParentImage: parent }
    const logsource = { product: 'linux', category: [], service: [], closed: true }
    const common = { time: NOON + sequence, ingested: NOON, source: 'sysmon' }
    const event: Event = {
      ...{ ...common, id, parser: 'json', logsource, pivots: { host: 'web-1' } },
      ...{ message: '', fields, raw: '' },
    }
    if (!gone) events.set(id, event)
    list.push({
      ...{ ...common, sequence, eventId: id, ruleId: RULE_ID, ruleHash: 'h1' },
      keys: { host: 'web-1' },
    })
  }
  return { feed, add, list, clock: store }
}

async function withState(
  job: (
    state: StateStore,
    tools: ReturnType<typeof setup> & { settle(): Promise<void> },
  ) => Promise<void>,
) {
  const tools = setup()
  const state = await openState({
    url: ':memory:',
    openFeed: () => tools.feed,
    now: () => tools.clock.now,
  })
  const settle = async () => {
    while ((await state.alertMakerStatus()).sequence < tools.list.length) await Bun.sleep(5)
  }
  try {
    await state.setRules([rule])
    await job(state, { ...tools, settle })
  } finally {
    await state.close()
  }
}

const statuses = async (state: StateStore) =>
  (await state.listAlerts({ filter: {}, limit: 20 })).alerts
    .map(({ id, status, count, muteId }) => [id, status, count, muteId ?? ''].join(' '))
    .sort()

describe('mutes', () => {
  test('hold what their criteria say, on fields that no match keeps, and nothing else', async () => {
    await withState(async (state, { add, settle }) => {
      const { id } = await state.addSuppression(mute(), proposal('p1'), ANA)
      add('backup')
      add('nginx')
      add('BACKUP')
      await settle()
      expect(await statuses(state)).toEqual(['A-1 held 2 S-1', 'A-2 new 1 '])
      expect((await state.ruleCounters())[RULE_ID]).toMatchObject({ matches: 3, suppressed: 2 })
      expect(await state.getSuppression(id)).toMatchObject({ matches: 2, held: 1, last: NOON + 3 })
      expect((await state.getProposal('p1'))?.state).toBe('pending')
      expect((await state.alertActivity('A-1')).map(({ what }) => what)).toEqual([
        'created',
        'mute',
      ])
    })
  })

  test('an event that nobody can look at any more raises its alert', async () => {
    await withState(async (state, { add, settle }) => {
      await state.addSuppression(mute(), proposal('p1'), ANA)
      add('backup', { gone: true })
      await settle()
      expect(await statuses(state)).toEqual(['A-1 new 1 '])
    })
  })

  test('when the time is over held alerts are new again with their times, and later matches fold into them', async () => {
    await withState(async (state, { add, settle, clock }) => {
      await state.addSuppression(mute(), proposal('p1'), ANA)
      add('backup')
      await settle()
      const before = await state.getAlert('A-1')
      clock.now += HOUR_MS
      while ((await state.getAlert('A-1'))?.status === 'held') await Bun.sleep(5)
      const after = await state.getAlert('A-1')
      expect(after).toMatchObject({ status: 'new', firstSeen: NOON + 1, lastSeen: NOON + 1 })
      expect(after?.created).toBe(before?.created ?? 0)
      expect((await state.getSuppression('S-1'))?.state).toBe('expired')
      add('backup')
      await settle()
      expect(await statuses(state)).toEqual(['A-1 new 2 '])
      const actions = (await state.listAudit({ limit: 9, action: 'mute' })).map((e) => e.action)
      expect(actions).toEqual(['mute.expired', 'mute.add'])
    })
  })

  test('ending gives held alerts back at once; closed ones stay closed', async () => {
    await withState(async (state, { add, settle, clock }) => {
      await state.addSuppression(mute(), proposal('p1'), ANA)
      add('backup')
      await settle()
      const verdict = { verdict: 'false_positive_data', reason: 'backup', version: 1 } as const
      await state.changeAlert('A-1', verdict, ANA)
      clock.now += 1
      add('backup')
      await settle()
      expect(await statuses(state)).toEqual(['A-1 false_positive 1 S-1', 'A-2 held 1 S-1'])
      const ended = await state.endSuppression('S-1', ANA)
      expect(ended).toMatchObject({ state: 'ended', endedBy: 'ana', held: 0 })
      expect(await statuses(state)).toEqual(['A-1 false_positive 1 ', 'A-2 new 1 '])
      const again = await state.endSuppression('S-1', ANA).catch((error) => error)
      expect(again).toMatchObject({ code: 'conflict' })
    })
  })

  test('a clock that is set back keeps them, and lets new ones act', async () => {
    await withState(async (state, { add, settle, clock }) => {
      await state.addSuppression(mute(), proposal('p1'), ANA)
      add('backup')
      await settle()
      clock.now -= 2 * HOUR_MS
      add('backup')
      await settle()
      expect(await statuses(state)).toEqual(['A-1 held 2 S-1'])
      await state.addSuppression(mute({ criteria: { ParentImage: 'sshd' } }), proposal('p2'), ANA)
      add('sshd')
      await settle()
      expect(await statuses(state)).toEqual(['A-1 held 2 S-1', 'A-2 held 1 S-2'])
    })
  })

  test('a proposal that is closed without a merge ends its mute', async () => {
    await withState(async (state, { add, settle, clock }) => {
      await state.addSuppression(mute(), proposal('p1'), ANA)
      add('backup')
      await settle()
      await state.changeProposal('p1', { state: 'closed' }, { name: 'github' })
      clock.now += 5_000
      while ((await state.getAlert('A-1'))?.status === 'held') await Bun.sleep(5)
      expect(await state.getSuppression('S-1')).toMatchObject({ state: 'ended', endedBy: 'review' })
    })
  })

  test('a live filter ends the mute; what it holds stays held', async () => {
    await withState(async (state, { add, settle, clock }) => {
      const one = mute()
      await state.addSuppression(one, proposal('p1'), ANA)
      add('backup')
      await settle()
      expect(await state.suppressionsMerged(['other', one.filterId])).toEqual(['S-1'])
      expect(await state.suppressionsMerged([one.filterId])).toEqual([])
      clock.now += 2 * HOUR_MS
      await Bun.sleep(150)
      expect(await statuses(state)).toEqual(['A-1 held 1 S-1'])
      expect((await state.getSuppression('S-1'))?.state).toBe('merged')
    })
  })

  test('what waits for the second person holds nothing, and only that person may agree', async () => {
    await withState(async (state, { add, settle }) => {
      await state.addSuppression(mute({ agreedBy: 'ben' }), undefined, ANA)
      add('backup')
      await settle()
      expect(await statuses(state)).toEqual(['A-1 new 1 '])
      for (const name of ['ana', 'cleo']) {
        const refused = await state
          .agreeSuppression('S-1', proposal('p2'), { name })
          .catch((error) => error)
        expect(refused).toMatchObject({ code: 'forbidden' })
      }
      const agreed = await state.agreeSuppression('S-1', proposal('p2'), { name: 'ben' })
      expect(agreed).toMatchObject({ state: 'active', agreedBy: 'ben', proposalId: 'p2' })
      add('backup')
      await settle()
      expect(await statuses(state)).toEqual(['A-1 new 1 ', 'A-2 held 1 S-1'])
    })
  })
})
