// The library as others get it: packed, installed into an empty project without a network, used on every
// runtime that is here, with the examples of its README.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packSigma } from '../scripts/pack-sigma.ts'

/** A machine that does other things as well takes its time, milliseconds. */
setDefaultTimeout(60_000)

const ROOT = join(import.meta.dir, '..')
const DEPENDENCIES = ['yaml', 're2js']

/** Written apart: our own sources hold none. */
const EXPECT_ERROR = ['@ts', 'expect', 'error'].join('-')

const npm = Bun.which('npm')
const node = Bun.which('node')
if (npm === null || node === null) console.warn('no Node here: the package is tried on Bun only')
const runtimes: readonly (readonly [name: string, path: string])[] = [
  ['Bun', process.execPath],
  ...(node === null ? [] : [['Node', node] as const]),
]

let project: string

function run(command: readonly string[], cwd = project) {
  const child = Bun.spawnSync([...command], { cwd })
  return { code: child.exitCode, out: child.stdout.toString(), err: child.stderr.toString() }
}

/** Unpacks a tarball where an installer would put it. */
function unpack(tarball: string, name: string): void {
  const folder = join(project, 'node_modules', name)
  const done = run([
    'sh',
    '-c',
    `mkdir -p '${folder}' && tar xzf '${tarball}' -C '${folder}' --strip-components=1`,
  ])
  if (done.code !== 0) throw new Error(done.err)
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'sigma-package-'))
  await Bun.write(
    join(project, 'package.json'),
    '{"name":"empty","private":true,"type":"module"}\n',
  )
  const tarballs = [await packSigma(project)]
  for (const name of DEPENDENCIES) {
    const packed = run(
      [process.execPath, 'pm', 'pack', '--ignore-scripts', '--destination', project],
      join(ROOT, 'node_modules', name),
    )
    if (packed.code !== 0) throw new Error(packed.err)
    const { version } = await Bun.file(join(ROOT, 'node_modules', name, 'package.json')).json()
    tarballs.push(join(project, `${name}-${version}.tgz`))
  }
  if (npm === null) {
    for (const [n, name] of ['sigma-ts-parser', ...DEPENDENCIES].entries())
      unpack(tarballs[n]!, name)
  } else {
    const installed = run([
      npm,
      'install',
      '--offline',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      ...tarballs,
    ])
    if (installed.code !== 0) throw new Error(installed.err)
  }
}, 120_000)

afterAll(() => rm(project, { recursive: true, force: true }))

const readme = await Bun.file(join(ROOT, 'sigma/README.md')).text()
const examples = [...readme.matchAll(/^## (.+)\n(?:(?!^##)[\s\S])*?```js\n([\s\S]*?)```/gm)].map(
  ([, title, code]) => [title!, code!] as const,
)

describe.each(runtimes)('on %s', (_name, runtime) => {
  test.each(examples)('the example "%s" of the README prints what it says', async (title, code) => {
    const path = join(project, `${title.replace(/\W+/g, '-')}.mjs`)
    await Bun.write(path, code)
    const { code: exit, out, err } = run([runtime, path])
    expect({ exit, err: exit === 0 ? '' : err }).toEqual({ exit: 0, err: '' })
    const expected = [...code.matchAll(/\/\/ prints (.*)$/gm)].map(([, text]) => text!)
    expect(
      out
        .replaceAll('"Shell', "'Shell")
        .replaceAll('Server"', "Server'")
        .trim()
        .replace(/\[\s*([\s\S]*?),?\s*\]/, '[ $1 ]')
        .split('\n'),
    ).toEqual(expected)
  })
})

test('there are examples of each part', () => {
  expect(examples.length).toBeGreaterThanOrEqual(4)
})

test('the schemas are reachable by their own path', () => {
  const code =
    "import s from 'sigma-ts-parser/schema/rule.schema.json' with { type: 'json' }\nconsole.log(s.title)"
  const { out } = run([process.execPath, '-e', code])
  expect(out.trim()).toBe('Sigma rule')
})

test('its types check in a strict project, library files included', async () => {
  const code = `import { compileMatcher, type Diagnostic, loadRules, plainEvent } from 'sigma-ts-parser'
const { rules, diagnostics } = loadRules([{ path: 'a.yml', text: '' }])
const first: Diagnostic | undefined = diagnostics[0]
export const found: readonly number[] = compileMatcher(rules).match(plainEvent({ a: 1 }))
// ${EXPECT_ERROR} a severity is one of three words
export const wrong: 'none' | undefined = first?.severity
`
  await Bun.write(join(project, 'use.ts'), code)
  const options = {
    strict: true,
    module: 'NodeNext',
    target: 'ES2023',
    types: [],
    noEmit: true,
    skipLibCheck: false,
  }
  await Bun.write(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, files: ['use.ts'] }),
  )
  const { code: exit, out } = run([
    process.execPath,
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    '-p',
    project,
  ])
  expect({ exit, out }).toEqual({ exit: 0, out: '' })
}, 60_000)
