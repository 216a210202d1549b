import { describe, expect, test } from 'bun:test'
import { OKTA } from '../cloud.samples.ts'
import { normalise } from '../normalise.ts'
import { MAPPED } from '../table.ts'
import { parserContent } from './content.ts'

const OPTIONS = { now: 0, received: 0, timeZone: 'UTC' }
const TABLE = `name: okta
title: Okta, our way
product: okta
recognise: [{ has: [eventType, published] }]
logsources: [{ service: [okta] }]
time: [published]
pivots: { user: [actor.displayName] }
`
const file = (text: string, path = 'parsers/mappings/okta.yml') => [{ path, text }]

test('tables that may be overridden are those of parsers made of one', () => {
  expect(MAPPED.has('okta')).toBe(true)
  expect(MAPPED.has('zeek')).toBe(true)
  expect(MAPPED.has('nginx')).toBe(false)
})

test('a content repository’s table takes the place of ours', () => {
  const content = parserContent(file(TABLE), MAPPED)
  const text = JSON.stringify(OKTA)
  expect(normalise(text, OPTIONS).pivots.user).toBe('anna@example.com')
  expect(normalise(text, { ...OPTIONS, ...content }).pivots.user).toBe('Anna')
})

test('severity patterns too', () => {
  const content = parserContent(
    file('critical: [the till is open]', 'parsers/severity.yml'),
    MAPPED,
  )
  const line = '{"message":"the till is open"}'
  expect(normalise(line, OPTIONS).pivots.severity).toBe('informational')
  expect(normalise(line, { ...OPTIONS, ...content }).pivots.severity).toBe('critical')
})

describe('what is wrong is named with its file', () => {
  test.each([
    ['name: [', 'parsers/mappings/okta.yml:'],
    [`${TABLE}name: okta\n`, 'okta.yml:'],
    [TABLE.replace('name: okta', 'name: nginx'), 'nginx is none of'],
    [`${TABLE}colour: red\n`, 'unknown key colour'],
  ])('%#', (text, message) => {
    expect(() => parserContent(file(text), MAPPED)).toThrow(message)
  })
})
