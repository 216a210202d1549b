// A real browser for the tests: Chromium from the environment or the usual places.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Path of Chromium; undefined where there is none. In CI its absence is an error. */
export function findChromium(): string | undefined {
  const places = [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    Bun.which('chromium-browser'),
    Bun.which('chromium'),
    Bun.which('google-chrome'),
  ]
  const found = places.find((path) => typeof path === 'string' && existsSync(path)) ?? undefined
  if (found === undefined && process.env.CI !== undefined && process.env.CI !== 'false')
    throw new Error('no Chromium: set CHROMIUM to its path')
  return found
}

/** Starts it without a window. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS })
}
