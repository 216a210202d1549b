import { expect, test } from 'bun:test'
import { brotliDecompressSync } from 'node:zlib'
import { loadStatic, staticRoutes } from './static.ts'

const loaded = await loadStatic()
const app = staticRoutes(Promise.resolve(loaded))
const plain = loaded.files.get(loaded.assets.styles)!.body

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip', 'gzip'],
  ['br;q=0, gzip;q=0.5', 'gzip'],
  ['', null],
])('a client that takes "%s" gets %p', async (accepted, encoding) => {
  for (let twice = 0; twice < 2; twice++) {
    const headers = { 'accept-encoding': accepted }
    const answer = await app.request(loaded.assets.styles, { headers })
    expect(answer.headers.get('content-encoding')).toBe(encoding)
    const body = await answer.bytes()
    const read = { br: brotliDecompressSync, gzip: Bun.gunzipSync }[encoding ?? '']
    expect(Buffer.from(read?.(body) ?? body).equals(plain)).toBe(true)
  }
})

test('fonts are sent as they are, and what is known is not sent again', async () => {
  const [font = ''] = loaded.assets.fonts
  const headers = { 'accept-encoding': 'br' }
  const answer = await app.request(font, { headers })
  expect(answer.headers.get('content-encoding')).toBeNull()
  const etag = answer.headers.get('etag') ?? ''
  const again = await app.request(font, { headers: { ...headers, 'if-none-match': etag } })
  expect(again.status).toBe(304)
  expect((await app.request('/assets/x/style.css')).status).toBe(404)
})
