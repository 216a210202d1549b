// What the browser loads beside the pages: styles, fonts, htmx and the client code, each at an address
// that holds its hash, so that it may be kept for ever. Built once at start, compressed when first asked for.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { Hono } from 'hono'
import type { Assets } from '../../../views/layout.tsx'
import type { AppEnv } from '../../middleware/env.ts'

const YEAR_S = 31_536_000
/** The best compression of what is larger would take seconds, to save a tenth. */
const LARGE_BYTES = 150_000
const QUALITY_LARGE = 9
const QUALITY_BEST = 11
const STYLES = [
  ...['tokens', 'base', 'frame', 'search', 'pages', 'hunts', 'runs', 'suppress', 'releases'],
] as const

const FONTS = {
  'inter.woff2': '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  'inter-ext.woff2': '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2',
  'mono.woff2': '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2',
  'mono-ext.woff2':
    '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-ext-wght-normal.woff2',
} as const

const LATIN =
  'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+0304,U+0308,U+0329,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD'
const LATIN_EXT =
  'U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1D00-1DBF,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F,U+A720-A7FF'

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 18 18" fill="none" stroke="#12908d" stroke-width="1.8"><path d="M1 5h16"/><path d="M4 5v3a2 2 0 1 0 4 0V7M10 5v6a2 2 0 1 0 4 0v-1"/></svg>`

interface StaticFile {
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
  readonly etag: string
  /** Compresses once; absent for what is compressed already. */
  readonly encoded?: Readonly<Record<Encoding, () => Promise<Uint8Array<ArrayBuffer>>>>
}

type Encoding = 'br' | 'gzip'

export interface StaticFiles {
  readonly assets: Assets
  readonly files: ReadonlyMap<string, StaticFile>
}

/** Reads and builds everything. Rejects when the client code does not build. */
export async function loadStatic(): Promise<StaticFiles> {
  const files = new Map<string, StaticFile>()
  const add = (name: string, type: string, body: Uint8Array<ArrayBuffer>, compress: boolean) => {
    const hash = createHash('sha256').update(body).digest('base64url').slice(0, 12)
    const path = `/assets/${hash}/${name}`
    files.set(path, {
      type,
      body,
      etag: `"${hash}"`,
      ...(compress
        ? { encoded: { br: once(() => brotliOf(body)), gzip: once(() => gzipOf(body)) } }
        : {}),
    })
    return path
  }
  const text = (content: string) => new TextEncoder().encode(content)
  const fonts: Record<string, string> = {}
  for (const [name, specifier] of Object.entries(FONTS))
    fonts[name] = add(name, 'font/woff2', await readPackageFile(specifier), false)
  const htmx = await readPackageFile('htmx.org/dist/htmx.min.js')
  return {
    files,
    assets: {
      styles: add('style.css', 'text/css; charset=utf-8', text(await styles(fonts)), true),
      htmx: add('htmx.js', 'text/javascript; charset=utf-8', htmx, true),
      client: add('client.js', 'text/javascript; charset=utf-8', text(await script('main')), true),
      editor: add(
        'editor.js',
        'text/javascript; charset=utf-8',
        text(await script('editor/main')),
        true,
      ),
      icon: add('icon.svg', 'image/svg+xml', text(ICON), true),
      fonts: [fonts['inter.woff2'] ?? '', fonts['mono.woff2'] ?? ''],
    },
  }
}

async function readPackageFile(specifier: string): Promise<Uint8Array<ArrayBuffer>> {
  return Bun.file(Bun.fileURLToPath(import.meta.resolve(specifier))).bytes()
}

async function brotliOf(body: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const quality = body.length > LARGE_BYTES ? QUALITY_LARGE : QUALITY_BEST
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }
  return new Uint8Array(await promisify(brotliCompress)(body, options))
}

async function gzipOf(body: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await promisify(gzip)(body, { level: 9 }))
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}

/** One bundle of client code, by its entry below `views/client`. */
async function script(name: string): Promise<string> {
  const entry = Bun.fileURLToPath(new URL(`../../../views/client/${name}.ts`, import.meta.url))
  const built = await Bun.build({ entrypoints: [entry], target: 'browser', minify: true })
  const output = built.outputs[0]
  if (!built.success || output === undefined)
    throw new Error(`client code ${name}: ${built.logs.map(String).join('\n')}`)
  return output.text()
}

async function styles(fonts: Readonly<Record<string, string>>): Promise<string> {
  const faces = [
    fontFace('Inter Variable', '100 900', fonts['inter.woff2'], LATIN),
    fontFace('Inter Variable', '100 900', fonts['inter-ext.woff2'], LATIN_EXT),
    fontFace('JetBrains Mono Variable', '100 800', fonts['mono.woff2'], LATIN),
    fontFace('JetBrains Mono Variable', '100 800', fonts['mono-ext.woff2'], LATIN_EXT),
  ]
  const folder = new URL('../../../views/styles/', import.meta.url)
  const sheets = STYLES.map((name) => Bun.file(new URL(`${name}.css`, folder)).text())
  const all = [...faces, ...(await Promise.all(sheets))].join('\n')
  return all.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\n\s*/g, '\n')
}

function fontFace(family: string, weight: string, url: string | undefined, range: string): string {
  return `@font-face{font-family:'${family}';font-weight:${weight};font-display:swap;src:url(${url}) format('woff2');unicode-range:${range}}`
}

/** Serves the files: immutable, with ETag, as brotli or gzip where the client takes it. */
export function staticRoutes(loaded: Promise<StaticFiles>) {
  const app = new Hono<AppEnv>()
  app.get('/assets/:hash/:name', async (c) => {
    const file = (await loaded).files.get(c.req.path)
    if (file === undefined) return c.notFound()
    c.header('Cache-Control', `public, max-age=${YEAR_S}, immutable`)
    c.header('ETag', file.etag)
    c.header('Vary', 'Accept-Encoding')
    if (c.req.header('if-none-match') === file.etag) return c.body(null, 304)
    c.header('Content-Type', file.type)
    const accepted = c.req.header('accept-encoding') ?? ''
    const encoding = (['br', 'gzip'] as const).find((one) => accepts(accepted, one))
    if (file.encoded !== undefined && encoding !== undefined) {
      c.header('Content-Encoding', encoding)
      return c.body(await file.encoded[encoding]())
    }
    return c.body(file.body)
  })
  return app
}

/** Whether a browser takes an encoding: named, and not with weight 0. */
function accepts(header: string, encoding: Encoding): boolean {
  return header
    .split(',')
    .some((part) => part.split(';')[0]?.trim() === encoding && !/;\s*q=0(\.0*)?\s*$/.test(part))
}
