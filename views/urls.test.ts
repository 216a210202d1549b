import { expect, test } from 'bun:test'
import { urls } from './urls.ts'

test('href fills placeholders, encodes them and leaves out empty parameters', () => {
  expect(urls.search.href({ q: 'host:"a b"', from: 'now-1h', sel: '' })).toBe(
    '/search?q=host%3A%22a+b%22&from=now-1h',
  )
  expect(urls.rule.href({ id: 'a/b?c' })).toBe('/rules/a%2Fb%3Fc')
  expect(urls.rule.href({ id: 'r' }, { q: 'x' })).toBe('/rules/r?q=x')
  expect(urls.alerts.href({ severity: ['high', 'low'] })).toBe('/alerts?severity=high&severity=low')
})

test('no two routes share a pattern', () => {
  const patterns = Object.values(urls).map((route) => route.pattern)
  expect(new Set(patterns).size).toBe(patterns.length)
})
