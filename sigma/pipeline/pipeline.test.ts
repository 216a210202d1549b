import { describe, expect, test } from 'bun:test'
import type { Expr } from '../ir/expr.ts'
import { loadRules } from '../load.ts'
import SCHEMA from '../schema/pipeline.schema.json' with { type: 'json' }
import { compilePipelines } from './apply.ts'
import { CONDITION_CATALOGUE, TRANSFORMATION_CATALOGUE } from './catalogue.ts'
import { parsePipeline } from './pipeline.ts'

const pipeline = (transformations: string, more = '') => {
  const text = `name: p\npriority: 10\n${more}transformations:\n${transformations}`
  const { pipeline, diagnostics } = parsePipeline(text, 'p.yml')
  expect(diagnostics).toEqual([])
  return pipeline!
}

const rule = (detection: string) => `title: t
id: t
status: test
level: high
tags: [attack.t1059]
fields: [Image]
logsource: {product: windows, category: process_creation}
detection: ${detection}
`

function load(detection: string, transformations: string, more = '') {
  const options = compilePipelines({ pipelines: [pipeline(transformations, more)] })
  return loadRules([{ path: 'r.yml', text: rule(detection) }], options)
}

/** An expression as text: `Image=a` for equality, other tests by kind. */
function show(expr: Expr): string {
  switch (expr.kind) {
    case 'and':
    case 'or':
      return `(${expr.args.map(show).join(` ${expr.kind} `)})`
    case 'not':
      return `not ${show(expr.arg)}`
    case 'const':
      return String(expr.value)
    case 'match': {
      const field = expr.target.scope === 'field' ? expr.target.name : `<${expr.target.scope}>`
      const { test } = expr
      if (test.kind === 'equals') return `${field}=${test.value}`
      if (test.kind === 'regex') return `${field}~${test.pattern}/${test.flags}`
      const value = 'value' in test ? test.value : 'name' in test ? test.name : ''
      return `${field}:${test.kind} ${value}`
    }
  }
}

const SEL = '{s: {Image: a, User: b}, condition: s}'

describe('pipelines', () => {
  test.each([
    [
      'map fields',
      SEL,
      '  - {type: field_name_mapping, mapping: {Image: process.executable}}',
      '(process.executable=a and User=b)',
    ],
    [
      'map a field to several: any of them',
      SEL,
      '  - {type: field_name_mapping, mapping: {Image: [x, y]}}',
      '((x=a or y=a) and User=b)',
    ],
    [
      'map a second time what stands for several',
      SEL,
      '  - {type: field_name_mapping, mapping: {Image: [x, y]}}\n  - {type: field_name_prefix, prefix: p.}',
      '((p.x=a or p.y=a) and p.User=b)',
    ],
    [
      'map prefixes',
      '{s: {Target.Name: a}, condition: s}',
      "  - {type: field_name_prefix_mapping, mapping: {'Target.': 'user.'}}",
      'user.Name=a',
    ],
    [
      'rename what a field is compared with',
      '{s: {Image|fieldref: User}, condition: s}',
      '  - {type: field_name_mapping, mapping: {Image: x, User: y}}',
      'x:fieldref y',
    ],
    [
      'leave columns without prefix and suffix',
      "{s: {'@host': a, Image: b}, condition: s}",
      '  - {type: field_name_prefix, prefix: p.}\n  - {type: field_name_suffix, suffix: .s}',
      '(<column>=a and p.Image.s=b)',
    ],
    [
      'suffix only fields that are included',
      SEL,
      '  - {type: field_name_suffix, suffix: .text, field_name_conditions: [{type: include_fields, fields: [Image]}]}',
      '(Image.text=a and User=b)',
    ],
    [
      'suffix all but those',
      SEL,
      "  - {type: field_name_suffix, suffix: .text, field_name_conditions: [{type: exclude_fields, fields: ['I.*'], mode: re}]}",
      '(Image=a and User.text=b)',
    ],
    [
      'drop items, and selections that they leave empty',
      '{s: {Image: a}, t: {User: b}, condition: s and not t}',
      '  - {type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [User]}]}',
      'Image=a',
    ],
    [
      'add a condition',
      SEL,
      "  - {type: add_condition, conditions: {index: [w, v], kind: '$category'}, template: true}",
      '(((index=w or index=v) and kind=process_creation) and (Image=a and User=b))',
    ],
    [
      'add a negated condition',
      SEL,
      '  - {type: add_condition, conditions: {index: w}, negated: true}',
      '(not index=w and (Image=a and User=b))',
    ],
    [
      'only where the log source is meant',
      SEL,
      '  - {type: field_name_prefix, prefix: p., rule_conditions: [{type: logsource, product: linux}]}',
      '(Image=a and User=b)',
    ],
    [
      'by expressions over named conditions',
      SEL,
      '  - {type: field_name_prefix, prefix: p., rule_conditions: {a: {type: logsource, product: linux}, b: {type: tag, tag: attack.t1059}}, rule_cond_expr: not a and b}',
      '(p.Image=a and p.User=b)',
    ],
    [
      'by what was applied before',
      SEL,
      '  - {id: one, type: set_state, key: k, val: v}\n' +
        '  - {type: field_name_prefix, prefix: p., rule_conditions: [{type: processing_item_applied, processing_item_id: one}, {type: processing_state, key: k, val: v}]}',
      '(p.Image=a and p.User=b)',
    ],
    [
      'by attributes, levels by rank',
      SEL,
      '  - {type: field_name_prefix, prefix: p., rule_conditions: [{type: rule_attribute, attribute: level, value: medium, op: gte}]}',
      '(p.Image=a and p.User=b)',
    ],
    [
      'replace in strings as pySigma sees them',
      "{s: {Image|endswith: '\\cmd.exe'}, condition: s}",
      "  - {type: replace_string, regex: '^\\*\\\\(.*)$', replacement: 'C:/\\1'}",
      'Image=C:/cmd.exe',
    ],
    [
      'replace around wildcards only',
      "{s: {Image: 'a*a?'}, condition: s}",
      '  - {type: replace_string, regex: a, replacement: b*, skip_special: true}',
      'Image:wildcard ',
    ],
    [
      'replace with what Python writes for groups, backslashes and the end of a line',
      "{s: {Image: 'axb'}, condition: s}",
      String.raw`  - {type: replace_string, regex: '(?P<n>x)', replacement: '\\\\\g<n>\1\n$1'}`,
      String.raw`Image=a\\xx` + '\n$1b',
    ],
    [
      'leave a backslash at the end before the wildcard of contains',
      String.raw`{s: {Image|contains: '\b\'}, condition: s}`,
      '  - {type: replace_string, regex: zzz, replacement: y, skip_special: true}',
      String.raw`Image:contains \b\ `.trimEnd(),
    ],
    [
      'replace before a backslash at the end',
      String.raw`{s: {Image|contains: '\b\'}, condition: s}`,
      '  - {type: replace_string, regex: b, replacement: cc}',
      String.raw`Image:contains \cc\ `.trimEnd(),
    ],
    [
      'make regular expressions of values that end in a backslash',
      String.raw`{s: {Image|contains: '\b\'}, condition: s}`,
      '  - {type: regex, method: plain}',
      String.raw`Image~^(?:.*\\b\\.*)$/s`,
    ],
    [
      'compare texts however their backslashes are written',
      String.raw`{s: {Image: 'a\\b', User: 'a\b'}, condition: s}`,
      String.raw`  - {type: field_name_prefix, prefix: p., detection_item_conditions: [{type: match_string, cond: any, pattern: 'a\\b$'}, {type: match_value, cond: any, value: 'a\b'}]}` +
        '\n' +
        String.raw`  - {type: map_string, mapping: {'a\b': q}}`,
      '(p.Image=q and p.User=q)',
    ],
    [
      'snake case of every capital',
      "{s: {Image|cased: 'AbCDef'}, condition: s}",
      '  - {type: case, method: snake_case}',
      'Image=ab_c_def',
    ],
    [
      'map strings to several',
      SEL,
      '  - {type: map_string, mapping: {a: [c, d]}}',
      '((Image=c or Image=d) and User=b)',
    ],
    [
      'set values by what they are',
      SEL,
      "  - {type: set_value, value: 7, detection_item_conditions: [{type: match_string, cond: any, pattern: '^a$'}]}",
      '(Image:number 7 and User=b)',
    ],
    [
      'convert types',
      "{s: {EventID: '1'}, condition: s}",
      '  - {type: convert_type, target_type: num}',
      'EventID:number 1',
    ],
    [
      'make regular expressions',
      "{s: {Image|endswith: 'a.b'}, condition: s}",
      '  - {type: regex, method: ignore_case_flag}',
      'Image~^(?:.*a\\.b)$/si',
    ],
    [
      'make regular expressions of texts, and leave numbers as they are',
      '{s: {EventID: 4624, Image: [a, 5]}, t: {User|neq: [a, 5, null]}, condition: s and t}',
      '  - {type: regex, method: plain}',
      '((EventID:number 4624 and (Image~^(?:a)$/s or Image:number 5)) and (not User~^(?:a)$/s and not (User:number 5 or User:null )))',
    ],
    [
      'split hashes',
      "{s: {Hashes|contains: ['MD5=00112233445566778899aabbccddeeff', 'SHA1=x']}, condition: s}",
      '  - {type: hashes_fields, valid_hash_algos: [MD5, SHA1], field_prefix: File}',
      '(FileMD5=00112233445566778899aabbccddeeff or FileSHA1=x)',
    ],
    [
      'fill placeholders after a backslash, and leave percent signs that are none',
      "{s: {Image|contains|expand: ['C:\\Users\\\\%user%\\x', '\\%a\\%']}, condition: s}",
      '  - {type: wildcard_placeholders}',
      '(Image:wildcard  or Image:contains \\%a\\%)',
    ],
    [
      'replace in texts whose backslashes are single, however they are written',
      String.raw`{s: {Image: '\\\\srv\x', User: '\\\\a\\b', Path|startswith: '\\\\y'}, condition: s}`,
      String.raw`  - {type: replace_string, regex: '^\\\\', replacement: '//'}`,
      String.raw`(Image=//srv\x and User=//a\b and Path:startswith //y)`,
    ],
    [
      'take values apart into fields',
      "{s: {Details: ['Dword:00001', 'Qword:7', other], User: ana}, condition: s}",
      "  - {type: extract_fields, regex: '(?P<type>[A-Za-z]+):(?P<value>[0-9]+)', field_prefix: reg}",
      '(((reg.type=Dword and reg.value=00001) or (reg.type=Qword and reg.value:number 7)) and User=ana)',
    ],
    [
      'take values apart, keep those that do not match, and rename what came of it',
      "{s: {Details: ['Dword:null', other]}, condition: s}",
      "  - {type: extract_fields, regex: '(?P<type>[A-Za-z]+):(?P<value>\\w+)', preserve_unmatched: true}\n  - {type: field_name_prefix, prefix: p.}",
      '((p.type=Dword and p.value:null ) or p.Details=other)',
    ],
    [
      'of hashes leave other fields alone',
      '{s: {Image: a, Hash: MD5=x}, condition: s}',
      '  - {type: hashes_fields, valid_hash_algos: [MD5], field_prefix: File}',
      '(Image=a and FileMD5=x)',
    ],
    [
      'of hashes look at the fields that are named',
      '{s: {Hash: MD5=x, Digest: MD5=y}, condition: s}',
      '  - {type: hashes_fields, valid_hash_algos: [MD5], field_to_parse: [Digest]}',
      '(Hash=MD5=x and MD5=y)',
    ],
    [
      'of types leave comparisons alone',
      "{s: {Image|re: a, Size|gt: 5, Id: 7, User: '8'}, condition: s}",
      '  - {type: convert_type, target_type: str}',
      '(Image~a/ and Size:compare 5 and Id=7 and User=8)',
    ],
    [
      'ask for items as their modifiers make them',
      '{s: {Image|contains: a, User: a}, condition: s}',
      '  - {type: field_name_prefix, prefix: x., rule_conditions: [{type: contains_detection_item, field: Image, value: a}]}\n  - {type: field_name_prefix, prefix: y., rule_conditions: [{type: contains_detection_item, field: User, value: a}]}',
      '(y.Image:contains a and y.User=a)',
    ],
    [
      'fill placeholders from their variables',
      '{s: {User|expand: corp/%who%}, condition: s}',
      '  - {type: value_placeholders}',
      '(User=corp/ana or User=corp/ben)',
    ],
    [
      'or from wildcards',
      "{s: {User|expand: 'adm_%who%'}, condition: s}",
      '  - {type: wildcard_placeholders, include: [who]}',
      'User:startswith adm_',
    ],
    [
      'nested, one after the other',
      SEL,
      '  - {type: nest, items: [{type: field_name_prefix, prefix: a.}, {type: field_name_prefix, prefix: b.}]}',
      '(b.a.Image=a and b.a.User=b)',
    ],
  ])('%s', (_, detection, transformations, expected) => {
    const { rules, diagnostics } = load(detection, transformations, 'vars: {who: [ana, ben]}\n')
    expect(diagnostics).toEqual([])
    expect(rules.map(({ expr }) => show(expr))).toEqual([expected])
  })

  test.each([
    ['rule_failure', '  - {type: rule_failure, message: no}', 'pipeline-failure'],
    [
      'detection_item_failure',
      '  - {type: detection_item_failure, message: no, field_name_conditions: [{type: include_fields, fields: [User]}]}',
      'pipeline-failure',
    ],
    [
      'fields that no mapping knows',
      '  - {type: field_name_mapping, mapping: {Image: x}}\n  - {type: strict_field_mapping_failure}',
      'pipeline-unmapped-fields',
    ],
    ['a rule left empty', '  - {type: drop_detection_item}', 'pipeline-empties-rule'],
    ['code', '  - {type: field_name_transform}', 'pipeline-transformation-unsupported'],
    ['a file', '  - {type: file_placeholders}', 'pipeline-transformation-unsupported'],
    ['a server', '  - {type: http_placeholders}', 'pipeline-transformation-unsupported'],
    ['a program', '  - {type: command_placeholders}', 'pipeline-transformation-unsupported'],
    [
      'a mapping to nothing',
      '  - {type: field_name_mapping, mapping: {Image: []}}',
      'pipeline-shape',
    ],
    ['a value that is a list', '  - {type: set_value, value: [a, b]}', 'pipeline-shape'],
    [
      'a replacement that is none',
      String.raw`  - {type: replace_string, regex: a, replacement: '\2'}`,
      'pipeline-regex',
    ],
    ['a pattern without names', "  - {type: extract_fields, regex: '(x)'}", 'pipeline-regex'],
    [
      'numbers that are none',
      '  - {type: convert_type, target_type: num}',
      'pipeline-value-unsupported',
    ],
  ])('refuse a rule for %s', (_, transformations, code) => {
    const { refused } = load(SEL, transformations)
    expect(refused.map(({ reason }) => reason)).toEqual([code])
  })

  test.each([
    ['finalizers: [{type: concat}]', 'pipeline-finalizers-unsupported'],
    ['postprocessing: [{type: embed}]', 'pipeline-postprocessing-unsupported'],
    ['transformations: [{type: field_name_mappin}]', 'pipeline-unknown-transformation'],
    ["transformations: [{type: replace_string, regex: '(a', replacement: b}]", 'pipeline-regex'],
    [
      "transformations: [{type: case, detection_item_conditions: [{type: match_string, cond: any, pattern: 'a(?=b)'}]}]",
      'pipeline-regex',
    ],
    [
      'transformations: [{type: nest, items: [{type: set_state, key: a, val: b, rule_conditions: [{type: logsrc}]}]}]',
      'pipeline-unknown-condition',
    ],
    [
      'transformations: [{type: nest, items: [], rule_conditions: {a: {type: tag, tag: x.y}}, rule_cond_expr: b}]',
      'pipeline-expression',
    ],
    ['prioriti: 1', 'pipeline-shape'],
    ['transformations: [{type: field_name_mapping, mapping: {}, maping: {}}]', 'pipeline-shape'],
    ['transformations: [{type: field_name_mapping}]', 'pipeline-shape'],
    ['transformations: [{type: case, method: uper}]', 'pipeline-shape'],
    [
      'transformations: [{type: drop_detection_item, field_name_conditions: [{type: include_fields, field: [a]}, {type: include_fields, fields: [a], mode: regex}]}]',
      'pipeline-shape',
    ],
  ])('are refused by name: %s', (text, code) => {
    const { pipeline, diagnostics } = parsePipeline(`name: p\n${text}\n`, 'p.yml')
    expect(pipeline).toBeUndefined()
    expect([...new Set(diagnostics.map((finding) => finding.code))]).toEqual([code])
  })

  test('say which key is unknown, which is missing, and what was perhaps meant', () => {
    const { diagnostics } = parsePipeline(
      'name: p\ntransformations:\n  - type: field_name_mapping\n    maping: {a: b}\n',
      'p.yml',
    )
    expect(diagnostics.map(({ line, message }) => [line, message])).toEqual([
      [4, 'field_name_mapping: unknown key maping, did you mean mapping?'],
      [3, 'field_name_mapping: needs mapping'],
    ])
  })

  test('run in order of priority', () => {
    const parse = (prefix: string, priority: number) =>
      parsePipeline(
        `name: ${prefix}\npriority: ${priority}\ntransformations: [{type: field_name_prefix, prefix: ${prefix}.}]`,
        'p.yml',
      ).pipeline!
    const options = compilePipelines({ pipelines: [parse('late', 20), parse('early', 10)] })
    const { rules } = loadRules(
      [{ path: 'r.yml', text: rule('{s: {a: b}, condition: s}') }],
      options,
    )
    expect(show(rules[0]!.expr)).toBe('late.early.a=b')
    expect(rules[0]!.fields).toEqual(['late.early.Image'])
  })

  test('correlations follow the names of their rules', () => {
    const text = `${rule(SEL)}---
title: c
id: c
correlation: {type: value_count, rules: [t], group-by: [User], timespan: 1m, condition: {field: Image, gte: 2}}
`
    const mapping = (to: string) =>
      compilePipelines({
        pipelines: [pipeline(`  - {type: field_name_mapping, mapping: {User: ${to}}}`)],
      })
    const { correlations } = loadRules([{ path: 'r.yml', text }], mapping('user.name'))
    expect(correlations[0]!.inputs[0]!.aliases).toEqual({ User: 'user.name' })
    const { refused } = loadRules([{ path: 'r.yml', text }], mapping('[a, b]'))
    expect(refused.map(({ reason }) => reason)).toEqual(['correlation-field-ambiguous'])
  })
})

describe('placeholders', () => {
  const expand =
    "{s: {User|expand: '%Admins%', Host|contains|expand: ['%a%-%b%', x]}, condition: s}"
  const lists = new Map([
    ['Admins', ['ana', 'adm_*']],
    ['a', ['1', '2']],
    ['b', ['3', '50%']],
  ])
  const loadWith = (given: ReadonlyMap<string, readonly string[]>) =>
    loadRules([{ path: 'r.yml', text: rule(expand) }], compilePipelines({ lists: given }))

  test('stand for every combination of their lists', () => {
    expect(show(loadWith(lists).rules[0]!.expr)).toBe(
      '((User=ana or User:startswith adm_) and (Host:contains 1-3 or Host:contains 2-3' +
        ' or Host:contains 1-50% or Host:contains 2-50% or Host:contains x))',
    )
  })

  test('after a backslash keep it, and the value before or behind it', () => {
    const detection =
      "{s: {Image|expand: ['C:\\Users\\%user%', 'D:\\\\%user%x', '%user%*']}, condition: s}"
    const { rules } = loadRules(
      [{ path: 'r.yml', text: rule(detection) }],
      compilePipelines({ lists: new Map([['user', ['*b', 'a\\']]]) }),
    )
    const { expr } = rules[0]!
    const tests = expr.kind === 'or' ? expr.args.map(show) : []
    expect(tests).toEqual([
      'Image:wildcard ',
      'Image=C:\\Users\\a\\',
      'Image:wildcard ',
      'Image=D:\\a\\x',
      'Image:contains b',
      'Image:startswith a\\',
    ])
  })

  test('without a list refuse the rule, and with an empty one', () => {
    const some = new Map([...lists].filter(([name]) => name !== 'b'))
    expect(loadWith(some).refused[0]?.reason).toBe('placeholder-unsupported')
    expect(loadWith(new Map([['Admins', []]])).refused[0]?.reason).toBe('placeholder-empty')
  })
})

test('the schema knows the transformations and conditions of the catalogue', () => {
  const step = SCHEMA.properties.transformations.items.properties
  expect(step.type.enum).toEqual(Object.keys(TRANSFORMATION_CATALOGUE))
  for (const kind of ['rule', 'detection_item', 'field_name'] as const) {
    const [list] = step[`${kind}_conditions`].oneOf
    expect(list?.items?.properties.type.enum).toEqual(Object.keys(CONDITION_CATALOGUE[kind]))
  }
  for (const { settings } of Object.values(TRANSFORMATION_CATALOGUE)) {
    expect(Object.keys(step)).toEqual(expect.arrayContaining(Object.keys(settings)))
  }
})
