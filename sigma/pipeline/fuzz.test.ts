import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { loadRules } from '../load.ts'
import { compilePipelines } from './apply.ts'
import { parsePipeline } from './pipeline.ts'

const PIPELINE = `name: p
priority: 10
vars: {Admins: [ana, 'b*']}
transformations:
  - {id: a, type: field_name_mapping, mapping: {Image: [x, y], User: z}}
  - {type: replace_string, regex: '^(a)(b)$', replacement: '\\2\\1', rule_conditions: [{type: logsource, product: windows}]}
  - {type: hashes_fields, valid_hash_algos: [MD5], field_name_conditions: [{type: include_fields, fields: [Hashes]}]}
  - {type: value_placeholders, detection_item_conditions: {a: {type: match_string, cond: any, pattern: '.*'}}, detection_item_cond_expr: not a}
  - {type: nest, items: [{type: case, method: upper}, {type: regex}]}
`
const RULES = `title: t
id: t
logsource: {product: windows}
detection: {s: {Image: ab, Hashes: 'MD5=00112233445566778899aabbccddeeff', User|expand: '%Admins%'}, condition: s}
---
title: f
logsource: {product: windows}
filter: {rules: any, s: {User: svc}, condition: not s}
---
title: c
id: c
correlation: {type: value_count, rules: [t], group-by: [User], aliases: {u: {t: User}}, timespan: 5m, condition: {field: Image, gte: 2}}
`

/** A text with pieces cut out, doubled, or put in. */
const mutated = (text: string) =>
  fc
    .array(
      fc.record({
        at: fc.nat(text.length),
        cut: fc.nat(12),
        put: fc.oneof(
          fc.constant(''),
          fc.string({ maxLength: 4 }),
          fc.constantFrom('- ', ': ', '[', '}', '%', '*', '1', 'null', '\n  '),
        ),
      }),
      { maxLength: 4 },
    )
    .map((edits) =>
      edits.reduce((now, { at, cut, put }) => now.slice(0, at) + put + now.slice(at + cut), text),
    )

test('mutated pipelines and rules end in findings, never in a throw', () => {
  fc.assert(
    fc.property(mutated(PIPELINE), mutated(RULES), (pipelineText, rulesText) => {
      const { pipeline, diagnostics } = parsePipeline(pipelineText, 'p.yml')
      const failed = diagnostics.some(({ severity }) => severity === 'error')
      expect(pipeline === undefined).toBe(failed)
      const options = pipeline === undefined ? {} : compilePipelines({ pipelines: [pipeline] })
      const loaded = loadRules([{ path: 'r.yml', text: rulesText }], options)
      for (const { reason, message } of loaded.refused) {
        expect([reason, message]).not.toContain('')
      }
      for (const { inputs } of loaded.correlations) {
        for (const { id } of inputs) expect(loaded.rules.some((rule) => rule.id === id)).toBe(true)
      }
    }),
    { numRuns: 1500 },
  )
}, 60_000)
