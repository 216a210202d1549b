// The schemas as editors use them: by file name, each document of a file alone.
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { parseAllDocuments } from 'yaml'
import { checkSchema } from './schema.ts'

const ROOT = join(import.meta.dir, '../..')
const FOLDER = join(ROOT, 'sigma/schema')

const ajv = new Ajv2020({ allErrors: true, strict: false })
addFormats(ajv)
for (const name of new Bun.Glob('*.schema.json').scanSync(FOLDER)) {
  const schema = await Bun.file(join(FOLDER, name)).json()
  expect(schema.$id).toBe(name)
  ajv.addSchema(schema)
}
const sigma = ajv.getSchema('sigma.schema.json')!

test('one schema fits every rule, correlation, filter and pipeline of ours', async () => {
  const wrong: string[] = []
  let documents = 0
  for (const pattern of ['detections/**/*.yml', 'sigma/pipelines/*.yml']) {
    for (const path of new Bun.Glob(pattern).scanSync(ROOT)) {
      if (path.endsWith('.test.yml')) continue
      const text = await Bun.file(join(ROOT, path)).text()
      for (const document of parseAllDocuments(text)) {
        documents++
        if (!sigma(document.toJS())) wrong.push(`${path}: ${ajv.errorsText(sigma.errors)}`)
      }
    }
  }
  expect(wrong).toEqual([])
  expect(documents).toBeGreaterThan(50)
})

test.each([
  ['a correlation', { title: 'T', correlation: { type: 'event_counts' } }],
  ['a filter', { title: 'T', logsource: { product: 'p' }, filter: { condition: 'a' } }],
  ['a pipeline', { name: 'n', transformations: [{ type: 'field_name_maping' }] }],
  ['a rule', { title: 'T', logsource: { product: 'p' } }],
])('and says what is wrong with %s', (_, document) => {
  expect(sigma(document)).toBe(false)
})

test.each([
  ['query: a\nschedul: 1h\n', 'unknown key schedul, did you mean schedule?'],
  ['query: a\nschedule: hourly\n', 'schedule: is not of this form: A number and s, m, h or d'],
])('a hunt of %j is answered with what is meant', (body, message) => {
  const text = `title: H\nid: a1f3c1de-6a77-4f0e-9f43-b2a0d5a1c1ff\n${body}`
  expect(checkSchema({ path: 'hunts/h.yml', text }).map((one) => one.message)).toEqual([message])
})
