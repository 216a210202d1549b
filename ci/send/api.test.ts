import { afterAll, expect, test } from 'bun:test'
import { accessOf, ask } from './api.ts'

const KEY = 'tl_0123456789secret'
const PASSWORD = 'proxy-password'
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request) => new Response(`no: ${request.headers.get('x-api-key')}`, { status: 403 }),
})
afterAll(() => server.stop(true))

test.each([
  ['a server that refuses', () => `http://ana:${PASSWORD}@127.0.0.1:${server.port}`],
  ['a server that is not there', () => `http://ana:${PASSWORD}@127.0.0.1:1`],
])('what is said of %s holds neither key nor password', async (_, url) => {
  const access = accessOf({ server: url(), 'api-key': KEY })
  const said = await ask(access, '/api/v1/events').catch((error: unknown) => String(error))
  expect(said).toContain('127.0.0.1')
  for (const secret of [KEY, PASSWORD]) expect(said).not.toContain(secret)
})

test('nor does what is said of an address that is none', () => {
  const wrong = () => accessOf({ server: `http://ana:${PASSWORD}@:x`, 'api-key': KEY })
  expect(wrong).toThrow('is no URL')
  expect(wrong).not.toThrow(PASSWORD)
})
