// What stops a release, and what it says of one that goes live: verdicts that people gave, and a sample of what
// came in.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { rmSync } from 'node:fs'
import { imageRule, openContentRepository, type TestContent } from './support/content.ts'
import { API_KEY, eventually, startTestServer, type TestServer } from './support/server.ts'

const RULE = '2f6d7f2a-93a4-4a56-8d0b-5d6d1f5e2c01'
const OTHER = '8a5b4a57-7c1f-4d8e-9a35-0b9b6f7d1c02'
const PATH = 'detections/marker.yml'
setDefaultTimeout(60_000)
let server: TestServer
let content: TestContent

beforeAll(async () => {
  server = await startTestServer()
  content = await openContentRepository(() => ({
    TRAPLINE_SERVER: server.url,
    TRAPLINE_API_KEY: API_KEY,
  }))
})
afterAll(async () => {
  await server.stop()
  rmSync(server.data, { recursive: true, force: true })
  content.dispose()
})

const rule = (ends: string) => imageRule({ id: RULE, ends })
const newest = async () => (await server.json('/api/v1/releases?limit=1')).releases[0]
const send = (images: readonly string[]) =>
  server.ingest(
    images
      .map((Image, n) => JSON.stringify({ Image, product: 'windows', host: `pc-${n}` }))
      .join('\n'),
  )

/** The rule's alert, once there is one. */
async function alertOf(id: string) {
  const found = await eventually(
    () => server.json(`/api/v1/alerts?rule=${id}`),
    ({ alerts }) => alerts.length > 0,
  )
  return found.alerts[0]
}

test('what a release changes for the events of the last hour is told', async () => {
  await content.commit('one', { [PATH]: rule('\\one.exe') })
  expect((await content.trapline('deploy')).code).toBe(0)
  await send(['C:\\one.exe', 'C:\\two.exe', 'C:\\three.exe'])
  await content.commit('two as well', {
    [PATH]: rule('\\one.exe').replace("'\\one.exe'", "['\\one.exe', '\\two.exe']"),
  })
  const deployed = await content.trapline('deploy')
  expect([deployed.code, deployed.err]).toEqual([0, ''])
  expect(deployed.out).toContain('1 -> 2 matches in the sample: Marker Seen')
  const { report, summary } = await newest()
  expect(report.sample).toMatchObject({
    ...{ events: 3, total: 3, changed: 1 },
    rules: [{ id: RULE, title: 'Marker Seen', before: 1, after: 2 }],
  })
  expect(summary).toContain('3 of 3 events of the last hour ran')
})

test('an event once judged a true positive must keep firing', async () => {
  const alert = await alertOf(RULE)
  await server.json(`/api/v1/alerts/${alert.id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ verdict: 'true_positive', reason: 'seen', version: alert.version }),
  })
  await content.commit('loses it', { [PATH]: rule('\\two.exe') })
  const { code, err } = await content.trapline('deploy')
  expect([code, err]).toEqual([2, expect.stringContaining(`no longer fires on ${alert.id}`)])
  expect(await newest()).toMatchObject({
    status: 'refused',
    findings: [{ code: 'lost-true-positive', path: PATH }],
    report: { verdicts: { events: 1, fired: 0, lost: [alert.id] } },
  })
})

test('nor may the rule go while no other one sees the event', async () => {
  await content.commit('another rule', {
    'detections/other.yml': imageRule({ id: OTHER, title: 'Other', ends: '\\four.exe' }),
    [PATH]: null,
  })
  expect((await content.trapline('deploy')).err).toContain('is removed, and no other rule fires')
})

test('a rule that is deleted in Git is gone where another one sees what it saw', async () => {
  await content.commit('the other one sees it', {
    'detections/other.yml': imageRule({ id: OTHER, title: 'Other', ends: '\\one.exe' }),
  })
  const deployed = await content.trapline('deploy')
  expect([deployed.code, deployed.err]).toEqual([0, ''])
  const { rules } = await server.json('/api/v1/detections/rules')
  expect(rules.map(({ id }: { id: string }) => id)).toEqual([OTHER])
})

test('content that allows lost true positives is warned', async () => {
  await content.commit('back', { [PATH]: rule('\\one.exe') })
  expect((await content.trapline('deploy')).code).toBe(0)
  await content.commit('gone again', {
    [PATH]: null,
    'detections/other.yml': imageRule({ id: OTHER, title: 'Other', ends: '\\four.exe' }),
    'trapline.yml': 'backtest:\n    no_lost_true_positives: false\n',
  })
  const { code, err } = await content.trapline('deploy')
  expect([code, err]).toEqual([0, expect.stringContaining('warning: lost-true-positive')])
})

test('a rule that is too noisy for the budget is refused', async () => {
  await send(Array.from({ length: 40 }, () => 'C:\\noise.exe'))
  await content.commit('noisy', {
    'trapline.yml': 'backtest:\n    max_new_per_day: 100\n',
    'detections/other.yml': imageRule({ id: OTHER, title: 'Other', ends: '\\noise.exe' }),
  })
  const { code, err } = await content.trapline('deploy')
  expect([code, err]).toEqual([2, expect.stringContaining('"Other" is too noisy: 40 new alerts')])
})

test.each([
  ['max_cardinality: 30', '"Other" fires for 40 hosts and users, at most 30'],
  ['max_ms_per_100k_events: 0.000001', '"Other" costs'],
])('a rule beyond the budget %s is refused', async (budget, words) => {
  await content.commit(budget, {
    'trapline.yml': `backtest:\n    ${budget}\n`,
    'detections/other.yml': imageRule({ id: OTHER, title: 'Other', ends: '\\noise.exe' }),
  })
  const { code, err } = await content.trapline('deploy')
  expect([code, err]).toEqual([2, expect.stringContaining(words)])
})

test('settings that cannot be read refuse the release', async () => {
  await content.commit('bad settings', { 'trapline.yml': 'backtest: {max_new_per_day: lots}\n' })
  const { code, err } = await content.trapline('deploy')
  expect([code, err]).toEqual([2, expect.stringContaining('backtest.max_new_per_day')])
})

test('what the sender says of its own tests is kept with the release', async () => {
  await content.commit('quiet', {
    'trapline.yml': null,
    'detections/other.yml': imageRule({ id: OTHER, title: 'Other', ends: '\\five.exe' }),
    '.gitignore': 'report.json\n',
  })
  const tested = await content.trapline('test', '--format', 'json')
  await Bun.write(`${content.folder}/report.json`, tested.out)
  expect((await content.trapline('deploy', '--report', 'report.json')).code).toBe(0)
  expect((await newest()).report.sender).toStartWith('test: ')
})
