import { expect, test } from 'bun:test'
import { localPath } from './sign-in.tsx'

test.each([
  [undefined, '/'],
  ['/alerts?sel=1', '/alerts?sel=1'],
  ['//evil.example/x', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example/', '/'],
  ['/sign-in?next=/x', '/'],
  ['/\t/evil.example', '/'],
])('after sign-in %s leads to %s', (next, path) => {
  expect(localPath(next)).toBe(path)
})
