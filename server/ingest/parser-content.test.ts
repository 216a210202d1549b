import { afterEach, beforeEach, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readParserContent } from './parser-content.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trapline-content-'))
  mkdirSync(join(root, 'detections'))
  mkdirSync(join(root, 'parsers/mappings'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const read = (overlay = false) => readParserContent([{ path: join(root, 'detections'), overlay }])

test('content without parsers changes nothing', () => {
  expect(read()).toEqual({})
})

test('tables and patterns beside the detections; an overlay brings none', () => {
  const table = 'name: okta\ntitle: ours\nproduct: okta\nlogsources: [{ service: [okta] }]\n'
  writeFileSync(join(root, 'parsers/mappings/okta.yml'), table)
  writeFileSync(join(root, 'parsers/severity.yml'), 'high: [till]\n')
  expect([...(read().mappings?.keys() ?? [])]).toEqual(['okta'])
  expect(read().severityPatterns).toEqual([{ severity: 'high', phrases: ['till'] }])
  expect(read(true)).toEqual({})
})

test('a broken table is refused by its name', () => {
  writeFileSync(join(root, 'parsers/mappings/github.yml'), 'name: github\n')
  expect(() => read()).toThrow('parsers/mappings/github.yml:1:1: ')
})
